/**
 * Who measures which recording, so that sweeps of one codec in several processes share the work. Claims save time and
 * nothing else: without them a recording is measured twice, with the same result.
 *
 * The claims of a codec are a journal of JSON lines that are only ever appended, each in one write. Of those who claim a
 * recording, the first in the journal has it, until it says that it is done or its process has ended; then it is the
 * turn of the next. So nothing has to be removed for a process that was killed.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync, closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseIdentity, stateOf, thisProcess, type ProcessIdentity } from '../files/process-identity';

interface Claim {
  /** Of the sweep that claims. */
  readonly sweep: string;
  readonly holder: ProcessIdentity;
}

/** Milliseconds after which a process is looked at again. */
const LOOK = 500;

/** The claims of one sweep among those of all others. */
export class Claims {
  private readonly sweep = randomUUID();
  private readonly holder = thisProcess();
  /** By recording, in the order of the journal; those that are done are left out. */
  private readonly queues = new Map<string, Claim[]>();
  /** At processes of other sweeps. */
  private readonly looks = new Map<string, { readonly time: number; readonly running: boolean }>();
  private readonly own = new Set<string>();
  /** Bytes of the journal that were read. */
  private position = 0;
  private writable = true;

  /** @param path - absolute path of the journal; it need not exist */
  constructor(private readonly path: string) {}

  /**
   * Claims a recording.
   *
   * @param recording - SHA-256 of the WAV file
   * @returns whether this sweep is to measure it now; {@link isOwn} tells later whether it has become its turn
   */
  claim(recording: string): boolean {
    this.own.add(recording);
    this.write(recording, 'claimed');
    return this.isOwn(recording);
  }

  /** Whether a recording that was claimed is this sweep's, the sweeps before it being done or gone. */
  isOwn(recording: string): boolean {
    // Where nothing can be written, nobody knows of anybody.
    if (!this.writable) return true;
    this.read();
    // A process that cannot be looked at from here, in another container, is not waited for: it may have ended.
    const first = this.queues
      .get(recording)
      ?.find((claim) => claim.sweep === this.sweep || this.isRunning(claim));
    // Without a claim of its own in the journal, somebody has removed that.
    return first === undefined || first.sweep === this.sweep;
  }

  /** Leaves a recording to the next: it was measured, or it cannot be. */
  release(recording: string): void {
    if (this.own.delete(recording)) this.write(recording, 'done');
  }

  /** Leaves all, and removes the journal if nobody else needs it. */
  end(): void {
    for (const recording of [...this.own]) this.release(recording);
    if (!this.writable) return;
    this.read();
    const others = [...this.queues.values()].flat().some((claim) => this.isRunning(claim));
    // A claim of this very moment is lost, and its recording may be measured twice.
    if (!others) rmSync(this.path, { force: true });
  }

  private isRunning({ sweep, holder }: Claim): boolean {
    const known = this.looks.get(sweep);
    if (known && performance.now() - known.time < LOOK) return known.running;
    const running = stateOf(holder) === 'running';
    this.looks.set(sweep, { time: performance.now(), running });
    return running;
  }

  private write(recording: string, state: 'claimed' | 'done'): void {
    if (!this.writable) return;
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      const line = JSON.stringify({ ...this.holder, sweep: this.sweep, recording, state });
      // The line break comes first: what a killed process left half-written ends there.
      appendFileSync(this.path, `\n${line}\n`);
    } catch {
      this.writable = false;
    }
  }

  /** Reads what was appended since the last time. */
  private read(): void {
    for (const line of this.appended().split('\n')) {
      const holder = line === '' ? undefined : parseIdentity(line);
      if (!holder) continue;
      const { sweep, recording, state } = JSON.parse(line) as Record<string, unknown>;
      if (typeof sweep !== 'string' || typeof recording !== 'string') continue;
      const others = (this.queues.get(recording) ?? []).filter((claim) => claim.sweep !== sweep);
      this.queues.set(recording, state === 'claimed' ? [...others, { sweep, holder }] : others);
    }
  }

  private appended(): string {
    let file: number;
    try {
      file = openSync(this.path, 'r');
    } catch {
      // Removed by the last who needed it.
      this.queues.clear();
      this.position = 0;
      return '';
    }
    try {
      const { size } = fstatSync(file);
      if (size < this.position) {
        this.queues.clear();
        this.position = 0;
      }
      const bytes = Buffer.alloc(size - this.position);
      const text = bytes
        .subarray(0, readSync(file, bytes, 0, bytes.length, this.position))
        .toString('latin1');
      // A line that is being written is read when it is whole.
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      this.position += whole.length;
      return whole;
    } finally {
      closeSync(file);
    }
  }
}
