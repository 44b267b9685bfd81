import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import {
  packCodes,
  packIntegers,
  PackedTextError,
  unpackCodes,
  unpackIntegers,
} from '../../lib/results/packed-integers';
import { meanSquaredError, peakSignalToNoiseRatio, signalToNoiseRatio } from '../../lib/metrics/distortion';
import { createRecordingMetrics } from '../../lib/metrics/recording-metrics';
import { readCodes } from '../../lib/recordings/corpus';
import { groupsOfEqualLength } from '../../lib/recordings/folds';
import { CurveDetailsError, readDetails } from '../../lib/results/curve-details';
import { saveDetails } from '../../lib/study/save-details';
import { curveIntervals } from '../../lib/measuring/curve-intervals';
import { excerptsOf } from '../../lib/study/excerpts';
import { FIGURES_VARIABLE } from '../../lib/results/outputs';
import { isSpiking } from '../../lib/measuring/spike-measures';
import { bootstrapInterval, median } from '../../lib/numerics/statistics';
import { recordingSnr, summarizePoints } from '../../lib/measuring/summarize';
import { sweep, type RecordingMeasurement } from '../../lib/measuring/sweep';
import { createCorpusOf, createPlainCodec, noiseCodes } from '../study/small-corpus';

/** Noise of different loudness, with a deep spike here and there. */
function signal(length: number, seed: number): Uint16Array {
  return noiseCodes(length, seed).map((code, i) => {
    const quiet = 512 + Math.round((code - 512) * (0.3 + 0.1 * seed));
    return i % 1700 > 900 && i % 1700 < 908 ? quiet - 120 : quiet;
  });
}

const { corpus, remove } = createCorpusOf(
  [4000, 4000, 5001, 5001, 6000, 7001, 8000].map((length, seed) => signal(length, seed)),
);
const folder = mkdtempSync(join(tmpdir(), 'curve-details-'));
after(() => {
  remove();
  rmSync(folder, { recursive: true });
});

const STEPS = [0, 4, 24];

test('Packed integers come back as they were, small ones as one letter each.', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -(2 ** 29), max: 2 ** 29 })), (values) => {
      assert.deepEqual([...unpackIntegers(packIntegers(values))], values);
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1023 })), (codes) => {
      assert.deepEqual([...unpackCodes(packCodes(codes))], codes);
    }),
  );
  assert.equal(packIntegers([0, 15, -15, 16]).length, 5);
  for (const damaged of ['A!', 'g', 'gggggggggA']) {
    assert.throws(() => unpackIntegers(damaged), PackedTextError);
  }
});

test('The intervals of a curve are those of the bootstrap that copies recordings, number for number.', async () => {
  const result = await sweep(createPlainCodec(), corpus, STEPS);
  const fast = curveIntervals(result, { replicates: 200, seed: 7 });
  assert.deepEqual(
    fast.map(({ step }) => step),
    [4, 24],
  );
  const groups = groupsOfEqualLength(
    result.recordings.map((one) => ({ samples: one.recording.samples, one })),
  ).map((group) => group.map(({ one }) => one));
  const sum = (
    recordings: readonly RecordingMeasurement[],
    value: (one: RecordingMeasurement) => number,
  ): number => recordings.reduce((total, one) => total + value(one), 0);
  fast.forEach(({ intervals }, i) => {
    const position = i + 1;
    const expected = {
      compressionRatio: (drawn: readonly RecordingMeasurement[]) =>
        sum(drawn, (one) => one.recording.wavBytes) /
        sum(drawn, (one) => one.points[position]!.compressedBytes),
      psnr: (drawn: readonly RecordingMeasurement[]) =>
        peakSignalToNoiseRatio(
          meanSquaredError(
            sum(drawn, (one) => one.points[position]!.comparison.squaredError),
            sum(drawn, (one) => one.facts.samples),
          ),
          1023,
        ),
      snrMedian: (drawn: readonly RecordingMeasurement[]) =>
        median(drawn.map((one) => recordingSnr(one.facts, one.points[position]!))),
      ownThresholdRecall: (drawn: readonly RecordingMeasurement[]) => {
        const counts = (kind: 'matched' | 'missed'): number =>
          sum(drawn, (one) =>
            isSpiking(one.facts) ? one.points[position]!.comparison.ownThresholdSpikes[kind] : 0,
          );
        return counts('matched') / (counts('matched') + counts('missed'));
      },
    };
    for (const [measure, statistic] of Object.entries(expected)) {
      const { lower, upper } = bootstrapInterval(groups, statistic, { replicates: 200, seed: 7 })!;
      const [low, high] = intervals[measure as keyof typeof expected]!;
      assert.ok(Math.abs(low - lower) < 1e-5 * Math.abs(lower), `${measure}: ${low} is not ${lower}`);
      assert.ok(Math.abs(high - upper) < 1e-5 * Math.abs(upper), `${measure}: ${high} is not ${upper}`);
      assert.ok(low < high || (measure === 'ownThresholdRecall' && low === high));
    }
  });
});

test('An interval holds the number that it belongs to, and there is none where there is no number.', async () => {
  const result = await sweep(createPlainCodec(), corpus, STEPS);
  const points = summarizePoints(result).slice(1);
  curveIntervals(result).forEach(({ intervals }, i) => {
    for (const [measure, [low, high]] of Object.entries(intervals)) {
      const value = points[i]![measure as keyof typeof intervals]!;
      assert.ok(low <= value && value <= high, `${measure}: ${value} is not within ${low} to ${high}`);
    }
  });
  const silent = createCorpusOf([noiseCodes(3000, 1)]);
  try {
    const [point] = curveIntervals(await sweep(createPlainCodec(), silent.corpus, [8]));
    assert.ok(point!.intervals.psnr);
    assert.equal(point!.intervals.spikeF1, undefined);
  } finally {
    silent.remove();
  }
});

test('An excerpt is the stretch about a spike that the decoder gives back for the whole recording.', async () => {
  const codec = codecFromId('dct-64');
  const result = await sweep(codec, corpus, [0, 4, 24]);
  assert.deepEqual(
    excerptsOf(codec, result).map(({ kind }) => kind),
    ['typical'],
    'one will do for the sample',
  );
  const excerpts = excerptsOf(codec, { ...result, corpus: { ...corpus, synthetic: false } });
  assert.ok(excerpts.length > 1);
  assert.deepEqual(
    excerpts.map(({ kind }) => kind),
    ['typical', 'quiet', 'spiking'].filter((kind) => excerpts.some((one) => one.kind === kind)),
  );
  assert.equal(new Set(excerpts.map(({ recording }) => recording)).size, excerpts.length);
  for (const { recording, from, codes, points } of excerpts) {
    const file = corpus.recordings.find(({ name }) => name === recording)!;
    const whole = readCodes(file);
    const original = unpackCodes(codes);
    assert.equal(original.length, 977);
    assert.deepEqual([...original], [...whole.subarray(from, from + original.length)]);
    assert.ok(Math.min(...original) < 450, 'a spike is seen');
    for (const point of points) {
      const { bytes } = codec.encode(whole, point.step);
      const decoded = codec.decode(bytes);
      const error = unpackIntegers(point.error);
      error.forEach((value, i) => assert.equal(original[i]! + value, decoded[from + i]));
      const metrics = createRecordingMetrics(whole, file);
      const { squaredError, inBandSquaredError } = metrics.compare(decoded);
      for (const [snr, variance, error] of [
        [point.snr!, metrics.variance, squaredError],
        [point.inBandSnr!, metrics.inBandVariance, inBandSquaredError],
      ] as const) {
        const expected = signalToNoiseRatio(variance, meanSquaredError(error, whole.length));
        assert.ok(Math.abs(snr / expected - 1) < 1e-4, `${snr} is not ${expected}`);
      }
      assert.ok(point.compressionRatio > 1);
    }
    assert.ok(points[0]!.snr! > points[1]!.snr!);
  }
});

test('Details are saved in a run alone, read back as they were, and damaged ones are named.', async () => {
  const codec = codecFromId('dct-64');
  const result = await sweep(codec, corpus, [0, 8]);
  const bound = [{ compressionRatio: 5, psnr: 60 }];
  delete process.env[FIGURES_VARIABLE];
  saveDetails(codec, result, bound);
  assert.deepEqual(readDetails(folder), []);
  process.env[FIGURES_VARIABLE] = folder;
  try {
    saveDetails(codec, result, bound);
  } finally {
    delete process.env[FIGURES_VARIABLE];
  }
  const [details] = readDetails(folder);
  assert.equal(details!.basis, 'dct-64');
  assert.deepEqual(details!.bound, bound);
  assert.deepEqual(
    details!.intervals.map(({ step }) => step),
    [8],
  );
  assert.ok(details!.excerpts.length > 0);
  writeFileSync(join(folder, 'broken.details.json'), '{}');
  assert.throws(() => readDetails(folder), CurveDetailsError);
});
