/**
 * What the gallery's explorer is given: the results of a dataset with all that makes them readable. These are the
 * types alone, shared by what writes the page and what runs in it.
 */
import type { PointIntervals } from '../../results/curve-details';
import type { Curve, ResultsDataset } from '../../results/results';
import type { BoundPoint } from '../charts/rate-distortion';
import type { LineStyle } from '../theme';

/** One curve. */
export interface ExplorerCurve extends Curve {
  /** How prose calls it: `"Cosine (DCT-II)"`. */
  readonly title: string;
  /** As the catalog has it; the chart gives lines that are seen together colors of their own. */
  readonly style: LineStyle;
  /** Ascending step; empty where they were not computed. */
  readonly intervals: readonly PointIntervals[];
}

/** Everything that can be explored without waveforms. */
export interface ExplorerData {
  readonly dataset: ResultsDataset;
  /** Samples a second. */
  readonly sampleRate: number;
  /** Stationary Gaussian bound, ascending ratio; empty when it is not known. */
  readonly bound: readonly BoundPoint[];
  readonly curves: readonly ExplorerCurve[];
  /** Whether `excerpts.js` has waveforms. */
  readonly hasExcerpts: boolean;
}

/** A recording of which waveforms are shown. */
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

/** What `excerpts.js` holds. */
export interface ExplorerExcerpts {
  readonly recordings: readonly ExplorerRecording[];
  /** By id of the codec, then in the order of the recordings. */
  readonly codecs: Readonly<Record<string, readonly (readonly ExplorerPoint[])[]>>;
}

/** Name under which `excerpts.js` leaves its data in the page. */
export const EXCERPTS_VARIABLE = 'neurobasisExcerpts';

/** Name under which `results.js` leaves its data in the page. */
export const RESULTS_VARIABLE = 'neurobasisResults';

/** Name under which the scripts of the notebooks leave their figures in the page, by id. */
export const FIGURES_VARIABLE = 'neurobasisFigures';
