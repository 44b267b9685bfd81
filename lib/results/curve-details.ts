/**
 * Details of a curve beyond its points: intervals, excerpts of decoded waveforms, the bound. Only the gallery
 * shows them. They are kept out of the results, which people read and compare line by line.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OperatingPoint } from './results';
import { jsonOfShape } from '../files/json-text';

/** Ending of the names of details files: `dct-512.details.json`. */
export const DETAILS_ENDING = '.details.json';

/** Spike measures of an operating point, pooled over all spikes and of the median recording. */
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

/** Measures of an operating point that have an interval. */
export type UncertainMeasure =
  | keyof Pick<
      OperatingPoint,
      'compressionRatio' | 'psnr' | 'snrMedian' | 'inBandSnrMedian' | 'spikeBandPowerCorrelation'
    >
  | PooledSpikeMeasure
  | MedianSpikeMeasure;

/**
 * An operating point on drawn corpora: for each measure the differences from the point itself, packed (see
 * `curve-draws.ts`).
 */
export type PointDraws = Readonly<Partial<Record<UncertainMeasure, string>>>;

/** Intervals of one operating point, `[lower, upper]`; measures that the point does not have are missing. */
export interface PointIntervals {
  readonly step: number;
  readonly intervals: Readonly<Partial<Record<UncertainMeasure, readonly [number, number]>>>;
  /** Numbers on drawn corpora, for intervals of differences; missing in results of earlier code. */
  readonly draws?: PointDraws;
}

/** An excerpt as decoded at one operating point. */
export interface ExcerptPoint {
  readonly step: number;
  /** WAV bytes over compressed bytes, of the whole recording. */
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
  /** Kind of recording that it represents: `"typical"`, `"quiet"`, `"spiking"`. */
  readonly kind: string;
  /** First sample of the stretch. */
  readonly from: number;
  /** Original ADC codes, packed. */
  readonly codes: string;
  /** In the order of ascending steps. */
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
  /** In the order of ascending steps. */
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
    const details = jsonOfShape<CurveDetails>(
      join(folder, name),
      ({ basis, intervals }) => typeof basis === 'string' && Array.isArray(intervals),
    );
    if (details) return details;
    throw new CurveDetailsError(
      `${join(folder, name)} holds no details of a curve: remove it, or run its notebook again.`,
    );
  });
}
