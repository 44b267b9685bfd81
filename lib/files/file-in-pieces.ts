/**
 * A file that is written piece by piece under a temporary name, and takes its place when it is whole: however long it is,
 * and whenever its writer is killed, a reader finds what was there before or all of it.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { keepAccess, withoutLinks } from './write-whole';

/** Age in milliseconds above which a partial file of the same name is of a run that was killed: a writer writes more often. */
const GIVEN_UP = 900_000;

const PARTIAL = /^\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/;

export class FileInPieces {
  private readonly target: string;
  private readonly partial: string;
  private readonly descriptor: number;
  private length = 0;
  private open = true;
  private readonly onSignal = (signal: NodeJS.Signals): void => {
    this.abandon();
    process.kill(process.pid, signal);
  };

  /** @param path - where the file is to be; folders that are missing are made, a link stays */
  constructor(private readonly path: string) {
    const before = statSync(path, { throwIfNoEntry: false });
    this.target = withoutLinks(path);
    const plain = before === undefined || before.isFile();
    const folder = plain ? dirname(this.target) : tmpdir();
    mkdirSync(folder, { recursive: true });
    if (plain) removeGivenUp(folder, basename(this.target));
    this.partial = join(folder, `${basename(this.target)}.${randomUUID()}.part`);
    // Before there is a file: a signal in between would leave it behind. It is heard when the file is open.
    process.once('SIGINT', this.onSignal);
    process.once('SIGTERM', this.onSignal);
    try {
      this.descriptor = openSync(this.partial, 'wx+');
    } catch (error) {
      this.ignoreSignals();
      throw error;
    }
  }

  /** Bytes up to the end of what was written. */
  get size(): number {
    return this.length;
  }

  append(bytes: Uint8Array): void {
    this.write(this.length, bytes);
  }

  write(position: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.descriptor, bytes, done, bytes.length - done, position + done);
    }
    this.length = Math.max(this.length, position + bytes.length);
  }

  /** Reads what was written into an array; what was not written is left as it is. */
  read(position: number, into: Uint8Array): void {
    for (let done = 0; done < into.length;) {
      const got = readSync(this.descriptor, into, done, into.length - done, position + done);
      if (got === 0) return;
      done += got;
    }
  }

  /** Puts the file in its place; a device or a named pipe is written to. */
  async finish(): Promise<void> {
    this.close();
    try {
      const before = statSync(this.target, { throwIfNoEntry: false });
      if (before && !before.isFile()) {
        await pipeline(createReadStream(this.partial), createWriteStream(this.path));
        rmSync(this.partial);
        return;
      }
      if (before) keepAccess(this.partial, before);
      renameSync(this.partial, this.target);
    } catch (error) {
      rmSync(this.partial, { force: true });
      throw error;
    }
  }

  /** Leaves nothing behind. Does nothing after {@link finish}. */
  abandon(): void {
    if (!this.open) return;
    this.close();
    rmSync(this.partial, { force: true });
  }

  private close(): void {
    this.open = false;
    this.ignoreSignals();
    closeSync(this.descriptor);
  }

  private ignoreSignals(): void {
    process.off('SIGINT', this.onSignal);
    process.off('SIGTERM', this.onSignal);
  }
}

/** Removes partial files of the same name that no run can be writing any more. */
function removeGivenUp(folder: string, name: string): void {
  for (const entry of readdirSync(folder)) {
    if (!entry.startsWith(name) || !PARTIAL.test(entry.slice(name.length))) continue;
    const path = join(folder, entry);
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (written !== undefined && Date.now() - written > GIVEN_UP) rmSync(path, { force: true });
  }
}
