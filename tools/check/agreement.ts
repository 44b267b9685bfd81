/**
 * Whether the committed results, executed notebooks and figures belong together and to the code as it is.
 */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readNotebook } from '../../kernel/notebook';
import { galleryFiles, readFigures, RECORDING_PAGE } from '../../lib/figures/gallery/gallery';
import { corpusHash } from '../../lib/recordings/corpus';
import { parseManifest } from '../../lib/recordings/manifest';
import { readDetails } from '../../lib/results/curve-details';
import { PEERS_FILE } from '../../lib/results/peers';
import { readResults } from '../../lib/results/results';
import { readVerdict } from '../../lib/results/verdict';
import { projectRoot } from '../../lib/files/project-root';
import { fingerprint, namedChanges } from '../reproduce/fingerprint';
import { readAwaitedRun, type Agreement } from './awaited-run';
import { biggestOutput, codeCells, listNotebooks, NOTEBOOK_LIMIT } from '../reproduce/notebook-file';
import { hashFile, outputProblems, readProvenance } from '../reproduce/provenance';
import { readmeOf, RESULTS_PAGE, resultsPage } from '../reproduce/readme';
import { staleReadmeFigures } from '../reproduce/readme-figure';

/**
 * Most bytes of `figures/` of the committed dataset, some 550,000 for each of its notebooks: a clone carries every
 * version of them.
 */
const FIGURES_LIMIT = 21_000_000;

/** Most bytes of all notebooks together, some 320,000 for each. */
const NOTEBOOKS_LIMIT = 12_000_000;

/** The dataset whose results are committed. */
const DATASET = 'neuralink';

/** Files of the dataset's folder that no notebook makes by itself, or that change from run to run. */
const UNTRACKED = new Set([
  'results.json',
  'timings.json',
  'provenance.json',
  'awaited-run.json',
  PEERS_FILE,
]);

/** Where the committed results are; a test gives another folder. */
export interface AgreementPlaces {
  /** Folder of the notebooks. */
  readonly notebooks: string;
  /** `figures/<dataset>`. */
  readonly figures: string;
  /** Manifest of the recordings. */
  readonly manifest: string;
  /** `README.md`, with the best curve of each kind. */
  readonly readme: string;
  /** The page of all curves. */
  readonly resultsPage: string;
}

function committedPlaces(): AgreementPlaces {
  const root = projectRoot();
  return {
    notebooks: join(root, 'notebooks'),
    figures: join(root, 'figures', DATASET),
    manifest: join(root, 'data', `${DATASET}.manifest.tsv`),
    readme: join(root, 'README.md'),
    resultsPage: join(root, RESULTS_PAGE),
  };
}

/** Whether the committed results agree. */
export async function findDisagreements(places: AgreementPlaces = committedPlaces()): Promise<Agreement> {
  const resultsPath = join(places.figures, 'results.json');
  const results = readResults(resultsPath);
  const names = listNotebooks(places.notebooks);
  if (!results) {
    const missing = `figures/${DATASET}/results.json is missing: import the recordings and run "npm run reproduce".`;
    return { problems: [missing], stale: [] };
  }
  const problems: string[] = [];
  const stale: string[] = [];

  const manifest = parseManifest(readFileSync(places.manifest, 'utf8'), places.manifest);
  if (corpusHash({ recordings: manifest }) !== results.dataset.sha256) {
    problems.push(
      'results.json was measured on other recordings than the manifest lists: run "npm run reproduce".',
    );
  }
  for (const { basis, notebook } of results.curves) {
    if (!names.includes(notebook)) {
      problems.push(`results.json has a curve of ${basis} by ${notebook}, and there is no such notebook.`);
    }
  }

  const readme = readFileSync(places.readme, 'utf8');
  if (readmeOf(readme, results, readVerdict(places.figures)) !== readme) {
    problems.push(
      'README.md shows other results than results.json holds: run "npm run reproduce -- --gallery".',
    );
  }
  const page = existsSync(places.resultsPage) ? readFileSync(places.resultsPage, 'utf8') : '';
  if (page !== resultsPage(results, readAwaitedRun(places.figures))) {
    problems.push(
      `${RESULTS_PAGE} shows other results than results.json and awaited-run.json hold: run "npm run reproduce -- --gallery".`,
    );
  }

  for (const name of staleReadmeFigures(places.figures)) {
    if (!readme.includes(name)) continue;
    problems.push(
      `figures/${DATASET}/${name} shows other results than results.json holds: run "npm run reproduce -- --gallery".`,
    );
  }

  const { notebooks: records, shared } = readProvenance(places.figures);
  let notebookBytes = 0;
  for (const name of names) {
    const path = join(places.notebooks, name);
    const notebook = readNotebook(path);
    const { size } = statSync(path);
    notebookBytes += size;
    if (size >= NOTEBOOK_LIMIT) {
      const { cell, bytes } = biggestOutput(notebook);
      problems.push(
        `${name} has ${size} bytes (code cell ${cell} alone ${bytes}); the limit is ${NOTEBOOK_LIMIT}.`,
      );
    }
    if (
      codeCells(notebook).some(({ outputs }) => outputs.some(({ output_type }) => output_type === 'error'))
    ) {
      problems.push(`${name} shows an error: mend it and run "npm run reproduce".`);
    }
    const record = records[name];
    if (!record) {
      stale.push(`${name} was never run on the whole corpus: run "npm run reproduce".`);
      continue;
    }
    const now = await fingerprint(name, notebook, results.dataset.sha256, resultsPath);
    const changes = namedChanges(record.inputs, now);
    if (changes.length > 0) {
      stale.push(`${name} is stale: changed since it ran: ${changes.join(', ')}. Run "npm run reproduce".`);
    }
    for (const problem of outputProblems(places.figures, name, record, path)) {
      problems.push(`${name}: ${problem}. Run "npm run reproduce".`);
    }
  }

  for (const name of Object.keys(records)) {
    if (!names.includes(name)) {
      problems.push(`${name} is gone, its figures are not: run "npm run reproduce".`);
    }
  }
  for (const [file, expected] of Object.entries(shared)) {
    if (hashFile(join(places.figures, file)) !== expected) {
      problems.push(`figures/${DATASET}/${file} is missing or was changed: run "npm run reproduce".`);
    }
  }
  const known = new Set([
    ...Object.values(records).flatMap(({ outputs }) => Object.keys(outputs)),
    ...Object.keys(shared),
  ]);
  let bytes = 0;
  for (const file of listFiles(places.figures)) {
    // Made beside the gallery, not committed.
    if (file === RECORDING_PAGE) continue;
    bytes += statSync(join(places.figures, file)).size;
    if (!known.has(file) && !UNTRACKED.has(file)) {
      problems.push(`figures/${DATASET}/${file} is made by no notebook: remove it.`);
    }
  }
  // Results, notebooks and figures are shown together only if they agree.
  if (problems.length === 0) problems.push(...(await staleGalleryFiles(places.figures)));
  if (notebookBytes >= NOTEBOOKS_LIMIT) {
    problems.push(
      `The notebooks have ${notebookBytes} bytes together; the limit is ${NOTEBOOKS_LIMIT}: thin what is drawn.`,
    );
  }
  if (bytes >= FIGURES_LIMIT) {
    problems.push(
      `figures/${DATASET} has ${bytes} bytes; the limit is ${FIGURES_LIMIT}: thin what is drawn.`,
    );
  }
  return { problems, stale };
}

/** Files of the gallery that are not as the code would make them now. */
async function staleGalleryFiles(folder: string): Promise<string[]> {
  const fresh = await galleryFiles(
    folder,
    readResults(join(folder, 'results.json')),
    await readFigures(folder),
    readDetails(folder),
  );
  return Object.entries(fresh)
    .filter(([file, content]) => {
      const path = join(folder, file);
      return !existsSync(path) || !readFileSync(path).equals(Buffer.from(content));
    })
    .map(
      ([file]) => `figures/${DATASET}/${file} was made by other code: run "npm run reproduce -- --gallery".`,
    );
}

function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(join(folder, file)).isFile())
    .map((file) => file.split('\\').join('/'))
    .sort();
}
