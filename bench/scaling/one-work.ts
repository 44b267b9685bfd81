/**
 * Does one piece of work and prints what it took. It runs in a process of its own, as memory that was used once stays with
 * a process; modules are loaded for the work alone, since they take memory too.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Corpus } from '../../lib/recordings/corpus';

/** What is to be done. */
export type Work =
  | { readonly kind: 'encode'; readonly codec: string; readonly from: string; readonly to: string }
  | { readonly kind: 'decode'; readonly from: string; readonly to: string }
  | { readonly kind: 'import'; readonly from: string; readonly pieces: number }
  | {
      readonly kind: 'sweep';
      readonly codec: string;
      readonly recordings: number;
      readonly secondsOfEach: number;
    }
  | {
      readonly kind: 'rows' | 'join';
      readonly codec: string;
      readonly path: string;
      readonly recordings: number;
    }
  | { readonly kind: 'stream'; readonly channels: number; readonly atOnce: number; readonly samples: number };

/** What it took. */
export interface Taken {
  readonly samples: number;
  readonly seconds: number;
  readonly clockSeconds: number;
  readonly megabytes: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** Of one codec at a time; a lossless codec has the first alone. */
const SWEEP_STEPS = [0, 8, 32];
const STEP = 8;
/** Seconds of a recording whose measurements are kept under many names. */
const ROW_SECONDS = 5;

/** Samples and bytes of some work. */
type Amount = Pick<Taken, 'samples' | 'bytesRead' | 'bytesWritten'>;

const timer = { processor: process.cpuUsage(), clock: performance.now() };

/** What came before this was preparation. */
function startTimer(): void {
  timer.processor = process.cpuUsage();
  timer.clock = performance.now();
}

async function encode(codec: string, from: string, to: string): Promise<Amount> {
  const { encodeRecordingTo } = await import('../../lib/codecs/files/long-recording');
  startTimer();
  const step = codec.startsWith('lossless') ? 0 : STEP;
  const sizes = await encodeRecordingTo(from, to, { codecId: codec, step });
  // The grid of the values comes from a first pass over the file.
  return { samples: sizes.from >> 1, bytesRead: 2 * sizes.from, bytesWritten: sizes.to };
}

async function decode(from: string, to: string): Promise<Amount> {
  const { decodeRecordingTo } = await import('../../lib/codecs/files/long-recording');
  startTimer();
  const bytesWritten = await decodeRecordingTo(from, to);
  return { samples: Math.floor(bytesWritten / 2), bytesRead: statSync(from).size, bytesWritten };
}

async function importPieces(path: string, pieces: number): Promise<Amount> {
  const { openRecording } = await import('../../lib/recordings/recognize');
  const { inspectStream } = await import('../../lib/recordings/inspect');
  const { importRecordings } = await import('../../tools/data/import-recordings');
  const folder = mkdtempSync(join(tmpdir(), 'scaling-import-'));
  startTimer();
  const file = await openRecording(path);
  try {
    for (const stream of file.streams) await inspectStream(stream);
    const choices = {
      ...{ name: 'long', path, sidecar: undefined, stream: undefined, channels: undefined },
      ...{ fromSecond: 0, seconds: undefined, pieceSeconds: 5, pieces, replace: false },
    };
    const { manifest } = await importRecordings(file, choices, folder);
    const kept = readdirSync(join(folder, 'long'));
    return {
      samples: manifest.recordings.reduce((sum, { samples }) => sum + samples, 0),
      // Once for the hash, and what is kept twice: for its grid and for its codes.
      bytesRead: statSync(path).size + 2 * manifest.recordings.reduce((sum, { bytes }) => sum + bytes, 0),
      bytesWritten: kept.reduce((sum, name) => sum + statSync(join(folder, 'long', name)).size, 0),
    };
  } finally {
    file.close();
    rmSync(folder, { recursive: true });
  }
}

/** Recordings of one channel in a folder. */
async function corpusIn(folder: string, count: number, seconds: number): Promise<Corpus> {
  const { NEURALINK_ELECTRODE, pcm16FromCodes, standardDeviation, SAMPLE_RATE } =
    await import('../../lib/recordings/adc');
  const { NEURALINK_CORPUS } = await import('../../lib/recordings/corpus');
  const { canonicalWav } = await import('../../lib/recordings/wav');
  const { longRecording } = await import('./long-recording');
  // What was measured once is not measured again.
  const seed = Date.now() % 2 ** 31;
  const samples = Math.round(seconds * SAMPLE_RATE);
  const recordings = Array.from({ length: count }, (_, i) => {
    const [made] = longRecording({ channels: 1, seed: seed + i })(7919 * i, samples);
    const codes = codesOf(made!);
    const wav = canonicalWav(pcm16FromCodes(codes), SAMPLE_RATE);
    const path = join(folder, `${i}.wav`);
    writeFileSync(path, wav);
    return {
      ...{ name: `${i}.wav`, path, wavBytes: wav.length, samples: codes.length, sha256: hashOf(wav) },
      ...{ standardDeviation: standardDeviation(codes), group: String(i) },
      ...NEURALINK_ELECTRODE,
    };
  });
  const facts = { name: 'scaling', dataset: 'sample', label: `${count} recordings`, synthetic: true };
  return { ...facts, recordings, ...NEURALINK_CORPUS };
}

/** ADC codes of a made channel, whose samples are the sum of one and a half. */
function codesOf(made: Int16Array): Uint16Array {
  return Uint16Array.from(made, (value) => Math.max(0, Math.min(1023, value - 256)));
}

function hashOf(contents: string | Uint8Array): string {
  return createHash('sha256').update(contents).digest('hex');
}

function stepsOf(codec: string): number[] {
  return codec.startsWith('lossless') ? [0] : SWEEP_STEPS;
}

async function sweepOf(codec: string, count: number, seconds: number): Promise<Amount> {
  const { codecFromId } = await import('../../lib/codecs/codec-from-id');
  const { openMeasurementCache } = await import('../../lib/measuring/cache');
  const { hashCodecCode } = await import('../../lib/measuring/codec-code');
  const { sweep } = await import('../../lib/measuring/sweep');
  const folder = mkdtempSync(join(tmpdir(), 'scaling-'));
  try {
    const corpus = await corpusIn(folder, count, seconds);
    const cache = openMeasurementCache(codec, (await hashCodecCode(codec))!).path;
    const size = (): number => statSync(cache, { throwIfNoEntry: false })?.size ?? 0;
    const before = size();
    startTimer();
    await sweep(codecFromId(codec), corpus, stepsOf(codec), { jobs: 1 });
    return {
      samples: corpus.recordings.reduce((sum, { samples }) => sum + samples, 0),
      bytesRead: corpus.recordings.reduce((sum, { wavBytes }) => sum + wavBytes, 0),
      bytesWritten: size() - before,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Measures one recording and keeps that under many names, as if so many had been measured. */
async function writeRows(codec: string, path: string, recordings: number): Promise<Amount> {
  const { codecFromId } = await import('../../lib/codecs/codec-from-id');
  const { MeasurementCache } = await import('../../lib/measuring/cache');
  const { measureViews } = await import('../../lib/measuring/measure-views');
  const folder = mkdtempSync(join(tmpdir(), 'scaling-'));
  try {
    const [recording] = (await corpusIn(folder, 1, ROW_SECONDS)).recordings;
    const measured = measureViews(codecFromId(codec), recording!, stepsOf(codec));
    startTimer();
    const cache = new MeasurementCache(path);
    for (let i = 0; i < recordings; i++) cache.add(hashOf(String(i)), measured);
    return { samples: recordings * recording!.samples, bytesRead: 0, bytesWritten: statSync(path).size };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a sweep does that finds everything measured: it reads the rows and joins them to a curve. */
async function joinRows(codec: string, path: string, recordings: number): Promise<Amount> {
  const { codecFromId } = await import('../../lib/codecs/codec-from-id');
  const { MeasurementCache } = await import('../../lib/measuring/cache');
  const { summarizePoints } = await import('../../lib/measuring/summarize');
  const folder = mkdtempSync(join(tmpdir(), 'scaling-'));
  try {
    const corpus = await corpusIn(folder, 1, ROW_SECONDS);
    const [one] = corpus.recordings;
    const all = Array.from({ length: recordings }, (_, i) => ({ ...one!, sha256: hashOf(String(i)) }));
    const steps = stepsOf(codec);
    startTimer();
    const cache = new MeasurementCache(path);
    const measured = all.map((recording) => {
      const { facts, points } = cache.find(recording.sha256, steps);
      return { recording, facts: facts!, points };
    });
    summarizePoints({
      ...{ codec: codecFromId(codec), corpus: { ...corpus, recordings: all } },
      ...{ steps, recordings: measured, reused: recordings },
    });
    return { samples: recordings * one!.samples, bytesRead: statSync(path).size, bytesWritten: 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Channels in turn, some samples of each at a time. */
async function stream(channels: number, atOnce: number, samples: number): Promise<Amount> {
  const { StreamEncoder } = await import('../../lib/codecs/lossless/streaming');
  const { longRecording } = await import('./long-recording');
  const codes = longRecording({ channels, seed: 1 })(0, samples).map(codesOf);
  const encoders = codes.map(() => new StreamEncoder());
  startTimer();
  let bytesWritten = 0;
  for (let from = 0; from < samples; from += atOnce) {
    for (let channel = 0; channel < channels; channel++) {
      bytesWritten += encoders[channel]!.push(codes[channel]!.subarray(from, from + atOnce)).length;
    }
  }
  return { samples: channels * samples, bytesRead: 2 * channels * samples, bytesWritten };
}

function done(work: Work): Promise<Amount> {
  switch (work.kind) {
    case 'encode':
      return encode(work.codec, work.from, work.to);
    case 'decode':
      return decode(work.from, work.to);
    case 'import':
      return importPieces(work.from, work.pieces);
    case 'sweep':
      return sweepOf(work.codec, work.recordings, work.secondsOfEach);
    case 'rows':
      return writeRows(work.codec, work.path, work.recordings);
    case 'join':
      return joinRows(work.codec, work.path, work.recordings);
    case 'stream':
      return stream(work.channels, work.atOnce, work.samples);
  }
}

async function main(work: Work): Promise<void> {
  const amount = await done(work);
  const clockSeconds = (performance.now() - timer.clock) / 1000;
  const { user, system } = process.cpuUsage(timer.processor);
  const taken: Taken = {
    ...amount,
    seconds: (user + system) / 1e6,
    clockSeconds,
    megabytes: (process.resourceUsage().maxRSS * 1024) / 1e6,
  };
  console.log(JSON.stringify(taken));
  process.exit();
}

const asked = process.argv[2];
if (asked !== undefined && require.main === module) void main(JSON.parse(asked) as Work);
