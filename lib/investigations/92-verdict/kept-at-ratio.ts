/**
 * What codecs keep at a compression ratio, with intervals: the measures of all curves, between their operating points.
 */
import { curveCodec } from '../../measuring/curve-codec';
import { curveIntervals } from '../../measuring/curve-intervals';
import { curveOf, operatingSteps } from '../../measuring/measured-curve';
import { sweep } from '../../measuring/sweep';
import type { Interval } from '../../numerics/statistics';
import { corpusRange, type Corpus } from '../../recordings/corpus';
import type { PointIntervals } from '../../results/curve-details';
import type { Curve } from '../../results/results';
import { taskAt, type TaskMeasure } from '../../study/sections/task-table';

/** A curve with the intervals of its points. */
export interface KeptCodec {
  readonly curve: Curve;
  readonly intervals: readonly PointIntervals[];
}

/**
 * Curves and intervals of codecs, from the sweeps of their notebooks.
 *
 * @param ids - of curves
 */
export async function keptCodecs(ids: readonly string[], corpus: Corpus): Promise<KeptCodec[]> {
  const kept: KeptCodec[] = [];
  for (const id of ids) {
    const result = await sweep(curveCodec(id, corpusRange(corpus)), corpus, operatingSteps(id, corpus));
    kept.push({ curve: curveOf(id, result), intervals: curveIntervals(result) });
  }
  return kept;
}

/** A measure at a ratio with its 95% interval; null where the codec has none, or where it is what its encoder works toward. */
export function keptAt(
  { curve, intervals }: KeptCodec,
  ratio: number,
  measure: TaskMeasure,
): Interval | null {
  const estimate = taskAt(curve, ratio, measure);
  if (estimate === undefined) return null;
  const end = (which: 0 | 1): number => {
    const points = curve.points.map((point) => {
      const interval = intervals.find(({ step }) => step === point.step)?.intervals[measure];
      return { ...point, [measure]: interval?.[which] ?? point[measure] };
    });
    return taskAt({ ...curve, points }, ratio, measure) ?? estimate;
  };
  return { estimate, lower: end(0), upper: end(1) };
}
