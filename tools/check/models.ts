/**
 * Whether the committed models are all there, whole, and learned by the code as it is.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { basisId } from '../../lib/catalog/ids';
import { listModels, modelsFolder, readModel } from '../../lib/models/model-store';
import { projectRoot } from '../../lib/files/project-root';
import { corpusHash } from '../../lib/recordings/corpus';
import { parseManifest } from '../../lib/recordings/manifest';
import { hashCode } from '../../lib/measuring/code-fingerprint';
import type { Agreement } from './awaited-run';
import { basesWithModels, learnedFamilies } from '../learn/learned-families';

/**
 * Problems of the models, and models that are older than the code, each with what to do.
 *
 * @param folder - where they lie
 */
export async function findModelProblems(folder: string = modelsFolder()): Promise<Agreement> {
  const path = join(projectRoot(), 'data', 'neuralink.manifest.tsv');
  const corpus = corpusHash({ recordings: parseManifest(readFileSync(path, 'utf8'), path) });
  const problems: string[] = [];
  const stale: string[] = [];
  const files = listModels(folder);
  const wanted = new Set<string>();
  for (const { entry, learner } of learnedFamilies) {
    const code = await hashCode([learner.module]);
    for (const { values } of basesWithModels(entry)) {
      const basis = basisId(entry, values);
      wanted.add(basis);
      const again = `npm run learn -- --basis ${basis}`;
      for (const fold of [0, 1]) {
        const found = files.filter((file) => file.basis === basis && file.fold === fold);
        if (found.length !== 1) {
          const replacing = found.length === 0 ? '' : ' --replace';
          problems.push(
            `There are ${found.length} models of ${basis}, fold ${fold}, not one: ${again}${replacing}.`,
          );
          continue;
        }
        try {
          const model = readModel(found[0]!);
          if (model.code !== code) {
            stale.push(`The model of ${basis}, fold ${fold}, was learned by other code: ${again} --replace.`);
          }
          if (model.corpus.sha256 !== corpus) {
            problems.push(
              `The model of ${basis}, fold ${fold}, was learned from other recordings: ${again} --replace.`,
            );
          }
        } catch (error) {
          problems.push((error as Error).message);
        }
      }
    }
  }
  for (const { basis, path: stray } of files) {
    if (!wanted.has(basis)) problems.push(`${stray} belongs to no basis that the catalog tries: remove it.`);
  }
  return { problems, stale };
}
