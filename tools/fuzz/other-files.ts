/**
 * Families of files that are not coded: recordings of laboratories, notebooks, models, archives.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseNotebook, serializeNotebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';
import { hashModel, serializeModel } from '../../lib/models/model';
import { readModel } from '../../lib/models/model-store';
import { openRecording } from '../../lib/recordings/recognize';
import { parseWav } from '../../lib/recordings/wav';
import { describeArchive } from '../data/archive';
import { conventionalOnly, hashSource, importedModules, shownSubset } from '../reproduce/notebook-file';
import { damaged, whole } from './damage';
import { afterDamage, randomOf, refusedOr, type FuzzFamily, type Outcome } from './family';
import { randomFile, randomRecording } from './random-files';
import { zipArchive } from './zip-archive';

const NAMED_BY_READERS = ['RecordingFormatError', 'WavFormatError', 'InexactSampleError'];
/** Samples of a stream that are read. */
const READ = 100;
/** Of HDF5 files: most are refused, and then a thread ends and another starts, which takes as long as hundreds of inputs. */
const HDF5_SHARE = 1 / 100;
const HDF5 = /\.(h5|nwb|brw)$/;
/** Milliseconds that the library for HDF5 may take for one answer. */
const ANSWER = 4000;

/** Like {@link refusedOr}, of something that takes its time. */
async function refusedLater(names: readonly string[], body: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) return 'refused';
    throw error;
  }
}

async function tryRecording(path: string): Promise<Outcome> {
  const file = await openRecording(path, { bounds: { time: ANSWER } });
  try {
    for (const stream of file.streams.slice(0, 4)) {
      const count = Math.min(READ, stream.samples);
      if (stream.channels.length > 0)
        await stream.read([stream.channels.length - 1], stream.samples - count, count);
    }
  } finally {
    file.close();
  }
  return 'decoded';
}

/** Every small recording of the tests, with one of its files damaged, mostly at its front. */
function recordingFamilies(scratch: string): FuzzFamily[] {
  const fixtures = join(projectRoot(), 'tests', 'fixtures', 'recordings');
  const names = readdirSync(fixtures).filter((name) => !name.endsWith('.json') && name !== 'long.npy');
  return names.map((name) => {
    const title = `reader, ${name}`;
    const share = HDF5.test(name) ? HDF5_SHARE : 1;
    /** The file that the last input has damaged. */
    let last: { path: string; contents: Buffer } | undefined;
    let copied: { path: string; files: { path: string; contents: Buffer }[] } | undefined;
    return {
      ...{ name: title, share },
      tryInput: async (number) => {
        copied ??= copyOf(join(fixtures, name), scratch);
        const random = randomOf(title, number);
        const file = copied.files[whole(random, copied.files.length)]!;
        if (last && (last !== file || afterDamage(number))) writeFileSync(last.path, last.contents);
        last = file;
        if (afterDamage(number)) await tryRecording(copied.path);
        const { path, contents } = file;
        const front = random() < 0.8 ? Math.min(contents.length, 2048) : contents.length;
        const broken = damaged(random, contents.subarray(0, front));
        writeFileSync(path, Buffer.concat([broken, contents.subarray(front)]));
        const opened = copied.path;
        return refusedLater(NAMED_BY_READERS, () => tryRecording(opened));
      },
    };
  });
}

function copyOf(
  source: string,
  scratch: string,
): { path: string; files: { path: string; contents: Buffer }[] } {
  const folder = mkdtempSync(join(scratch, 'recording-'));
  const path = join(folder, basename(source));
  cpSync(source, path, { recursive: true });
  // A description beside it, if it has one, has the name of the file and more.
  const beside = `${source}.json`;
  if (statSync(beside, { throwIfNoEntry: false })) cpSync(beside, `${path}.json`);
  const inside = statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name))
    : [path];
  const files = inside
    .filter((one) => statSync(one).isFile())
    .map((one) => ({ path: one, contents: readFileSync(one) }));
  return { path, files };
}

const NOTEBOOK = JSON.stringify({
  cells: [
    { cell_type: 'markdown', id: 'a', metadata: {}, source: ['# Title\n', 'text'] },
    {
      ...{ cell_type: 'code', id: 'b', metadata: { tags: ['x'] }, execution_count: 3 },
      source: ["import { a } from './lib/a';\n", 'a();'],
      outputs: [
        { output_type: 'stream', name: 'stdout', text: ['one\n'] },
        { output_type: 'display_data', metadata: {}, data: { 'text/plain': ['x'] } },
        { output_type: 'error', ename: 'E', evalue: 'v', traceback: ['t'] },
      ],
    },
  ],
  metadata: { kernelspec: { name: 'neurobasis' }, neurobasis: { conventionalOnly: true } },
  nbformat: 4,
  nbformat_minor: 5,
});

function tryNotebook(random: () => number): Outcome {
  const text = Buffer.from(damaged(random, Buffer.from(NOTEBOOK))).toString('utf8');
  return refusedOr<Outcome>(['NotebookFormatError'], () => {
    const notebook = parseNotebook(text, 'damaged.ipynb');
    parseNotebook(serializeNotebook(notebook), 'again.ipynb');
    hashSource(notebook);
    importedModules(notebook);
    shownSubset(notebook);
    conventionalOnly(notebook);
    return 'decoded';
  });
}

const MODEL = serializeModel(
  {
    ...{ basis: 'klt-2', fold: 0, corpus: { name: 'made', sha256: '0' }, recordings: 2 },
    ...{ hyperparameters: { block: 2 }, code: '0', history: { error: [2, 1] } },
  },
  { components: Float32Array.of(1, 0, 0, 1) },
);

/** A model is found by its hash, so damage shows before anything else is read. */
function tryModel(random: () => number, scratch: string): Outcome {
  const path = join(scratch, 'klt-2.model');
  writeFileSync(path, damaged(random, MODEL));
  const hash = hashModel(MODEL).slice(0, 16);
  return refusedOr<Outcome>(['DamagedModelError'], () => {
    readModel({ path, hash, basis: 'klt-2', fold: 0 });
    return 'equal';
  });
}

async function tryArchive(random: () => number, scratch: string): Promise<Outcome> {
  const path = join(scratch, 'data.zip');
  const files = [0, 1].map((i) => {
    return { name: `data/${i}.wav`, content: randomRecording(random), stored: true };
  });
  writeFileSync(path, damaged(random, zipArchive(files)));
  return refusedLater(['ArchiveError', 'WavFormatError'], async () => {
    await describeArchive(path);
    return 'decoded';
  });
}

/** @param scratch - a folder for files that are read from the disk */
export function otherFamilies(scratch: string): FuzzFamily[] {
  return [
    {
      name: 'WAV',
      tryInput: (number) =>
        refusedOr<Outcome>(['WavFormatError'], () => {
          parseWav(randomFile(randomOf('WAV', number)), 'input');
          return 'decoded';
        }),
    },
    ...recordingFamilies(scratch),
    { name: 'notebook', tryInput: (number) => tryNotebook(randomOf('notebook', number)) },
    { name: 'model', tryInput: (number) => tryModel(randomOf('model', number), scratch) },
    { name: 'archive', tryInput: (number) => tryArchive(randomOf('archive', number), scratch) },
  ];
}
