/**
 * What is known of a curve beyond its points: intervals, excerpts of decoded waveforms, the bound. The gallery shows
 * it; results, which are read by people and diffed, do without.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OperatingPoint } from './results';

/** How the names of their files end: `dct-512.details.json`. */
export const DETAILS_ENDING = '.details.json';

/** Numbers of an operating point over all spikes together, and over the median recording. */
export type PooledSpikeMeasure = keyof Pick<
  OperatingPoint,
  | 'spikePrecision'
  | 'spikeRecall'
  | 'spikeF1'
  | 'ownThresholdPrecision'
  | 'ownThresholdRecall'
  | 'ownThresholdF1'
  | 'spikeAmplitudeCorrelation'
  | 'spikeWaveformSnr'
  | 'sameCluster'
  | 'adjustedRand'
>;
export type MedianSpikeMeasure = keyof Pick<
  OperatingPoint,
  | 'spikeF1Median'
  | 'ownThresholdF1Median'
  | 'spikeAmplitudeCorrelationMedian'
  | 'spikeWaveformSnrMedian'
  | 'sameClusterMedian'
  | 'adjustedRandMedian'
>;

/** Numbers of an operating point that have an interval. */
export type UncertainMeasure =
  | keyof Pick<
      OperatingPoint,
      'compressionRatio' | 'psnr' | 'snrMedian' | 'inBandSnrMedian' | 'spikeBandPowerCorrelation'
    >
  | PooledSpikeMeasure
  | MedianSpikeMeasure;

/** A point on drawn corpora: what each has more than the point itself, packed (see `curve-draws.ts`). */
export type PointDraws = Readonly<Partial<Record<UncertainMeasure, string>>>;

/** The intervals of one operating point, `[lower, upper]`; what the point does not have is missing. */
export interface PointIntervals {
  readonly step: number;
  readonly intervals: Readonly<Partial<Record<UncertainMeasure, readonly [number, number]>>>;
  /** For intervals of differences; missing in results of earlier code. */
  readonly draws?: PointDraws;
}

/** What one operating point leaves of an excerpt. */
export interface ExcerptPoint {
  readonly step: number;
  /** Of the whole recording: WAV bytes over compressed bytes. */
  readonly compressionRatio: number;
  /** dB, of the whole recording; null when nothing is lost. */
  readonly snr: number | null;
  /** dB, of the whole recording, 300–5000 Hz; null when nothing is lost. */
  readonly inBandSnr: number | null;
  /** Decoded minus original ADC codes of the excerpt, packed (see `packed-integers.ts`). */
  readonly error: string;
}

/** A stretch of one recording under one codec. */
export interface Excerpt {
  /** File name of the recording. */
  readonly recording: string;
  /** What the recording stands for: `"typical"`, `"quiet"`, `"spiking"`. */
  readonly kind: string;
  /** First sample of the stretch. */
  readonly from: number;
  /** Original ADC codes, packed. */
  readonly codes: string;
  /** Ascending step. */
  readonly points: readonly ExcerptPoint[];
}

/** A point of the bound of a corpus. */
export interface CorpusBoundPoint {
  readonly compressionRatio: number;
  /** dB, over all samples, of a codec that gives back integers: its estimates are rounded to ADC codes. */
  readonly psnr: number;
  /** dB, without the rounding: of a codec that may give back real numbers. Missing in results of earlier code. */
  readonly psnrUnrounded?: number;
  /** 95% interval of `psnr` and, shifted, of `psnrUnrounded`; dB. Missing in results of earlier code. */
  readonly interval?: readonly [lower: number, upper: number];
  /** dB: the part of the uncertainty that comes from spectra being estimates. Missing in results of earlier code. */
  readonly standardError?: number;
  /**
   * dB, 300–5000 Hz, rounded, of the median recording: all bits spent on the error in this band, one distortion level
   * for all recordings. Missing in results of earlier code.
   */
  readonly inBandSnrMedian?: number;
}

/** The details of the curve of one codec. */
export interface CurveDetails {
  /** Id of the codec. */
  readonly basis: string;
  /** Ascending step. */
  readonly intervals: readonly PointIntervals[];
  readonly excerpts: readonly Excerpt[];
  /** Stationary Gaussian bound of the corpus. */
  readonly bound: readonly CorpusBoundPoint[];
}

/** A file of details is damaged. */
export class CurveDetailsError extends Error {
  override readonly name = 'CurveDetailsError';
}

/**
 * All details in a folder, in the order of their files' names.
 *
 * @param folder - `figures/<dataset>`
 * @throws CurveDetailsError when a file holds something else
 */
export function readDetails(folder: string): CurveDetails[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(DETAILS_ENDING));
  return names.sort().map((name) => {
    try {
      const details = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CurveDetails;
      if (typeof details.basis === 'string' && Array.isArray(details.intervals)) return details;
    } catch {
      // Reported below, like a file of another shape.
    }
    throw new CurveDetailsError(
      `${join(folder, name)} holds no details of a curve: remove it, or run its notebook again.`,
    );
  });
}
