/**
 * What a decoder spends on files that claim more samples than they hold, or hold almost nothing: processor seconds, and
 * memory above what the process held before. For docs/scaling.md:
 *
 *   node --require ./tools/loader.cjs bench/claims.ts [family …]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TYPESCRIPT_ARGUMENTS } from '../kernel/notebook-process';
import { isAdaptive } from '../lib/bases/basis';
import { catalog } from '../lib/catalog/catalog';
import { basisId } from '../lib/catalog/ids';
import { basisOf, codecFromId, EVENT_CODEC_IDS, findCodec, parseCodecId } from '../lib/codecs/codec-from-id';
import { decodeRecordingTo } from '../lib/codecs/files/long-recording';
import { MAX_SAMPLES, readBitstream, writeBitstream, type Header } from '../lib/coding/bitstream';
import { HeaderReader } from '../lib/coding/header-reader';
import { behindLengths } from '../lib/coding/payload';
import { LOSSLESS } from '../lib/coding/codec';
import { uniformNumbers } from '../lib/numerics/random';

/** Bytes of the payload; the largest is the least that 2²⁸ samples may have. */
const PAYLOADS = [20, 200, 2032];

/** As many as a payload may claim: 16 bytes are granted. */
const claimOf = (bytes: number): number => Math.min(MAX_SAMPLES, (bytes + 16) * 2 ** 17);

const KINDS = ['silence', 'noise', 'nearly silence'] as const;
type Kind = (typeof KINDS)[number];

/** First bytes of a range code with one subband, whose next decisions are likely ones, and random ones. */
const LIKELY_FRONT = [0, 3, 255, 253];
const RANDOM_FRONT = [0, 2];

/** A range code of any length: without a subband; with one, whose decisions are all the likely ones, or at random. */
function codeOf(kind: Kind, length: number): Uint8Array {
  if (kind === 'silence') return new Uint8Array(length);
  const random = uniformNumbers(length);
  const code = Uint8Array.from({ length }, () => (kind === 'noise' ? 256 * random() : 255));
  code.set((kind === 'noise' ? RANDOM_FRONT : LIKELY_FRONT).slice(0, length));
  return code;
}

const LOSSLESS_IDS = ['lossless-fast', 'lossless-best'];

const IDS = [
  ...LOSSLESS_IDS,
  ...catalog.map((entry) => basisId(entry)),
  'mdct-256-sine+fill',
  ...EVENT_CODEC_IDS,
];

/** The file of a codec with another number of samples and another range code. */
function hostileFile(id: string, kind: Kind, bytes: number): Uint8Array {
  const codec = codecFromId(id);
  const step = LOSSLESS_IDS.includes(id) ? LOSSLESS : 20;
  const file = codec.encode(new Uint16Array(3000).fill(511), step).bytes;
  const { header, start, end } = readBitstream(file);
  const named: Header = { ...header, samples: claimOf(bytes) };
  const hasSide =
    id.endsWith('+fill') || (parseCodecId(id) !== undefined && isAdaptive(basisOf(findCodec(id))));
  const sides = [];
  if (hasSide) {
    const reader = new HeaderReader(file, start, end);
    sides.push(reader.take(reader.varint()));
  }
  const front = behindLengths(sides, new Uint8Array(0)).length;
  return writeBitstream(named, behindLengths(sides, codeOf(kind, Math.max(0, bytes - front))));
}

/** Bytes that the process holds now, and the most that it held since it was last asked to forget. */
function memory(field: 'VmRSS' | 'VmHWM'): number {
  return 1024 * Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))![1]);
}

interface Row {
  readonly bytes: number;
  readonly kind: Kind;
  readonly seconds: number;
  readonly megabytes: number;
  readonly outcome: string;
}

async function rowsOf(id: string, say: (row: Row) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'claims-'));
  try {
    const input = join(folder, 'in.nbz');
    const output = join(folder, 'out.wav');
    for (const kind of KINDS) {
      for (const bytes of PAYLOADS) {
        writeFileSync(input, hostileFile(id, kind, bytes));
        writeFileSync('/proc/self/clear_refs', '5');
        const held = memory('VmRSS');
        const { user, system } = process.cpuUsage();
        let outcome;
        try {
          outcome = `${(await decodeRecordingTo(input, output, { sampleRate: 1 })) / 2 ** 20} MB`;
        } catch (error) {
          outcome = error instanceof Error ? `${error.name}: ${error.message.slice(0, 60)}` : String(error);
        }
        const spent = process.cpuUsage();
        const seconds = (spent.user + spent.system - user - system) / 1e6;
        say({ bytes, kind, seconds, megabytes: (memory('VmHWM') - held) / 2 ** 20, outcome });
        rmSync(output, { force: true });
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const MOST_SECONDS = 120;

const [first, ...more] = process.argv.slice(2);

if (first === '--one') {
  void rowsOf(more[0]!, (row) => console.log(JSON.stringify(row)));
} else {
  console.log(
    '| codec | payload | what it holds | CPU s | MB | outcome |\n| --- | ---: | --- | ---: | ---: | --- |',
  );
  for (const id of first === undefined ? IDS : [first, ...more]) {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [...TYPESCRIPT_ARGUMENTS, __filename, '--one', id],
      {
        encoding: 'utf8',
        timeout: MOST_SECONDS * 1000,
      },
    );
    const rows = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row);
    for (const { bytes, kind, seconds, megabytes, outcome } of rows) {
      console.log(
        `| ${id} | ${bytes} | ${kind} | ${seconds.toFixed(2)} | ${megabytes.toFixed(0)} | ${outcome} |`,
      );
    }
    if (rows.length < PAYLOADS.length * KINDS.length)
      console.log(`| ${id} | | ended early: ${stderr.slice(-300)} |`);
  }
}
