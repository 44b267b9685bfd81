/** Measures recordings in a sweep, and joins measurements that are kept. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { MeasurementCache, openMeasurementCache } from '../../lib/measuring/cache';
import { hashCodecCode } from '../../lib/measuring/codec-code';
import { measureViews } from '../../lib/measuring/measure-views';
import { summarizePoints } from '../../lib/measuring/summarize';
import { sweep } from '../../lib/measuring/sweep';
import {
  NEURALINK_ELECTRODE,
  pcm16FromCodes,
  SAMPLE_RATE,
  standardDeviation,
} from '../../lib/recordings/adc';
import { NEURALINK_CORPUS, type Corpus } from '../../lib/recordings/corpus';
import { canonicalWav } from '../../lib/recordings/wav';
import { longRecording } from './long-recording';
import { adcCodesOf, reportWork, startTimer, type Amount, type Work } from './work';

/** Of one codec at a time; a lossless codec has the first alone. */
const SWEEP_STEPS = [0, 8, 32];
/** Seconds of a recording whose measurements are kept under many names. */
const ROW_SECONDS = 5;

/** Recordings of one channel in a folder. */
async function corpusIn(folder: string, count: number, seconds: number): Promise<Corpus> {
  // What was measured once is not measured again.
  const seed = Date.now() % 2 ** 31;
  const samples = Math.round(seconds * SAMPLE_RATE);
  const recordings = Array.from({ length: count }, (_, i) => {
    const [made] = longRecording({ channels: 1, seed: seed + i })(7919 * i, samples);
    const codes = adcCodesOf(made!);
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

function hashOf(contents: string | Uint8Array): string {
  return createHash('sha256').update(contents).digest('hex');
}

function stepsOf(codec: string): number[] {
  return codec.startsWith('lossless') ? [0] : SWEEP_STEPS;
}

async function sweepOf(codec: string, count: number, seconds: number): Promise<Amount> {
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

type SweepWork = Extract<Work, { readonly kind: 'sweep' | 'rows' | 'join' }>;

function done(work: SweepWork): Promise<Amount> {
  switch (work.kind) {
    case 'sweep':
      return sweepOf(work.codec, work.recordings, work.secondsOfEach);
    case 'rows':
      return writeRows(work.codec, work.path, work.recordings);
    case 'join':
      return joinRows(work.codec, work.path, work.recordings);
  }
}

void reportWork<SweepWork['kind']>(done);
