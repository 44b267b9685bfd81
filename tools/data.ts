/**
 * `npm run data`: puts the recordings of the Neuralink compression challenge into data/neuralink.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatManifest, parseManifest, type ManifestEntry } from '../lib/recordings/manifest';
import { ensureSample } from '../lib/recordings/sample';
import { projectRoot } from '../lib/files/project-root';
import { writeWhole } from '../lib/files/write-whole';
import { CommandLineError, runCommand } from './command-line';
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
import { inspectPath } from './data/inspect';
import { takeLock } from './lock';
import { typedPath } from './typed-path';

/** Where the challenge publishes its recordings. */
const ARCHIVE_URL = 'https://content.neuralink.com/compression-challenge/data.zip';

const COMMAND = {
  name: 'data',
  options: {
    from: { value: 'ARCHIVE', about: 'import this copy of the archive instead of downloading it' },
    url: { value: 'ADDRESS', about: 'download from this address instead' },
    verify: { about: 'check the SHA-256 of the files that are there, too, not only their size' },
    inspect: {
      value: 'PATH',
      about:
        "say what is in a file or folder of any laboratory's recordings: channels, rate, bits, seconds, gaps, flat and saturated channels",
    },
    sidecar: {
      value: 'FILE',
      about: 'with --inspect: the JSON sidecar of a file without a header, where it is not beside it',
    },
    sample: { about: 'write the synthetic sample to data/sample (the studies do so when they need it)' },
    'write-manifest': {
      about: 'with --from: describe the archive anew in data/neuralink.manifest.tsv before the import',
    },
  },
  notes:
    'The 743 recordings (147 MB) are checked by size and SHA-256 against data/neuralink.manifest.tsv. What is there ' +
    'already is skipped, so a run that was stopped goes on where it was. Without options the archive is downloaded ' +
    `(64 MB) from ${ARCHIVE_URL}`,
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
