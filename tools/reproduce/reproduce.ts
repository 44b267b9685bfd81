/**
 * Runs the notebooks of the project and keeps what they make.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import type { NotebookFailure, NotebookRun } from '../../kernel/execute-notebook';
import { runNotebook } from '../../kernel/notebook-process';
import { readNotebook, serializeNotebook } from '../../kernel/notebook';
import {
  BROWSER_ENDPOINT_VARIABLE,
  BrowserNotFoundError,
  connectBrowser,
  type BrowserSession,
} from '../../lib/figures/browser';
import { NOTEBOOK_VARIABLE } from '../../lib/figures/display';
import { rebuildGallery } from '../../lib/figures/gallery/gallery';
import { openCorpus } from '../../lib/recordings/corpus';
import { FIGURES_VARIABLE } from '../../lib/results/outputs';
import { formatSeconds } from '../../lib/measuring/progress';
import {
  describeDataset,
  readResults,
  resultsPath,
  writeResults,
  type ResultsDataset,
} from '../../lib/results/results';
import { projectRoot } from '../../lib/files/project-root';
import { writeWhole } from '../../lib/files/write-whole';
import { CommandLineError } from '../command-line';
import { fingerprint, namedChanges, type NotebookInputs } from './fingerprint';
import { keepOutputs, readTimings, type NotebookPlaces } from './keep-outputs';
import { takeLock } from '../lock';
import { codeCells, comparesOthers, listNotebooks } from './notebook-file';
import type { ReproduceOptions } from './options';
import { ProgressView, type LineOutput } from './progress-view';
import { hashFile, outputProblems, readProvenance, writeProvenance } from './provenance';
import { withFigure, withResults } from './readme';
import { README_FILES, writeReadmeFigure } from './readme-figure';

/** Most notebooks that run at a time: each has worker threads of its own for all cores. */
const MOST_NOTEBOOKS = 4;

/** Runs what has to be run; see {@link reproduce}. */
class Reproduction {
  private readonly root = projectRoot();
  private readonly folder: string;
  private readonly dataset: ResultsDataset;
  private readonly staging: string;
  private readonly names: readonly string[];
  private readonly concurrency: number;
  private readonly view: ProgressView;
  private readonly interruption = new AbortController();
  private readonly failures: { readonly name: string; readonly message: string }[] = [];
  private browser: Promise<BrowserSession> | undefined;
  private ran = 0;
  private stopped = false;

  constructor(
    private readonly options: ReproduceOptions,
    private readonly output: LineOutput,
  ) {
    const corpus = openCorpus(options);
    this.dataset = describeDataset(corpus);
    this.folder = join(this.root, 'figures', corpus.name);
    this.staging = join(this.root, '.cache', 'reproduce', String(process.pid));
    this.names = selectNotebooks(listNotebooks(join(this.root, 'notebooks')), options.only);
    this.concurrency = Math.min(options.jobs, MOST_NOTEBOOKS, this.names.length);
    if (corpus.synthetic && options.dataset === undefined) {
      this.say(
        'The Neuralink recordings are not in data/neuralink, so the embedded synthetic sample is used.\n' +
          'To measure on the real ones: npm run data (downloads them), or npm run data -- --from <data.zip>.',
      );
    }
    this.say(`${this.names.length} notebooks on ${corpus.label} -> ${join('figures', corpus.name)}`);
    this.view = new ProgressView(output, this.names, this.concurrency);
  }

  /** @returns the exit code */
  async run(): Promise<number> {
    const release = takeLock(
      join(this.root, '.cache', 'reproduce', `${this.dataset.name}.lock`),
      `reproducing ${this.dataset.name}`,
    );
    const start = Date.now();
    const stop = (): void => this.stop();
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    try {
      this.forgetRemovedNotebooks();
      await this.runAll(this.names.filter((name) => !comparesOthers(name)));
      await this.runAll(this.names.filter(comparesOthers));
      this.view.close();
      return await this.conclude((Date.now() - start) / 1000);
    } finally {
      process.removeListener('SIGINT', stop);
      process.removeListener('SIGTERM', stop);
      await (await this.browser?.catch(() => undefined))?.end();
      rmSync(this.staging, { recursive: true, force: true });
      release();
    }
  }

  private say(text: string): void {
    this.output.write(`${text}\n`);
  }

  /** The executed notebook replaces its source only where it shows the whole corpus. */
  private places(name: string): NotebookPlaces {
    const source = join(this.root, 'notebooks', name);
    return {
      name,
      source,
      executed: this.dataset.name === 'neuralink' ? source : join(this.folder, 'notebooks', name),
      staging: join(this.staging, name.replace(/\.ipynb$/, '')),
      folder: this.folder,
    };
  }

  /** Drops what notebooks left that are no longer there. */
  private forgetRemovedNotebooks(): void {
    const present = new Set(listNotebooks(join(this.root, 'notebooks')));
    const provenance = readProvenance(this.folder);
    const removed = Object.entries(provenance.notebooks).filter(([name]) => !present.has(name));
    if (removed.length === 0) return;
    for (const [, { outputs }] of removed) {
      for (const file of Object.keys(outputs)) rmSync(join(this.folder, file), { force: true });
    }
    const results = readResults(resultsPath(this.dataset.name));
    if (results) {
      const curves = results.curves.filter(({ notebook }) => present.has(notebook));
      writeResults(resultsPath(this.dataset.name), { ...results, curves });
    }
    const notebooks = Object.entries(provenance.notebooks).filter(([name]) => present.has(name));
    // Without a record of its gallery, a new one is made.
    writeProvenance(this.folder, { notebooks: Object.fromEntries(notebooks), shared: {} });
    for (const [name] of removed) rmSync(this.places(name).executed, { force: true });
  }

  private async runAll(names: readonly string[]): Promise<void> {
    const cellSeconds = readTimings(this.folder).notebooks;
    for (const name of names) this.view.expect(name, cellSeconds[name] ?? []);
    const waiting = [...names];
    const takeNext = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined && !this.stopped; name = waiting.shift()) {
        try {
          await this.runIfChanged(name);
        } catch (error) {
          // No other notebook could draw its figures either.
          if (error instanceof BrowserNotFoundError) throw error;
          this.fail(name, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
        }
      }
    };
    await Promise.all(Array.from({ length: this.concurrency }, takeNext));
  }

  private async runIfChanged(name: string): Promise<void> {
    const places = this.places(name);
    const notebook = readNotebook(places.source);
    const inputs = await fingerprint(name, notebook, this.dataset.sha256, resultsPath(this.dataset.name));
    const record = readProvenance(this.folder).notebooks[name];
    if (record && !this.options.force) {
      const changes = [
        ...namedChanges(record.inputs, inputs),
        ...outputProblems(this.folder, name, record, places.executed),
      ];
      if (changes.length === 0) {
        this.view.unchanged(name);
        return;
      }
    }
    await this.runOne(places, inputs, codeCells(notebook).length);
  }

  private async runOne(places: NotebookPlaces, inputs: NotebookInputs, cells: number): Promise<void> {
    const { name } = places;
    const browser = await this.sharedBrowser();
    if (this.stopped) return;
    mkdirSync(places.staging, { recursive: true });
    this.ran++;
    this.view.start(name, cells);
    const cellSeconds: number[] = [];
    let cellStart: number | undefined;
    const endCell = (): void => {
      const now = performance.now();
      if (cellStart !== undefined) cellSeconds.push((now - cellStart) / 1000);
      cellStart = now;
    };
    let run: NotebookRun;
    try {
      run = await runNotebook(places.source, {
        environment: {
          NEUROBASIS_DATASET: this.dataset.synthetic ? 'sample' : 'neuralink',
          NEUROBASIS_RECORDINGS: this.options.recordings === undefined ? '' : String(this.options.recordings),
          NEUROBASIS_JOBS: String(this.options.jobs),
          [FIGURES_VARIABLE]: places.staging,
          [NOTEBOOK_VARIABLE]: name.replace(/\.ipynb$/, ''),
          [BROWSER_ENDPOINT_VARIABLE]: browser.endpoint,
        },
        onCell: ({ index }) => {
          endCell();
          this.view.startCell(name, index + 1);
        },
        onProgress: (progress) => this.view.progress(name, progress),
        signal: this.interruption.signal,
      });
      endCell();
    } catch (error) {
      if (!this.stopped) throw error;
      this.view.end(name, 'stopped');
      return;
    }
    if (this.stopped) {
      this.view.end(name, 'stopped');
    } else if (run.failure) {
      this.fail(name, describeFailure(run.failure));
    } else {
      writeWhole(join(places.staging, name), serializeNotebook(run.notebook));
      keepOutputs(places, this.dataset, inputs, cellSeconds);
      this.view.end(name, 'done');
    }
  }

  private fail(name: string, message: string): void {
    this.failures.push({ name, message });
    this.view.end(name, 'failed');
  }

  private sharedBrowser(): Promise<BrowserSession> {
    this.browser ??= connectBrowser();
    return this.browser;
  }

  private stop(): void {
    this.stopped = true;
    this.interruption.abort();
  }

  private async conclude(seconds: number): Promise<number> {
    // Quickly made, and its own code may have changed.
    await makeGallery(this.folder);
    this.updateReadme();
    for (const { name, message } of this.failures) this.say(`\n${name} failed:\n${message}`);
    const folder = join('figures', this.dataset.name);
    if (this.stopped) {
      this.say('\nStopped. What was measured is kept: the same command goes on from there.');
      return 130;
    }
    if (this.failures.length > 0) {
      this.say(
        `\n${this.failures.length} of ${this.names.length} notebooks failed after ${formatSeconds(seconds)}; ` +
          'their earlier outputs are as they were.',
      );
      return 1;
    }
    if (this.ran === 0) {
      this.say(
        `Nothing has changed: all that these notebooks make is in ${folder} already (--force runs them).`,
      );
    } else {
      this.say(`\nDone in ${formatSeconds(seconds)}. Open ${join(folder, 'index.html')} in a browser.`);
    }
    return 0;
  }

  /** The README shows what was measured on the whole corpus. */
  private updateReadme(): void {
    const path = join(this.root, 'README.md');
    const results = readResults(resultsPath(this.dataset.name));
    if (this.dataset.name !== 'neuralink' || !results || !existsSync(path)) return;
    const readme = readFileSync(path, 'utf8');
    const updated = withFigure(withResults(readme, results), results);
    if (updated !== readme) writeWhole(path, updated);
  }
}

/**
 * Makes the gallery of a folder from what notebooks left there, and records it.
 *
 * @returns whether any notebook had left anything
 */
async function makeGallery(folder: string): Promise<boolean> {
  const provenance = readProvenance(folder);
  if (Object.keys(provenance.notebooks).length === 0) return false;
  const files = [...(await rebuildGallery(folder)), ...(await readmeFigureOf(folder))];
  const shared = Object.fromEntries(files.map((file) => [file, hashFile(join(folder, file))!]));
  if (!isDeepStrictEqual(shared, provenance.shared)) writeProvenance(folder, { ...provenance, shared });
  return true;
}

/** The files of the README's figure, which shows the committed results; without a browser the old ones stay. */
async function readmeFigureOf(folder: string): Promise<string[]> {
  if (basename(folder) !== 'neuralink') return [];
  try {
    return await writeReadmeFigure(folder);
  } catch (error) {
    if (!(error instanceof BrowserNotFoundError)) throw error;
    return README_FILES.filter((file) => existsSync(join(folder, file)));
  }
}

/** Which cell failed, on which line, and why. */
function describeFailure({ executionCount, line, sourceLine, stack }: NotebookFailure): string {
  const where = `code cell ${executionCount}${line === undefined ? '' : `, line ${line}`}`;
  return `${where}${sourceLine === undefined ? '' : `: ${sourceLine.trim()}`}\n${stack}`;
}

function selectNotebooks(all: readonly string[], only: readonly string[]): string[] {
  const chosen = all.filter((name) => only.length === 0 || only.some((part) => name.includes(part)));
  if (chosen.length === 0) {
    throw new CommandLineError(
      all.length === 0
        ? 'There is no notebook in notebooks/.'
        : `No notebook has a name with ${only.join(' or ')} in it: there are ${all.join(', ')}.`,
    );
  }
  return chosen;
}

/**
 * Runs the notebooks, those that do not need it left out, and keeps what they make under `figures/<dataset>/`:
 * each in a process of its own, several at a time, all drawing with one browser.
 *
 * @param output - where progress is shown
 * @returns the exit code: 0, or 1 when a notebook failed, or 130 when it was stopped
 */
export function reproduce(options: ReproduceOptions, output: LineOutput): Promise<number> {
  return new Reproduction(options, output).run();
}

/**
 * Makes the gallery of a dataset again, from what is under `figures/<dataset>/`: takes a second, and needs neither
 * recordings nor a browser.
 *
 * @returns the exit code: 1 when there is nothing to show
 */
export async function reproduceGallery(options: ReproduceOptions, output: LineOutput): Promise<number> {
  const { dataset = 'neuralink', recordings } = options;
  const folder = join('figures', recordings === undefined ? dataset : `${dataset}-${recordings}`);
  if (!(await makeGallery(join(projectRoot(), folder)))) {
    output.write(`There is nothing in ${folder} to show: run the notebooks first.\n`);
    return 1;
  }
  output.write(`Open ${join(folder, 'index.html')} in a browser.\n`);
  return 0;
}
