/**
 * Models of imported datasets: learned when their notebooks are to run, since no repository holds them.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { basisId } from '../../lib/catalog/ids';
import { projectRoot } from '../../lib/files/project-root';
import { modelHashes, modelsFolder } from '../../lib/models/model-store';
import { isImported, type Corpus } from '../../lib/recordings/corpus';
import { basesWithModels, learnedFamilies } from '../learn/learned-families';

/** Folds that each basis has a model of. */
const FOLDS = 2;

/**
 * Learns what the notebooks of an imported dataset need and what is not there, from the whole dataset: minutes for some
 * bases, an hour and more for others. What was learned stays, so that a run that is stopped goes on. Of the recordings that
 * come with the project models are committed, and nothing is learned here.
 *
 * @param notebooks - that are to run
 * @param say - takes what is done, a line at a time
 * @returns notebooks whose models could not be learned
 */
export function learnMissingModels(
  { dataset }: Pick<Corpus, 'dataset'>,
  notebooks: readonly string[],
  say: (text: string) => void,
): string[] {
  if (!isImported({ dataset })) return [];
  const folder = modelsFolder(dataset);
  const failed = new Set<string>();
  for (const { entry } of learnedFamilies.filter((family) => notebooks.includes(family.entry.notebook))) {
    const missing = basesWithModels(entry)
      .map((named) => basisId(named.entry, named.values))
      .filter((id) => modelHashes(id, folder).length < FOLDS);
    if (missing.length === 0) continue;
    say(`Learning ${missing.join(', ')} from ${dataset}, for ${entry.notebook} …`);
    const launch = join(projectRoot(), 'tools', 'launch.mjs');
    const options = ['--dataset', dataset, '--basis', missing.join(',')];
    const { status } = spawnSync(process.execPath, [launch, 'learn', ...options], {
      cwd: projectRoot(),
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (status !== 0) failed.add(entry.notebook);
  }
  return [...failed];
}
