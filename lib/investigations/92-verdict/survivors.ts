/**
 * What survives at a high compression ratio: representative recordings as several codecs give them back.
 */
import { codecFromId } from '../../codecs/codec-from-id';
import { signalToNoiseRatio, meanSquaredError } from '../../metrics/distortion';
import type { RecordingComparison } from '../../metrics/recording-metrics';
import { bandFilter, SPIKE_BAND } from '../../metrics/spike-band';
import { amplitudeCorrelation, spikeScores } from '../../metrics/spikes';
import { SpectrumEstimator } from '../../metrics/spectrum';
import { corpusRange, type Corpus } from '../../recordings/corpus';
import { codeAtRatio } from '../../study/step-for-ratio';
import { recordingOfKind, type RecordingKind, type TypicalRecording } from '../../study/typical-recording';

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
export function survivingRecordings(corpus: Corpus, ids: readonly string[], ratio: number): SurvivingRecording[] {
  const { sampleRate } = corpus;
  const estimator = new SpectrumEstimator(SEGMENT, sampleRate);
  const filter = bandFilter(SPIKE_BAND, sampleRate);
  const range = corpusRange(corpus);
  const densityOf = (codes: ArrayLike<number>): { density: Float64Array; frequencyStep: number } =>
    estimator.estimate(Float64Array.from(codes));
  return (['quiet', 'typical', 'spiking'] as const).map((kind) => {
    const original = recordingOfKind(corpus, kind);
    const { codes, recording, metrics } = original;
    const { density, frequencyStep } = densityOf(codes);
    return {
      kind,
      original,
      density: density.subarray(1),
      frequencies: Float64Array.from(density.subarray(1), (_, k) => (k + 1) * frequencyStep),
      survivors: ids.map((id): Survivor => {
        const { decoded, compressionRatio } = codeAtRatio(codecFromId(id, range), codes, recording.wavBytes, ratio);
        const inBand = Float64Array.from(decoded);
        filter.apply(inBand, inBand);
        return {
          id,
          compressionRatio,
          decoded,
          inBand,
          density: densityOf(decoded).density.subarray(1),
          comparison: metrics.compare(decoded),
        };
      }),
    };
  });
}

/** One row of the table of survivors. */
export interface SurvivorRow {
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
      recording: `${kind}, ${recording.name.slice(0, 8)}`,
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
