/** Summarizes the measurements of all recordings as one curve of a corpus. */
import { LOSSLESS } from '../coding/codec';
import {
  errorInNoise,
  meanSquaredError,
  peakSignalToNoiseRatio,
  signalToNoiseRatio,
} from '../metrics/distortion';
import { compressionRatioPacked } from '../metrics/rate';
import type { Corpus } from '../recordings/corpus';
import type { RecordingFacts, StepMeasurement } from './measure';
import type { Curve, CurveSpeed, OperatingPoint } from '../results/results';
import { isSaturated, isSpiking, SPIKE_MEASURES } from './spike-measures';
import { quantileOfSorted } from '../numerics/statistics';
import type { SweepResult } from './sweep';

/** Labels of a curve: facts of its codec that are not measured. */
export type CurveLabels = Pick<Curve, 'parameters' | 'family' | 'learned' | 'notebook'>;

/**
 * Significant digits of every real number in the results: more than the measurements justify, and few enough
 * to hide rounding errors of arithmetic.
 */
const DIGITS = 6;

/** Rounds to six significant digits. Infinities and NaN become null, since JSON cannot hold them. */
export function roundedOrNull(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(DIGITS));
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

interface Measured {
  readonly wavBytes: number;
  readonly facts: RecordingFacts;
  readonly point: StepMeasurement;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function quartiles<T>(items: readonly T[], value: (item: T) => number | null): (number | null)[] {
  const sorted = Float64Array.from(items.flatMap((item) => value(item) ?? [])).sort();
  return [0.25, 0.5, 0.75].map((fraction) => roundedOrNull(quantileOfSorted(sorted, fraction)));
}

function median<T>(items: readonly T[], value: (item: T) => number | null): number | null {
  return quartiles(items, value)[1]!;
}

/** SNR of one recording in dB, whole band. */
export function recordingSnr({ variance, samples }: RecordingFacts, { comparison }: StepMeasurement): number {
  return signalToNoiseRatio(variance, meanSquaredError(comparison.squaredError, samples));
}

/** SNR of one recording in dB, 300–5000 Hz. */
export function recordingInBandSnr(
  { inBandVariance, samples }: RecordingFacts,
  { comparison }: StepMeasurement,
): number {
  return signalToNoiseRatio(inBandVariance, meanSquaredError(comparison.inBandSquaredError, samples));
}

/** Spike measures of one operating point, over the recordings that count in them. */
function summarizeSpikes(spiking: readonly Measured[]): Record<string, number | null> {
  const summary: Record<string, number | null> = {};
  for (const measure of SPIKE_MEASURES) {
    const ofRecordings = spiking.flatMap(({ facts, point }) => {
      const sums = measure.sums(facts, point);
      return sums === null ? [] : [sums];
    });
    const pooled = ofRecordings[0]?.map((_, i) => sum(ofRecordings, (sums) => sums[i]!));
    summary[measure.pooled] = pooled ? roundedOrNull(measure.value(pooled)) : null;
    if (measure.median) summary[measure.median] = median(ofRecordings, (sums) => measure.value(sums));
  }
  return summary;
}

function summarizePoint(
  step: number,
  measured: readonly Measured[],
  { fullScale, noise }: Pick<Corpus, 'fullScale' | 'noise'>,
  leavesOut: readonly string[],
): OperatingPoint {
  const samples = sum(measured, ({ facts }) => facts.samples);
  const compressedBytes = sum(measured, ({ point }) => point.compressedBytes);
  const squaredError = sum(measured, ({ point }) => point.comparison.squaredError);
  const spiking = measured.filter(({ facts }) => isSpiking(facts));
  const spikes = summarizeSpikes(spiking);
  const [snrLowerQuartile, snrMedian, snrUpperQuartile] = quartiles(measured, ({ facts, point }) =>
    recordingSnr(facts, point),
  ) as [number | null, number | null, number | null];
  return {
    step,
    compressedBytes,
    compressionRatio: rounded(sum(measured, ({ wavBytes }) => wavBytes) / compressedBytes),
    bitsPerSample: rounded((8 * compressedBytes) / samples),
    psnr: roundedOrNull(peakSignalToNoiseRatio(meanSquaredError(squaredError, samples), fullScale.codes)),
    snrMedian,
    snrLowerQuartile,
    snrUpperQuartile,
    inBandSnrMedian: median(measured, ({ facts, point }) => recordingInBandSnr(facts, point)),
    nonzeroFraction: rounded(sum(measured, ({ point }) => point.nonzero) / samples),
    spikePrecision: spikes['spikePrecision']!,
    spikeRecall: spikes['spikeRecall']!,
    spikeF1: spikes['spikeF1']!,
    spikeWaveformSnrMedian: spikes['spikeWaveformSnrMedian']!,
    spikeBandPowerCorrelation: median(measured, ({ point }) => point.comparison.spikeBandPowerCorrelation),
    ...spikes,
    errorInNoise: rounded(errorInNoise(meanSquaredError(squaredError, samples), noise)),
    ...Object.fromEntries(leavesOut.map((measure) => [measure, null])),
  };
}

/** Measurements of all recordings at one step. */
function measuredAt(result: SweepResult, step: number): Measured[] {
  const position = result.steps.indexOf(step);
  return result.recordings.map(({ recording, facts, points }) => ({
    wavBytes: recording.wavBytes,
    facts,
    point: points[position]!,
  }));
}

/** All operating points of a sweep, lossless included. */
export function summarizePoints(result: SweepResult): OperatingPoint[] {
  const { leavesOut = [] } = result.codec;
  return result.steps.map((step) => summarizePoint(step, measuredAt(result, step), result.corpus, leavesOut));
}

/**
 * The curve of a sweep: sums over the corpus, medians over its recordings, rounded to six significant digits.
 *
 * @param result - sweep over a corpus with at least one sample; {@link SweepResult.steps} may hold 0
 */
export function summarize(result: SweepResult, labels: CurveLabels): Curve {
  const lossless = result.steps.includes(LOSSLESS) ? measuredAt(result, LOSSLESS) : undefined;
  const points = summarizePoints(result);
  const whole = points.find(({ step }) => step === LOSSLESS);
  const { delay, wholeRecording = false, optimizes = [], multiplyAddsPerSample } = result.codec;
  const spiking = result.recordings.filter(({ facts }) => isSpiking(facts));
  return {
    basis: result.codec.id,
    parameters: labels.parameters,
    family: labels.family,
    learned: labels.learned,
    notebook: labels.notebook,
    points: points.filter(({ step }) => step !== LOSSLESS),
    lossless:
      lossless && whole
        ? {
            compressedBytes: whole.compressedBytes,
            compressionRatio: whole.compressionRatio,
            compressionRatioTenBit: rounded(
              compressionRatioPacked(
                sum(lossless, ({ wavBytes }) => wavBytes),
                whole.compressedBytes,
                result.corpus.bits,
              ),
            ),
            bitsPerSample: whole.bitsPerSample,
            meanCompressionRatio: rounded(
              sum(lossless, ({ wavBytes, point }) => wavBytes / point.compressedBytes) / lossless.length,
            ),
          }
        : null,
    delayMs: rounded((1000 * delay) / result.corpus.sampleRate),
    wholeRecording,
    multiplyAddsPerSample: rounded(multiplyAddsPerSample),
    ...(optimizes.length > 0 && { optimizes }),
    spikeRecordings: {
      counted: spiking.length,
      sorted: spiking.filter(({ facts }) => facts.sortedSpikes > 0).length,
      saturated: result.recordings
        .filter(({ facts }) => isSaturated(facts))
        .map(({ recording }) => recording.name),
    },
  };
}

/** Speed of the codec in a sweep: one thread, while other threads work too. */
export function summarizeSpeed(result: SweepResult): CurveSpeed {
  return {
    basis: result.codec.id,
    points: result.steps.map((step) => {
      const measured = measuredAt(result, step);
      const samples = sum(measured, ({ facts }) => facts.samples);
      return {
        step,
        encodeMegasamplesPerSecond: rounded(
          samples / 1e6 / sum(measured, ({ point }) => point.encodeSeconds),
        ),
        decodeMegasamplesPerSecond: rounded(
          samples / 1e6 / sum(measured, ({ point }) => point.decodeSeconds),
        ),
      };
    }),
  };
}
