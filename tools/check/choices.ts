/**
 * Whether the catalog holds what the folds chose in the last run.
 */
import { catalog } from '../../lib/catalog/catalog';
import type { CatalogEntry } from '../../lib/catalog/family';
import { familyIdsForFolds } from '../../lib/catalog/fold-ids';
import { CHOICES_FILE, familiesWithChoices, readChoices } from '../../lib/study/family-choices';
import { readAwaitedRun } from './awaited-run';

/**
 * Compares the choices of the catalog with those that notebook 90 has kept. Where a run is awaited, differences are
 * notes: the choices kept are then of other code.
 *
 * @param folder - `figures/<dataset>`
 * @throws ChoicesFormatError, AwaitedRunError
 */
export function findChoiceProblems(
  folder: string,
  entries: readonly CatalogEntry[] = catalog,
): { readonly problems: readonly string[]; readonly notes: readonly string[] } {
  const differences = differencesFrom(folder, entries);
  if (differences.length === 0 || !readAwaitedRun(folder)) return { problems: differences, notes: [] };
  return { problems: [], notes: ['A run is awaited. Until then:', ...differences.map((one) => `  ${one}`)] };
}

function differencesFrom(folder: string, entries: readonly CatalogEntry[]): string[] {
  const found = readChoices(folder);
  if (!found) return [`${CHOICES_FILE} is missing: run "npm run reproduce -- --only 90".`];
  return familiesWithChoices(entries).flatMap((entry) => {
    const ids = found.get(entry.name);
    if (!ids)
      return [`The parameters of ${entry.name} were never chosen: run "npm run reproduce -- --only 90".`];
    const listed = familyIdsForFolds(entry);
    return ([0, 1] as const)
      .filter((fold) => ids[fold] !== listed[fold])
      .map(
        (fold) =>
          `The catalog has ${listed[fold]} for the recordings of fold ${fold}, and fold ${1 - fold} chooses ` +
          `${ids[fold]}: put it into chosen or chosenForFolds of ${entry.name}.`,
      );
  });
}
