/**
 * The results of a study as data: the contents of `figures/<dataset>/results.json`, from which every picture
 * is drawn.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { jsonOfShape, objectsOnLines } from '../files/json-text';
import { corpusHash, type Corpus } from '../recordings/corpus';
import type { FullScale } from '../recordings/recording';
import { writeWhole } from '../files/write-whole';
import { FIGURES_VARIABLE } from './outputs';
import { projectRoot } from '../files/project-root';

/** Summary of one operating point over a corpus. Sums are over the corpus, medians over its recordings. */
export interface OperatingPoint {
  /** Quantizer step in codes. */
  readonly step: number;
  readonly compressedBytes: number;
  /** WAV bytes over compressed bytes. */
  readonly compressionRatio: number;
  readonly bitsPerSample: number;
  /**
   * PSNR in dB of the corpus: full scale (1023 of the Neuralink recordings) over the root-mean-square error of all
   * samples; null when lossless.
   */
  readonly psnr: number | null;
  /** dB, median and quartiles over recordings of variance over mean squared error; null when lossless. */
  readonly snrMedian: number | null;
  readonly snrLowerQuartile: number | null;
  readonly snrUpperQuartile: number | null;
  /** dB, median over recordings, after the zero-phase 300–5000 Hz filter on both; null when lossless. */
  readonly inBandSnrMedian: number | null;
  /** Nonzero coefficients divided by samples. */
  readonly nonzeroFraction: number;
  /**
   * Precision of threshold crossings, with the original's threshold on both signals. All spikes are pooled
   * from the recordings with at least one spike a second and at most 1% of their samples at the rails. Null
   * when there is no such recording.
   */
  readonly spikePrecision: number | null;
  readonly spikeRecall: number | null;
  readonly spikeF1: number | null;
  /** dB, median over the same recordings of the SNR of the spike waveforms (1.6 ms windows). */
  readonly spikeWaveformSnrMedian: number | null;
  /** Pearson correlation of 300–1000 Hz power in 50 ms bins, median over recordings. */
  readonly spikeBandPowerCorrelation: number | null;
  // Fields from here on are missing in results of earlier versions. They cover the same recordings, pooled or
  // as the median recording.
  readonly spikeF1Median?: number | null;
  /** Root-mean-square error of all samples in units of the dataset's noise. */
  readonly errorInNoise?: number | null;
  /** Precision of threshold crossings, with the decoded signal's own threshold on it. */
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
   * Share of spikes that stay in their cluster: clusters are learned on the original, waveforms are taken
   * from the decoded signal. Covers recordings in which a sorter finds several clusters.
   */
  readonly sameCluster?: number | null;
  readonly sameClusterMedian?: number | null;
  /**
   * Adjusted Rand index of independent sortings of both signals, pooled with the number of spikes as weight.
   */
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
  /** In the order of ascending steps. */
  readonly points: readonly OperatingPoint[];
  readonly lossless: {
    readonly compressedBytes: number;
    readonly compressionRatio: number;
    /** Against samples packed in the digitizer's own bits: ten of the Neuralink recordings. */
    readonly compressionRatioTenBit: number;
    readonly bitsPerSample: number;
    /** Mean of the recordings' own compression ratios. */
    readonly meanCompressionRatio: number;
  } | null;
  /** Delay of the transform. */
  readonly delayMs: number;
  /**
   * True where the encoder counts or chooses something over the whole recording, so that its delay is the
   * recording's length.
   */
  readonly wholeRecording?: boolean;
  readonly multiplyAddsPerSample: number;
  /** Names of measures that the encoder itself computes and optimizes; they must not be used to judge it. */
  readonly optimizes?: readonly string[];
  /** The recordings behind the spike measures. */
  readonly spikeRecordings?: {
    /** Number of recordings that count. */
    readonly counted: number;
    /** Number of counted recordings in which the sorter finds several clusters. */
    readonly sorted: number;
    /** Names of the recordings left out because they are at the rails. */
    readonly saturated: readonly string[];
  };
}

/** Text of a codec's delay for tables: milliseconds, or the whole recording. */
export function delayText(
  { delayMs, wholeRecording }: Pick<Curve, 'delayMs' | 'wholeRecording'>,
  digits: number,
): string {
  return wholeRecording ? 'whole recording' : delayMs.toFixed(digits);
}

/** Speed of one codec. It changes from run to run, so it is kept apart from the curve. */
export interface CurveSpeed {
  readonly basis: string;
  readonly points: readonly {
    readonly step: number;
    readonly encodeMegasamplesPerSecond: number;
    readonly decodeMegasamplesPerSecond: number;
  }[];
}

/** The dataset behind results. */
export interface ResultsDataset {
  readonly name: string;
  readonly label: string;
  readonly synthetic: boolean;
  readonly recordings: number;
  readonly samples: number;
  readonly wavBytes: number;
  /** SHA-256 over the names and hashes of the recordings. */
  readonly sha256: string;
  // Fields from here on are missing in results of earlier versions, which are all of Neuralink's digitizer.
  /** Samples per second. */
  readonly sampleRate?: number;
  /** Bits of a sample when packed. */
  readonly bits?: number;
  /** Standard deviation of the noise in codes, median over recordings. */
  readonly noise?: number;
  /** What the PSNR is measured against. */
  readonly fullScale?: FullScale;
  /** Bytes that the samples had in the files that they came in; undefined where those are the WAV files. */
  readonly sourceBytes?: number;
}

/** One dataset with all its curves. */
export interface Results {
  readonly dataset: ResultsDataset;
  readonly curves: readonly Curve[];
}

/** Contents of `curves/<basis>.json`, which a notebook saves for each codec in the folder of its outputs. */
export interface SavedCurve {
  readonly dataset: ResultsDataset;
  readonly curve: Curve;
  readonly speed: CurveSpeed;
}

/** A results file is damaged. */
export class ResultsFormatError extends Error {
  override readonly name = 'ResultsFormatError';
}

/** Two notebooks save a curve of the same basis. */
export class DuplicateCurveError extends Error {
  override readonly name = 'DuplicateCurveError';
}

/** The dataset of results, from a corpus. */
export function describeDataset(corpus: Corpus): ResultsDataset {
  const { name, label, synthetic, recordings, sampleRate, bits, noise, fullScale } = corpus;
  const imported = recordings.some(({ source }) => source !== undefined);
  return {
    name,
    label,
    synthetic,
    recordings: recordings.length,
    samples: recordings.reduce((sum, { samples }) => sum + samples, 0),
    wavBytes: recordings.reduce((sum, { wavBytes }) => sum + wavBytes, 0),
    sha256: corpusHash(corpus),
    sampleRate,
    bits,
    noise,
    fullScale,
    ...(imported && {
      sourceBytes: recordings.reduce(
        (sum, { samples, source, wavBytes }) => sum + (source ? samples * source.sampleBytes : wavBytes),
        0,
      ),
    }),
  };
}

/** Absolute path of the results of a dataset: `figures/<name>/results.json`. */
export function resultsPath(datasetName: string): string {
  return join(projectRoot(), 'figures', datasetName, 'results.json');
}

/**
 * Reads results.
 *
 * @param path - path of `results.json`; see {@link resultsPath}
 * @returns undefined when there is no such file
 * @throws ResultsFormatError when the file is no results file
 */
export function readResults(path: string): Results | undefined {
  if (!existsSync(path)) return undefined;
  const found = jsonOfShape<Results>(
    path,
    ({ dataset, curves }) => typeof dataset.sha256 === 'string' && Array.isArray(curves),
  );
  if (found) return found;
  throw new ResultsFormatError(
    `${path} is no results file: restore or remove it, then run the notebooks again.`,
  );
}

/** SHA-256 of curves. */
export function hashCurves(curves: readonly Curve[]): string {
  return createHash('sha256').update(JSON.stringify(curves)).digest('hex');
}

/** Part of `provenance.json`, which `npm run reproduce` writes beside the results: hashes of curves, by notebook. */
interface CurveHashes {
  readonly notebooks: Readonly<Record<string, { readonly curves: string }>>;
}

/**
 * Reads results as notebooks saved them: where `provenance.json` knows the curves of a notebook, they
 * are compared with it.
 *
 * @param path - path of `results.json`; see {@link resultsPath}
 * @returns undefined when there is no such file
 * @throws ResultsFormatError when the file is no results file, or its curves were changed
 */
export function readSavedResults(path: string): Results | undefined {
  const results = readResults(path);
  const provenance = join(dirname(path), 'provenance.json');
  if (!results || !existsSync(provenance)) return results;
  const known = jsonOfShape<CurveHashes>(provenance, ({ notebooks }) =>
    Object.values(notebooks).every(({ curves }) => typeof curves === 'string'),
  );
  for (const [name, { curves }] of Object.entries(known?.notebooks ?? {})) {
    if (hashCurves(results.curves.filter(({ notebook }) => notebook === name)) === curves) continue;
    throw new ResultsFormatError(
      `${path} does not have the curves that ${name} saved: restore it and ${provenance} from the repository, or run ` +
        `"npm run reproduce -- --only ${name.replace(/\.ipynb$/, '')}".`,
    );
  }
  return results;
}

/**
 * The text of a results file: the same for the same results, one line for each operating point.
 */
export function formatResults(results: Results): string {
  return `${objectsOnLines(JSON.stringify(results, null, 2))}\n`;
}

/** Writes results, all or nothing. */
export function writeResults(path: string, results: Results): void {
  writeWhole(path, formatResults(results));
}

/**
 * Results in which the curves of one notebook are replaced by new ones. Curves are sorted by notebook and
 * basis, so the order in which notebooks finish does not matter.
 *
 * @param earlier - results so far; they are dropped if they were measured on other recordings
 * @param notebook - file name of the notebook
 * @param curves - all curves of its present run
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
 * Saves a curve for the results, when a run of `reproduce` executes this notebook; does nothing otherwise, as
 * in JupyterLab.
 *
 * @param corpus - corpus of the measurement
 */
export function saveCurve(corpus: Corpus, curve: Curve, speed: CurveSpeed): void {
  const folder = process.env[FIGURES_VARIABLE];
  if (!folder) return;
  const saved: SavedCurve = { dataset: describeDataset(corpus), curve, speed };
  writeWhole(join(folder, 'curves', `${curve.basis}.json`), JSON.stringify(saved));
}
