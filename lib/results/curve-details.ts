/**
 * What is known of a curve beyond its points: intervals, excerpts of decoded waveforms, the bound. The gallery shows
 * it; results, which are read by people and diffed, do without.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOSSLESS, type Codec } from '../coding/codec';
import { writeWhole } from '../files/write-whole';
import type { CorpusBoundPoint } from '../study/corpus-bound';
import { curveIntervals, type PointIntervals } from '../measuring/curve-intervals';
import { excerptsOf, type Excerpt } from '../study/excerpts';
import { FIGURES_VARIABLE } from './outputs';
import type { SweepResult } from '../measuring/sweep';

/** How the names of their files end: `dct-512.details.json`. */
export const DETAILS_ENDING = '.details.json';

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

/** The details of a sweep. */
export function curveDetails(
  codec: Codec,
  result: SweepResult,
  bound: readonly CorpusBoundPoint[],
): CurveDetails {
  const steps = result.steps.filter((step) => step !== LOSSLESS);
  return {
    basis: codec.id,
    intervals: curveIntervals(result),
    excerpts: excerptsOf(codec, result.corpus, steps),
    bound,
  };
}

/**
 * Saves the details of a curve for the gallery of the run that executes this notebook; does nothing, and takes no
 * time, where no run asks for it, as in JupyterLab.
 */
export function saveDetails(codec: Codec, result: SweepResult, bound: readonly CorpusBoundPoint[]): void {
  const folder = process.env[FIGURES_VARIABLE];
  if (!folder) return;
  const details = curveDetails(codec, result, bound);
  writeWhole(join(folder, `${details.basis}${DETAILS_ENDING}`), `${JSON.stringify(details)}\n`);
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
