import assert from 'node:assert/strict';
import { readFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createRecordingMetrics, type RecordingMetrics } from '../../lib/metrics/recording-metrics';
import { SpectrumEstimator } from '../../lib/metrics/spectrum';
import { MAX_ADC_CODE, NEURALINK_ELECTRODE, SAMPLE_RATE } from '../../lib/recordings/adc';
import { corpusHash, openCorpus, readCodes } from '../../lib/recordings/corpus';
import { ensureSample, generateSampleRecording, SAMPLE_RECORDINGS } from '../../lib/recordings/sample';
import { parseWav } from '../../lib/recordings/wav';

const folder = mkdtempSync(join(tmpdir(), 'sample-'));
after(() => rmSync(folder, { recursive: true }));

const before = process.cpuUsage();
const corpus = openCorpus({ folder, dataset: 'sample', recordings: 8 });
const { user, system } = process.cpuUsage(before);
const allCodes = corpus.recordings.map(readCodes);

function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = fraction * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}

function assertWithin(value: number, low: number, high: number, what: string): void {
  assert.ok(value >= low && value <= high, `${what} is ${value}, not ${low}…${high}`);
}

test('the sample is the same, bit by bit, wherever it is made', () => {
  assert.equal(corpusHash(corpus), 'a67f7c54341396b72fd85e508dc242c441d5e2f463470ecfb4832198cf1e8214');
});

test('the sample takes less than 5 seconds of processor time', () => {
  assertWithin((user + system) / 1e6, 0, 5, 'the time');
});

test('the sample has 8 canonical recordings of about 2 seconds, in both folds', () => {
  assert.equal(corpus.recordings.length, 8);
  for (const { path, name, samples } of corpus.recordings) {
    assert.ok(parseWav(readFileSync(path), name).canonical);
    assertWithin(samples / SAMPLE_RATE, 2, 2.05, name);
  }
  assert.equal(corpus.recordings.filter(({ samples }) => samples % 2 === 0).length, 4);
  assert.equal(new Set(corpus.recordings.map(({ samples }) => samples)).size, 8);
});

test('a first look has 4 recordings of a second, in both folds, with what the others have', () => {
  const first = openCorpus({ folder, dataset: 'sample' });
  assert.equal(first.recordings.length, 4);
  assert.equal(corpusHash(first), 'ee5baba7582d598518db02a7838ba059d51623e9652cdf5aa60fd9a7601ce5b8');
  for (const { path, name, samples } of first.recordings) {
    assert.ok(parseWav(readFileSync(path), name).canonical);
    assertWithin(samples / SAMPLE_RATE, 1, 1.02, name);
  }
  assert.equal(first.recordings.filter(({ samples }) => samples % 2 === 0).length, 2);
  // No two lengths are equal, since equal ones say that recordings are simultaneous.
  const all = [...first.recordings, ...corpus.recordings];
  assert.equal(new Set(all.map(({ samples }) => samples)).size, 4 + SAMPLE_RECORDINGS);
  const metrics = first.recordings.map((one) => createRecordingMetrics(readCodes(one), one));
  const [quiet, spiking, upward, loud] = metrics as [RecordingMetrics, ...RecordingMetrics[]];
  assert.ok(quiet.crossings.length < 10);
  assert.ok(spiking!.crossings.length > 30 && spiking!.sortedSpikes > 0);
  assert.ok(upward!.crossings.length > 5);
  assert.ok(loud!.variance > 4 * spiking!.variance);
});

test('standard deviations are spread as those of the real recordings', () => {
  const deviations = corpus.recordings.map(({ standardDeviation }) => standardDeviation);
  assertWithin(quantile(deviations, 0.25), 14.3, 15.3, 'the lower quartile');
  assertWithin(quantile(deviations, 0.5), 19.5, 20.5, 'the median');
  assertWithin(quantile(deviations, 0.75), 25.8, 26.8, 'the upper quartile');
});

test('the spectrum is that of the real recordings: slow power, a white floor', () => {
  const estimator = new SpectrumEstimator(8192, SAMPLE_RATE);
  const under47: number[] = [];
  const under300: number[] = [];
  const flatness: number[] = [];
  const floors: number[] = [];
  for (const codes of allCodes) {
    const { density, frequencyStep } = estimator.estimate(codes);
    const power = (low: number, high: number): number => {
      let sum = 0;
      density.forEach((value, bin) => {
        if (bin * frequencyStep >= low && bin * frequencyStep < high) sum += value * frequencyStep;
      });
      return sum;
    };
    const all = power(0, SAMPLE_RATE);
    under47.push(power(0, 47) / all);
    under300.push(power(0, 300) / all);
    flatness.push(power(7000, 8300) / power(8300, 9600));
    floors.push(Math.sqrt((power(7000, 9700) / 2700) * (SAMPLE_RATE / 2)));
  }
  assertWithin(quantile(under47, 0.5), 0.51, 0.61, 'the share under 47 Hz');
  assertWithin(quantile(under300, 0.5), 0.77, 0.85, 'the share under 300 Hz');
  assertWithin(quantile(flatness, 0.5), 0.9, 1.3, 'the ratio of halves of the band above 7 kHz');
  assertWithin(quantile(floors, 0.5), 3, 3.6, 'the rms of the floor');
});

test('what a linear predictor cannot tell is as large as in the real recordings', () => {
  assertWithin(quantile(allCodes.map(residualRms), 0.5), 5.6, 6.2, 'the rms of the residual');
});

test('most electrodes are nearly silent and a few are busy', () => {
  const rates = allCodes.map((codes) => {
    const { crossings, duration } = createRecordingMetrics(codes, NEURALINK_ELECTRODE);
    return crossings.length / duration;
  });
  assertWithin(quantile(rates, 0.5), 0.5, 3, 'the median of crossings per second');
  assertWithin(quantile(rates, 0.9), 18, 35, 'their 90th percentile');
});

test('one recording touches the rails', () => {
  const atRails = allCodes.filter((codes) => codes.some((code) => code === 0 || code === MAX_ADC_CODE));
  assert.equal(atRails.length, 1);
});

test('spikes point down on most electrodes, and up on one', () => {
  // Against the mean of two neighbors 15 samples away: slow parts are gone, a spike is not.
  const reach = 15;
  const tallest = allCodes.map((codes) => {
    let up = 0;
    let down = 0;
    for (let i = reach; i < codes.length - reach; i++) {
      const above = codes[i]! - (codes[i - reach]! + codes[i + reach]!) / 2;
      up = Math.max(up, above);
      down = Math.max(down, -above);
    }
    return up / down;
  });
  assert.deepEqual(
    tallest.flatMap((ratio, i) => (ratio > 1.2 ? [i] : [])),
    [5],
  );
  assert.ok(tallest.filter((ratio) => ratio < 1 / 1.2).length >= 3);
});

test('a sample that is there is kept, and one of another version or with a damaged file is made anew', () => {
  const sample = join(folder, 'sample');
  const file = join(sample, corpus.recordings[7]!.name);
  const manifest = join(sample, 'manifest.tsv');
  const madeAt = statSync(file).mtimeMs;
  assert.equal(ensureSample(sample).written, false);
  assert.equal(statSync(file).mtimeMs, madeAt);

  writeFileSync(file, 'damaged');
  assert.equal(ensureSample(sample).written, true);
  assert.equal(statSync(file).size, corpus.recordings[7]!.wavBytes);

  const text = readFileSync(manifest, 'utf8');
  writeFileSync(manifest, text.replace(/version \d+/, 'version 0'));
  assert.equal(ensureSample(sample).written, true);
  assert.equal(readFileSync(manifest, 'utf8'), text);
});

test('there is no recording beyond the last', () => {
  assert.throws(() => generateSampleRecording(12), /no recording 12: it has 12/);
});

/** Rms of the residual of the best linear predictor of order 16 (Levinson and Durbin's recursion). */
function residualRms(codes: Uint16Array): number {
  const order = 16;
  const signal = Float64Array.from(codes);
  const mean = signal.reduce((sum, value) => sum + value, 0) / signal.length;
  signal.forEach((value, i) => (signal[i] = value - mean));
  const autocorrelation = Float64Array.from({ length: order + 1 }, (_, lag) => {
    let sum = 0;
    for (let i = lag; i < signal.length; i++) sum += signal[i]! * signal[i - lag]!;
    return sum / signal.length;
  });
  let error = autocorrelation[0]!;
  let predictor: number[] = [];
  for (let n = 0; n < order; n++) {
    let sum = autocorrelation[n + 1]!;
    predictor.forEach((weight, i) => (sum -= weight * autocorrelation[n - i]!));
    const reflection = sum / error;
    const reversed = [...predictor].reverse();
    predictor = [...predictor.map((weight, i) => weight - reflection * reversed[i]!), reflection];
    error *= 1 - reflection * reflection;
  }
  return Math.sqrt(error);
}

test('a sample with any file damaged is written anew', () => {
  const hash = corpusHash(corpus);
  const damages: ((bytes: Buffer) => Buffer)[] = [
    (bytes) => bytes.subarray(0, bytes.length / 2),
    (bytes) => {
      const flipped = Buffer.from(bytes);
      flipped[flipped.length >> 1]! ^= 2;
      return flipped;
    },
    () => Buffer.from('{}'),
  ];
  for (const name of ['manifest.tsv', corpus.recordings[3]!.name]) {
    for (const damage of damages) {
      const path = join(folder, 'sample', name);
      const whole = readFileSync(path);
      writeFileSync(path, damage(whole));
      const opened = openCorpus({ folder, dataset: 'sample', recordings: 8 });
      assert.equal(corpusHash(opened), hash);
      assert.deepEqual(readFileSync(path), whole);
    }
  }
});
