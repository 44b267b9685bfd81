/**
 * What was measured on the recordings of other laboratories: numbers and curves, never samples. The repository keeps them,
 * since it cannot keep the recordings.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeWhole } from '../../files/write-whole';
import type { FullScale } from '../../recordings/recording';
import { FIGURES_VARIABLE, LABORATORY_FILE } from '../../results/outputs';
import { resultsPath } from '../../results/results';
import type { LosslessWorth } from './lossless-worth';
import type { SpikeAxesCurve } from './spike-axes';
import { jsonOfShape, roundedJson } from '../../files/json-text';

/** One operating point of a codec. */
export interface LaboratoryPoint {
  /** Quantizer step in codes. */
  readonly step: number;
  readonly compressionRatio: number;
  readonly bitsPerSample: number;
  /** dB; null where nothing is lost. */
  readonly psnr: number | null;
  /** dB, median recording. */
  readonly snrMedian: number | null;
  /** Root-mean-square error in units of the dataset's noise. */
  readonly errorInNoise: number | null;
}

/** A codec on one dataset. */
export interface LaboratoryCurve {
  readonly basis: string;
  /** Where the models of a learned basis are from: the recordings of Neuralink, or the other fold of the dataset itself. */
  readonly models: 'none' | 'neuralink' | 'own';
  /** Bits a sample of its lossless operating point. */
  readonly losslessBits: number | null;
  readonly points: readonly LaboratoryPoint[];
}

/** All that was measured on one dataset. */
export interface LaboratoryResult {
  readonly dataset: string;
  readonly sampleRate: number;
  /** Of the digitizer. */
  readonly bits: number;
  /** Standard deviation of the noise, codes. */
  readonly noise: number;
  /** Standard deviation of the median recording, codes: mostly that of slow waves. */
  readonly deviation: number;
  readonly fullScale: FullScale;
  readonly recordings: number;
  readonly samples: number;
  /** SHA-256 over names and hashes of the recordings. */
  readonly sha256: string;
  readonly curves: readonly LaboratoryCurve[];
  /** Learned bases without a model of their own on this dataset, since nothing could be learned from it. */
  readonly notLearned: readonly string[];
  /** Highest PSNR in dB that is possible if the recordings are stationary and Gaussian. */
  readonly bound: readonly { readonly compressionRatio: number; readonly psnr: number }[];
  readonly lossless: LosslessWorth;
  /** What is kept of spikes; empty where the sample rate has no spike band. Missing in results of earlier versions. */
  readonly spikeAxes?: readonly SpikeAxesCurve[];
}

/** The kept results are damaged. */
export class LaboratoryResultsError extends Error {
  override readonly name = 'LaboratoryResultsError';
}

/** Path of the results that the repository keeps. */
function keptPath(): string {
  return join(dirname(resultsPath('neuralink')), LABORATORY_FILE);
}

/**
 * The results that the repository keeps; none where nothing was measured yet.
 *
 * @param path - of another file
 * @throws LaboratoryResultsError when the file holds something else
 */
export function readLaboratoryResults(path: string = keptPath()): LaboratoryResult[] {
  if (!existsSync(path)) return [];
  const found = jsonOfShape<{ readonly laboratories: LaboratoryResult[] }>(path, ({ laboratories }) =>
    laboratories.every(
      ({ curves, bound, lossless }) => curves.length > 0 && bound.length > 0 && Boolean(lossless),
    ),
  );
  if (found) return found.laboratories;
  throw new LaboratoryResultsError(
    `${path} holds no results of laboratories: restore it from the repository, or import the recordings and run ` +
      '"npm run reproduce -- --only 30 --force".',
  );
}

/** The text of a file of results: stable order, rounded, so that a rerun gives the same bytes. */
export function laboratoryResultsText(laboratories: readonly LaboratoryResult[]): string {
  const rounded = roundedJson({ laboratories }, 6);
  // One line for each point.
  return `${rounded.replace(/\{[^{}[\]]*\}/g, (object) => object.replace(/\n\s*/g, ' '))}\n`;
}

/** Keeps results among the outputs of this notebook when a run of `reproduce` executes it; does nothing otherwise. */
export function saveLaboratoryResults(laboratories: readonly LaboratoryResult[]): void {
  const folder = process.env[FIGURES_VARIABLE];
  if (folder) writeWhole(join(folder, LABORATORY_FILE), laboratoryResultsText(laboratories));
}
