/**
 * Several bases over the same range of compression ratios, to choose a parameter by.
 */
import { findBasis, namedParameters } from '../bases/catalog';
import { codecFromId } from '../coding/codec-from-id';
import type { Corpus } from '../recordings/corpus';
import type { Curve } from './results';
import { summarize } from './summarize';
import { sweep } from './sweep';

/** Steps of a study: from below CR 5 to above CR 200, no closer than the curve bends. */
const STUDY_STEPS = [2, 8, 16, 32, 64, 96];

/**
 * The curves of several bases of the catalog; they are not part of the results.
 *
 * @param ids - `["dct-64", "dct-128"]`
 */
export async function studyBases(ids: readonly string[], corpus: Corpus): Promise<Curve[]> {
  const curves: Curve[] = [];
  for (const id of ids) {
    const named = findBasis(id);
    const { entry } = named;
    const result = await sweep(codecFromId(id), corpus, STUDY_STEPS);
    curves.push(
      summarize(result, {
        parameters: namedParameters(named),
        family: entry.family,
        learned: entry.learned,
        notebook: entry.notebook,
      }),
    );
  }
  return curves;
}
