/**
 * Which format a file or folder is in, by what it holds; names only tell apart what bytes cannot.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { BLACKROCK_MAGIC, openBlackrock } from './formats/blackrock';
import { openEdf } from './formats/edf';
import { HDF5_MAGIC, openHdf5 } from './formats/hdf5';
import { INTAN_MAGIC, INTAN_STIMULATION_MAGIC, openIntan } from './formats/intan';
import { NEURALYNX_MAGIC, openNeuralynx } from './formats/neuralynx';
import { NPY_MAGIC, openNpy } from './formats/npy';
import { OPEN_EPHYS_STRUCTURE, openOpenEphysBinary } from './formats/open-ephys-binary';
import { openOpenEphysLegacy } from './formats/open-ephys-legacy';
import { FileBytes } from './formats/parts/file-bytes';
import type { Hdf5Bounds } from './formats/parts/hdf5-tree';
import { findSidecar, SIDECAR_EXAMPLE } from './formats/parts/sidecar';
import { ZARR_FILES } from './formats/parts/zarr-tree';
import { openRawBinary } from './formats/raw-binary';
import { openSpikeGlx, spikeGlxPair } from './formats/spikeglx';
import { openWavRecording } from './formats/wav-recording';
import { openZarr } from './formats/zarr';
import { RecordingFormatError, type RecordingFile, type Stream } from './recording-file';

/** Information about a file that its own header lacks. */
export interface OpenOptions {
  /** Path of a JSON sidecar, where it is not beside the file. */
  readonly sidecar?: string | undefined;
  /** What the library that reads HDF5 may take. */
  readonly bounds?: Hdf5Bounds | undefined;
}

/** The formats that are read, for people. */
export const FORMATS =
  'WAV, raw binary with a JSON sidecar, NumPy .npy, SpikeGLX, Open Ephys (binary and legacy), Intan .rhd, ' +
  'Neuralynx .ncs, Blackrock .ns1–.ns6, NWB, BioCAM .brw and other HDF5, Zarr, EDF and BDF';

/** Files that are nothing but samples, mostly. */
const RAW_EXTENSIONS: readonly string[] = ['.bin', '.dat', '.raw', '.i16'];

/** Deepest folder that is looked into. */
const DEEPEST = 8;
/** Most files of one folder that are opened as one. */
const MOST_FILES = 20_000;

/**
 * Opens a recording: a file, or a folder of one.
 *
 * @throws RecordingFormatError when the path is missing, of no known format, damaged, or holds several recordings that
 *   do not belong together
 */
export async function openRecording(path: string, options: OpenOptions = {}): Promise<RecordingFile> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) {
    throw new RecordingFormatError(path, 'there is no such file or folder', 'Give the path of a recording.');
  }
  try {
    return await (found.isDirectory() ? openFolder(path, options) : openFile(path, options));
  } catch (error) {
    throw asFormatError(path, error);
  }
}

/** Errors of the system, such as a file that may not be read, say which file it was already. */
function asFormatError(path: string, error: unknown): unknown {
  if (!(error instanceof RangeError) || error.name !== 'RangeError') return error;
  return new RecordingFormatError(
    path,
    `its header asks for more than can be (${error.message})`,
    'The file is damaged: get it again.',
    { cause: error },
  );
}

async function openFile(path: string, options: OpenOptions): Promise<RecordingFile> {
  const extension = extname(path).toLowerCase();
  if (basename(path) === OPEN_EPHYS_STRUCTURE) return openEphysBinary(dirname(path), [path]);
  if (extension === '.meta') return openSpikeGlx(path);
  const front = new FileBytes(path).read(0, 512);
  const starts = (text: string): boolean =>
    front.length >= text.length && [...text].every((character, i) => front[i] === character.charCodeAt(0));
  const word = front.length < 4 ? 0 : new DataView(front.buffer).getUint32(0, true);
  if (['RIFF', 'RIFX', 'RF64', 'BW64'].some(starts)) return openWavRecording(path);
  if (starts(NPY_MAGIC)) return openNpy(path, options.sidecar);
  if (starts(HDF5_MAGIC)) return openHdf5(path, options.sidecar, options.bounds);
  if (word === INTAN_MAGIC || word === INTAN_STIMULATION_MAGIC) return openIntan(path);
  if (starts(NEURALYNX_MAGIC)) return openNeuralynx(path, [path]);
  if (BLACKROCK_MAGIC.some(starts)) return openBlackrock(path);
  if (starts('\xffBIOSEMI') || (starts('0       ') && /^\.(edf|rec)$/.test(extension))) return openEdf(path);
  if (starts("header.format = 'Open Ephys")) {
    return { ...openOpenEphysLegacy(dirname(path), [basename(path)]), ...legacy(path) };
  }
  if (extension === '.bin' && existsSync(spikeGlxPair(path).meta)) return openSpikeGlx(path);
  if (options.sidecar !== undefined || findSidecar(path) !== undefined) {
    return openRawBinary(path, options.sidecar);
  }
  throw unknownFormat(path, extension, front);
}

function unknownFormat(path: string, extension: string, front: Uint8Array): RecordingFormatError {
  if (front.length === 0) return new RecordingFormatError(path, 'it is empty', 'Get it again.');
  if (RAW_EXTENSIONS.includes(extension)) {
    return new RecordingFormatError(
      path,
      'it has no header that says what its samples are',
      `Write ${path}.json beside it, such as ${SIDECAR_EXAMPLE}; or put the recorder's own description there.`,
    );
  }
  const shown = [...front.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return new RecordingFormatError(
    path,
    `its first bytes (${shown}) are of no known format`,
    `Formats that are read: ${FORMATS}. Samples without a header need ${path}.json, such as ${SIDECAR_EXAMPLE}.`,
  );
}

function legacy(path: string): Pick<RecordingFile, 'path' | 'format' | 'close'> {
  return { path, format: 'Open Ephys (legacy)', close: () => undefined };
}

async function openFolder(path: string, options: OpenOptions): Promise<RecordingFile> {
  if (ZARR_FILES.some((name) => existsSync(join(path, name)))) return openZarr(path, options.sidecar);
  const names = readdirSync(path).sort(byNumber);
  const ending = (suffix: string): string[] => names.filter((name) => name.toLowerCase().endsWith(suffix));
  const at = (name: string): string => join(path, name);
  const structures = findStructures(path, 0);
  const metas = findMetas(path, 0);
  const blackrock = names.filter((name) => /\.ns[1-6]$/i.test(name));
  const edf = names.filter((name) => /\.(edf|bdf)$/i.test(name));
  const hdf5 = names.filter((name) => /\.(nwb|brw|h5|hdf5)$/i.test(name));
  const zarr = names.filter((name) => ZARR_FILES.some((file) => existsSync(join(path, name, file))));
  const kinds: { what: string; count: number; open: () => Promise<RecordingFile> | RecordingFile }[] = [
    { what: 'Open Ephys (binary)', count: structures.length, open: () => openEphysBinary(path, structures) },
    {
      what: 'Open Ephys (legacy)',
      count: ending('.continuous').length,
      open: () => ({ ...openOpenEphysLegacy(path, ending('.continuous')), ...legacy(path) }),
    },
    {
      what: 'Neuralynx',
      count: ending('.ncs').length,
      open: () => openNeuralynx(path, ending('.ncs').map(at)),
    },
    {
      what: 'SpikeGLX',
      count: metas.length,
      open: () => joinFiles(path, metas, (file) => openSpikeGlx(file)),
    },
    {
      what: 'Intan',
      count: ending('.rhd').length,
      open: () => joinFiles(path, ending('.rhd').map(at), (file) => openIntan(file)),
    },
    {
      what: 'Blackrock',
      count: blackrock.length,
      open: () => joinFiles(path, blackrock.map(at), (file) => openBlackrock(file)),
    },
    {
      what: 'WAV',
      count: ending('.wav').length,
      open: () => joinFiles(path, ending('.wav').map(at), openWavRecording),
    },
    { what: 'EDF', count: edf.length, open: () => joinFiles(path, edf.map(at), openEdf) },
    {
      what: 'HDF5',
      count: hdf5.length,
      open: () => joinFiles(path, hdf5.map(at), (file) => openHdf5(file, options.sidecar, options.bounds)),
    },
    {
      what: 'Zarr',
      count: zarr.length,
      open: () => joinFiles(path, zarr.map(at), (file) => openZarr(file, options.sidecar)),
    },
    {
      what: 'NumPy arrays',
      count: structures.length > 0 ? 0 : ending('.npy').length,
      open: () => joinFiles(path, ending('.npy').map(at), (file) => openNpy(file, options.sidecar)),
    },
    {
      what: 'raw binary',
      count: rawFiles(path, names).length,
      open: () =>
        joinFiles(path, rawFiles(path, names).map(at), (file) => openRawBinary(file, options.sidecar)),
    },
  ];
  const there = kinds.filter(({ count }) => count > 0);
  if (there.length === 1) {
    const [{ what, count, open }] = there as [(typeof kinds)[number]];
    if (count <= MOST_FILES) return open();
    throw new RecordingFormatError(path, `it holds ${count} files of ${what}`, 'Give a part of them.');
  }
  if (there.length > 1) {
    const list = there.map(({ what, count }) => `${count} of ${what}`).join(', ');
    throw new RecordingFormatError(
      path,
      `it holds recordings of several formats: ${list}`,
      'Give one of them.',
    );
  }
  const headerless = names.find((name) => RAW_EXTENSIONS.includes(extname(name).toLowerCase()));
  if (headerless !== undefined) return openFile(at(headerless), options);
  const folders = names.filter((name) => statSync(at(name), { throwIfNoEntry: false })?.isDirectory());
  throw new RecordingFormatError(
    path,
    names.length === 0 ? 'it is empty' : `none of its ${names.length} entries is a recording`,
    folders.length > 0
      ? `Give a folder in it (${folders.slice(0, 5).join(', ')}). Formats that are read: ${FORMATS}.`
      : `Formats that are read: ${FORMATS}.`,
  );
}

/** Raw files that have a sidecar and no description of another kind. */
function rawFiles(path: string, names: readonly string[]): string[] {
  return names.filter(
    (name) =>
      RAW_EXTENSIONS.includes(extname(name).toLowerCase()) && findSidecar(join(path, name)) !== undefined,
  );
}

/** Descriptions of Open Ephys recordings in a folder and those within it. */
function findStructures(folder: string, depth: number): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => byNumber(a.name, b.name));
  const here = entries.some(({ name }) => name === OPEN_EPHYS_STRUCTURE);
  if (here) return [join(folder, OPEN_EPHYS_STRUCTURE)];
  if (depth === DEEPEST) return [];
  return entries
    .filter((entry) => entry.isDirectory() && /^(Record Node|experiment|recording)/i.test(entry.name))
    .flatMap((entry) => findStructures(join(folder, entry.name), depth + 1));
}

/** Descriptions of SpikeGLX files in the folder of a run and those of its probes, `run_g0_imec0`. */
function findMetas(folder: string, depth: number): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => byNumber(a.name, b.name));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return depth < 2 && /_g\d+(_imec\d+)?$/.test(entry.name) ? findMetas(path, depth + 1) : [];
    }
    return /\.(ap|lf|nidq|obx)\.meta$/.test(entry.name) ? [path] : [];
  });
}

function openEphysBinary(path: string, structures: readonly string[]): RecordingFile {
  const parts = structures.map((structure, segment) => openOpenEphysBinary(structure, segment));
  return {
    path,
    format: 'Open Ephys (binary)',
    streams: parts.flatMap(({ streams }) => streams),
    notes: parts.flatMap(({ notes }) => notes),
    close: () => undefined,
  };
}

/** Files of one format in a folder, as one: streams of equal names are segments of one recording. */
async function joinFiles(
  path: string,
  files: readonly string[],
  open: (file: string) => RecordingFile | Promise<RecordingFile>,
): Promise<RecordingFile> {
  const opened: RecordingFile[] = [];
  const close = (): void => opened.forEach((file) => file.close());
  try {
    for (const file of files) opened.push(await open(file));
  } catch (error) {
    close();
    throw error;
  }
  const segments = new Map<string, number>();
  const streams = opened.flatMap((file) =>
    file.streams.map((stream): Stream => {
      const segment = segments.get(stream.name) ?? 0;
      segments.set(stream.name, segment + 1);
      return { ...stream, segment };
    }),
  );
  const notes = opened.flatMap((file) => file.notes.map((note) => `${basename(file.path)}: ${note}`));
  return { path, format: opened[0]!.format, streams, notes, close };
}

/** Names in the order of the numbers in them. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
