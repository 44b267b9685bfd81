/**
 * Families of learned bases, and those of their bases that need a model.
 */
import { catalog } from '../../lib/catalog/catalog';
import type { CatalogEntry } from '../../lib/catalog/family';
import type { NamedBasis } from '../../lib/catalog/ids';
import type { Learner } from '../../lib/learning/learner';
import { learners } from '../../lib/learning/learners';

/** A family of the catalog, and what learns its models. What is learned from each recording by itself has none. */
export interface LearnedFamily {
  readonly entry: CatalogEntry;
  readonly learner: Learner;
}

/** In the order of the catalog. */
export const learnedFamilies: readonly LearnedFamily[] = catalog.flatMap((entry) => {
  const learner = learners.find(({ family }) => family === entry.name);
  return learner ? [{ entry, learner }] : [];
});

/** The bases of a family that its notebook tries, and the chosen one, each once. */
export function basesWithModels(entry: CatalogEntry): NamedBasis[] {
  const all = [...entry.tried, entry.chosen];
  return [...new Map(all.map((values) => [values.join('-'), { entry, values }])).values()];
}
