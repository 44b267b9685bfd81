/**
 * What recordings cost against their hours, their channels and their number: processor time, memory and bytes, each as a
 * fixed part and a slope. Writes bench/scaling.json, and with it the tables of docs/scaling.md:
 *
 *   node --require tsx/cjs bench/scaling.ts             about five minutes of a processor, 300 MB of disk
 *   node --require tsx/cjs bench/scaling.ts --long      ten hours of a channel too, five minutes more, 3 GB of disk
 *   node --require tsx/cjs bench/scaling.ts --only streams,sweeps
 *                                                       some of the parts; the others stay as they are in the file
 *   node --require tsx/cjs bench/scaling.ts --tables    the tables alone
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { objectsOnLines, roundedJson } from '../lib/files/json-text';
import { projectRoot } from '../lib/files/project-root';
import { writeWhole } from '../lib/files/write-whole';
import { curveOfCosts, type CostCurve, type CostPoint } from './scaling/costs';
import { LONG_RATE, writeLongRecording } from './scaling/long-recording';
import type { Taken, Work } from './scaling/one-work';
import { SCALING_FILE, SCALING_PAGE, withScalingTables, type ScalingResults } from './scaling/tables';

const HOURS = [0.05, 0.2, 1];
const LONG_HOURS = 10;
/** What ten hours are measured of; the others are extrapolated. */
const LONG_WORK = ['encode lossless-fast', 'decode lossless-fast', 'import 96 pieces'];

const CHANNELS = [1, 4, 16, 64, 128, 384];
const CHANNEL_SECONDS = 2;
const CODECS = ['lossless-fast', 'lossless-best', 'mdct-256-sine+trellis'];
/** Against channels: the transform without a search. */
const CHANNEL_CODECS = ['lossless-fast', 'lossless-best', 'mdct-256-sine'];

const SWEPT_CODECS = ['dct-256', 'dct-256+trellis', 'lossless-best'];
const SWEPT_RECORDINGS = [8, 16, 32];
const SWEPT_SECONDS = [5, 20, 80];
const EACH_SECONDS = 5;
/** Recordings whose measurements are joined: 96 as of a usual dataset, and those of 1 and 10 hours and more. */
const JOINED_RECORDINGS = [96, 720, 7200, 28_800];
const JOINED_CODEC = 'dct-256';

const STREAMED_CHANNELS = 512;
const PROCESSES = 2;

const SEED = 20;
const DIGITS = 4;

/** Does work in a process of its own, as memory that was used once stays with a process. */
function doneApart(work: Work): Promise<Taken> {
  const script = join(projectRoot(), 'bench', 'scaling', 'one-work.ts');
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', script, JSON.stringify(work)], {
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

  async measure(name: string, size: number, work: Work): Promise<void> {
    const { samples, seconds, megabytes, bytesRead, bytesWritten } = await doneApart(work);
    say(`${name}, ${size}: ${seconds.toFixed(2)} s of a processor, ${megabytes.toFixed(0)} MB`);
    const known = this.points.get(name) ?? [];
    known.push({ size, samples, seconds, megabytes, bytesRead, bytesWritten });
    this.points.set(name, known);
  }

  all(): CostCurve[] {
    return [...this.points].map(([work, points]) => curveOfCosts(work, points));
  }
}

async function againstHours(folder: string, long: boolean): Promise<CostCurve[]> {
  const curves = new Curves();
  for (const hours of long ? [...HOURS, LONG_HOURS] : HOURS) {
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
  return curves.all();
}

async function againstChannels(folder: string): Promise<CostCurve[]> {
  const curves = new Curves();
  for (const channels of CHANNELS) {
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
  return curves.all();
}

async function ofSweeps(folder: string): Promise<ScalingResults['sweeps']> {
  const recordings = new Curves();
  const lengths = new Curves();
  for (const codec of SWEPT_CODECS) {
    const sweep = (count: number, seconds: number): Work => ({
      ...{ kind: 'sweep', codec },
      ...{ recordings: count, secondsOfEach: seconds },
    });
    for (const count of SWEPT_RECORDINGS) await recordings.measure(codec, count, sweep(count, EACH_SECONDS));
    for (const seconds of SWEPT_SECONDS) await lengths.measure(codec, seconds, sweep(1, seconds));
  }
  const joined = new Curves();
  for (const count of JOINED_RECORDINGS) {
    const path = join(folder, `${count}.jsonl`);
    await doneApart({ kind: 'rows', codec: JOINED_CODEC, path, recordings: count });
    await joined.measure(JOINED_CODEC, count, { kind: 'join', codec: JOINED_CODEC, path, recordings: count });
  }
  return { recordings: recordings.all(), lengths: lengths.all(), joined: joined.all() };
}

/** Two processes at once, each with half of the channels. */
async function ofStreams(folder: string): Promise<ScalingResults['streams']> {
  const wav = join(folder, 'streams.wav');
  writeLongRecording(wav, { channels: STREAMED_CHANNELS, samples: 2 ** 16, seed: SEED });
  const stream = (channels: number, atOnce: number, samples: number): Work => ({
    ...{ kind: 'stream', channels, atOnce, samples },
  });
  const works: readonly (readonly [string, number, (process: number) => Work])[] = [
    ['streams, one channel, a sample at a time', 1, () => stream(1, 1, 400_000)],
    ['streams, a sample at a time', STREAMED_CHANNELS, () => stream(STREAMED_CHANNELS, 1, 2000)],
    ['streams, 20 samples at a time', STREAMED_CHANNELS, () => stream(STREAMED_CHANNELS, 20, 2000)],
    ['streams, 400 samples at a time', STREAMED_CHANNELS, () => stream(STREAMED_CHANNELS, 400, 2000)],
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

function writeTables(results: ScalingResults): void {
  const page = join(projectRoot(), SCALING_PAGE);
  writeWhole(page, withScalingTables(readFileSync(page, 'utf8'), results));
}

async function main(options: readonly string[]): Promise<void> {
  const file = join(projectRoot(), SCALING_FILE);
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ScalingResults) : undefined;
  if (options.includes('--tables') && known) return writeTables(known);
  const only = options[options.indexOf('--only') + 1]?.split(',');
  const wanted = (part: string): boolean => !options.includes('--only') || only!.includes(part) || !known;
  const folder = mkdtempSync(join(tmpdir(), 'scaling-'));
  try {
    const results: ScalingResults = {
      machine: {
        processor: cpus()[0]?.model ?? 'unknown',
        gigabytes: Math.round(totalmem() / 2 ** 30),
        node: process.version,
      },
      sampleRate: LONG_RATE,
      hours: wanted('hours') ? await againstHours(folder, options.includes('--long')) : known!.hours,
      channels: wanted('channels') ? await againstChannels(folder) : known!.channels,
      sweeps: wanted('sweeps') ? await ofSweeps(folder) : known!.sweeps,
      streams: wanted('streams') ? await ofStreams(folder) : known!.streams,
    };
    writeFileSync(file, `${objectsOnLines(roundedJson(results, DIGITS))}\n`);
    writeTables(results);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main(process.argv.slice(2));
