/**
 * The results of a study as data: what `figures/<dataset>/results.json` holds and every picture is drawn from.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpusHash, type Corpus } from '../recordings/corpus';
import { writeWhole } from '../files/write-whole';
import { FIGURES_VARIABLE } from './outputs';
import { projectRoot } from '../files/project-root';

/** Summary of one operating point over a corpus. Sums are over the corpus, medians over its recordings. */
export interface OperatingPoint {
  /** Quantizer step in ADC codes. */
  readonly step: number;
  readonly compressedBytes: number;
  /** WAV bytes over compressed bytes. */
  readonly compressionRatio: number;
  readonly bitsPerSample: number;
  /** dB, of the corpus: full scale 1023 over the mean squared error of all samples; null when lossless. */
  readonly psnr: number | null;
  /** dB, median and quartiles over recordings of variance over mean squared error; null when lossless. */
  readonly snrMedian: number | null;
  readonly snrLowerQuartile: number | null;
  readonly snrUpperQuartile: number | null;
  /** dB, median over recordings, after the zero-phase 300–5000 Hz filter on both; null when lossless. */
  readonly inBandSnrMedian: number | null;
  /** Nonzero coefficients over samples. */
  readonly nonzeroFraction: number;
  /**
   * Of threshold crossings, with the threshold of the original on both signals; all spikes together of the recordings
   * with at least one a second and at most 1% of their samples at the rails. Null when there is no such recording.
   */
  readonly spikePrecision: number | null;
  readonly spikeRecall: number | null;
  readonly spikeF1: number | null;
  /** dB, median over those recordings of the SNR of the spike waveforms (1.6 ms windows). */
  readonly spikeWaveformSnrMedian: number | null;
  /** Pearson correlation of 300–1000 Hz power in 50 ms bins, median over recordings. */
  readonly spikeBandPowerCorrelation: number | null;
  // Results of earlier versions lack the following; over the same recordings, pooled or the median recording.
  readonly spikeF1Median?: number | null;
  /** Of threshold crossings, with the threshold of the decoded signal on it. */
  readonly ownThresholdPrecision?: number | null;
  readonly ownThresholdRecall?: number | null;
  readonly ownThresholdF1?: number | null;
  readonly ownThresholdF1Median?: number | null;
  /** Correlation of the amplitudes of the original's spikes, within recordings. */
  readonly spikeAmplitudeCorrelation?: number | null;
  readonly spikeAmplitudeCorrelationMedian?: number | null;
  /** dB, all spike waveforms together. */
  readonly spikeWaveformSnr?: number | null;
  /**
   * Of the spikes of recordings in which a sorter finds several clusters, those that stay in theirs: clusters learned
   * on the original, waveforms taken from the decoded signal.
   */
  readonly sameCluster?: number | null;
  readonly sameClusterMedian?: number | null;
  /** Adjusted Rand index of sorting both signals afresh, pooled with the number of spikes as weight. */
  readonly adjustedRand?: number | null;
  readonly adjustedRandMedian?: number | null;
}

/** Every operating point of one codec on one corpus. */
export interface Curve {
  /** Id of the codec. */
  readonly basis: string;
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly family: string;
  readonly learned: boolean;
  /** File name of the notebook that made it. */
  readonly notebook: string;
  /** Ascending step. */
  readonly points: readonly OperatingPoint[];
  readonly lossless: {
    readonly compressedBytes: number;
    readonly compressionRatio: number;
    readonly compressionRatioTenBit: number;
    readonly bitsPerSample: number;
    /** Mean over recordings of the compression ratio of each. */
    readonly meanCompressionRatio: number;
  } | null;
  /** Of the transform. */
  readonly delayMs: number;
  /** True where the encoder counts or chooses something over the whole recording, which is its delay then. */
  readonly wholeRecording?: boolean;
  readonly multiplyAddsPerSample: number;
  /** Numbers of the points that the encoder itself computes and works toward: they do not judge it. */
  readonly optimizes?: readonly string[];
  /** What the spike measures are over. */
  readonly spikeRecordings?: {
    /** Recordings that count. */
    readonly counted: number;
    /** Of these, those in which the sorter finds several clusters. */
    readonly sorted: number;
    /** Names of the recordings that are left out because they are at the rails. */
    readonly saturated: readonly string[];
  };
}

/** What a table says of a codec's delay: milliseconds, or that it is the whole recording. */
export function delayText(
  { delayMs, wholeRecording }: Pick<Curve, 'delayMs' | 'wholeRecording'>,
  digits: number,
): string {
  return wholeRecording ? 'whole recording' : delayMs.toFixed(digits);
}

/** How fast one codec was; changes from run to run, so it is kept apart from the curve. */
export interface CurveSpeed {
  readonly basis: string;
  readonly points: readonly {
    readonly step: number;
    readonly encodeMegasamplesPerSecond: number;
    readonly decodeMegasamplesPerSecond: number;
  }[];
}

/** What results were measured on. */
export interface ResultsDataset {
  readonly name: string;
  readonly label: string;
  readonly synthetic: boolean;
  readonly recordings: number;
  readonly samples: number;
  readonly wavBytes: number;
  /** SHA-256 over the names and hashes of the recordings. */
  readonly sha256: string;
}

/** One dataset with all its curves. */
export interface Results {
  readonly dataset: ResultsDataset;
  readonly curves: readonly Curve[];
}

/** What a notebook saves of one codec: `curves/<basis>.json` in the folder of its outputs. */
export interface SavedCurve {
  readonly dataset: ResultsDataset;
  readonly curve: Curve;
  readonly speed: CurveSpeed;
}

/** A results file is damaged. */
export class ResultsFormatError extends Error {
  override readonly name = 'ResultsFormatError';
}

/** Two notebooks give a curve of the same basis. */
export class DuplicateCurveError extends Error {
  override readonly name = 'DuplicateCurveError';
}

/** What results say of the corpus that they were measured on. */
export function describeDataset(corpus: Corpus): ResultsDataset {
  const { name, label, synthetic, recordings } = corpus;
  return {
    name,
    label,
    synthetic,
    recordings: recordings.length,
    samples: recordings.reduce((sum, { samples }) => sum + samples, 0),
    wavBytes: recordings.reduce((sum, { wavBytes }) => sum + wavBytes, 0),
    sha256: corpusHash(corpus),
  };
}

/** Absolute path of the results of a dataset: `figures/<name>/results.json`. */
export function resultsPath(datasetName: string): string {
  return join(projectRoot(), 'figures', datasetName, 'results.json');
}

/**
 * Reads results.
 *
 * @param path - of `results.json`; see {@link resultsPath}
 * @returns undefined when there is no such file
 * @throws ResultsFormatError when the file is no results file
 */
export function readResults(path: string): Results | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const results = JSON.parse(readFileSync(path, 'utf8')) as Results;
    if (typeof results.dataset.sha256 === 'string' && Array.isArray(results.curves)) return results;
  } catch {
    // Reported below, like a file of another shape.
  }
  throw new ResultsFormatError(
    `${path} is no results file: restore or remove it, then run the notebooks again.`,
  );
}

/**
 * The text of a results file: the same for the same results, one line for each operating point.
 */
export function formatResults(results: Results): string {
  const text = JSON.stringify(results, null, 2);
  return `${text.replace(/\{[^{}]*\}/g, (object) => object.replace(/\n\s*/g, ' '))}\n`;
}

/** Writes results, all or nothing. */
export function writeResults(path: string, results: Results): void {
  writeWhole(path, formatResults(results));
}

/**
 * Results in which the curves of one notebook are replaced by new ones. Curves are sorted by notebook and basis,
 * so the order in which notebooks finish does not matter.
 *
 * @param earlier - results so far; those of other recordings are dropped
 * @param notebook - file name of the notebook
 * @param curves - everything that it measured now
 * @throws DuplicateCurveError when another notebook has a curve of the same basis
 */
export function mergeCurves(
  earlier: Results | undefined,
  dataset: ResultsDataset,
  notebook: string,
  curves: readonly Curve[],
): Results {
  const others =
    earlier?.dataset.sha256 === dataset.sha256
      ? earlier.curves.filter((curve) => curve.notebook !== notebook)
      : [];
  for (const { basis } of curves) {
    const rival = others.find((curve) => curve.basis === basis);
    if (rival) {
      throw new DuplicateCurveError(
        `${notebook} and ${rival.notebook} both save a curve of ${basis}: leave it to one of them.`,
      );
    }
  }
  const merged = [...others, ...curves.map((curve) => ({ ...curve, notebook }))].sort(
    (a, b) => compareText(a.notebook, b.notebook) || compareText(a.basis, b.basis),
  );
  return { dataset, curves: merged };
}

function compareText(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/**
 * Saves a curve for the results of the run that executes this notebook; does nothing where no run asks for it,
 * as in JupyterLab.
 *
 * @param corpus - what the curve was measured on
 */
export function saveCurve(corpus: Corpus, curve: Curve, speed: CurveSpeed): void {
  const folder = process.env[FIGURES_VARIABLE];
  if (!folder) return;
  const saved: SavedCurve = { dataset: describeDataset(corpus), curve, speed };
  writeWhole(join(folder, 'curves', `${curve.basis}.json`), JSON.stringify(saved));
}
