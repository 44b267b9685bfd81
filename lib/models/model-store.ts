/**
 * The folder `models/`: one file for each learned basis and fold, named `<basis>.fold-<fold>.<hash>.model`, the hash
 * being the first 16 digits of its SHA-256.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { projectRoot } from '../files/project-root';
import type { Fold } from '../recordings/folds';
import { writeWhole } from '../files/write-whole';
import {
  DamagedModelError,
  hashModel,
  parseModel,
  serializeModel,
  type Model,
  type ModelArrays,
  type ModelFacts,
} from './model';

/** A required model is missing. */
export class MissingModelError extends Error {
  override readonly name = 'MissingModelError';
}

/** Digits of the hash in the name of a file. */
const NAME_DIGITS = 16;

const NAME = /^(.+)\.fold-([01])\.([0-9a-f]{16})\.model$/;

/** Where a model lies. */
interface ModelFile {
  readonly basis: string;
  readonly fold: Fold;
  /** First digits of its SHA-256. */
  readonly hash: string;
  readonly path: string;
}

/** Subfolder of models that were replaced by newer ones; files coded with them must still decode. */
const FORMER = 'former';

/** The datasets that the committed models are for. */
const OF_COMMITTED: readonly string[] = ['', 'neuralink', 'sample'];

/**
 * The folder of models: `models/` of the project, which is committed and was learned from the Neuralink recordings; those
 * of a dataset that was imported lie beside its results. The environment variable NEUROBASIS_MODELS names another,
 * relative to the project: models of a subset, or of another laboratory.
 *
 * @param dataset - its name; that of NEUROBASIS_DATASET unless given
 */
export function modelsFolder(dataset: string = process.env['NEUROBASIS_DATASET'] ?? ''): string {
  const own = OF_COMMITTED.includes(dataset) ? 'models' : join('figures', dataset, 'models');
  return resolve(projectRoot(), process.env['NEUROBASIS_MODELS'] || own);
}

/** What lies in a folder, in the order of the names. */
export function listModels(folder: string = modelsFolder()): ModelFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const parts = NAME.exec(name);
      if (!parts) return [];
      return [
        { basis: parts[1]!, fold: Number(parts[2]) as Fold, hash: parts[3]!, path: join(folder, name) },
      ];
    });
}

/** Models read so far, by path; the path contains the hash, so an entry cannot become stale. */
const read = new Map<string, Model>();

/**
 * Reads a model file.
 *
 * @throws DamagedModelError when its SHA-256 does not match its name
 */
export function readModel({ path, hash, basis, fold }: ModelFile): Model {
  const known = read.get(path);
  if (known) return known;
  const file = readFileSync(path);
  const found = hashModel(file);
  if (!found.startsWith(hash)) {
    throw new DamagedModelError(
      `${path} was altered: its SHA-256 starts with ${found.slice(0, NAME_DIGITS)}, not with ${hash}. ` +
        `Take it from git again, or learn it again: ${learnCommand(basis, dirname(path))} --replace.`,
    );
  }
  const model = parseModel(file, path);
  if (model.basis !== basis || model.fold !== fold) {
    throw new DamagedModelError(`${path} holds the model of ${model.basis}, fold ${model.fold}.`);
  }
  read.set(path, model);
  return model;
}

/** How to learn the models of a basis that belong in a folder. */
function learnCommand(basis: string, folder: string): string {
  const [, dataset] = /^figures[\\/]([^\\/]+)[\\/]models$/.exec(relative(projectRoot(), folder)) ?? [];
  return `npm run learn -- --basis ${basis}${dataset === undefined ? '' : ` --dataset ${dataset}`}`;
}

/** The folders of all datasets that have models of their own. */
function foldersOfDatasets(): string[] {
  const figures = join(projectRoot(), 'figures');
  if (!existsSync(figures)) return [];
  return readdirSync(figures)
    .sort()
    .map((dataset) => join(figures, dataset, 'models'));
}

/**
 * The model of a basis that was learned on one half of the corpus.
 *
 * @throws MissingModelError that says how to learn it
 * @throws DamagedModelError
 */
export function modelLearnedOn(basis: string, fold: Fold, folder: string = modelsFolder()): Model {
  const files = listModels(folder).filter((file) => file.basis === basis && file.fold === fold);
  if (files.length === 1) return readModel(files[0]!);
  if (files.length > 1) {
    throw new DamagedModelError(
      `${folder} holds ${files.length} models of ${basis}, fold ${fold}: remove all but one, or learn it again: ` +
        `${learnCommand(basis, folder)} --replace.`,
    );
  }
  throw new MissingModelError(
    `There is no model of ${basis} learned on fold ${fold} in ${folder}. Learn it: ${learnCommand(basis, folder)}.`,
  );
}

/**
 * The model of a basis whose SHA-256 starts with certain bytes: from the folder, or of any dataset that is here, since a
 * file does not say which dataset it is from.
 *
 * @throws MissingModelError
 * @throws DamagedModelError
 */
export function modelWithHash(basis: string, start: Uint8Array, folder: string = modelsFolder()): Model {
  const digits = Buffer.from(start).toString('hex');
  const file = [folder, join(folder, FORMER), modelsFolder(''), ...foldersOfDatasets()]
    .flatMap((place) => listModels(place))
    .find((candidate) => candidate.basis === basis && candidate.hash.startsWith(digits));
  if (file) return readModel(file);
  throw new MissingModelError(
    `The model of ${basis} whose SHA-256 starts with ${digits} is not in ${folder}. It may have been learned anew since; ` +
      'take the file from where the recording was encoded.',
  );
}

/** SHA-256 (first digits) of the models of a basis, those of both folds; fewer where some are missing. */
export function modelHashes(basis: string, folder: string = modelsFolder()): string[] {
  return listModels(folder)
    .filter((file) => file.basis === basis)
    .map(({ hash }) => hash);
}

/**
 * Writes a model, and removes the one that it replaces.
 *
 * @returns the model as it will be read
 * @throws LearningFailedError when a number of it is not finite; nothing is written then
 */
export function saveModel(facts: ModelFacts, arrays: ModelArrays, folder: string = modelsFolder()): Model {
  const file = serializeModel(facts, arrays);
  const hash = hashModel(file).slice(0, NAME_DIGITS);
  const path = join(folder, `${facts.basis}.fold-${facts.fold}.${hash}.model`);
  const before = listModels(folder).filter(
    (other) => other.basis === facts.basis && other.fold === facts.fold && other.path !== path,
  );
  writeWhole(path, file);
  for (const other of before) rmSync(other.path);
  return parseModel(file, path);
}
