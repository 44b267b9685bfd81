/**
 * The curve of a codec, with the labels that its id says.
 */
import { namedParameters } from '../bases/catalog';
import { codecFromId, findCodec } from '../coding/codec-from-id';
import type { Corpus } from '../recordings/corpus';
import type { Curve } from './results';
import { OPERATING_STEPS } from './steps';
import { summarize } from './summarize';
import { sweep, type SweepResult } from './sweep';

/** The curve of a sweep with this codec. */
export function curveOf(id: string, result: SweepResult): Curve {
  const named = findCodec(id);
  const { family, learned, notebook } = named.entry;
  return summarize(result, { parameters: namedParameters(named), family, learned, notebook });
}

/**
 * The curve of a codec at all operating points; what has been swept before is not swept again.
 *
 * @throws BasisParameterError when there is no such codec
 */
export async function measuredCurve(id: string, corpus: Corpus): Promise<Curve> {
  return curveOf(id, await sweep(codecFromId(id), corpus, OPERATING_STEPS));
}
