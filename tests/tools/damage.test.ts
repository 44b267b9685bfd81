/**
 * Damages every file that is kept between runs, one after another, and runs the commands. Each must give the
 * same result as without the damage, or an error of this project that names the fault and the remedy. Kernels
 * are damaged in `tests/kernels`.
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
import { basename, extname, join, relative } from 'node:path';
import { after, test } from 'node:test';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { figureJson } from '../../lib/figures/figure';
import { modelLearnedOn } from '../../lib/models/model-store';
import { projectRoot } from '../../lib/files/project-root';
import { pcm16FromCodes, SAMPLE_RATE, standardDeviation } from '../../lib/recordings/adc';
import { openCorpus, type Corpus } from '../../lib/recordings/corpus';
import { formatManifest, readManifest } from '../../lib/recordings/manifest';
import { canonicalWav } from '../../lib/recordings/wav';
import { corpusBound } from '../../lib/study/corpus-bound';
import { describeDataset, writeResults } from '../../lib/results/results';
import { sweep } from '../../lib/measuring/sweep';
import { listenToWarnings } from '../../lib/files/warnings';
import { missingRecordings } from '../../tools/data/archive';
import { hashCurves, hashFile, writeProvenance, type NotebookRecord } from '../../tools/reproduce/provenance';
import { reproduceGallery } from '../../tools/reproduce/reproduce';
import { curve, EXAMPLES } from '../figures/examples';
import { createPlainCodec, noiseCodes } from '../study/small-corpus';
import { createTemporaryProject, type TemporaryProject } from './temporary-project';

const BASIS = 'klt-16';
const NOTEBOOK = '02-cosine.ipynb';

// Not asked of projectRoot(), which would remember it.
const checkout = process.cwd();
let project: TemporaryProject;
let original = '';

after(() => {
  process.chdir(checkout);
  project.remove();
  rmSync(original, { recursive: true, force: true });
});

async function prepare(): Promise<void> {
  project = createTemporaryProject({}, checkout);
  process.chdir(project.folder);
  // Pictures stay as they are: each damage would start a browser to draw the README's anew.
  process.env['CHROME'] = join(project.folder, 'no-browser');
  assert.equal(projectRoot(), process.cwd(), 'what follows is about the temporary project');
  listenToWarnings(() => {});
  writeRecordings();
  for (const name of readdirSync(join(checkout, 'models'))) {
    if (name.startsWith(`${BASIS}.`)) cpSync(join(checkout, 'models', name), join('models', name));
  }
  writeFigures(openCorpus());
  await outcomes();
  original = `${process.cwd()}-original`;
  cpSync(process.cwd(), original, { recursive: true, verbatimSymlinks: true });
}

/** Three short recordings that stand for the real ones. */
function writeRecordings(): void {
  const folder = join('data', 'neuralink');
  mkdirSync(folder, { recursive: true });
  const entries = [9000, 9001, 9002].map((length, i) => {
    const codes = noiseCodes(length, i);
    const wav = canonicalWav(pcm16FromCodes(codes), SAMPLE_RATE);
    const name = `recording-${i}.wav`;
    writeFileSync(join(folder, name), wav);
    return {
      name,
      bytes: wav.length,
      samples: length,
      standardDeviation: standardDeviation(codes),
      sha256: createHash('sha256').update(wav).digest('hex'),
    };
  });
  writeFileSync(join('data', 'neuralink.manifest.tsv'), formatManifest(entries));
}

/** The output of a notebook: two figures and a curve. */
function writeFigures(corpus: Corpus): void {
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
  writeResults(join(folder, 'results.json'), { dataset: describeDataset(corpus), curves });
  const record = {
    inputs: {},
    outputs,
    executed: '',
    curves: hashCurves(curves),
  } as unknown as NotebookRecord;
  writeProvenance(folder, { notebooks: { [NOTEBOOK]: record }, shared: {} });
}

/** Outcome of a command: its result as text, or its error. */
type Outcome = string | Error;

/** The commands that read files kept between runs. */
const COMMANDS: Readonly<Record<string, () => Promise<unknown>>> = {
  'sweep, from the cache where it can be': () => measured('haar-4'),
  'sweep of a basis of a cell': () => measured(undefined),
  bound: async () => corpusBound(openCorpus()),
  'data --verify': verified,
  'reproduce --gallery': gallery,
  // Models are remembered by their path.
  model: () => {
    const copy = join('.cache', 'models', String(copies++));
    cpSync('models', copy, { recursive: true });
    return Promise.resolve([0, 1].map((fold) => modelLearnedOn(BASIS, fold as 0 | 1, copy).sha256));
  },
};
let copies = 0;

async function measured(codecId: string | undefined): Promise<unknown> {
  const codec = codecId === undefined ? createPlainCodec() : codecFromId(codecId);
  const { recordings } = await sweep(codec, openCorpus(), [0, 8], { jobs: 1 });
  return recordings.map(({ recording: { name, sha256 }, facts, points }) => ({
    ...{ name, sha256, facts },
    // Times are another each time.
    points: points.map((point) => ({ ...point, encodeSeconds: 0, decodeSeconds: 0 })),
  }));
}

/** Stands for a command that reports what is wrong and returns an exit code. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** Checks the files as the command does before it imports missing ones. */
async function verified(): Promise<unknown> {
  const manifest = readManifest(join('data', 'neuralink.manifest.tsv'));
  const missing = await missingRecordings(join('data', 'neuralink'), manifest, true);
  if (missing.length > 0)
    throw new RefusedError(`import it again: ${missing.map(({ name }) => name).join()}`);
  return manifest;
}

async function gallery(): Promise<unknown> {
  let said = '';
  const options = {
    dataset: undefined,
    only: [],
    recordings: undefined,
    jobs: 1,
    force: false,
    plan: false,
    audit: undefined,
    adopt: undefined,
    gallery: true,
  };
  const code = await reproduceGallery(options, { write: (text) => (said += text) });
  if (code !== 0) throw new RefusedError(said);
  return ['index.html', 'plotly.min.js'].map((name) => hashFile(join('figures', 'neuralink', name)));
}

async function outcomes(): Promise<Map<string, Outcome>> {
  const all = new Map<string, Outcome>();
  for (const [name, run] of Object.entries(COMMANDS)) {
    try {
      all.set(name, JSON.stringify(await run()));
    } catch (error) {
      all.set(name, error as Error);
    }
  }
  return all;
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
  'another owner': (path) => {
    if (process.getuid?.() === 0) chownSync(path, 65534, 65534);
    chmodSync(path, 0o400);
  },
};

function filesBetweenRuns(): string[] {
  return ['.cache', 'data', 'models', 'figures'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile())
      .filter(
        (path) => !path.startsWith(join('.cache', 'kernels')) && !path.startsWith(join('.cache', 'models')),
      ),
  );
}

/**
 * Errors of JavaScript and of the operating system name neither the file's role nor a remedy, so they do not
 * count.
 */
const UNNAMED = /^(Error|TypeError|RangeError|SyntaxError|ReferenceError)$/;
const CURE = /restore|remove|import it again|import them|learn it|run |make it readable/i;

test('damage to a file between runs changes no number: it is found, or it does not matter', async () => {
  await prepare();
  const undisturbed = await outcomes();
  for (const [name, outcome] of undisturbed)
    assert.equal(typeof outcome, 'string', `${name}: ${String(outcome)}`);
  const byKind = new Map<string, string[]>();
  for (const path of filesBetweenRuns()) {
    const kind = `${path.split('/').slice(0, 2).join('/')} ${extname(path)}`;
    byKind.set(kind, [...(byKind.get(kind) ?? []), path]);
  }
  const kinds = new Set(byKind.keys());
  // The first and the last of a kind: those between are read by the same lines.
  const files = [...byKind.values()].flatMap((paths) => [...new Set([paths[0]!, paths.at(-1)!])]);
  for (const kind of [
    '.cache/sweeps .jsonl',
    '.cache/workers .cjs',
    '.cache/bounds .json',
    'data/neuralink .wav',
    'data/neuralink.manifest.tsv .tsv',
    'figures/neuralink .json',
    'figures/neuralink .svg',
    'figures/neuralink .html',
  ]) {
    assert.ok(kinds.has(kind), `${kind} is among ${[...kinds].join(', ')}`);
  }
  let refusals = 0;
  for (const path of files) {
    for (const [damage, apply] of Object.entries(DAMAGES)) {
      const bytes = readFileSync(path);
      apply(path, bytes);
      for (const [command, outcome] of await outcomes()) {
        const what = `${command} with ${path}, ${damage}`;
        if (typeof outcome === 'string') {
          assert.equal(outcome, undisturbed.get(command), what);
        } else {
          refusals++;
          assert.ok(!UNNAMED.test(outcome.name), `${what}: ${outcome.stack}`);
          assert.match(outcome.message, CURE, what);
        }
      }
      cpSync(join(original, path), path);
    }
    assert.deepEqual(await outcomes(), undisturbed, `after ${relative('.', path)} was put back`);
  }
  assert.ok(refusals > 0);
});
