/**
 * Damages every file that is kept between runs, one after another, and runs every command that asks the system for
 * that file. Each must give the same result as without the damage, or an error of this project that names the fault
 * and the remedy. Compiled kernels and modules are damaged in `tests/kernels` and `tests/kernel`.
 *
 * A command that never asks for a file cannot tell whether it is damaged, so it need not be run.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { fileState } from '../../lib/files/file-state';
import { projectRoot } from '../../lib/files/project-root';
import { figureJson } from '../../lib/figures/figure';
import { pcm16FromCodes, SAMPLE_RATE, standardDeviation } from '../../lib/recordings/adc';
import { openCorpus } from '../../lib/recordings/corpus';
import { formatManifest } from '../../lib/recordings/manifest';
import { canonicalWav } from '../../lib/recordings/wav';
import { describeDataset, hashCurves, writeResults } from '../../lib/results/results';
import { hashFile, writeProvenance, type NotebookRecord } from '../../tools/reproduce/provenance';
import { zipArchive } from '../../tools/fuzz/zip-archive';
import { curve, EXAMPLES } from '../figures/examples';
import { noiseCodes } from '../study/small-corpus';
import { commandsInProcess, type CommandEnd, type InProcessCommand } from './commands-in-process';
import { createTemporaryProject, type TemporaryProject } from './temporary-project';

const BASIS = 'klt-16';
/** A basis whose learner keeps its state. */
const RESUMED = 'sparsifying-16-count';
const NOTEBOOK = '02-cosine.ipynb';
/** Files outside of what is kept: inputs and outputs that a user types, an archive, the programs that evaluate runs. */
const BESIDE = 'beside';

// Not asked of projectRoot(), which would remember it.
const checkout = process.cwd();
let project: TemporaryProject;
let original = '';
let scripts: Record<string, InProcessCommand> = {};

after(() => {
  process.chdir(checkout);
  project.remove();
  rmSync(original, { recursive: true, force: true });
});

/** A command line, and what it leaves. */
interface Trial {
  readonly script: string;
  readonly args: readonly string[];
  /** Files that are removed before. */
  readonly without?: string;
  /** Files that are its result, beside what it prints. */
  readonly makes?: readonly string[];
  /** Lines of its output that differ from run to run. */
  readonly times?: RegExp;
}

const beside = (name: string): string => join(BESIDE, name);
const wav = (i: number): string => join('data', 'neuralink', `recording-${i}.wav`);

const TRIALS: Readonly<Record<string, Trial>> = {
  'sweep in a notebook': { script: 'notebook-work', args: ['sweep', 'haar-4'] },
  'sweep in a notebook, with nothing kept': {
    script: 'notebook-work',
    args: ['sweep', 'haar-4'],
    without: join('.cache', 'sweeps'),
  },
  'sweep of a basis of a cell': { script: 'notebook-work', args: ['sweep', 'own'] },
  sweep: { script: 'sweep', args: ['--basis', BASIS, '--steps', '0,8', '--jobs', '1'] },
  bound: { script: 'notebook-work', args: ['bound'] },
  model: { script: 'notebook-work', args: ['model', BASIS] },
  'trial of a study': { script: 'notebook-work', args: ['trial', BASIS] },
  'lossless by the other fold': { script: 'notebook-work', args: ['lossless'] },
  'measurement of a group': { script: 'notebook-work', args: ['group'] },
  'gains of neighbors': { script: 'notebook-work', args: ['gains'] },
  'learning that was stopped': {
    script: 'notebook-work',
    args: ['go-on-learning', RESUMED],
    without: join('.cache', 'stopped-models'),
  },
  'sweep of a part': {
    script: 'sweep',
    args: ['--basis', 'dct-8', '--steps', '0,8', '--shard', '1/2', '--jobs', '1'],
  },
  'learn on a subset': { script: 'learn', args: ['--basis', BASIS, '--recordings', '2'] },
  jobs: { script: 'jobs', args: [] },
  'data --verify': {
    script: 'data',
    args: ['--verify', '--from', beside('data.zip')],
    makes: [0, 1, 2].map(wav),
  },
  'reproduce --gallery': {
    script: 'reproduce',
    args: ['--gallery'],
    makes: ['index.html', 'plotly.min.js', 'results.js', `${basename(NOTEBOOK, '.ipynb')}.js`].map((name) =>
      join('figures', 'neuralink', name),
    ),
  },
  encode: {
    script: 'encode',
    args: [beside('in.wav'), beside('made.nbz'), '--basis', BASIS, '--step', '4'],
    makes: [beside('made.nbz')],
  },
  decode: {
    script: 'decode',
    args: [beside('in.nbz'), beside('made.wav')],
    makes: [beside('made.wav')],
  },
  learn: { script: 'learn', args: ['--basis', BASIS] },
  'learn --force': { script: 'learn', args: ['--basis', BASIS, '--force'] },
  evaluate: {
    script: 'evaluate',
    args: ['--encode', beside('encode'), '--decode', beside('decode'), '--jobs', '2'],
    times: /^(en|de)code, process included .*$/gm,
  },
};

async function prepare(): Promise<void> {
  project = createTemporaryProject({}, checkout);
  // What other commands have kept of the code would be read by none of those here.
  for (const copied of readdirSync(join(project.folder, '.cache'))) {
    if (copied !== 'kernels')
      rmSync(join(project.folder, '.cache', copied), { recursive: true, force: true });
  }
  process.chdir(project.folder);
  // Pictures stay as they are: each damage would start a browser to draw the README's anew.
  process.env['CHROME'] = join(project.folder, 'no-browser');
  assert.equal(projectRoot(), process.cwd(), 'what follows is about the temporary project');
  writeRecordings();
  writeFigures();
  // Programs that compress nothing: what evaluate asks for is the recordings.
  for (const program of ['encode', 'decode']) {
    writeFileSync(beside(program), '#!/bin/sh\ncp "$1" "$2"\n', { mode: 0o755 });
  }
  scripts = await commandsInProcess(checkout, [
    'tests/tools/notebook-work.ts',
    'tools/figure.ts',
    ...[...new Set(Object.values(TRIALS).map(({ script }) => script))]
      .filter((script) => script !== 'notebook-work')
      .map((script) => `tools/${script}.ts`),
  ]);
  for (const args of [
    ['learn', '--basis', BASIS],
    ['encode', beside('in.wav'), beside('in.nbz'), '--basis', BASIS, '--step', '4'],
  ]) {
    const { code, stderr } = await scripts[args[0]!]!({ args: args.slice(1) });
    assert.equal(code, 0, stderr);
  }
  // All is kept that is to be kept.
  for (const trial of Object.values(TRIALS)) await runTrial(trial, undefined);
  rmSync(join('.cache', 'stopped-models'), { recursive: true });
  const { stdout } = await scripts['notebook-work']!({ args: ['stop-learning', RESUMED] });
  assert.match(stdout, /stopped/);
  original = `${process.cwd()}-original`;
  cpSync(process.cwd(), original, { recursive: true, verbatimSymlinks: true });
}

/** Three short recordings that stand for the real ones, and their archive. */
function writeRecordings(): void {
  mkdirSync(join('data', 'neuralink'), { recursive: true });
  mkdirSync(BESIDE);
  const entries = [9000, 9001, 9002].map((length, i) => {
    const codes = noiseCodes(length, i);
    const bytes = canonicalWav(pcm16FromCodes(codes), SAMPLE_RATE);
    writeFileSync(wav(i), bytes);
    return {
      name: basename(wav(i)),
      bytes: bytes.length,
      samples: length,
      standardDeviation: standardDeviation(codes),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  });
  writeFileSync(join('data', 'neuralink.manifest.tsv'), formatManifest(entries));
  const contents = entries.map(({ name }, i) => ({ name, content: readFileSync(wav(i)) }));
  writeFileSync(beside('data.zip'), zipArchive(contents));
  cpSync(wav(0), beside('in.wav'));
}

/** The output of a notebook: two figures and a curve. */
function writeFigures(): void {
  const folder = join('figures', 'neuralink');
  mkdirSync(folder, { recursive: true });
  const outputs: Record<string, string> = {};
  for (const [position, figure] of EXAMPLES.slice(0, 2).entries()) {
    const start = `${basename(NOTEBOOK, '.ipynb')}-${figure.name}`;
    const files = {
      [`${start}.json`]: figureJson({ ...figure, notebook: basename(NOTEBOOK, '.ipynb'), position }),
      [`${start}.svg`]: '<svg xmlns="http://www.w3.org/2000/svg"/>',
    };
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, name), text);
      outputs[name] = hashFile(join(folder, name))!;
    }
  }
  const curves = [curve('dct-256', 6, NOTEBOOK)];
  writeResults(join(folder, 'results.json'), { dataset: describeDataset(openCorpus()), curves });
  const record = {
    inputs: {},
    outputs,
    executed: '',
    curves: hashCurves(curves),
  } as unknown as NotebookRecord;
  writeProvenance(folder, { notebooks: { [NOTEBOOK]: record }, shared: {} });
}

/** @returns how it ended, and its result: what it printed and made */
async function runTrial(
  { script, args, without, makes = [], times }: Trial,
  denied: string | undefined,
): Promise<CommandEnd & { readonly result: string }> {
  if (without !== undefined) rmSync(without, { recursive: true, force: true });
  const end = await scripts[script]!({ args, denied });
  const files = makes.map((path) => `${path}: ${hashFile(path)}`);
  return { ...end, result: [times ? end.stdout.replace(times, '') : end.stdout, ...files].join('\n') };
}

function flipped(bytes: Buffer, at: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1 << bit;
  return copy;
}

/** Kinds of damage to a file. */
const DAMAGES: Readonly<Record<string, (path: string, bytes: Buffer) => void>> = {
  'a bit of its first third': (path, bytes) =>
    writeFileSync(path, flipped(bytes, Math.floor(bytes.length / 3), 0)),
  'a bit near its end': (path, bytes) => writeFileSync(path, flipped(bytes, bytes.length - 2, 2)),
  'cut in half': (path, bytes) => writeFileSync(path, bytes.subarray(0, bytes.length / 2)),
  'JSON of another shape': (path) => writeFileSync(path, '{}\n'),
  // Root could read it all the same, so it is denied to the command, too.
  'another owner': (path) => {
    if (process.getuid?.() === 0) chownSync(path, 65534, 65534);
    chmodSync(path, 0o400);
  },
};

/** Files of a project that are kept between runs, by their paths in it. */
function filesBetweenRuns(folder: string): string[] {
  return ['.cache', 'data', 'models', 'figures'].flatMap((top) =>
    readdirSync(join(folder, top), { recursive: true, encoding: 'utf8' })
      .map((name) => join(top, name))
      .filter((path) => statSync(join(folder, path), { throwIfNoEntry: false })?.isFile())
      .filter((path) => !path.startsWith(join('.cache', 'kernels'))),
  );
}

/** What else lies under `.cache`: the test that damages it, or why it need not be damaged. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  kernels: 'tests/kernels/kept-kernels.test.ts',
  modules: 'tests/kernel/module-compiler.test.ts',
  claims: 'tests/measuring/claims.test.ts',
  'fuzz.json': 'tests/tools/fuzz.test.ts',
  'data.zip.part': 'tests/data/download.test.ts',
  'data.lock': 'tests/tools/lock.test.ts',
  'data-': 'locks: tests/tools/lock.test.ts',
  reproduce: 'what a run has not kept yet, which is removed before the next',
  workflow: 'what an engine is told, written before each run',
  bench: 'what a bench exchanges with Python, removed at its end',
  browsers: 'profiles, removed when the browser ends',
  'chromium-': 'a program',
  jupyter: 'a kernel specification, written at each start',
  'jupyter-subset': 'as jupyter',
  sorting: 'recordings that a bench makes in each run',
};

/** Names under `.cache` that the sources have. */
function foldersOfCache(): string[] {
  const sources = ['lib', 'tools', 'kernel', 'bench'].flatMap((top) =>
    readdirSync(join(checkout, top), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(checkout, top, name), 'utf8')),
  );
  const named = sources.flatMap((source) =>
    [...source.matchAll(/'\.cache', (?:\w+ \? )?['`]([\w.-]+)/g)].map(([, name]) => name!),
  );
  return [...new Set(named)].sort();
}

/** States of the files as they were after the last {@link putBack}. */
const states = new Map<string, string>();

/** Makes all files what they were before the damage. */
function putBack(kept: readonly string[]): void {
  for (const path of filesBetweenRuns('.')) if (!kept.includes(path)) rmSync(path);
  for (const path of kept) {
    if (states.has(path) && states.get(path) === fileState(path)) continue;
    rmSync(path, { force: true });
    mkdirSync(dirname(path), { recursive: true });
    cpSync(join(original, path), path);
    states.set(path, fileState(path));
  }
}

/** What a message must have: something to do. */
const CURE = /restore|remove|import it again|import them|learn it|run |make it |add --replace|--from/i;

test('damage to a file between runs changes no number: it is found, or it does not matter', async () => {
  await prepare();
  const kept = filesBetweenRuns(original);
  const kinds = new Set(kept.map((path) => `${path.split('/').slice(0, 2).join('/')} ${extname(path)}`));
  for (const kind of [
    '.cache/code ',
    '.cache/workers ',
    '.cache/workers .cjs',
    '.cache/bounds ',
    '.cache/trials ',
    '.cache/lossless ',
    '.cache/limits ',
    '.cache/groups ',
    '.cache/learning ',
    '.cache/models ',
    '.cache/sweeps .jsonl',
    'data/neuralink .wav',
    'data/neuralink.manifest.tsv .tsv',
    'models/klt-16',
    'figures/neuralink .json',
    'figures/neuralink .svg',
    'figures/neuralink .html',
  ]) {
    assert.ok(
      [...kinds].some((one) => one.startsWith(kind)),
      `${kind} is among ${[...kinds].join(', ')}`,
    );
  }
  const inCache = new Set(kept.map((path) => path.split('/')).map(([top, name]) => top === '.cache' && name));
  const unknown = foldersOfCache().filter((name) => !inCache.has(name) && ELSEWHERE[name] === undefined);
  assert.deepEqual(unknown, [], 'is kept between runs, and damaged by no test');
  const undisturbed = new Map<string, Awaited<ReturnType<typeof runTrial>>>();
  for (const [name, trial] of Object.entries(TRIALS)) {
    putBack(kept);
    const end = await runTrial(trial, undefined);
    assert.equal(end.code, 0, `${name}: ${end.stderr}`);
    undisturbed.set(name, end);
  }
  const found = new Set<string>();
  const wrong: string[] = [];
  for (const path of kept) {
    const readers = Object.entries(TRIALS).filter(([name]) =>
      undisturbed.get(name)!.touched.has(resolve(path)),
    );
    assert.ok(readers.length > 0, `${path} is read by a command`);
    for (const [damage, apply] of Object.entries(DAMAGES)) {
      for (const [name, trial] of readers) {
        putBack(kept);
        apply(path, readFileSync(path));
        const end = await runTrial(trial, damage === 'another owner' ? resolve(path) : undefined);
        const what = `${name} with ${path}, ${damage}`;
        if (end.code === 0) {
          if (end.result !== undisturbed.get(name)!.result)
            wrong.push(`${what}: another result\n${end.result}`);
          continue;
        }
        found.add(path);
        const text = `${end.stdout}${end.stderr}`;
        if (/\n {4}at /.test(text)) wrong.push(`${what}: a stack in place of a message\n${text}`);
        else if (!CURE.test(text)) wrong.push(`${what}: no remedy\n${text}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok([wav(0), join('data', 'neuralink.manifest.tsv')].every((path) => found.has(path)));
});

test('a figure that was changed since its notebook saved it is not drawn', async () => {
  const path = join('figures', 'neuralink', `${basename(NOTEBOOK, '.ipynb')}-${EXAMPLES[0]!.name}.json`);
  const drawn = (denied?: string): Promise<CommandEnd> => scripts['figure']!({ args: [path], denied });
  const kept = filesBetweenRuns(original);
  putBack(kept);
  // It gets as far as the browser, which is not there.
  assert.match((await drawn()).stderr, /no-browser/);
  for (const [damage, apply] of Object.entries(DAMAGES)) {
    putBack(kept);
    apply(path, readFileSync(path));
    const { code, stderr } = await drawn(damage === 'another owner' ? resolve(path) : undefined);
    assert.notEqual(code, 0, damage);
    assert.match(stderr, new RegExp(`${basename(path)}.*(restore|give the)`), damage);
    assert.doesNotMatch(stderr, /no-browser/, damage);
  }
});
