/**
 * Runs the notebooks of the project and keeps what they make.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import type { NotebookFailure, NotebookRun } from '../../kernel/execute-notebook';
import { NotebookRunner } from '../../kernel/notebook-process';
import { readNotebook, serializeNotebook } from '../../kernel/notebook';
import { BrowserNotFoundError } from '../../lib/figures/browser';
import { rebuildGallery, RECORDING_PAGE } from '../../lib/figures/gallery/gallery';
import { writeRecordingPage } from '../build-packages/page';
import { openCorpus, type Corpus } from '../../lib/recordings/corpus';
import { FIGURES_VARIABLE, NOTEBOOK_VARIABLE } from '../../lib/results/outputs';
import { formatSeconds } from '../../lib/files/progress';
import {
  describeDataset,
  readResults,
  resultsPath,
  writeResults,
  type ResultsDataset,
} from '../../lib/results/results';
import { readVerdict } from '../../lib/results/verdict';
import { projectRoot } from '../../lib/files/project-root';
import { writeWhole } from '../../lib/files/write-whole';
import { fingerprint, namedChanges, readImports, type NotebookInputs } from './fingerprint';
import { keepOutputs, readTimings, type NotebookPlaces } from './keep-outputs';
import { prepareCodecKernels } from '../kernels';
import { CommandLineError } from '../command-line';
import { takeLock } from '../lock';
import { leftOutLines, missingCurves, reasonToLeaveOut, uncomparedLine, unlearnedLine } from './left-out';
import { learnMissingModels } from './missing-models';
import { codeCells, comparesOthers, importedModules, listNotebooks, selectNotebooks } from './notebook-file';
import type { ReproduceOptions } from './options';
import { expectedTimes, planText, totalSeconds, type PlannedNotebook } from './plan';
import { ProgressView, type LineOutput } from './progress-view';
import { hashFile, outputProblems, readProvenance, savedProblems, writeProvenance } from './provenance';
import { readAwaitedRun } from '../check/awaited-run';
import { readmeOf, RESULTS_PAGE, resultsPage } from './readme';
import { README_FILES, writeReadmeFigures } from './readme-figure';
import { TimeTable } from './time-table';

const RESULTS = 'results.json';

/** Most notebooks that run at a time: each has worker threads of its own for all cores. */
const MOST_NOTEBOOKS = 4;

/** Runs what has to be run; see {@link reproduce}. */
class Reproduction {
  private readonly root = projectRoot();
  private readonly folder: string;
  private readonly corpus: Corpus;
  private readonly dataset: ResultsDataset;
  private readonly staging: string;
  /** Names the folders of this run as those of no other. */
  private readonly id = randomUUID();
  private readonly names: readonly string[];
  private readonly concurrency: number;
  /** Worker threads of each notebook. */
  private readonly threads: number;
  private readonly view: ProgressView;
  private readonly interruption = new AbortController();
  private readonly failures: { readonly name: string; readonly message: string }[] = [];
  /** Messages of notebooks for the user; shown at the end, where the progress display does not overwrite them. */
  private readonly warnings = new Set<string>();
  /** One for each notebook that runs at a time. */
  private readonly runners: readonly NotebookRunner[];
  private readonly times = new TimeTable();
  private ran = 0;
  /** Notebooks that were not left out. */
  private able = 0;
  private stopped = false;
  /** Which notebooks did not run for want of models. */
  private leftOut: string | undefined;

  constructor(
    private readonly options: ReproduceOptions,
    private readonly output: LineOutput,
  ) {
    const corpus = openCorpus(options);
    this.corpus = corpus;
    this.dataset = describeDataset(corpus);
    this.folder = join(this.root, 'figures', corpus.name);
    this.staging = join(this.root, '.cache', 'reproduce', corpus.name);
    const selected = selectNotebooks(listNotebooks(join(this.root, 'notebooks')), options.only);
    const reasons = new Map(
      selected.map((name) => {
        return [name, reasonToLeaveOut(readNotebook(join(this.root, 'notebooks', name)), corpus)] as const;
      }),
    );
    this.names = selected.filter((name) => reasons.get(name) === undefined);
    if (this.names.length === 0) {
      throw new CommandLineError(`Nothing runs on ${corpus.label}. ${leftOutLines(reasons).join(' ')}`);
    }
    // On the sample a notebook waits for its browser and its thread for a fifth of its time.
    const atATime = corpus.synthetic && options.jobs > 1 ? options.jobs + 1 : options.jobs;
    this.concurrency = Math.min(atATime, MOST_NOTEBOOKS, this.names.length);
    // There the code of a thread takes longer to become fast than its measurements take, too.
    this.threads = corpus.synthetic ? Math.ceil(options.jobs / this.concurrency) : options.jobs;
    if (corpus.synthetic && options.dataset === undefined) {
      this.say(
        'The Neuralink recordings are not in data/neuralink, so the embedded synthetic sample is used.\n' +
          'To measure on the real ones: npm run data -- --download, or npm run data -- --from <data.zip>.',
      );
    }
    this.view = new ProgressView(output, this.names, this.concurrency);
    this.runners = Array.from({ length: this.concurrency }, () => new NotebookRunner(true));
    this.say(`${this.names.length} notebooks on ${corpus.label} -> ${join('figures', corpus.name)}`);
    for (const line of leftOutLines(reasons)) this.say(line);
  }

  /** Says what would run, and about how long. @returns the exit code */
  async plan(): Promise<number> {
    this.view.close();
    await this.readImports();
    const planned: PlannedNotebook[] = [];
    for (const name of this.names) {
      const changes = await this.changesOf(name);
      if (changes.length > 0 || this.options.force) planned.push({ name, changes });
    }
    // A notebook that compares runs again if another one measures again.
    const measures = planned.some(({ name }) => !comparesOthers(name));
    const compared = this.names.filter(
      (name) => measures && comparesOthers(name) && !planned.some((notebook) => notebook.name === name),
    );
    planned.push(...compared.map((name) => ({ name, changes: ['results.json, if it changes'] })));
    const times = expectedTimes(this.dataset.name, this.dataset.samples);
    this.say(planText(planned, this.names, times, this.concurrency));
    return 0;
  }

  /** @returns the exit code */
  async run(): Promise<number> {
    const release = takeLock(
      join(this.root, '.cache', 'reproduce', `${this.dataset.name}.lock`),
      `reproducing ${this.dataset.name}`,
    );
    const start = performance.now();
    const stop = (): void => this.stop();
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    try {
      // What a run that was killed left there: with the lock, this is the only run that writes there.
      rmSync(this.staging, { recursive: true, force: true });
      this.forgetRemovedNotebooks();
      const unlearned = learnMissingModels(this.corpus, this.names, (text) => this.say(text));
      const able = this.names.filter((name) => !unlearned.has(name));
      if (unlearned.size > 0) this.leftOut = unlearnedLine(unlearned, this.corpus);
      await this.readImports();
      await this.runAll(able.filter((name) => !comparesOthers(name)));
      await this.runAll(able.filter((name) => comparesOthers(name) && this.hasCurves(name)));
      this.view.close();
      return await this.conclude((performance.now() - start) / 1000);
    } finally {
      process.removeListener('SIGINT', stop);
      process.removeListener('SIGTERM', stop);
      await Promise.all(this.runners.map((runner) => runner.end()));
      rmSync(this.staging, { recursive: true, force: true });
      release();
    }
  }

  /** Whether what a notebook compares was measured; says so where it was not. */
  private hasCurves(name: string): boolean {
    const measured = readResults(resultsPath(this.dataset.name))?.curves.map(({ basis }) => basis) ?? [];
    const missing = missingCurves(name, measured);
    if (missing.length > 0) this.say(uncomparedLine(name, missing));
    return missing.length === 0;
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
      staging: join(this.staging, this.id, name.replace(/\.ipynb$/, '')),
      folder: this.folder,
    };
  }

  /** Removes the outputs of notebooks that no longer exist. */
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
    this.able += names.length;
    const cellSeconds = readTimings(this.folder).notebooks;
    for (const name of names) this.view.expect(name, cellSeconds[name] ?? []);
    let waiting: string[] = [];
    for (const name of names) {
      if (this.stopped) return;
      await this.unlessFailing(name, async () => {
        if (this.options.force || (await this.changesOf(name)).length > 0) waiting.push(name);
        else this.view.unchanged(name);
      });
    }
    await this.prepare(waiting);
    waiting = this.longestFirst(waiting);
    const takeNext = async (runner: NotebookRunner): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined && !this.stopped; name = waiting.shift()) {
        const next = name;
        await this.unlessFailing(next, () => this.runOne(next, runner));
      }
    };
    await Promise.all(this.runners.map(takeNext));
  }

  /** So that the last ones to end are short; those of which no time is known come first. */
  private longestFirst(names: readonly string[]): string[] {
    const { seconds } = expectedTimes(this.dataset.name, this.dataset.samples);
    const timeOf = (name: string): number => seconds.get(name) ?? Infinity;
    return [...names].sort((a, b) => (timeOf(a) === timeOf(b) ? 0 : timeOf(b) - timeOf(a)));
  }

  /** A failure of one notebook does not stop the others. */
  private async unlessFailing(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // No other notebook could draw its figures either.
      if (error instanceof BrowserNotFoundError) throw error;
      this.fail(name, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
  }

  /** Compiles what notebooks need, once: each process would do it for itself. */
  private async prepare(names: readonly string[]): Promise<void> {
    if (names.length === 0 || this.stopped) return;
    const modules = this.modulesOf(names);
    const prepare = async (runner: NotebookRunner, paths: readonly string[]): Promise<void> => {
      const onWarning = (text: string): void => void this.warnings.add(text);
      try {
        await runner.prepare(paths, { onWarning, signal: this.interruption.signal });
      } catch (error) {
        if (!this.stopped) throw error;
      }
    };
    // In processes of their own, so that all is done at the same time. The other runners load what they need themselves.
    const compiled = this.times.timed('modules', () => prepare(this.runners[0]!, modules));
    const others = this.runners.slice(1, names.length).map((runner) => prepare(runner, []));
    const kernels = this.times.timed('kernels', () => prepareCodecKernels(modules));
    await Promise.all([compiled, kernels, ...others]);
  }

  /** Modules that cells of notebooks import. */
  private modulesOf(names: readonly string[]): string[] {
    const imported = names.flatMap((name) => importedModules(readNotebook(this.places(name).source)));
    return [...new Set(imported)].sort();
  }

  private async readImports(): Promise<void> {
    try {
      await readImports(this.modulesOf(this.names));
    } catch {
      // A notebook that cannot be read, or a module that is missing, is reported for its notebook.
    }
  }

  private inputsOf(name: string): Promise<NotebookInputs> {
    const notebook = readNotebook(this.places(name).source);
    return fingerprint(name, notebook, this.dataset.sha256, resultsPath(this.dataset.name));
  }

  /** Changes since the last run of a notebook, in words. */
  private async changesOf(name: string): Promise<string[]> {
    const inputs = await this.inputsOf(name);
    const record = readProvenance(this.folder).notebooks[name];
    if (!record) return ['it has not run yet'];
    return [
      ...namedChanges(record.inputs, inputs),
      ...outputProblems(this.folder, name, record, this.places(name).executed),
    ];
  }

  private async runOne(name: string, runner: NotebookRunner): Promise<void> {
    const places = this.places(name);
    // As late as can be: the code may have been edited while other notebooks ran.
    const inputs = await this.inputsOf(name);
    const cells = codeCells(readNotebook(places.source)).length;
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
      run = await runner.run(places.source, {
        environment: {
          NEUROBASIS_DATASET: this.corpus.dataset,
          NEUROBASIS_RECORDINGS: this.options.recordings === undefined ? '' : String(this.options.recordings),
          NEUROBASIS_JOBS: String(this.threads),
          [FIGURES_VARIABLE]: places.staging,
          [NOTEBOOK_VARIABLE]: name.replace(/\.ipynb$/, ''),
        },
        onCell: ({ index }) => {
          endCell();
          this.view.startCell(name, index + 1);
        },
        onWarning: (text) => this.warnings.add(text),
        onProgress: (progress) => this.view.progress(name, progress),
        onTime: (time) => this.times.add(name, time),
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

  private stop(): void {
    this.stopped = true;
    this.interruption.abort();
  }

  private async conclude(seconds: number): Promise<number> {
    // Quickly made, and its own code may have changed.
    await this.times.timed('gallery', () => makeGallery(this.folder));
    updatePages(this.root, this.folder, this.dataset.name);
    for (const text of this.warnings) this.say(`\n${text}`);
    if (this.leftOut !== undefined) this.say(`\n${this.leftOut}`);
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
    if (this.able === 0) {
      this.say('No notebook ran.');
    } else if (this.ran === 0) {
      this.say(this.unchangedText(folder));
    } else {
      this.say(`\n${this.times.text()}`);
      this.say(`\nDone in ${formatSeconds(seconds)}. ${opensText(folder)}`);
    }
    return 0;
  }

  /** Nothing had to be computed: whose results these are, and how to compute them all the same. */
  private unchangedText(folder: string): string {
    const times = expectedTimes(this.dataset.name, this.dataset.samples);
    const seconds = totalSeconds(this.names, times, this.concurrency);
    const long =
      seconds === undefined ? '' : `, about ${formatSeconds(seconds)} if each takes what it took last time`;
    return (
      `Nothing has changed: all that these notebooks make is in ${folder} already, from the same code and recordings.\n` +
      `${isCommitted(this.folder) ? 'These are the committed results: nothing was computed just now.' : 'These are the results of an earlier run.'}\n` +
      `  npm run reproduce -- --force      runs the notebooks anew${long}\n` +
      '  npm run reproduce -- --audit 4    measures 4 recordings anew with every codec and compares to the last bit'
    );
  }
}

/** The README and the page of all curves show what was measured on the whole corpus. */
function updatePages(root: string, folder: string, dataset: string): void {
  const path = join(root, 'README.md');
  const results = readResults(join(folder, RESULTS));
  if (dataset !== 'neuralink' || !results || !existsSync(path)) return;
  const writeChanged = (file: string, content: string): void => {
    if (!existsSync(file) || readFileSync(file, 'utf8') !== content) writeWhole(file, content);
  };
  writeChanged(path, readmeOf(readFileSync(path, 'utf8'), results, readVerdict(folder)));
  writeChanged(join(root, RESULTS_PAGE), resultsPage(results, readAwaitedRun(folder)));
}

/**
 * What there is to open. The page is said here, and has no link in the gallery: that is committed, the page is not, and
 * where the repository is read on the web the link would lead nowhere.
 */
function opensText(folder: string): string {
  return `Open ${join(folder, 'index.html')} in a browser, or ${join(folder, RECORDING_PAGE)} to look at a recording of your own.`;
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
  // Beside the gallery, not a part of it: it shows the reader's recording, and is not committed.
  await writeRecordingPage(folder);
  // The gallery shows of the results more than curves, which the notebooks answer for: what was measured on.
  const made = existsSync(join(folder, RESULTS)) ? [...files, RESULTS] : files;
  const shared = Object.fromEntries(made.map((file) => [file, hashFile(join(folder, file))!]));
  if (!isDeepStrictEqual(shared, provenance.shared)) writeProvenance(folder, { ...provenance, shared });
  return true;
}

/** Whether everything in a folder is as git has it. */
function isCommitted(folder: string): boolean {
  const git = (...args: string[]): string | undefined => {
    const { status, stdout } = spawnSync('git', ['-C', projectRoot(), ...args, '--', folder], {
      encoding: 'utf8',
    });
    return status === 0 ? stdout : undefined;
  };
  return git('status', '--porcelain') === '' && (git('ls-files') ?? '') !== '';
}

/** The files of the README's figures, which show the committed results; without a browser the old ones stay. */
async function readmeFigureOf(folder: string): Promise<string[]> {
  if (basename(folder) !== 'neuralink') return [];
  try {
    return await writeReadmeFigures(folder);
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

/**
 * Runs the notebooks, those that do not need it left out, and keeps what they make under `figures/<dataset>/`:
 * each in a process of its own, several at a time.
 *
 * @param output - where progress is shown
 * @returns the exit code: 0, or 1 when a notebook failed, or 130 when it was stopped
 */
export function reproduce(options: ReproduceOptions, output: LineOutput): Promise<number> {
  const reproduction = new Reproduction(options, output);
  return options.plan ? reproduction.plan() : reproduction.run();
}

/**
 * Makes the gallery of a dataset again, and the pages of results, from what is under `figures/<dataset>/`: takes a
 * second, and needs neither recordings nor a browser.
 *
 * @returns the exit code: 1 when there is nothing to show, or something that was changed behind the notebooks' backs
 */
export async function reproduceGallery(options: ReproduceOptions, output: LineOutput): Promise<number> {
  const { dataset = 'neuralink', recordings } = options;
  const folder = join('figures', recordings === undefined ? dataset : `${dataset}-${recordings}`);
  const path = join(projectRoot(), folder);
  const { notebooks, shared } = readProvenance(path);
  const altered = Object.entries(notebooks).flatMap(([name, record]) =>
    savedProblems(path, name, record).map((problem) => `  ${name}: ${problem}`),
  );
  if (shared[RESULTS] !== undefined && hashFile(join(path, RESULTS)) !== shared[RESULTS]) {
    altered.push(`  ${RESULTS} is missing or has been changed`);
  }
  if (altered.length > 0) {
    output.write(
      `The gallery is not made, since what it shows of ${folder} is not what its notebooks made:\n` +
        `${altered.join('\n')}\nRestore these from the repository, or run the notebooks again: npm run reproduce.\n`,
    );
    return 1;
  }
  if (!(await makeGallery(path))) {
    output.write(`There is nothing in ${folder} to show: run the notebooks first.\n`);
    return 1;
  }
  if (recordings === undefined) updatePages(projectRoot(), path, dataset);
  output.write(`${opensText(folder)}\n`);
  return 0;
}
