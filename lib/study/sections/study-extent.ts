/**
 * How much of a study a dataset is given. Recordings of the synthetic sample are no evidence, so a study of it is cut
 * to what shows that the study works; all notebooks ask here, so that no two treat the sample differently.
 */
import { basisId, parseBasisId } from '../../catalog/ids';
import { stratifiedSubset, type Corpus } from '../../recordings/corpus';

/** Recordings of a study of the sample. */
const SAMPLE_RECORDINGS = 2;

/** Values of a parameter in a study of the sample. */
const SAMPLE_VALUES = 2;

/**
 * The recordings of a study: stratified, so many or all where there are fewer, and of the sample two at most, one of each fold.
 *
 * @param count - recordings that the study looks at where they are evidence; 1 or more
 */
export function studyRecordings(corpus: Corpus, count: number): Corpus {
  const { length } = corpus.recordings;
  const taken = Math.min(count, length, corpus.synthetic ? SAMPLE_RECORDINGS : length);
  return {
    ...corpus,
    label: `${taken} of ${corpus.label}`,
    recordings: stratifiedSubset(corpus.recordings, taken),
  };
}

/**
 * The values of a parameter that are studied: all, and of the sample the first two in the order of preference.
 *
 * @param preferred - whether a value comes before those that are not preferred
 * @returns in the order of `values`
 */
export function studiedValues<Value>(
  { synthetic }: Corpus,
  values: readonly Value[],
  preferred: (value: Value) => boolean,
): readonly Value[] {
  if (!synthetic) return values;
  const ranked = [...values.filter(preferred), ...values.filter((value) => !preferred(value))];
  const kept = ranked.slice(0, SAMPLE_VALUES);
  return values.filter((value) => kept.includes(value));
}

/** Whether an id names the basis that stands for its family in comparisons; quantizers after a plus count as others. */
export function standsForFamily(id: string): boolean {
  const named = parseBasisId(id);
  return named !== undefined && basisId(named.entry) === id;
}

/**
 * The title of a figure of a study: what was found, or that nothing can be found on the sample.
 *
 * @param quantity - the parameter that is studied, as its axis names it
 */
export function studyTitle({ synthetic }: Corpus, quantity: string, found: string): string {
  return synthetic
    ? `${quantity}: two values on the sample show that the study works, not which is best`
    : found;
}
