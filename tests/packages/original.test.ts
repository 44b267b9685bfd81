/**
 * Back to the file that was compressed, from Python: files of every format that is read, as `npm run encode` writes them.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, relative } from 'node:path';
import { after, test } from 'node:test';
import { decodeRecordingFile, encodeRecordingFile } from '../../lib/codecs/files/recording-encoder';
import { writeVerbatim } from '../../lib/codecs/files/verbatim-file';
import { projectRoot } from '../../lib/files/project-root';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { RecordingFormatError } from '../../lib/recordings/recording-file';
import { canonicalWav } from '../../lib/recordings/wav';
import { interpreterOf, runWithWheel } from './installed-wheel';

const FIXTURES = join(projectRoot(), 'tests', 'fixtures', 'recordings');
/** Recordings of other laboratories, where they are; none is part of the project. */
const LABORATORIES = join(projectRoot(), '..', 'shared', 'recordings');
const MOST_BYTES = 2 ** 20;

const { python, skip } = interpreterOf('Zarr for Python', 'packages');
const folder = mkdtempSync(join(tmpdir(), 'neurobasis-original-'));
after(() => rmSync(folder, { recursive: true }));

function filesIn(place: string): string[] {
  return readdirSync(place, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** A WAV file with chunks before and after its samples. */
function wavWithChunks(samples: Int16Array): Uint8Array {
  const wav = canonicalWav(samples, SAMPLE_RATE);
  const chunk = Buffer.from('LIST\x08\0\0\0INFOabcd', 'latin1');
  const whole = Buffer.concat([wav, chunk]);
  whole.writeUInt32LE(whole.length - 8, 4);
  return whole;
}

function generated(): Record<string, Uint8Array> {
  const codes = Uint16Array.from(
    { length: 3000 },
    (_, i) => 500 + Math.round(80 * Math.sin(i / 40)) + ((i * i) % 13),
  );
  const onGrid = pcm16FromCodes(codes);
  return {
    'canonical.wav': canonicalWav(onGrid, SAMPLE_RATE),
    'chunks.wav': wavWithChunks(onGrid),
    'off-grid.wav': wavWithChunks(onGrid.map((value, i) => value + (i % 3))),
    'other-rate.wav': canonicalWav(onGrid, 30_000),
    'empty.wav': canonicalWav(new Int16Array(0), SAMPLE_RATE),
  };
}

/** Losslessly, in a basis of the WebAssembly module, in one of the plain decoder, and samples alone. */
const WAYS = [
  { codecId: 'lossless-fast', step: 0 },
  { codecId: 'mdct-64-sine', step: 8 },
  { codecId: 'haar-4+trellis', step: 6 },
  { codecId: 'lossless-best', step: 0, signalOnly: true },
] as const;

/** @returns number of files written */
async function encodeAll(
  work: string,
  path: string,
  ways: readonly (typeof WAYS)[number][],
): Promise<number> {
  let written = 0;
  for (const way of ways) {
    let bytes;
    try {
      bytes = await encodeRecordingFile(path, readFileSync(path), way);
    } catch (error) {
      // Samples that are not found, or codes of too many bits, cannot be lossy.
      if (error instanceof RecordingFormatError || (way.step > 0 && error instanceof RangeError)) continue;
      if (way.step > 0 && (error as Error).name === 'OffGridError') continue;
      throw error;
    }
    const name = join(work, `${readdirSync(work).length}-${way.codecId.replace(/\W/g, '-')}`);
    writeFileSync(`${name}.nbz`, bytes);
    if ('signalOnly' in way) writeFileSync(`${name}.samples`, '');
    else writeFileSync(`${name}.original`, way.step > 0 ? decodeRecordingFile(bytes) : readFileSync(path));
    written++;
  }
  return written;
}

test('files of every kind come back from Python byte for byte', { skip }, async () => {
  const work = mkdtempSync(join(folder, 'kinds-'));
  const made = mkdtempSync(join(folder, 'made-'));
  for (const [name, bytes] of Object.entries(generated())) writeFileSync(join(made, name), bytes);
  let written = 0;
  for (const path of [...filesIn(made), ...filesIn(FIXTURES)]) written += await encodeAll(work, path, WAYS);
  const text = Buffer.from('no recording at all '.repeat(50));
  writeFileSync(join(work, 'verbatim.nbz'), writeVerbatim(text));
  writeFileSync(join(work, 'verbatim.original'), text);
  const kinds = new Set(filesIn(FIXTURES).map((path) => extname(path)));
  assert.ok(written > 3 * kinds.size, `${written} files of ${kinds.size} kinds`);
  assert.equal(runWithWheel(folder, python, 'check-original.py', [work]), `${written + 1}\n`);
});

test(
  'one file of each other laboratory comes back from Python byte for byte',
  { skip: skip || (existsSync(LABORATORIES) ? false : `${LABORATORIES} is not there`) },
  async () => {
    const work = mkdtempSync(join(folder, 'laboratories-'));
    const byFormat = new Map<string, string>();
    for (const path of filesIn(LABORATORIES)) {
      const format = relative(LABORATORIES, path).split(/[\\/]/)[0]!;
      const { size } = statSync(path);
      if (/\.(md|tsv|meta|oebin)$/.test(path) || size > MOST_BYTES) continue;
      const known = byFormat.get(format);
      if (known === undefined || size > statSync(known).size) byFormat.set(format, path);
    }
    let written = 0;
    for (const path of byFormat.values()) written += await encodeAll(work, path, WAYS.slice(0, 1));
    assert.ok(written > 3, `${written} files`);
    assert.equal(runWithWheel(folder, python, 'check-original.py', [work]), `${written}\n`);
  },
);
