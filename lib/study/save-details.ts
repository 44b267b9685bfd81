/** Saves the details of curves that the gallery shows beyond the points. */
import { join } from 'node:path';
import type { Codec } from '../coding/codec';
import { writeWhole } from '../files/write-whole';
import { curveIntervals } from '../measuring/curve-intervals';
import type { SweepResult } from '../measuring/sweep';
import { DETAILS_ENDING, type CorpusBoundPoint, type CurveDetails } from '../results/curve-details';
import { FIGURES_VARIABLE } from '../results/outputs';
import { excerptsOf } from './excerpts';

/**
 * Saves the details of a curve for the gallery when a run of `reproduce` executes this notebook. Otherwise,
 * as in JupyterLab, does nothing and takes no time.
 *
 * @param intervals - those of the sweep, where the caller has them
 */
export function saveDetails(
  codec: Codec,
  result: SweepResult,
  bound: readonly CorpusBoundPoint[],
  intervals?: CurveDetails['intervals'],
): void {
  const folder = process.env[FIGURES_VARIABLE];
  if (!folder) return;
  const details: CurveDetails = {
    basis: codec.id,
    intervals: intervals ?? curveIntervals(result),
    excerpts: excerptsOf(codec, result),
    bound,
  };
  writeWhole(join(folder, `${details.basis}${DETAILS_ENDING}`), `${JSON.stringify(details)}\n`);
}
