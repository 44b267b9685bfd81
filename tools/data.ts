/**
 * `npm run data`: lists the datasets, fetches the recordings of the Neuralink compression challenge into data/neuralink,
 * and imports those of any laboratory.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatManifest, parseManifest, type ManifestEntry } from '../lib/recordings/manifest';
import { importedDatasets, isDatasetName } from '../lib/recordings/datasets/dataset-manifest';
import { ensureSample } from '../lib/recordings/sample';
import { projectRoot } from '../lib/files/project-root';
import { writeWhole } from '../lib/files/write-whole';
import { channelsOption } from './channels-option';
import {
  CommandLineError,
  numberOption,
  positiveInteger,
  runCommand,
  type OptionValues,
} from './command-line';
import {
  ArchiveError,
  describeArchive,
  importArchive,
  IncompleteImportError,
  missingRecordings,
  requireArchive,
} from './data/archive';
import { showBytes } from './data/byte-progress';
import { download, removeDownload } from './data/download';
import { importRecordings, USUAL_RECORDINGS } from './data/import-recordings';
import { describeFile, inspectPath } from './data/inspect';
import { openSource } from './data/open-source';
import { describeDataset, listDatasets } from './data/list-datasets';
import { verifyDataset } from './data/verify-dataset';
import { takeLock } from './lock';
import { showProgress } from './progress-line';
import { typedPath } from './typed-path';

/** Where the challenge publishes its recordings. */
const ARCHIVE_URL = 'https://content.neuralink.com/compression-challenge/data.zip';

const COMMAND = {
  name: 'data',
  options: {
    download: { about: 'fetch the 743 recordings of the challenge (64 MB)' },
    from: {
      value: 'PATH',
      about:
        "import the challenge's recordings from this copy of their archive; with --name, recordings of any laboratory from this file or folder",
    },
    name: {
      value: 'NAME',
      about: 'with --from: what the new dataset is called; with --verify: the dataset to check',
    },
    channels: {
      value: '0-15,20',
      about: `the electrodes to take, numbered from 0 (default: all, or 24 of them evenly spaced)`,
    },
    stream: {
      value: 'NAME',
      about: 'the stream to take (default: those with electrodes at the highest rate)',
    },
    'from-second': { value: 'S', about: 'begin here (default: 0)' },
    seconds: { value: 'N', about: 'take so many seconds (default: all)' },
    'piece-seconds': { value: 'N', about: 'seconds of one recording of the dataset (default: 5)' },
    pieces: {
      value: 'N',
      about: `stretches of time, evenly spaced (default: as many as give ${USUAL_RECORDINGS} recordings)`,
    },
    replace: { about: 'put the dataset in the place of one of the same name' },
    url: { value: 'ADDRESS', about: "download the challenge's recordings from this address instead" },
    verify: {
      about:
        'check the SHA-256 of the files that are there, too, not only their size; with --name those of an imported dataset',
    },
    inspect: {
      value: 'PATH',
      about:
        "say what is in a file or folder of any laboratory's recordings: channels, rate, bits, seconds, gaps, flat and saturated channels",
    },
    sidecar: {
      value: 'FILE',
      about: 'the JSON sidecar of a file without a header, where it is not beside it',
    },
    sample: { about: 'write the synthetic sample to data/sample (the studies do so when they need it)' },
    'write-manifest': {
      about: 'with --from: describe the archive anew in data/neuralink.manifest.tsv before the import',
    },
  },
  notes:
    'Without options the datasets are listed. The 743 recordings of the challenge (147 MB) are checked by size and ' +
    'SHA-256 against data/neuralink.manifest.tsv. What is there already is skipped, so a run that was stopped goes on ' +
    `where it was. They are at ${ARCHIVE_URL}\n` +
    'A file of another laboratory stays where it is; pieces of it are kept in data/NAME, and --dataset NAME takes them ' +
    'in every command.',
} as const;

void runCommand(COMMAND, async ({ values }) => {
  if (values.from !== undefined && values.url !== undefined) {
    throw new CommandLineError('--from and --url both say where the archive comes from: give one of them.');
  }
  if (values.inspect !== undefined) {
    const sidecar = values.sidecar === undefined ? undefined : typedPath(values.sidecar);
    await inspectPath(typedPath(values.inspect), sidecar, (line) => console.log(line));
    return;
  }
  const root = projectRoot();
  if (values.name !== undefined && values.verify && values.from === undefined) {
    verifyNamed(values.name, join(root, 'data'));
    return;
  }
  if (values.name !== undefined) return importNamed(values.name, values, join(root, 'data'));
  for (const option of ['channels', 'stream', 'from-second', 'seconds', 'piece-seconds', 'pieces'] as const) {
    if (values[option] !== undefined) {
      throw new CommandLineError(`--${option} belongs to an import: give --from PATH and --name NAME too.`);
    }
  }
  if (!process.argv.slice(2).some((argument) => argument.startsWith('--'))) {
    listDatasets(join(root, 'data'), (line) => console.log(line));
    return;
  }
  if (values.sample) {
    const { folder, written } = ensureSample(join(root, 'data', 'sample'));
    say(written ? `The synthetic sample is in ${folder}.` : `The synthetic sample is in ${folder} already.`);
    return;
  }

  const from = values.from === undefined ? undefined : typedPath(values.from);
  // Wrong arguments are errors even if nothing is left to import.
  if (from !== undefined) await requireArchive(from);
  const folder = join(root, 'data', 'neuralink');
  const manifestFile = join(root, 'data', 'neuralink.manifest.tsv');
  if (values['write-manifest']) {
    if (from === undefined) throw new CommandLineError('--write-manifest needs --from ARCHIVE.');
    const entries = await describeArchive(from, showBytes('Describing'));
    writeWhole(manifestFile, formatManifest(entries));
    say(`${manifestFile} describes ${entries.length} recordings.`);
  }
  const manifest = parseManifest(readFileSync(manifestFile, 'utf8'), manifestFile);

  const missing = await missingRecordings(folder, manifest, values.verify);
  if (missing.length === 0) {
    say(`All ${manifest.length} recordings are in ${folder}${values.verify ? ', and none is altered' : ''}.`);
    return;
  }
  say(
    `${missing.length} of ${manifest.length} recordings are ${values.verify ? 'missing or altered' : 'missing'}.`,
  );

  // Two at once would write into one file.
  const release = takeLock(join(root, '.cache', 'data.lock'), 'importing the recordings');
  try {
    await importMissing({ from, url: values.url ?? ARCHIVE_URL, root, folder, manifest, missing });
  } finally {
    release();
  }
});

/** Checks a dataset that was imported. */
function verifyNamed(name: string, data: string): void {
  const names = importedDatasets(data);
  if (!names.includes(name)) {
    const known = names.length === 0 ? 'none was imported' : `there are ${names.join(', ')}`;
    throw new CommandLineError(`There is no imported dataset "${name}": ${known}.`);
  }
  verifyDataset(join(data, name), say);
}

/** Imports a dataset under a name. */
async function importNamed(
  name: string,
  values: OptionValues<(typeof COMMAND)['options']>,
  data: string,
): Promise<void> {
  if (values.from === undefined)
    throw new CommandLineError('--name needs --from PATH: what is to be imported.');
  if (!isDatasetName(name)) {
    throw new CommandLineError(
      `"${name}" cannot name a dataset: give letters, digits, - and _, not neuralink or sample, and no number at the ` +
        'end after a dash, which names a subset.',
    );
  }
  const path = typedPath(values.from);
  const sidecar = values.sidecar === undefined ? undefined : typedPath(values.sidecar);
  const file = await openSource(path, { sidecar });
  const release = takeLock(join(projectRoot(), '.cache', `data-${name}.lock`), `importing ${name}`);
  try {
    await describeFile(file, say);
    say('');
    showProgress();
    const { manifest, folder, isNew, notes } = await importRecordings(
      file,
      {
        name,
        path,
        sidecar,
        stream: values.stream,
        channels: channelsOption(values.channels),
        fromSecond: numberOption('from-second', values['from-second'], 0) ?? 0,
        seconds: numberOption('seconds', values.seconds),
        pieceSeconds: numberOption('piece-seconds', values['piece-seconds']) ?? 5,
        pieces: positiveInteger('pieces', values.pieces),
        replace: values.replace,
      },
      data,
    );
    for (const note of notes) say(note);
    say(isNew ? `Imported into ${folder}:` : `The same is in ${folder} already:`);
    console.log(describeDataset(manifest));
    say(`Now: npm run reproduce -- --dataset ${name}, or npm run sweep -- --dataset ${name} --basis dct-256`);
  } finally {
    release();
    file.close();
  }
}

/** Downloads the archive unless it is there, and imports the missing recordings. */
async function importMissing({
  from,
  url,
  root,
  folder,
  manifest,
  missing,
}: {
  readonly from: string | undefined;
  readonly url: string;
  readonly root: string;
  readonly folder: string;
  readonly manifest: readonly ManifestEntry[];
  readonly missing: readonly ManifestEntry[];
}): Promise<void> {
  let archive = from;
  const downloaded = join(root, '.cache', 'data.zip.part');
  if (archive === undefined) {
    say(`Downloading ${url}`);
    await download({
      url,
      target: downloaded,
      onBytes: showBytes('Downloading'),
      onRetry: (problem, wait) =>
        say(`${process.stderr.isTTY ? '\n' : ''}Interrupted: ${problem}. Trying again in ${wait / 1000} s …`),
    });
    archive = downloaded;
  }
  try {
    const onBytes = showBytes('Importing');
    const summary = await importArchive({ archive, folder, manifest, missing, onBytes });
    if (summary.ignored.length > 0) {
      const shown = summary.ignored.slice(0, 3).join(', ');
      const more = summary.ignored.length > 3 ? ', …' : '';
      say(`Ignored ${summary.ignored.length} files that the manifest does not name: ${shown}${more}`);
    }
    say(`${summary.imported} recordings imported, ${summary.skipped} were there; all are in ${folder}.`);
  } catch (error) {
    // A download that turned out wrong must not be gone on with.
    const wrong = error instanceof ArchiveError || error instanceof IncompleteImportError;
    if (wrong && archive === downloaded) removeDownload(downloaded);
    throw error;
  }
  if (archive === downloaded) removeDownload(downloaded);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
