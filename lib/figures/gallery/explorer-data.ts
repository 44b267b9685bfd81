/**
 * Types of the data of the gallery's explorer: the results of a dataset with titles, styles and intervals.
 * The code that writes the page and the code that runs in it share them.
 */
import type { PointIntervals } from '../../results/curve-details';
import type { Curve, ResultsDataset } from '../../results/results';
import type { BoundPoint } from '../charts/rate-distortion';
import type { LineStyle } from '../theme';

/** One curve. */
export interface ExplorerCurve extends Curve {
  /** Name in prose: `"Cosine (DCT-II)"`. */
  readonly title: string;
  /** Style in the catalog; the chart gives lines that are seen together different colors. */
  readonly style: LineStyle;
  /** In the order of ascending steps; empty where intervals were not computed. */
  readonly intervals: readonly PointIntervals[];
}

/** Data of the explorer without waveforms. */
export interface ExplorerData {
  readonly dataset: ResultsDataset;
  /** Samples a second. */
  readonly sampleRate: number;
  /** Stationary Gaussian bound by ascending ratio; empty when it is not known. */
  readonly bound: readonly BoundPoint[];
  readonly curves: readonly ExplorerCurve[];
  /** Whether `excerpts.js` holds waveforms. */
  readonly hasExcerpts: boolean;
}

/** A recording whose waveforms are shown. */
export interface ExplorerRecording {
  readonly recording: string;
  readonly kind: string;
  /** First sample of the stretch. */
  readonly from: number;
  /** Original ADC codes, packed. */
  readonly codes: string;
}

/** One operating point of one codec on one of the recordings: step, ratio, SNR and in-band SNR in dB, packed error. */
export type ExplorerPoint = readonly [
  step: number,
  compressionRatio: number,
  snr: number | null,
  inBandSnr: number | null,
  error: string,
];

/** Contents of `excerpts.js`. */
export interface ExplorerExcerpts {
  readonly recordings: readonly ExplorerRecording[];
  /** Points by codec id, then in the order of the recordings. */
  readonly codecs: Readonly<Record<string, readonly (readonly ExplorerPoint[])[]>>;
}

/** Name of the page's variable for the data of `excerpts.js`. */
export const EXCERPTS_VARIABLE = 'neurobasisExcerpts';

/** Name of the page's variable for the data of `results.js`. */
export const RESULTS_VARIABLE = 'neurobasisResults';

/** Name of the page's variable for the figures of the notebooks, by id. */
export const FIGURES_VARIABLE = 'neurobasisFigures';
