/**
 * The parameters that each family's folds choose among all that were tried, and where a run keeps them, so that the
 * catalog can be compared with what was found.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalog } from '../catalog/catalog';
import type { CatalogEntry } from '../catalog/family';
import { basisId } from '../catalog/ids';
import { writeWhole } from '../files/write-whole';
import type { Corpus } from '../recordings/corpus';
import { FIGURES_VARIABLE } from '../results/outputs';
import { studiedValues, standsForFamily } from './sections/study-extent';
import { chooseParameters, type ParameterChoice } from './study-bases';

/** A family with the study of its parameters. */
export interface FamilyStudy {
  readonly entry: CatalogEntry;
  readonly study: ParameterChoice;
}

/** File beside the results with the choice of each family and fold. */
export const CHOICES_FILE = 'parameter-choices.tsv';

/** Its first line. */
const HEADER = ['family', 'fold', 'chosen', 'ahead of the next, dB', 'chosen by drawn corpora'].join('\t');

/** The file of choices is damaged. */
export class ChoicesFormatError extends Error {
  override readonly name = 'ChoicesFormatError';
}

/** The conventional families whose parameters were chosen: those that tried more than one value. */
export function familiesWithChoices(entries: readonly CatalogEntry[] = catalog): CatalogEntry[] {
  return entries.filter(({ learned, tried }) => !learned && tried.length > 1);
}

/**
 * Chooses the parameters of families, each among all that its notebook tries; of the sample among two. Measurements of
 * the notebooks are reused.
 *
 * @param subset - see `studySubset`
 */
export async function chooseForFamilies(
  entries: readonly CatalogEntry[],
  subset: Corpus,
): Promise<FamilyStudy[]> {
  const studies: FamilyStudy[] = [];
  for (const entry of entries) {
    const tried = entry.tried.map((values) => basisId(entry, values));
    const ids = studiedValues(subset, tried, standsForFamily);
    studies.push({ entry, study: await chooseParameters(ids, subset) });
  }
  return studies;
}

/** Keeps the choices beside the results when a run of `reproduce` executes this notebook; does nothing otherwise. */
export function saveChoices(studies: readonly FamilyStudy[]): void {
  const folder = process.env[FIGURES_VARIABLE];
  if (!folder) return;
  const rows = studies.flatMap(({ entry, study }) =>
    study.folds.map(({ fold, chosen, margin, stability }) =>
      [entry.name, fold, chosen, margin.toFixed(4), stability.toFixed(3)].join('\t'),
    ),
  );
  writeWhole(join(folder, CHOICES_FILE), [HEADER, ...rows, ''].join('\n'));
}

/**
 * Reads what the folds chose: for each family the id for fold 0 and that for fold 1.
 *
 * @param folder - `figures/<dataset>`
 * @returns undefined when no run has kept any
 * @throws ChoicesFormatError when the file holds something else
 */
export function readChoices(folder: string): ReadonlyMap<string, readonly [string, string]> | undefined {
  const path = join(folder, CHOICES_FILE);
  if (!existsSync(path)) return undefined;
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const choices = new Map<string, readonly [string, string]>();
  for (let i = 0; i < lines.length; i += 2) {
    const [zero, one] = [lines[i]!, lines[i + 1] ?? ''].map((line) => line.split('\t'));
    if (zero![0] !== one![0] || zero![1] !== '0' || one![1] !== '1') break;
    choices.set(zero![0]!, [zero![2]!, one![2]!]);
  }
  if (header === HEADER && choices.size > 0 && choices.size * 2 === lines.length) return choices;
  throw new ChoicesFormatError(
    `${path} holds no choices of parameters: run "npm run reproduce -- --only 90" again.`,
  );
}
