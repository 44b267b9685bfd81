/**
 * What recordings cost against their hours, their channels and their number: processor time, memory and bytes, each as a
 * fixed part and a slope. Writes bench/scaling.json, and with it the tables of docs/scaling.md:
 *
 *   node --require ./tools/loader.cjs bench/scaling.ts        some minutes of a processor, 300 MB of disk
 *   … --only hours --sizes 10    some of the parts (hours, channels, sweeps, streams), at some sizes or of some --works;
 *                                all else stays as it is in the file; ten hours take 3 GB of disk
 *   … --tables                   the tables alone
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { objectsOnLines, roundedJson } from '../lib/files/json-text';
import { projectRoot } from '../lib/files/project-root';
import { writeWhole } from '../lib/files/write-whole';
import { curveOfCosts, type CostCurve, type CostPoint } from './scaling/costs';
import { LONG_RATE, writeLongRecording } from './scaling/long-recording';
import {
  JOINED_ROWS,
  SCALING_FILE,
  SCALING_PAGE,
  withScalingTables,
  type ScalingResults,
} from './scaling/tables';
import { SCRIPTS, type Taken, type Work } from './scaling/work';

const HOURS = [0.05, 0.2, 1];
/** What is measured of more hours than these; all else is on the line. */
const LONG_WORK = ['encode lossless-fast', 'decode lossless-fast', 'import 96 pieces'];

const CHANNELS = [1, 4, 16, 64, 128, 384];
const CHANNEL_SECONDS = 2;
const CODECS = ['lossless-fast', 'lossless-best', 'mdct-256-sine+trellis'];
/** Against channels: the transform without a search. */
const CHANNEL_CODECS = ['lossless-fast', 'lossless-best', 'mdct-256-sine'];

const SWEPT_CODECS = ['dct-256', 'dct-256+trellis', 'lossless-best'];
const SWEPT_RECORDINGS = [4, 16];
const SWEPT_SECONDS = [5, 40];
const EACH_SECONDS = 5;
/** Recordings whose measurements are joined: 96 as of a usual dataset, and those of 1 and 10 hours and more. */
const JOINED_RECORDINGS = [96, 720, 7200, 28_800];
const JOINED_CODEC = 'dct-256';
const KEPT_ROWS = 'keep rows';

const STREAMED_CHANNELS = 512;
const PROCESSES = 2;

const SEED = 20;
const DIGITS = 4;

/** Does work in a process of its own, as memory that was used once stays with a process. */
function doneApart(work: Work): Promise<Taken> {
  // As commands load it: with another loader, constants of other modules take half as long again.
  const loader = join(projectRoot(), 'tools', 'loader.cjs');
  const script = join(projectRoot(), SCRIPTS[work.kind]);
  const child = spawn(process.execPath, ['--require', loader, script, JSON.stringify(work)], {
    cwd: projectRoot(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      if (code !== 0) reject(new Error(`${JSON.stringify(work)}: ${err}`));
      else resolve(JSON.parse(out.trim().split('\n').pop()!) as Taken);
    });
  });
}

function say(message: string): void {
  console.error(message);
}

/** Costs by the name of the work, as they come. */
class Curves {
  private readonly points = new Map<string, CostPoint[]>();

  /** @param wanted - what is measured of all work, by parts of its name */
  constructor(private readonly wanted: readonly string[] | undefined) {}

  async measure(name: string, size: number, work: Work): Promise<void> {
    if (this.wanted?.some((part) => name.includes(part)) === false) return;
    const { samples, seconds, megabytes, bytesRead, bytesWritten } = await doneApart(work);
    say(`${name}, ${size}: ${seconds.toFixed(2)} s of a processor, ${megabytes.toFixed(0)} MB`);
    const known = this.points.get(name) ?? [];
    known.push({ size, samples, seconds, megabytes, bytesRead, bytesWritten });
    this.points.set(name, known);
  }

  /** With the points that are known at other sizes. */
  with(known: readonly CostCurve[] = []): CostCurve[] {
    const names = [...new Set([...known.map(({ work }) => work), ...this.points.keys()])];
    return names.map((name) => {
      const fresh = this.points.get(name) ?? [];
      const sizes = new Set(fresh.map(({ size }) => size));
      const kept = known.find(({ work }) => work === name)?.points ?? [];
      const points = [...kept.filter(({ size }) => !sizes.has(size)), ...fresh];
      return curveOfCosts(
        name,
        points.sort((a, b) => a.size - b.size),
      );
    });
  }
}

async function againstHours(folder: string, sizes: readonly number[], curves: Curves): Promise<Curves> {
  for (const hours of sizes) {
    const wav = join(folder, 'hours.wav');
    writeLongRecording(wav, { channels: 1, samples: Math.round(hours * 3600 * LONG_RATE), seed: SEED });
    const wanted = (name: string): boolean => hours <= Math.max(...HOURS) || LONG_WORK.includes(name);
    for (const codec of CODECS) {
      const [nbz, back] = [join(folder, 'hours.nbz'), join(folder, 'hours.back')];
      if (wanted(`encode ${codec}`)) {
        await curves.measure(`encode ${codec}`, hours, { kind: 'encode', codec, from: wav, to: nbz });
      }
      if (wanted(`decode ${codec}`)) {
        await curves.measure(`decode ${codec}`, hours, { kind: 'decode', from: nbz, to: back });
      }
    }
    await curves.measure('import 96 pieces', hours, { kind: 'import', from: wav, pieces: 96 });
    if (wanted('import all')) {
      const pieces = Math.floor((hours * 3600) / EACH_SECONDS);
      await curves.measure('import all', hours, { kind: 'import', from: wav, pieces });
    }
  }
  return curves;
}

async function againstChannels(folder: string, sizes: readonly number[], curves: Curves): Promise<Curves> {
  for (const channels of sizes) {
    const [wav, nbz] = [join(folder, 'channels.wav'), join(folder, 'channels.nbz')];
    writeLongRecording(wav, { channels, samples: CHANNEL_SECONDS * LONG_RATE, seed: SEED });
    for (const codec of CHANNEL_CODECS) {
      await curves.measure(`encode ${codec}`, channels, { kind: 'encode', codec, from: wav, to: nbz });
      await curves.measure(`decode ${codec}`, channels, {
        kind: 'decode',
        from: nbz,
        to: join(folder, 'channels.back'),
      });
    }
  }
  return curves;
}

async function ofSweeps(
  folder: string,
  make: () => Curves,
  known: ScalingResults['sweeps'],
): Promise<ScalingResults['sweeps']> {
  const [recordings, lengths, joined] = [make(), make(), make()];
  for (const codec of SWEPT_CODECS) {
    const sweep = (count: number, seconds: number): Work => ({
      ...{ kind: 'sweep', codec },
      ...{ recordings: count, secondsOfEach: seconds },
    });
    for (const count of SWEPT_RECORDINGS) await recordings.measure(codec, count, sweep(count, EACH_SECONDS));
    if (codec !== JOINED_CODEC) continue;
    for (const seconds of SWEPT_SECONDS) await lengths.measure(codec, seconds, sweep(1, seconds));
  }
  for (const count of JOINED_RECORDINGS) {
    const path = join(folder, `${count}.jsonl`);
    const rows: Work = { kind: 'rows', codec: JOINED_CODEC, path, recordings: count };
    await joined.measure(KEPT_ROWS, count, rows);
    await joined.measure(JOINED_ROWS, count, { ...rows, kind: 'join' });
  }
  return {
    recordings: recordings.with(known.recordings),
    lengths: lengths.with(known.lengths),
    joined: joined.with(known.joined),
  };
}

/** Two processes at once, each with half of the channels. */
async function ofStreams(folder: string): Promise<ScalingResults['streams']> {
  const wav = join(folder, 'streams.wav');
  writeLongRecording(wav, { channels: STREAMED_CHANNELS, samples: 2 ** 15, seed: SEED });
  const stream = (channels: number, atOnce: number, samples: number): Work => ({
    ...{ kind: 'stream', channels, atOnce, samples },
  });
  const works: readonly (readonly [string, number, (process: number) => Work])[] = [
    ['streams, one channel, a sample at a time', 1, () => stream(1, 1, 300_000)],
    ['streams, a sample at a time', STREAMED_CHANNELS, () => stream(STREAMED_CHANNELS, 1, 1000)],
    ['streams, 20 samples at a time', STREAMED_CHANNELS, () => stream(STREAMED_CHANNELS, 20, 1000)],
    ['streams, 500 samples at a time', STREAMED_CHANNELS, () => stream(STREAMED_CHANNELS, 500, 1000)],
    [
      'files, lossless-fast',
      STREAMED_CHANNELS,
      (process) => ({
        ...{ kind: 'encode', codec: 'lossless-fast', from: wav, to: join(folder, `streams-${process}.nbz`) },
      }),
    ],
  ];
  const streams: ScalingResults['streams'][number][] = [];
  for (const [what, channels, work] of works) {
    const taken = await Promise.all(Array.from({ length: PROCESSES }, (_, i) => doneApart(work(i))));
    const sum = (key: 'samples' | 'seconds' | 'clockSeconds'): number =>
      taken.reduce((all, one) => all + one[key], 0);
    streams.push({
      what,
      channels,
      samplesPerProcessorSecond: sum('samples') / sum('seconds'),
      samplesPerSecond: sum('samples') / (sum('clockSeconds') / PROCESSES),
      megabytes: Math.max(...taken.map(({ megabytes }) => megabytes)),
    });
    say(`${what}: ${(sum('samples') / sum('seconds') / 1e6).toFixed(3)} million samples a second and core`);
  }
  return streams;
}

function write(results: ScalingResults): void {
  writeWhole(join(projectRoot(), SCALING_FILE), `${objectsOnLines(roundedJson(results, DIGITS))}\n`);
}

function writeTables(results: ScalingResults): void {
  const page = join(projectRoot(), SCALING_PAGE);
  writeWhole(page, withScalingTables(readFileSync(page, 'utf8'), results));
}

const EMPTY: Omit<ScalingResults, 'machine' | 'sampleRate'> = {
  hours: [],
  channels: [],
  sweeps: { recordings: [], lengths: [], joined: [] },
  streams: [],
};

async function main(options: readonly string[]): Promise<void> {
  const file = join(projectRoot(), SCALING_FILE);
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ScalingResults) : undefined;
  if (options.includes('--tables') && before) return writeTables(before);
  const listed = (name: string): string[] | undefined =>
    options.includes(name) ? options[options.indexOf(name) + 1]?.split(',') : undefined;
  const only = listed('--only');
  const sizes = listed('--sizes')?.map(Number);
  const works = listed('--works');
  const make = (): Curves => new Curves(works);
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown',
    gigabytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  let results: ScalingResults = { ...EMPTY, ...before, machine, sampleRate: LONG_RATE };
  const folder = mkdtempSync(join(tmpdir(), 'scaling-'));
  // Where all is measured nothing is kept that was measured before.
  const known = (sizes ?? works) ? results : { ...results, ...EMPTY };
  const parts: Readonly<Record<string, () => Promise<Partial<ScalingResults>>>> = {
    hours: async () => ({ hours: (await againstHours(folder, sizes ?? HOURS, make())).with(known.hours) }),
    channels: async () => ({
      channels: (await againstChannels(folder, sizes ?? CHANNELS, make())).with(known.channels),
    }),
    sweeps: async () => ({ sweeps: await ofSweeps(folder, make, known.sweeps) }),
    streams: async () => ({ streams: await ofStreams(folder) }),
  };
  try {
    for (const [name, measure] of Object.entries(parts)) {
      if (only !== undefined && !only.includes(name)) continue;
      results = { ...results, ...(await measure()) };
      write(results);
    }
    // From the file, whose numbers are rounded: rounded twice, a number can be another one.
    const kept = JSON.parse(readFileSync(file, 'utf8')) as ScalingResults;
    if (Object.values(kept).every((part) => !Array.isArray(part) || part.length > 0)) writeTables(kept);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main(process.argv.slice(2));
