import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../files/project-root';
import { codesFromPcm16, pcm16FromCodes, MAX_ADC_CODE, NEURALINK_ELECTRODE, NEURALINK_NOISE } from './adc';
import { importedDatasets, readDatasetManifest, recordingsOf } from './datasets/dataset-manifest';
import { codesOfPcm, pcmOfCodes } from './datasets/kept-codes';
import { type Fold, foldOf } from './folds';
import { type ManifestEntry, readManifest } from './manifest';
import { sampleRangeOf, type SampleRange, type FullScale, type Recording } from './recording';
import { ensureSample, FIRST_RECORDINGS } from './sample';
import { canonicalWav, parseWav } from './wav';

/**
 * A corpus: the set of recordings that a study is made on.
 */

export type { Recording } from './recording';

/** A set of recordings, in the order of their names. */
export interface Corpus {
  /** Short name, also the folder under `figures/`: `"neuralink"`, `"sample"`, or `"neuralink-24"` for a subset. */
  readonly name: string;
  /** Name of the dataset that it is all or a part of: `"neuralink"`, `"sample"`, `"mylab"`. */
  readonly dataset: string;
  /** How titles name it: `"743 Neuralink recordings"`, `"synthetic sample (4 recordings)"`. */
  readonly label: string;
  /** True when the recordings were made by the generator and not by an electrode. */
  readonly synthetic: boolean;
  readonly recordings: readonly Recording[];
  /** Samples per second of every recording. */
  readonly sampleRate: number;
  /** Standard deviation of the dataset's noise in codes: the unit of operating points, see `steps.ts`. */
  readonly noise: number;
  /** What the PSNR is measured against. */
  readonly fullScale: FullScale;
  /** Bits that a sample takes when packed: those of the digitizer, the mean where recordings differ. */
  readonly bits: number;
}

/** Facts of a dataset that its subsets share. */
export type DatasetFacts = Pick<Corpus, 'sampleRate' | 'noise' | 'fullScale' | 'bits'>;

/** Facts that every corpus of the challenge's recordings, and of the sample, shares. */
export const NEURALINK_CORPUS: DatasetFacts = {
  sampleRate: NEURALINK_ELECTRODE.sampleRate,
  noise: NEURALINK_NOISE,
  fullScale: { codes: MAX_ADC_CODE, known: true },
  bits: NEURALINK_ELECTRODE.digitizer.bits,
};

/** Which recordings to open. */
export interface CorpusOptions {
  /**
   * Without it the environment variable NEUROBASIS_DATASET decides; without that, the Neuralink recordings are
   * taken when they are there, and the sample when none of them is. `"neuralink"`, `"sample"`, or the name that an
   * import gave (`npm run data -- --from PATH --name NAME`).
   */
  readonly dataset?: string | undefined;
  /**
   * Take a stratified subset of so many recordings. Without it the environment variable NEUROBASIS_RECORDINGS
   * decides; without that, all recordings are taken, and of the sample the four of a first look.
   */
  readonly recordings?: number | undefined;
  /** Folder of the datasets; `data/` of the project unless said otherwise. */
  readonly folder?: string | undefined;
}

/** The options of a corpus are impossible. */
export class CorpusOptionError extends RangeError {
  override readonly name = 'CorpusOptionError';
}

/** A dataset lacks some of its recordings, or all of them although it was asked for. */
export class IncompleteDatasetError extends Error {
  override readonly name = 'IncompleteDatasetError';
}

/** A recording is not the file that its manifest describes, or holds samples that no ADC code stands for. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/**
 * Opens a corpus. Quick: the files' sizes are checked; their hashes are when they are read. The sample is written on
 * first use.
 *
 * @throws CorpusOptionError when the dataset or the number of recordings makes no sense
 * @throws IncompleteDatasetError when some of the Neuralink recordings are there and others are not, or when they
 *   are asked for and none is
 */
export function openCorpus(options: CorpusOptions = {}): Corpus {
  const folder = options.folder ?? join(projectRoot(), 'data');
  const count = countWanted(options.recordings);
  const asked = datasetWanted(options.dataset, folder);
  if (asked !== undefined && isImported({ dataset: asked })) {
    return importedCorpus(asked, folder, count);
  }
  if (asked !== 'sample') {
    const { recordings, missing, altered } = readNeuralink(folder);
    if (missing + altered === 0) {
      return corpusOf('neuralink', recordings, count, NEURALINK_CORPUS);
    }
    // If some recordings are there, an error is better than the sample, whose numbers would be mistaken for theirs.
    if (asked === 'neuralink' || missing < recordings.length) {
      throw new IncompleteDatasetError(
        `Of the ${recordings.length} Neuralink recordings in ${join(folder, 'neuralink')}, ${missing} are missing and ` +
          `${altered} are not as long as they should be. ` +
          'Import them with "npm run data -- --from <data.zip>" or download them with "npm run data -- --download"; ' +
          'the synthetic sample is taken with --dataset sample (NEUROBASIS_DATASET=sample).',
      );
    }
  }
  const sample = ensureSample(join(folder, 'sample'));
  const recordings = sample.entries.map((entry) => recordingOf(entry, sample.folder, 'sample'));
  return sampleCorpus(recordings, count);
}

/** The four recordings of a first look, or fewer of them; of the eight longer ones where more than four are asked for. */
function sampleCorpus(all: readonly Recording[], count: number | undefined): Corpus {
  const first = all.filter(({ name }) => FIRST_RECORDINGS.includes(name));
  if (count === undefined || count <= first.length) return corpusOf('sample', first, count, NEURALINK_CORPUS);
  const longer = all.filter((recording) => !first.includes(recording));
  const more = corpusOf('sample', longer, count, NEURALINK_CORPUS);
  return { ...more, name: `sample-${more.recordings.length}` };
}

/**
 * The codes of a recording, 0 … `digitizer.codes − 1`, one a sample. The bytes are checked against the recording's SHA-256, so results
 * may be cached under it.
 *
 * @throws RecordingError when the file has changed since it was imported, or is off the ADC grid
 * @throws WavFormatError when the file is no WAV of 16-bit samples of one channel
 */
export function readCodes(recording: Recording): Uint16Array {
  const bytes = readWavBytes(recording);
  const { samples } = parseWav(bytes, recording.name);
  if (samples.length !== recording.samples) {
    throw new RecordingError(
      `${recording.path} has ${samples.length} samples, its manifest says ${recording.samples}: ` +
        'restore the manifest from the repository, or import the dataset again.',
    );
  }
  const { codes: count } = recording.digitizer;
  const codes = recording.source ? codesOfPcm(samples, count) : codesFromPcm16(samples);
  if (codes === null) {
    throw new RecordingError(
      `${recording.path} holds samples that are not on the ADC grid of ${count} values: it is no recording of this dataset.`,
    );
  }
  return codes;
}

/**
 * The WAV file of codes: that of the recording, byte for byte, for its own codes where nothing but samples is in it.
 *
 * @public
 */
export function wavOfCodes(
  { source, digitizer, sampleRate }: Pick<Recording, 'source' | 'digitizer' | 'sampleRate'>,
  codes: Uint16Array,
): Uint8Array {
  const pcm = source ? pcmOfCodes(codes, digitizer.codes) : pcm16FromCodes(codes);
  return canonicalWav(pcm, Math.round(sampleRate));
}

/**
 * The bytes of a recording's WAV file.
 *
 * @throws RecordingError when their SHA-256 is not that of the manifest
 */
export function readWavBytes(recording: Recording): Uint8Array {
  let bytes: Buffer;
  try {
    bytes = readFileSync(recording.path);
  } catch (error) {
    throw new RecordingError(
      `${recording.path} cannot be read (${(error as Error).message}): make it readable, or import it again.`,
      { cause: error },
    );
  }
  const problem =
    bytes.length !== recording.wavBytes
      ? `it has ${bytes.length} bytes, its manifest says ${recording.wavBytes}`
      : createHash('sha256').update(bytes).digest('hex') !== recording.sha256
        ? 'its SHA-256 is not that of its manifest'
        : undefined;
  if (problem === undefined) return bytes;
  throw new RecordingError(
    recording.source
      ? `${recording.path} has changed since it was imported: ${problem}. Import it again: npm run data -- --from ${recording.source.path} --replace --name NAME.`
      : `${recording.path} has changed since it was imported: ${problem}. Import it again: npm run data -- --verify ` +
          '(add --from <data.zip> to take it from there); the synthetic sample is mended by the next command.',
  );
}

/**
 * The codes that the recordings of a corpus can have: of the one that can have most.
 *
 * @public
 */
export function corpusRange({ recordings }: Pick<Corpus, 'recordings'>): SampleRange {
  return recordings
    .map(sampleRangeOf)
    .reduce((widest, range) => (range.largest > widest.largest ? range : widest));
}

/** SHA-256 over names and hashes of the recordings, hexadecimal: two corpora with equal hashes are the same. */
export function corpusHash(corpus: {
  readonly recordings: readonly Pick<Recording, 'name' | 'sha256'>[];
}): string {
  const hash = createHash('sha256');
  for (const { name, sha256 } of corpus.recordings) hash.update(`${name}\t${sha256}\n`);
  return hash.digest('hex');
}

/**
 * A stratified subset: half from each fold as far as the folds reach, and within a fold evenly spaced in the order of
 * the standard deviations. The same for the same recordings, in the order of the names.
 *
 * @param recordings - what to choose from
 * @param count - how many to choose; where there are no more than that, all are chosen
 */
export function stratifiedSubset(recordings: readonly Recording[], count: number): Recording[] {
  if (count >= recordings.length) return [...recordings].sort(compareNames);
  const folds = ([0, 1] as const).map((fold: Fold) =>
    recordings
      .filter(({ samples }) => foldOf(samples) === fold)
      .sort((a, b) => a.standardDeviation - b.standardDeviation || compareNames(a, b)),
  );
  const [even, odd] = folds as [Recording[], Recording[]];
  // The larger fold gives the odd recording, and those that the smaller fold lacks.
  const half = even.length > odd.length ? Math.ceil(count / 2) : Math.floor(count / 2);
  const fromEven = Math.min(even.length, Math.max(half, count - odd.length));
  return [...evenlySpaced(even, fromEven), ...evenlySpaced(odd, count - fromEven)].sort(compareNames);
}

function evenlySpaced<T>(sorted: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => sorted[Math.floor(((i + 0.5) * sorted.length) / count)]!);
}

function corpusOf(
  dataset: string,
  all: readonly Recording[],
  count: number | undefined,
  facts: DatasetFacts,
): Corpus {
  const synthetic = dataset === 'sample';
  const kind = { sample: 'synthetic ', neuralink: 'Neuralink ' }[dataset] ?? '';
  const of = kind === '' ? ` of ${dataset}` : '';
  if (count === undefined || count >= all.length) {
    const label = synthetic
      ? `synthetic sample (${all.length} recordings)`
      : `${all.length} ${kind}recordings${of}`;
    return { name: dataset, dataset, label, synthetic, recordings: all, ...facts };
  }
  return {
    name: `${dataset}-${count}`,
    dataset,
    label: `${count} of ${all.length} ${kind}recordings${of} (stratified subset)`,
    synthetic,
    recordings: stratifiedSubset(all, count),
    ...facts,
  };
}

/** @throws IncompleteDatasetError when a kept file is missing or has another size */
function importedCorpus(name: string, folder: string, count: number | undefined): Corpus {
  const place = join(folder, name);
  const manifest = readDatasetManifest(place);
  const recordings = recordingsOf(manifest, place);
  const wrong = recordings.filter(
    ({ path, wavBytes }) => statSync(path, { throwIfNoEntry: false })?.size !== wavBytes,
  );
  if (wrong.length > 0) {
    throw new IncompleteDatasetError(
      `Of the ${recordings.length} recordings in ${place}, ${wrong.length} are missing or not as long as they should ` +
        `be (${wrong[0]!.name}). Import them again: npm run data -- --from ${manifest.source.path} --replace --name ${name}.`,
    );
  }
  const { sampleRate, noise, fullScale } = manifest;
  const samples = recordings.reduce((sum, recording) => sum + recording.samples, 0);
  const bits =
    recordings.reduce((sum, recording) => sum + recording.samples * recording.digitizer.bits, 0) / samples;
  return corpusOf(name, recordings, count, { sampleRate, noise, fullScale, bits });
}

/** Whether a corpus is of recordings that an import brought, not of those of the project. */
export function isImported({ dataset }: Pick<Corpus, 'dataset'>): boolean {
  return dataset !== 'neuralink' && dataset !== 'sample';
}

/** Whether a recording is one of the synthetic sample. */
export function isOfSample({ models }: Pick<Recording, 'models'>): boolean {
  return models === 'sample';
}

/** Names of all datasets that can be opened, those of the project first. */
export function datasetNames(folder: string = join(projectRoot(), 'data')): string[] {
  return ['neuralink', 'sample', ...importedDatasets(folder)];
}

function datasetWanted(option: string | undefined, folder: string): string | undefined {
  const dataset = option ?? (process.env['NEUROBASIS_DATASET'] || undefined);
  if (dataset === undefined) return undefined;
  const names = datasetNames(folder);
  if (names.includes(dataset)) return dataset;
  throw new CorpusOptionError(
    `There is no dataset "${dataset}": choose from ${names.join(', ')}, or import it with ` +
      `"npm run data -- --from PATH --name ${dataset}".`,
  );
}

function countWanted(option: number | undefined): number | undefined {
  const text = process.env['NEUROBASIS_RECORDINGS'];
  const count = option ?? (text ? Number(text) : undefined);
  if (count === undefined || (Number.isInteger(count) && count >= 1)) return count;
  throw new CorpusOptionError(
    `A corpus of ${option ?? `"${text}"`} recordings cannot be opened: ask for a whole number from 1 on.`,
  );
}

/** The recordings of the manifest, and how many of them are not there or have another size. */
function readNeuralink(folder: string): { recordings: Recording[]; missing: number; altered: number } {
  const file = join(folder, 'neuralink.manifest.tsv');
  const files = join(folder, 'neuralink');
  if (!existsSync(file)) {
    throw new IncompleteDatasetError(
      `${file} is missing, so that nothing says which recordings there are. Restore it from the repository.`,
    );
  }
  const recordings = readManifest(file).map((entry) => recordingOf(entry, files, 'neuralink'));
  const sizes = recordings.map(({ path }) => statSync(path, { throwIfNoEntry: false })?.size);
  const missing = sizes.filter((size) => size === undefined).length;
  const altered = sizes.filter((size, i) => size !== undefined && size !== recordings[i]!.wavBytes).length;
  return { recordings, missing, altered };
}

function recordingOf(entry: ManifestEntry, folder: string, models: string): Recording {
  return {
    name: entry.name,
    path: join(folder, entry.name),
    wavBytes: entry.bytes,
    samples: entry.samples,
    standardDeviation: entry.standardDeviation,
    sha256: entry.sha256,
    group: String(entry.samples),
    models,
    ...NEURALINK_ELECTRODE,
  };
}

function compareNames(a: Recording, b: Recording): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
