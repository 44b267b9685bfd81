/**
 * The files behind a path that is imported, and their hash.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { findSidecar } from '../../lib/recordings/formats/parts/sidecar';
import { spikeGlxPair } from '../../lib/recordings/formats/spikeglx';
import type { ByteListener } from './archive';

/** One file of a source. */
export interface SourceFile {
  readonly path: string;
  /** Name from the source's folder on. */
  readonly name: string;
  readonly bytes: number;
  /** Time of its last change, milliseconds. */
  readonly changed: number;
}

/**
 * A file with what describes it, or all files of a folder, in the order of their names.
 *
 * @param sidecar - path of a sidecar that is not beside the file
 */
export function sourceFiles(path: string, sidecar?: string): SourceFile[] {
  const folder = statSync(path).isDirectory();
  const base = folder ? path : dirname(path);
  const meta = spikeGlxPair(path);
  const paths = folder
    ? filesIn(path)
    : [
        path,
        sidecar ?? findSidecar(path),
        ...(path.endsWith('.bin') || path.endsWith('.meta') ? [meta.meta, meta.bin] : []),
      ].filter((file): file is string => file !== undefined && existsSync(file));
  return [...new Set(folder && sidecar !== undefined ? [...paths, sidecar] : paths)]
    .map((file): SourceFile => {
      const { size, mtimeMs } = statSync(file);
      return { path: file, name: relative(base, file) || basename(file), bytes: size, changed: mtimeMs };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    return statSync(path, { throwIfNoEntry: false })?.isFile() ? [path] : [];
  });
}

/** SHA-256 over names and contents, hexadecimal. */
export async function hashFiles(files: readonly SourceFile[], onBytes: ByteListener): Promise<string> {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const all = createHash('sha256');
  let done = 0;
  for (const { path, name } of files) {
    const hash = createHash('sha256');
    for await (const piece of piecesOf(path)) {
      hash.update(piece);
      done += piece.length;
      onBytes(done, total);
    }
    all.update(`${name}\0${hash.digest('hex')}\n`);
  }
  return all.digest('hex');
}

/** Bytes that are read at a time. */
const PIECE = 1 << 20;

/**
 * The contents of a file, one after another, each until the next is asked for. The next one is read meanwhile; both lie in
 * the same two buffers: with a new one for each piece, hashing took three times as long.
 */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  let next: Promise<{ bytesRead: number; buffer: Uint8Array }> | undefined;
  try {
    let other: Uint8Array = new Uint8Array(PIECE);
    let at = 0;
    for (next = file.read(new Uint8Array(PIECE), 0, PIECE, 0); ;) {
      const { bytesRead, buffer } = await next;
      if (bytesRead === 0) return;
      at += bytesRead;
      next = file.read(other, 0, PIECE, at);
      other = buffer;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await next?.catch(() => undefined);
    await file.close();
  }
}
