import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import type { RecordingFacts, StepMeasurement } from '../../lib/measuring/measure';
import { NEURALINK_ELECTRODE } from '../../lib/recordings/adc';
import { NEURALINK_CORPUS } from '../../lib/recordings/corpus';
import { delayText } from '../../lib/results/results';
import { summarize, summarizeSpeed } from '../../lib/measuring/summarize';
import type { SweepResult } from '../../lib/measuring/sweep';

const LABELS = { parameters: { block: 256 }, family: 'cosine', learned: false, notebook: '02-cosine.ipynb' };

const facts: RecordingFacts = {
  samples: 1000,
  duration: 2,
  variance: 100,
  inBandVariance: 10,
  railFraction: 0.01,
  spikes: 4,
  spikeWaveformEnergy: 400,
  sortedSpikes: 4,
};

function point(
  step: number,
  change: Partial<StepMeasurement['comparison']> = {},
  bytes = 100,
): StepMeasurement {
  return {
    step,
    compressedBytes: bytes,
    nonzero: 50,
    comparison: {
      samples: 1000,
      squaredError: 1000,
      inBandSquaredError: 100,
      spikes: { matched: 3, missed: 1, spurious: 1 },
      ownThresholdSpikes: { matched: 2, missed: 2, spurious: 0 },
      spikeAmplitudes: { original: 4, decoded: 1, products: 1 },
      spikeWaveformSquaredError: 4,
      spikeBandPowerCorrelation: 0.5,
      sorting: { sameCluster: 3, adjustedRand: 0.25 },
      ...change,
    },
    encodeSeconds: 0.01,
    decodeSeconds: 0.005,
  };
}

function resultOf(
  steps: readonly number[],
  recordings: readonly { facts: RecordingFacts; points: readonly StepMeasurement[]; wavBytes?: number }[],
): SweepResult {
  const measured = recordings.map(({ facts: own, points, wavBytes = 2000 }, i) => ({
    recording: {
      name: `${i}.wav`,
      path: '',
      wavBytes,
      samples: own.samples,
      standardDeviation: 1,
      sha256: '',
      group: String(own.samples),
      ...NEURALINK_ELECTRODE,
    },
    facts: own,
    points,
  }));
  return {
    codec: { id: 'dct-256', delay: 256, multiplyAddsPerSample: 12 },
    corpus: {
      name: 'x',
      label: 'x',
      synthetic: true,
      dataset: 'sample',
      recordings: measured.map(({ recording }) => recording),
      ...NEURALINK_CORPUS,
    },
    steps,
    recordings: measured,
    reused: 0,
  };
}

const silent: RecordingFacts = { ...facts, spikes: 1, variance: 1000 };

test('sums are over the corpus, medians over recordings, spike measures over those with spikes', () => {
  const result = resultOf(
    [8],
    [
      { facts, points: [point(8)] },
      {
        facts: silent,
        points: [
          point(
            8,
            {
              squaredError: 3000,
              spikes: { matched: 0, missed: 1, spurious: 9 },
              spikeBandPowerCorrelation: null,
            },
            300,
          ),
        ],
        wavBytes: 6000,
      },
    ],
  );
  const { points, lossless, delayMs, spikeRecordings } = summarize(result, LABELS);
  assert.equal(lossless, null);
  assert.equal(delayMs, Number(((256 / 19531) * 1000).toPrecision(6)));
  assert.deepEqual(spikeRecordings, { counted: 1, sorted: 1, saturated: [] });
  assert.equal(points.length, 1);
  const [only] = points;
  assert.deepEqual(only, {
    step: 8,
    compressedBytes: 400,
    compressionRatio: 20,
    bitsPerSample: 1.6,
    psnr: Number((10 * Math.log10(1023 ** 2 / 2)).toPrecision(6)),
    // 20 dB and 10·log10(1000 / 3) = 25.2288 dB.
    snrMedian: 22.6144,
    snrLowerQuartile: 21.3072,
    snrUpperQuartile: 23.9216,
    inBandSnrMedian: 20,
    nonzeroFraction: 0.05,
    spikePrecision: 0.75,
    spikeRecall: 0.75,
    spikeF1: 0.75,
    spikeWaveformSnrMedian: 20,
    spikeBandPowerCorrelation: 0.5,
    spikeF1Median: 0.75,
    ownThresholdPrecision: 1,
    ownThresholdRecall: 0.5,
    ownThresholdF1: 0.666667,
    ownThresholdF1Median: 0.666667,
    spikeAmplitudeCorrelation: 0.5,
    spikeAmplitudeCorrelationMedian: 0.5,
    spikeWaveformSnr: 20,
    sameCluster: 0.75,
    sameClusterMedian: 0.75,
    adjustedRand: 0.25,
    adjustedRandMedian: 0.25,
    // The root of 2 codes² in units of Neuralink's noise.
    errorInNoise: 0.218873,
  });
});

test('saturated recordings are left out of the spike measures and listed, and one loud recording is not the median', () => {
  const many: RecordingFacts = { ...facts, spikes: 400, sortedSpikes: 396, spikeWaveformEnergy: 40_000 };
  const found = (matched: number, missed: number): Partial<StepMeasurement['comparison']> => ({
    spikes: { matched, missed, spurious: 0 },
  });
  const loud = {
    ...found(400, 0),
    sorting: { sameCluster: 396, adjustedRand: 1 },
    spikeAmplitudes: { original: 400, decoded: 100, products: 200 },
  };
  const result = resultOf(
    [8],
    [
      { facts, points: [point(8, found(1, 3))] },
      { facts: { ...facts, sortedSpikes: 0 }, points: [point(8, { ...found(1, 3), sorting: null })] },
      { facts: many, points: [point(8, loud)] },
      { facts: { ...many, railFraction: 0.0101 }, points: [point(8, found(0, 400))] },
    ],
  );
  const { points, spikeRecordings } = summarize(result, LABELS);
  assert.deepEqual(spikeRecordings, { counted: 3, sorted: 2, saturated: ['3.wav'] });
  const [only] = points;
  assert.equal(only!.spikeRecall, Number((402 / 408).toPrecision(6)));
  assert.equal(only!.spikeF1Median, 0.4);
  // Recordings that cannot be sorted count in neither number.
  assert.equal(only!.sameCluster, Number((399 / 400).toPrecision(6)));
  assert.equal(only!.adjustedRand, Number((397 / 400).toPrecision(6)));
  assert.equal(only!.adjustedRandMedian, 0.625);
  // 202 / √(408 · 102): sums within recordings.
  assert.equal(only!.spikeAmplitudeCorrelation, Number((202 / Math.sqrt(408 * 102)).toPrecision(6)));
});

test('the delay of a codec that chooses over the whole recording is the recording, and what it optimizes is named', () => {
  const plain = summarize(resultOf([8], [{ facts, points: [point(8)] }]), LABELS);
  assert.equal(plain.wholeRecording, false);
  assert.equal(plain.optimizes, undefined);
  assert.equal(delayText(plain, 1), '13.1');
  for (const [id, whole] of [
    ['dct-64', false],
    ['dct-64+rdoq', true],
    ['dct-64+trellis', true],
    ['lpc-12', true],
    ['nlms-16-0.004', false],
    ['packets-sym13-9-rate', true],
    ['packets-sym13-9-uniform', false],
    ['segments-512-64', false],
    ['classified-64-16-kmeans', true],
    ['network-256', true],
  ] as const) {
    const codec = codecFromId(id);
    const curve = summarize({ ...resultOf([8], [{ facts, points: [point(8)] }]), codec }, LABELS);
    assert.equal(curve.wholeRecording, whole, id);
    assert.equal(delayText(curve, 1) === 'whole recording', whole, id);
    assert.equal(curve.optimizes, undefined, id);
  }
  const spikes = codecFromId('spikes-256-16');
  const curve = summarize({ ...resultOf([8], [{ facts, points: [point(8)] }]), codec: spikes }, LABELS);
  assert.deepEqual(curve.optimizes, ['spikePrecision', 'spikeRecall', 'spikeF1']);
  for (const measure of curve.optimizes!) assert.ok(measure in curve.points[0]!);
});

test('the lossless point is apart from the others, and weighs recordings both ways', () => {
  const noError = {
    squaredError: 0,
    inBandSquaredError: 0,
    spikes: { matched: 4, missed: 0, spurious: 0 },
    spikeWaveformSquaredError: 0,
    spikeBandPowerCorrelation: 1,
  };
  const { points, lossless } = summarize(
    resultOf(
      [0, 1],
      [
        { facts, points: [point(0, noError, 1000), point(1, noError, 1000)] },
        { facts, points: [point(0, noError, 500), point(1, noError, 500)] },
      ],
    ),
    LABELS,
  );
  assert.deepEqual(lossless, {
    compressedBytes: 1500,
    compressionRatio: 2.66667,
    compressionRatioTenBit: 1.66667,
    bitsPerSample: 6,
    meanCompressionRatio: 3,
  });
  // A step without any error has no finite PSNR or SNR, and JSON has no infinity.
  assert.deepEqual(
    points.map(({ step, psnr, snrMedian, spikeF1 }) => [step, psnr, snrMedian, spikeF1]),
    [[1, null, null, 1]],
  );
});

test('recordings without spikes, and without anything, have no spike measures', () => {
  const { points } = summarize(
    resultOf(
      [8],
      [
        { facts: silent, points: [point(8)] },
        { facts: { ...silent, variance: 0 }, points: [point(8)] },
      ],
    ),
    LABELS,
  );
  const [only] = points;
  assert.equal(only!.spikeF1, null);
  assert.equal(only!.spikeWaveformSnrMedian, null);
  assert.equal(only!.adjustedRand, null);
  // One of the two has no variance to keep, −∞ dB.
  assert.equal(only!.snrLowerQuartile, null);
});

test('speed is samples over the seconds of all recordings', () => {
  const speed = summarizeSpeed(
    resultOf(
      [8],
      [
        { facts, points: [point(8)] },
        { facts, points: [point(8)] },
      ],
    ),
  );
  assert.deepEqual(speed, {
    basis: 'dct-256',
    points: [{ step: 8, encodeMegasamplesPerSecond: 0.1, decodeMegasamplesPerSecond: 0.2 }],
  });
});
