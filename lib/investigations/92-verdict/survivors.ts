/**
 * What survives at a high compression ratio: representative recordings as several codecs give them back.
 */
import { codecFromId } from '../../codecs/codec-from-id';
import type { DecodedColumn } from '../../figures/charts/decoded-grid';
import type { SpectrumSummary } from '../../figures/charts/spectrum';
import { PALETTE, type LineStyle } from '../../figures/theme';
import { measureViews } from '../../measuring/measure-views';
import { stepsFor } from '../../measuring/steps';
import { signalToNoiseRatio, meanSquaredError } from '../../metrics/distortion';
import type { RecordingComparison } from '../../metrics/recording-metrics';
import { bandFilter, SPIKE_BAND } from '../../metrics/spike-band';
import { amplitudeCorrelation, spikeScores } from '../../metrics/spikes';
import { SpectrumEstimator } from '../../metrics/spectrum';
import { corpusRange, type Corpus } from '../../recordings/corpus';
import { recordingLabel } from '../../recordings/recording-label';
import { psnrAt } from '../../results/curve-at-ratio';
import { codeAtRatios } from '../../study/step-for-ratio';
import {
  recordingOfKind,
  startAroundSpike,
  type RecordingKind,
  type TypicalRecording,
} from '../../study/typical-recording';
import { slowWaveCurve } from '../16-layers';
import type { SlowWavesAt } from './goals';

/** Samples of a segment of a spectrum: 19 Hz from one density to the next at Neuralink's rate. */
const SEGMENT = 1024;

/** A codec's version of a recording. */
export interface Survivor {
  readonly id: string;
  /** Of this recording. */
  readonly compressionRatio: number;
  readonly decoded: Uint16Array;
  /** Through the filter of the spike band. */
  readonly inBand: Float64Array;
  /** Codes²/Hz. */
  readonly density: Float64Array;
  readonly comparison: RecordingComparison;
}

/** A recording with its versions. */
export interface SurvivingRecording {
  readonly kind: RecordingKind;
  readonly original: TypicalRecording;
  /** Codes²/Hz at these frequencies, Hz; the one at 0 is left out. */
  readonly density: Float64Array;
  readonly frequencies: Float64Array;
  readonly survivors: readonly Survivor[];
}

/**
 * Codes a quiet, a typical and a spiking recording of a corpus at one compression ratio each.
 *
 * @param ids - of codecs
 */
export function survivingRecordings(
  corpus: Corpus,
  ids: readonly string[],
  ratio: number,
): SurvivingRecording[] {
  const { sampleRate } = corpus;
  const estimator = new SpectrumEstimator(SEGMENT, sampleRate);
  const filter = bandFilter(SPIKE_BAND, sampleRate);
  const range = corpusRange(corpus);
  const densityOf = (codes: ArrayLike<number>): { density: Float64Array; frequencyStep: number } =>
    estimator.estimate(Float64Array.from(codes));
  return (['quiet', 'typical', 'spiking'] as const).map((kind) => {
    const original = recordingOfKind(corpus, kind);
    const { codes, recording } = original;
    const { density, frequencyStep } = densityOf(codes);
    return {
      kind,
      original,
      density: density.subarray(1),
      frequencies: Float64Array.from(density.subarray(1), (_, k) => (k + 1) * frequencyStep),
      survivors: ids.map((id): Survivor => {
        const codec = codecFromId(id, range);
        const search = { wavBytes: recording.wavBytes, ratios: [ratio], synthetic: corpus.synthetic };
        const { step, decoded, compressionRatio } = codeAtRatios(codec, codes, search)[0]!;
        const inBand = Float64Array.from(decoded);
        filter.apply(inBand, inBand);
        return {
          id,
          compressionRatio,
          decoded,
          inBand,
          density: densityOf(decoded).density.subarray(1),
          comparison: measureViews(codec, recording, [step]).points[0]!.comparison,
        };
      }),
    };
  });
}

/** One row of the table of survivors. */
export interface SurvivorRow {
  readonly kind: RecordingKind;
  readonly recording: string;
  readonly spikesPerSecond: number;
  readonly id: string;
  readonly compressionRatio: number;
  /** dB, of all samples and of the spike band; undefined where nothing varies. */
  readonly snr: number | undefined;
  readonly inBandSnr: number | undefined;
  /** F1 with the threshold of the original, and with the decoded signal's own; undefined without spikes. */
  readonly f1: number | null;
  readonly ownF1: number | null;
  /** Share of the sorted spikes that stay in their cluster; undefined where there are no two clusters. */
  readonly sameCluster: number | undefined;
  readonly amplitudes: number | null;
  readonly bandPower: number | null;
}

/** The measures of all survivors. */
export function survivorRows(recordings: readonly SurvivingRecording[]): SurvivorRow[] {
  return recordings.flatMap(({ kind, original: { recording, metrics }, survivors }) =>
    survivors.map(({ id, compressionRatio, comparison }) => ({
      kind,
      recording: recordingLabel(recording.name),
      spikesPerSecond: metrics.crossings.length / metrics.duration,
      id,
      compressionRatio,
      snr: signalToNoiseRatio(metrics.variance, meanSquaredError(comparison.squaredError, metrics.samples)),
      inBandSnr: signalToNoiseRatio(
        metrics.inBandVariance,
        meanSquaredError(comparison.inBandSquaredError, metrics.samples),
      ),
      f1: spikeScores(comparison.spikes).f1,
      ownF1: spikeScores(comparison.ownThresholdSpikes).f1,
      sameCluster:
        comparison.sorting && metrics.sortedSpikes > 0
          ? comparison.sorting.sameCluster / metrics.sortedSpikes
          : undefined,
      amplitudes: amplitudeCorrelation(comparison.spikeAmplitudes),
      bandPower: comparison.spikeBandPowerCorrelation,
    })),
  );
}

/**
 * The stretches of a grid about the largest spike of each recording.
 *
 * @param signal - all frequencies, or the spike band
 * @param milliseconds - of the stretch
 */
export function gridColumns(
  recordings: readonly SurvivingRecording[],
  signal: 'codes' | 'inBand',
  milliseconds: number,
): DecodedColumn[] {
  return recordings.map(({ kind, original, survivors }) => {
    const { codes, metrics, recording } = original;
    const length = Math.min(codes.length, Math.round((milliseconds / 1000) * recording.sampleRate));
    const from = startAroundSpike(original, length);
    const cut = (values: Float64Array | Uint16Array): Float64Array | Uint16Array =>
      values.subarray(from, from + length);
    return {
      label: `${kind}, ${(metrics.crossings.length / metrics.duration).toFixed(1)} spikes a second`,
      original: cut(signal === 'codes' ? codes : metrics.inBand),
      decoded: survivors.map(({ decoded, inBand }) => cut(signal === 'codes' ? decoded : inBand)),
      start: (1000 * from) / recording.sampleRate,
    };
  });
}

/** Spectra of a recording and of its versions, and the share of the power above 300 Hz that each version keeps. */
export function survivingSpectra(
  { density, frequencies, survivors }: SurvivingRecording,
  looks: readonly { readonly label: string; readonly color: string }[],
): { readonly spectra: readonly SpectrumSummary[]; readonly above: readonly number[] } {
  const powerAbove = (values: Float64Array): number =>
    values.reduce((sum, value, k) => sum + (frequencies[k]! >= SPIKE_BAND[0] ? value : 0), 0);
  const line = (
    label: string,
    median: Float64Array,
    color: string,
    dash: LineStyle['dash'],
  ): SpectrumSummary => ({
    label,
    frequencies,
    median,
    style: { color, dash, symbol: 'circle' },
  });
  const dashes = ['solid', 'dash', 'dot'] as const;
  return {
    spectra: [
      line('recording', density, PALETTE.black, 'solid'),
      ...survivors.map((one, i) =>
        line(looks[i]!.label, one.density, looks[i]!.color, dashes[i % dashes.length]!),
      ),
    ],
    above: survivors.map((one) => powerAbove(one.density) / powerAbove(density)),
  };
}

/** Steps at which slow waves are measured, ADC codes: around the highest ratio of both codecs. */
const SLOW_STEPS: readonly number[] = [32, 48, 64, 96];

/**
 * PSNR of the slow waves of two codecs at a compression ratio.
 *
 * @param layers - id of the layered codec
 * @param waveform - id of the other
 */
export function slowWavesAt(corpus: Corpus, layers: string, waveform: string, ratio: number): SlowWavesAt {
  const steps = stepsFor(corpus, SLOW_STEPS);
  const at = (id: string): number | undefined => psnrAt({ points: slowWaveCurve(id, corpus, steps) }, ratio);
  return { layers: at(layers), waveform: at(waveform) };
}
