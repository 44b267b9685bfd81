import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { REFERENCE } from '../../lib/catalog/reference';
import { corpusNumbers, VERDICT_RATIOS } from '../../lib/investigations/92-verdict/corpus-intervals';
import {
  missingCurves,
  measuredCodec,
  type MeasuredCodec,
  type VerdictMeasurements,
} from '../../lib/investigations/92-verdict/measured-codecs';
import {
  decodedCorrelation,
  simultaneousPairs,
} from '../../lib/investigations/92-verdict/held-out-electrode';
import {
  groupMeans,
  inBandDifferences,
  pairedCodecs,
  pairedTests,
  ranksAt,
} from '../../lib/investigations/92-verdict/paired-recordings';
import { largestJump } from '../../lib/investigations/92-verdict/recording-kinds';
import { namedCodecs, verdictOf } from '../../lib/investigations/92-verdict/verdict';
import { curveCodec } from '../../lib/measuring/curve-codec';
import { curveOf } from '../../lib/measuring/measured-curve';
import { OPERATING_STEPS } from '../../lib/measuring/steps';
import { uniformNumbers } from '../../lib/numerics/random';
import { sweep } from '../../lib/measuring/sweep';
import { openCorpus } from '../../lib/recordings/corpus';
import { psnrAt } from '../../lib/results/curve-at-ratio';
import { describeDataset } from '../../lib/results/results';

const corpus = openCorpus({ dataset: 'sample', recordings: 8 });
let haar: MeasuredCodec;
let measurements: Pick<VerdictMeasurements, 'corpus' | 'recordings'>;

before(async () => {
  const steps = OPERATING_STEPS.filter((step) => step > 0);
  const result = await sweep(curveCodec('haar-6'), corpus, steps);
  measurements = {
    corpus,
    recordings: result.recordings.map(({ recording, facts }) => ({ recording, facts })),
  };
  haar = measuredCodec(curveOf('haar-6', result), result);
});

/** The same codec with files of another size. */
function resized(codec: MeasuredCodec, factor: (recording: number) => number): MeasuredCodec {
  return {
    ...codec,
    curve: { ...codec.curve, basis: 'resized' },
    bytes: codec.bytes.map((bytes, r) => bytes.map((value) => value * factor(r))),
  };
}

test('a codec with files of 110% needs 10% more bytes at every quality, in every draw', () => {
  const [numbers] = corpusNumbers(measurements, [resized(haar, () => 1.1)], haar);
  const known = numbers!.bytes.filter((interval) => interval !== null);
  assert.ok(known.length >= 4);
  for (const { estimate, lower, upper } of known) {
    for (const value of [estimate, lower, upper]) assert.ok(Math.abs(value - 10) < 1e-6);
  }
  const [paired] = pairedCodecs(measurements, [resized(haar, () => 1.1)], haar);
  const logs = paired!.logBytes.flatMap((values) => [...values].filter(Number.isFinite));
  assert.ok(logs.length > 20);
  logs.forEach((value) => assert.ok(Math.abs(value - Math.log(1.1)) < 1e-9));
});

test('the reference differs from itself by nothing', () => {
  const [numbers] = corpusNumbers(measurements, [haar], haar);
  for (const interval of [...numbers!.bytes, ...numbers!.difference]) {
    if (interval)
      assert.ok(Math.abs(interval.estimate) < 1e-9 && Math.abs(interval.upper - interval.lower) < 1e-9);
  }
  for (const interval of inBandDifferences(measurements, haar, haar)) {
    if (interval) assert.deepEqual([interval.estimate, interval.lower, interval.upper], [0, 0, 0]);
  }
});

test('the numbers of the corpus are those of its curve', () => {
  const [numbers] = corpusNumbers(measurements, [haar], haar);
  numbers!.psnr.forEach((interval, i) => {
    if (!interval) return;
    const around = haar.curve.points.filter(
      (point) => Math.abs(Math.log(point.compressionRatio / VERDICT_RATIOS[i]!)) < 0.7,
    );
    const psnrs = around.map(({ psnr }) => psnr!);
    assert.ok(interval.estimate >= Math.min(...psnrs) - 2 && interval.estimate <= Math.max(...psnrs) + 2);
    assert.ok(interval.lower <= interval.estimate && interval.estimate <= interval.upper);
  });
});

test('recordings that agree on a sign are found, recordings that do not are not', () => {
  const alike = pairedCodecs(measurements, [resized(haar, () => 0.9)], haar);
  const mixed = pairedCodecs(measurements, [resized(haar, (r) => (r % 2 === 0 ? 0.9 : 1.1))], haar);
  const at = VERDICT_RATIOS.indexOf(10);
  const [one, other] = [pairedTests(measurements, alike)[0]![at]!, pairedTests(measurements, mixed)[0]![at]!];
  assert.ok(one.p < other.p);
  assert.equal(one.pairs, groupMeans(measurements, alike[0]!.logBytes[at]!).length);
});

test('ranks add up to those of a full order, with ties shared', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 8, max: 12 }), { minLength: 1, maxLength: 6 }), (tenths) => {
      const codecs = tenths.map((tenth) => resized(haar, () => tenth / 10));
      const ranks = ranksAt(pairedCodecs(measurements, codecs, haar), VERDICT_RATIOS.indexOf(10));
      const total = ranks.reduce((sum, { mean }) => sum + mean, 0);
      assert.ok(Math.abs(total - (tenths.length * (tenths.length + 1)) / 2) < 1e-9);
      assert.ok(Math.abs(ranks.reduce((sum, { best }) => sum + best, 0) - 1) < 1e-9);
      const least = Math.min(...tenths);
      tenths.forEach((tenth, i) => assert.equal(ranks[i]!.best > 0, tenth === least));
    }),
    { numRuns: 20 },
  );
});

test('curves that the results lack are named with their notebooks', () => {
  const missing = missingCurves({ curves: [haar.curve, { ...haar.curve, basis: REFERENCE }] });
  assert.ok(missing.some(({ name, notebook }) => name === 'dct' && notebook === '02-cosine.ipynb'));
  assert.ok(missing.some(({ name }) => name === 'layers-512'));
  assert.ok(!missing.some(({ name }) => name === 'haar' || name === 'mdct'));
});

test('a jump is measured in deviations of all steps', () => {
  const smooth = Array.from({ length: 4001 }, (_, i) => 500 + Math.round(10 * Math.sin(i)));
  const jumping = smooth.map((code, i) => code + (i > 2000 ? 300 : 0));
  assert.ok(largestJump(smooth) < 3);
  assert.ok(largestJump(jumping) > 20);
  assert.equal(largestJump([7, 7, 7]), 0);
});

test('a decoder finds what one electrode knows of the other, and nothing where it knows nothing', () => {
  const random = uniformNumbers(7);
  const given = Float64Array.from({ length: 400 }, () => random() - 0.5);
  const noise = Float64Array.from({ length: 400 }, () => random() - 0.5);
  // A mean of three neighbors, which lies within the bins that the decoder sees.
  const wanted = given.map((_, i) => (given[i - 1] ?? 0) + given[i]! + (given[i + 1] ?? 0));
  for (const first of [true, false]) {
    assert.ok(decodedCorrelation(given, wanted, first)! > 0.98);
    assert.ok(Math.abs(decodedCorrelation(noise, wanted, first)!) < 0.25);
  }
  assert.equal(decodedCorrelation(given.subarray(0, 8), wanted.subarray(0, 8), true), null);
});

test('pairs are recordings that alone have their length', () => {
  const [first, second, third] = corpus.recordings;
  const of = (samples: readonly number[]): typeof corpus.recordings =>
    [first!, second!, third!].map((one, i) => ({ ...one, samples: samples[i]! }));
  assert.equal(simultaneousPairs({ recordings: of([10, 10, 12]) }).length, 1);
  assert.equal(simultaneousPairs({ recordings: of([10, 10, 10]) }).length, 0);
  assert.equal(simultaneousPairs({ recordings: of([10, 11, 12]) }).length, 0);
});

test('the verdict has the numbers of its curves, and dashes where something is missing', () => {
  // One codec that is its own reference: nothing weighted, no layers, no compressors of others.
  const reference: MeasuredCodec = { ...haar, curve: { ...haar.curve, basis: REFERENCE } };
  const all = {
    ...measurements,
    results: { dataset: describeDataset(corpus), curves: [reference.curve] },
    codecs: [reference],
    reference,
    missing: [{ name: 'dct', notebook: '02-cosine.ipynb' }],
  };
  const bound = [4, 20, 300].map((compressionRatio) => ({
    compressionRatio,
    psnr: 60 - 8 * Math.log10(compressionRatio),
  }));
  const parts = {
    measurements: all,
    numbers: corpusNumbers(all, [reference], reference),
    named: namedCodecs(all),
    kept: [{ curve: reference.curve, intervals: [] }],
    bound,
    slow: { layers: undefined, waveform: undefined },
    peers: undefined,
    carried: undefined,
  };
  const verdict = verdictOf(parts);
  assert.equal(verdict.carriesOver, undefined);
  const carried = { datasets: ['sample'], rows: [], summary: '' };
  assert.deepEqual(verdictOf({ ...parts, carried }).carriesOver, carried);
  assert.deepEqual(
    verdict.rows.map(({ id }) => id),
    ['bound', REFERENCE],
  );
  const at = VERDICT_RATIOS.indexOf(20);
  assert.equal(verdict.rows[1]!.psnr[at], psnrAt(haar.curve, 20));
  assert.ok(Math.abs(verdict.rows[1]!.bytes!.estimate) < 1e-9);
  assert.equal(verdict.sentences.length, 3);
  assert.match(verdict.sentences[0]!, /and nothing is learned in it/);
  for (const sentence of verdict.sentences) assert.doesNotMatch(sentence, /NaN|undefined|null/);
  assert.match(verdict.sentences[2]!, /layers of slow waves, band power and spikes \(`layers-512`\) have –/);
  assert.doesNotMatch(verdict.sentences[2]!, /slow waves of/);
  const slow = { layers: 41.25, waveform: 40.25 };
  assert.match(
    verdictOf({ ...parts, slow }).sentences[2]!,
    /, band power with r –, and slow waves of 41\.3 dB where the waveform codec has 40\.3 dB\.$/,
  );
  assert.deepEqual(verdict.missing, ['dct (02-cosine.ipynb)', 'compressors of others (npm run compare)']);
});
