/**
 * The manifest of a dataset that was imported from another laboratory's recordings: `data/<name>/manifest.json`. It
 * says what was imported, what each recording is, and the SHA-256 of each kept file.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digitizer } from '../digitizer';
import type { ElectrodeFacts, FullScale, Recording } from '../recording';

/** What was imported. */
export interface ImportedSource {
  /** Absolute path of the file or folder. */
  readonly path: string;
  readonly format: string;
  /** Files, their bytes together, and the SHA-256 over names and contents. */
  readonly files: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Seconds that were recorded, and electrodes; the dataset may hold fewer. */
  readonly seconds: number;
  readonly electrodes: number;
}

/** One electrode of a dataset. */
export interface DatasetElectrode extends Omit<ElectrodeFacts, 'sampleRate'> {
  readonly stream: string;
  /** Id of the channel. */
  readonly channel: string;
  /** Bytes of one sample in the file it came in. */
  readonly sampleBytes: number;
}

/** One kept file. */
export interface DatasetRecording {
  readonly name: string;
  /** Index of the electrode. */
  readonly electrode: number;
  /** Name of the stretch of time: equal for simultaneous recordings. */
  readonly group: string;
  readonly segment: number;
  /** First sample, within the segment. */
  readonly from: number;
  readonly samples: number;
  readonly bytes: number;
  readonly standardDeviation: number;
  readonly sha256: string;
}

/** A dataset, described. */
export interface DatasetManifest {
  readonly name: string;
  readonly source: ImportedSource;
  /** The choices of the import, by the names of the options. */
  readonly options: Readonly<Record<string, string | number>>;
  readonly sampleRate: number;
  /** Standard deviation of the noise in codes, median over the recordings: the unit of operating points. */
  readonly noise: number;
  readonly fullScale: FullScale;
  readonly electrodes: readonly DatasetElectrode[];
  /** In the order of the names. */
  readonly recordings: readonly DatasetRecording[];
}

/** A dataset's manifest is missing, damaged or of another version. */
export class DatasetManifestError extends Error {
  override readonly name = 'DatasetManifestError';
}

/** Changes when manifests of earlier versions can no longer be read. */
const VERSION = 1;

export const MANIFEST_FILE = 'manifest.json';

/** Names that a dataset may have. One that ends in a number would be taken for a subset. */
export function isDatasetName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9_-]{0,63}$/i.test(name) &&
    !/-\d+$/.test(name) &&
    !['neuralink', 'sample'].includes(name.toLowerCase())
  );
}

/** Names of the imported datasets in a folder, in their order. */
export function importedDatasets(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => isDatasetName(name) && existsSync(join(folder, name, MANIFEST_FILE)))
    .sort();
}

/** The text of a manifest, one line a recording. */
export function formatDatasetManifest(manifest: DatasetManifest): string {
  const dataset = { ...manifest, electrodes: manifest.electrodes.map(writtenElectrode) };
  const text = JSON.stringify(dataset, null, 1).replace(/\{[^{}[\]]*\}/g, (object) =>
    object.replace(/\n\s*/g, ' '),
  );
  return `{ "version": ${VERSION}, "sha256": "${hashOf(dataset)}", "dataset": ${text} }\n`;
}

/**
 * Reads the manifest of a dataset.
 *
 * @param folder - of the dataset, `data/<name>`
 * @throws DatasetManifestError when it is damaged
 */
export function readDatasetManifest(folder: string): DatasetManifest {
  const path = join(folder, MANIFEST_FILE);
  const fail = (problem: string, cause?: unknown): DatasetManifestError =>
    new DatasetManifestError(
      `${path} ${problem}: remove the folder and import it again: npm run data -- --from PATH --name NAME.`,
      { cause },
    );
  let file: { version?: unknown; sha256?: unknown; dataset?: unknown };
  try {
    file = JSON.parse(readFileSync(path, 'utf8')) as typeof file;
  } catch (error) {
    throw fail(`cannot be read (${(error as Error).message})`, error);
  }
  if (file.version !== VERSION) throw fail(`is of version ${String(file.version)}, not ${VERSION}`);
  if (typeof file.dataset !== 'object' || hashOf(file.dataset) !== file.sha256) {
    throw fail('has changed since it was written: it does not have the SHA-256 that it names');
  }
  const manifest = file.dataset as DatasetManifest;
  return { ...manifest, electrodes: manifest.electrodes.map(readElectrode) };
}

function hashOf(dataset: unknown): string {
  return createHash('sha256').update(JSON.stringify(dataset)).digest('hex');
}

/** JSON has no typed arrays and no NaN. */
function writtenElectrode({ digitizer, ...rest }: DatasetElectrode): unknown {
  const { values, ...grid } = digitizer;
  const listed = values && Array.from(values, (value) => (Number.isNaN(value) ? null : value));
  return { ...rest, digitizer: listed ? { ...grid, values: listed } : grid };
}

function readElectrode(written: DatasetElectrode): DatasetElectrode {
  const { values, ...grid } = written.digitizer as Omit<Digitizer, 'values'> & {
    values?: readonly (number | null)[];
  };
  if (values === undefined) return written;
  return { ...written, digitizer: { ...grid, values: Float64Array.from(values, (value) => value ?? NaN) } };
}

/** The recordings of a manifest. */
export function recordingsOf(manifest: DatasetManifest, folder: string): Recording[] {
  const { sampleRate, source, electrodes } = manifest;
  return manifest.recordings.map(({ electrode, segment, from, bytes, ...recording }): Recording => {
    const { stream, channel, sampleBytes, ...facts } = electrodes[electrode]!;
    return {
      ...recording,
      ...facts,
      sampleRate,
      models: manifest.name,
      path: join(folder, recording.name),
      wavBytes: bytes,
      source: { path: source.path, stream, segment, channel, from, sampleBytes },
    };
  });
}
