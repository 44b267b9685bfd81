/**
 * Models of imported datasets: learned when their notebooks are to run, since no repository holds them.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readNotebook, type Notebook } from '../../kernel/notebook';
import { basisId, parseBasisId } from '../../lib/catalog/ids';
import { projectRoot } from '../../lib/files/project-root';
import { modelHashes, modelsFolder } from '../../lib/models/model-store';
import { isImported, type Corpus } from '../../lib/recordings/corpus';
import { basesWithModels, learnedFamilies } from '../learn/learned-families';
import { cellSources } from './notebook-file';

/** Folds that each basis has a model of. */
const FOLDS = 2;

/**
 * The bases whose models a notebook cannot do without: those that it tries, and those that its cells name. Tables that
 * compare with bases of earlier notebooks leave out what has no model.
 *
 * @param name - file name of the notebook
 */
export function neededModels(name: string, notebook: Pick<Notebook, 'cells'>): string[] {
  const ids = new Set<string>();
  for (const { entry } of learnedFamilies) {
    if (entry.notebook !== name) continue;
    for (const { values } of basesWithModels(entry)) ids.add(basisId(entry, values));
  }
  for (const source of cellSources(notebook)) {
    for (const [, id] of source.matchAll(/["'`]([a-z]+-[\w.-]+)/g)) {
      const named = parseBasisId(id!);
      if (named && learnedFamilies.some(({ entry }) => entry === named.entry)) ids.add(id!);
    }
  }
  return [...ids];
}

/** Notebooks that cannot run, and the bases whose models they lack. */
export type UnlearnedNotebooks = ReadonlyMap<string, readonly string[]>;

/**
 * Learns what the notebooks of an imported dataset need and what is not there, from the whole dataset: minutes for some
 * bases, an hour and more for others. What was learned stays, so that a run that is stopped goes on. Of the recordings that
 * come with the project models are committed, and nothing is learned here.
 *
 * @param notebooks - that are to run
 * @param say - takes what is done, a line at a time
 * @param learn - learns the models of a basis; whether it could
 * @returns notebooks whose models could not be learned
 */
export function learnMissingModels(
  { dataset }: Pick<Corpus, 'dataset'>,
  notebooks: readonly string[],
  say: (text: string) => void,
  learn: (dataset: string, basis: string) => boolean = learnByCommand,
): UnlearnedNotebooks {
  if (!isImported({ dataset })) return new Map();
  const folder = modelsFolder(dataset);
  const needed = new Map(
    notebooks.map((name) => {
      return [name, neededModels(name, readNotebook(join(projectRoot(), 'notebooks', name)))] as const;
    }),
  );
  const missing = [...new Set([...needed.values()].flat())].filter(
    (id) => modelHashes(id, folder).length < FOLDS,
  );
  const failed = missing.filter((id) => {
    say(`Learning ${id} from ${dataset} …`);
    return !learn(dataset, id);
  });
  return new Map(
    [...needed].flatMap(([name, ids]) => {
      const lacking = ids.filter((id) => failed.includes(id));
      return lacking.length > 0 ? [[name, lacking] as const] : [];
    }),
  );
}

function learnByCommand(dataset: string, basis: string): boolean {
  const launch = join(projectRoot(), 'tools', 'launch.mjs');
  const { status } = spawnSync(process.execPath, [launch, 'learn', '--dataset', dataset, '--basis', basis], {
    cwd: projectRoot(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return status === 0;
}
