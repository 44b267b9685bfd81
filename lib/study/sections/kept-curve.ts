/**
 * The curve of a codec that has no closing analysis of its own, such as one that keeps events.
 */
import { codecFromId } from '../../codecs/codec-from-id';
import { curveIntervals } from '../../measuring/curve-intervals';
import { curveOf, operatingSteps } from '../../measuring/measured-curve';
import { summarizeSpeed } from '../../measuring/summarize';
import { sweep, type SweepResult } from '../../measuring/sweep';
import { corpusRange, type Corpus } from '../../recordings/corpus';
import type { PointIntervals } from '../../results/curve-details';
import { saveCurve, type Curve } from '../../results/results';
import { corpusBound } from '../corpus-bound';
import { saveDigests } from '../measurement-digests';
import { saveDetails } from '../save-details';

/** A curve with its intervals and measurements. */
export interface KeptCurve {
  readonly curve: Curve;
  /** Of the points, in their order. */
  readonly intervals: readonly PointIntervals[];
  readonly result: SweepResult;
}

/**
 * Measures a codec at its operating points. In a run of `reproduce` its curve is saved with the results.
 *
 * @param id - of a codec
 * @throws BasisParameterError when there is no such codec
 */
export async function keptCurve(id: string, corpus: Corpus): Promise<KeptCurve> {
  const codec = codecFromId(id, corpusRange(corpus));
  const result = await sweep(codec, corpus, operatingSteps(id, corpus));
  const curve = curveOf(id, result);
  saveCurve(corpus, curve, summarizeSpeed(result));
  saveDigests(result);
  // The gallery shows waveforms beside their error; a codec that is not judged by its error has none to show.
  if (!codec.leavesOut?.includes('psnr')) saveDetails(codec, result, await corpusBound(corpus));
  return { curve, intervals: curveIntervals(result), result };
}
