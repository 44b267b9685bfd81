import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { posix, join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { codesFromPcm16, standardDeviation } from '../../lib/recordings/adc';
import type { ManifestEntry } from '../../lib/recordings/manifest';
import { parseWav } from '../../lib/recordings/wav';
import { writeWhole } from '../../lib/files/write-whole';
import { removePartials } from '../leftovers';

/** The archive of recordings cannot be read at all. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

/** The archive was read, but some recordings of the manifest are not in it, or not as the manifest has them. */
export class IncompleteImportError extends Error {
  override readonly name = 'IncompleteImportError';

  constructor(
    archive: string,
    /** Names of recordings that the archive lacks. */
    readonly missing: readonly string[],
    /** Names of recordings that differ from the manifest, each with what differs. */
    readonly altered: readonly { readonly name: string; readonly problem: string }[],
  ) {
    const lines = [
      ...missing.map((name) => `  ${name}: missing`),
      ...altered.map(({ name, problem }) => `  ${name}: ${problem}`),
    ];
    super(
      `${archive} does not give every recording of the manifest; ${missing.length} missing, ` +
        `${altered.length} altered:\n${lines.join('\n')}\n` +
        'The other recordings are imported. Get the archive again, then repeat the command: it goes on from there.',
    );
  }
}

/** Result of an import. */
export interface ImportSummary {
  /** Recordings written by this import. */
  readonly imported: number;
  /** Recordings that were there already. */
  readonly skipped: number;
  /** Files of the archive that the manifest does not name; they are left alone. */
  readonly ignored: readonly string[];
}

/** Largest WAV file of a recording: 2²⁸ samples and the bytes around them. */
const MOST_BYTES = 2 ** 30;

/** Progress of an import in bytes of WAV files; files already there count as done. */
export type ByteListener = (doneBytes: number, totalBytes: number) => void;

/** Source and target of an import. */
export interface ImportOptions {
  /** Path of the zip archive, or of a folder with its contents. */
  readonly archive: string;
  /** Folder that receives the WAV files; made when missing. */
  readonly folder: string;
  readonly manifest: readonly ManifestEntry[];
  /** The part of the manifest that is to be imported: what {@link missingRecordings} gave. */
  readonly missing: readonly ManifestEntry[];
  readonly onBytes?: ByteListener;
}

/**
 * Imports recordings from a zip archive, whatever folders the archive keeps them in. Each WAV is held in memory alone,
 * checked by size and SHA-256, written under another name and then renamed, so that a file under its own name is always
 * whole. Half-written files of a killed import are removed, so only one import may run at a time.
 *
 * @throws ArchiveError when the archive cannot be read
 * @throws IncompleteImportError when recordings are missing or altered; the others have been imported
 */
export async function importArchive(options: ImportOptions): Promise<ImportSummary> {
  const { archive, folder, manifest, missing, onBytes } = options;
  mkdirSync(folder, { recursive: true });
  removePartials(folder, 1, 0);
  const wanted = new Map(missing.map((entry) => [entry.name, entry]));
  const known = new Set(manifest.map((entry) => entry.name));
  const totalBytes = sumOfBytes(manifest);
  let doneBytes = totalBytes - sumOfBytes(missing);
  onBytes?.(doneBytes, totalBytes);

  let imported = 0;
  const ignored: string[] = [];
  const altered = new Map<string, string>();
  const importStored = async (path: string, size: number, read: () => Promise<Buffer>): Promise<void> => {
    const name = posix.basename(path);
    const entry = wanted.get(name);
    if (!entry) {
      if (!known.has(name)) ignored.push(path);
      return;
    }
    const problem = await importFile(size, read, entry, join(folder, name));
    if (problem !== undefined) {
      altered.set(name, problem);
      return;
    }
    wanted.delete(name);
    altered.delete(name);
    imported++;
    doneBytes += entry.bytes;
    onBytes?.(doneBytes, totalBytes);
  };
  if (statSync(archive, { throwIfNoEntry: false })?.isDirectory()) {
    for (const { path, size } of filesOf(archive)) await importStored(path, size, () => readFile(path));
  } else {
    await eachFile(archive, (zip, file) =>
      importStored(file.fileName, file.uncompressedSize, () => unpacked(zip, file)),
    );
  }

  if (wanted.size > 0) {
    const absent = [...wanted.keys()].filter((name) => !altered.has(name));
    throw new IncompleteImportError(
      archive,
      absent,
      [...altered].map(([name, problem]) => ({ name, problem })),
    );
  }
  return { imported, skipped: manifest.length - missing.length, ignored };
}

/**
 * The recordings of a manifest that are not in the folder.
 *
 * @param verify - reads the files and checks their SHA-256; otherwise the right size is enough
 */
export async function missingRecordings(
  folder: string,
  manifest: readonly ManifestEntry[],
  verify: boolean,
): Promise<ManifestEntry[]> {
  const missing: ManifestEntry[] = [];
  for (const entry of manifest) {
    const path = join(folder, entry.name);
    const sameSize = statSync(path, { throwIfNoEntry: false })?.size === entry.bytes;
    const same = sameSize && (!verify || sha256(await readFile(path)) === entry.sha256);
    if (!same) missing.push(entry);
  }
  return missing;
}

/**
 * Describes the recordings of an archive: the manifest that an import is checked against.
 *
 * @throws ArchiveError when the archive cannot be read, or a WAV in it is not on the ADC grid
 * @throws WavFormatError when a WAV in it cannot be read
 */
export async function describeArchive(archive: string, onBytes?: ByteListener): Promise<ManifestEntry[]> {
  const entries: ManifestEntry[] = [];
  const totalBytes = statSync(archive, { throwIfNoEntry: false })?.size ?? 0;
  let doneBytes = 0;
  await eachFile(archive, async (zip, file) => {
    doneBytes += file.compressedSize;
    const name = posix.basename(file.fileName);
    if (!name.endsWith('.wav') || name.startsWith('.')) return;
    if (file.uncompressedSize > MOST_BYTES) {
      throw new ArchiveError(
        `${archive}: ${file.fileName} would have ${file.uncompressedSize} bytes, more than any recording.`,
      );
    }
    const bytes = await unpacked(zip, file).catch((error: unknown) => {
      throw unreadable(archive, error);
    });
    const { samples } = parseWav(bytes, name);
    const codes = codesFromPcm16(samples);
    if (codes === null) {
      throw new ArchiveError(`${archive}: ${file.fileName} holds samples that are not on the ADC grid.`);
    }
    entries.push({
      name,
      bytes: bytes.length,
      samples: samples.length,
      standardDeviation: standardDeviation(codes),
      sha256: sha256(bytes),
    });
    onBytes?.(doneBytes, totalBytes);
  });
  return entries;
}

/** Imports one WAV. Returns the problem, or undefined if the file is in place now. */
async function importFile(
  size: number,
  read: () => Promise<Buffer>,
  entry: ManifestEntry,
  path: string,
): Promise<string | undefined> {
  // Before anything is unpacked: a small file may claim to hold more than there is memory.
  if (size !== entry.bytes) return `${size} bytes, the manifest says ${entry.bytes}`;
  let bytes: Buffer;
  try {
    bytes = await read();
  } catch (error) {
    return `cannot be unpacked (${(error as Error).message})`;
  }
  if (sha256(bytes) !== entry.sha256) return 'its SHA-256 is not the one of the manifest';
  writeWhole(path, bytes);
  return undefined;
}

function unreadable(archive: string, error: unknown): ArchiveError {
  return new ArchiveError(
    `${archive} cannot be read as a zip archive: ${(error as Error).message.replace(/\.$/, '')}. ` +
      'It may be incomplete: get it again.',
    { cause: error },
  );
}

/** @throws ArchiveError */
async function openArchive(archive: string): Promise<ZipFile> {
  const found = statSync(archive, { throwIfNoEntry: false });
  if (!found) throw new ArchiveError(`${archive} does not exist: check the path after --from.`);
  if (found.isDirectory()) {
    throw new ArchiveError(`${archive} is a folder: give the zip archive itself (data.zip) after --from.`);
  }
  try {
    return await openPromise(archive, { autoClose: false });
  } catch (error) {
    throw unreadable(archive, error);
  }
}

/**
 * Makes sure that a file is a zip archive, as far as its list of contents tells, or a folder one with WAV files.
 *
 * @throws ArchiveError
 */
export async function requireArchive(archive: string): Promise<void> {
  if (statSync(archive, { throwIfNoEntry: false })?.isDirectory()) {
    const files = readdirSync(archive, { recursive: true, encoding: 'utf8' });
    if (files.some((file) => file.endsWith('.wav'))) return;
    throw new ArchiveError(
      `${archive} is a folder without WAV files in it: give the zip archive (data.zip).`,
    );
  }
  (await openArchive(archive)).close();
}

/** Visits the files (not the folders) of a zip archive in order. */
async function eachFile(archive: string, visit: (zip: ZipFile, file: Entry) => Promise<void>): Promise<void> {
  const zip = await openArchive(archive);
  try {
    const files = zip.eachEntry()[Symbol.asyncIterator]();
    for (;;) {
      const next = await files.next().catch((error: unknown) => {
        throw unreadable(archive, error);
      });
      if (next.done) return;
      if (!next.value.fileName.endsWith('/')) await visit(zip, next.value);
    }
  } finally {
    zip.close();
  }
}

/** The files of a folder and of those in it, in order. Links are left out: they may lead anywhere. */
function* filesOf(folder: string): Generator<{ readonly path: string; readonly size: number }> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesOf(path);
    else if (entry.isFile()) yield { path, size: statSync(path).size };
  }
}

async function unpacked(zip: ZipFile, file: Entry): Promise<Buffer> {
  return readAll(await zip.openReadStreamPromise(file));
}

async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function sumOfBytes(entries: readonly ManifestEntry[]): number {
  return entries.reduce((sum, entry) => sum + entry.bytes, 0);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
