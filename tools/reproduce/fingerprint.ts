import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Notebook } from '../../kernel/notebook';
import { catalog } from '../../lib/catalog/catalog';
import { bytesToHash } from '../../lib/files/line-ends';
import { learners } from '../../lib/learning/learners';
import { partsOfCode } from '../../lib/measuring/code-fingerprint';
import { projectRoot } from '../../lib/files/project-root';
import { LABORATORY_FILE } from '../../lib/results/outputs';
import { PEERS_FILE } from '../../lib/results/peers';
import { readResults } from '../../lib/results/results';
import { ARRAY_FILE } from '../../lib/study/space/array-results';
import { comparesOthers, conventionalOnly, hashSource, importedModules } from './notebook-file';

/** Everything that the outputs of a notebook depend on. */
export interface NotebookInputs {
  /** SHA-256 of the code cells. */
  readonly source: string;
  /** SHA-256 (its first 16 digits) of each module that the cells import, directly or not. */
  readonly code: Readonly<Record<string, string>>;
  /** SHA-256 of names and versions of the installed npm packages that the code can use. */
  readonly packages: string;
  /** SHA-256 of the recordings. */
  readonly corpus: string;
  /** SHA-256 of `results.json`, or of its conventional curves, for a notebook that compares what the others measured. */
  readonly results?: string;
  /** SHA-256 of `peers.json`, for a notebook that shows the compressors of other projects; missing where there is none. */
  readonly peers?: string;
  /** SHA-256 of what is kept of other laboratories, for a notebook that compares it; missing where there is none. */
  readonly laboratories?: string;
  /** SHA-256 of what is kept of arrays of electrodes, for a notebook that shows it. */
  readonly arrays?: string;
}

function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** SHA-256 over the packages of the lockfile that are not only for development. */
export function hashPackages(): string {
  const lockfile = JSON.parse(readFileSync(join(projectRoot(), 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string; dev?: boolean }>;
  };
  const used = Object.entries(lockfile.packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, { version }]) => `${path}@${version}`);
  return sha256(used.sort().join('\n'));
}

/** The list of all bases, most of which a notebook has nothing to do with. */
const CATALOG_MODULE = 'lib/catalog/catalog.ts';

/** The list of all learners, likewise. */
const LEARNERS_MODULE = 'lib/learning/learners.ts';

/** What reads the compressors of other projects. */
const PEERS_MODULE = 'lib/results/peers.ts';

/** What reads the kept results on the recordings of other laboratories. */
const LABORATORIES_MODULE = 'lib/study/laboratories/laboratory-results.ts';

/** What reads the kept results on arrays of electrodes. */
const ARRAYS_MODULE = 'lib/study/space/array-results.ts';

/** Modules that are bundled by others, not imported: they run in worker threads and in pages. */
const BUNDLED_MODULES: Readonly<Record<string, string>> = {
  'lib/measuring/measuring-pool.ts': 'lib/measuring/measuring-worker.ts',
  'lib/recordings/formats/parts/hdf5-tree.ts': 'lib/recordings/formats/parts/hdf5-thread.ts',
  'lib/figures/live/live-html.ts': 'lib/figures/page/live-study.ts',
};

/**
 * The modules that a notebook imports, those that run in worker threads and in pages included. Of the catalog
 * only the bases of notebooks up to this one count, with which it may compare its own, and of the learners those of
 * these bases: a new basis leaves what was there before it as it is. Where nothing learned is compared, only the
 * conventional ones count.
 */
async function modulesOf(
  name: string,
  imported: readonly string[],
  conventional: boolean,
): Promise<Record<string, string>> {
  const { modules } = await partsOfCode(imported);
  const all = [
    ...imported,
    ...Object.entries(BUNDLED_MODULES).flatMap(([bundler, bundled]) => (bundler in modules ? [bundled] : [])),
  ];
  if (!(CATALOG_MODULE in modules)) return modules;
  const entries = catalog.filter(
    ({ notebook, learned }) => (comparesOthers(name) || notebook <= name) && !(conventional && learned),
  );
  const learns = LEARNERS_MODULE in modules;
  const taught = learners.filter(
    ({ family }) => learns && entries.some(({ name: basis }) => basis === family),
  );
  const used = [...entries, ...taught].map(({ module }) => module);
  const parts = await partsOfCode([...all, ...used], [CATALOG_MODULE, LEARNERS_MODULE]);
  const listed = entries.map((entry) => ({ ...entry, create: entry.create.toString() }));
  return {
    ...parts.modules,
    [CATALOG_MODULE]: sha256(JSON.stringify(listed)),
    ...(learns && { [LEARNERS_MODULE]: sha256(JSON.stringify(taught.map(({ family }) => family))) }),
  };
}

/** SHA-256 of all results, or of those of conventional bases. */
function hashResults(path: string, conventional: boolean): string {
  if (!existsSync(path)) return 'none';
  if (!conventional) return sha256(bytesToHash(path));
  return sha256(JSON.stringify(readResults(path)!.curves.filter(({ learned }) => !learned)));
}

/**
 * Reads the imports of all that notebooks can depend on, which {@link fingerprint} needs. Notebook by notebook, esbuild
 * would read nearly the same modules once or twice for each.
 *
 * @param imported - modules that notebooks import
 */
export async function readImports(imported: readonly string[]): Promise<void> {
  const listed = [...catalog, ...learners].map(({ module }) => module);
  await partsOfCode([...new Set([...imported, ...Object.values(BUNDLED_MODULES), ...listed])]);
}

/**
 * Current fingerprint of everything that the outputs of a notebook depend on.
 *
 * @param name - file name of the notebook
 * @param corpus - SHA-256 of the recordings
 * @param resultsPath - of `results.json`, for the notebooks that read it
 */
export async function fingerprint(
  name: string,
  notebook: Notebook,
  corpus: string,
  resultsPath: string,
): Promise<NotebookInputs> {
  const conventional = conventionalOnly(notebook);
  const imported = importedModules(notebook);
  const modules = await modulesOf(name, imported, conventional);
  const peers = join(dirname(resultsPath), PEERS_FILE);
  // Kept beside the results of Neuralink's recordings, whatever the dataset.
  const laboratories = join(dirname(resultsPath), '..', 'neuralink', LABORATORY_FILE);
  const arrays = join(projectRoot(), ARRAY_FILE);
  const comparesLaboratories = comparesOthers(name) && imported.includes(LABORATORIES_MODULE);
  return {
    source: hashSource(notebook),
    code: Object.fromEntries(Object.entries(modules).map(([path, hash]) => [path, hash.slice(0, 16)])),
    packages: hashPackages(),
    corpus,
    ...(comparesOthers(name) && { results: hashResults(resultsPath, conventional) }),
    ...(imported.includes(PEERS_MODULE) && existsSync(peers) && { peers: sha256(bytesToHash(peers)) }),
    ...(comparesLaboratories &&
      existsSync(laboratories) && { laboratories: sha256(bytesToHash(laboratories)) }),
    ...(imported.includes(ARRAYS_MODULE) && existsSync(arrays) && { arrays: sha256(bytesToHash(arrays)) }),
  };
}

/** Changed inputs, in words; empty if nothing has changed. */
export function namedChanges(earlier: NotebookInputs, now: NotebookInputs): string[] {
  const changes: string[] = [];
  if (earlier.source !== now.source) changes.push('its code cells');
  const paths = new Set([...Object.keys(earlier.code), ...Object.keys(now.code)]);
  changes.push(...[...paths].sort().filter((path) => earlier.code[path] !== now.code[path]));
  if (earlier.packages !== now.packages) changes.push('the npm packages');
  if (earlier.corpus !== now.corpus) changes.push('the recordings');
  if (earlier.results !== now.results) changes.push('results.json');
  if (earlier.peers !== now.peers) changes.push(PEERS_FILE);
  if (earlier.laboratories !== now.laboratories) changes.push(LABORATORY_FILE);
  if (earlier.arrays !== now.arrays) changes.push(ARRAY_FILE);
  return changes;
}
