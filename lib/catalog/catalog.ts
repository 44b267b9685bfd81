/**
 * All families of bases. A new basis is one file under `lib/bases/`, one entry in the list of its kind, one notebook.
 */
import { blockTransforms } from './blocks';
import { learnedContexts } from './contexts';
import type { CatalogEntry } from './family';
import { frames } from './frames';
import { predictors } from './prediction';
import { wavelets } from './wavelets';

export const catalog: readonly CatalogEntry[] = [
  ...blockTransforms,
  ...predictors,
  ...wavelets,
  ...frames,
  ...learnedContexts,
];
