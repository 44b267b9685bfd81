/**
 * `npm run data`: puts the recordings of the Neuralink compression challenge into data/neuralink.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatManifest, parseManifest } from '../lib/recordings/manifest';
import { ensureSample } from '../lib/recordings/sample';
import { projectRoot } from '../lib/files/project-root';
import { writeWhole } from '../lib/files/write-whole';
import {
  ArchiveError,
  describeArchive,
  importArchive,
  IncompleteImportError,
  missingRecordings,
} from './data/archive';
import { showBytes } from './data/byte-progress';
import { download, removeDownload } from './data/download';
import { inspectPath } from './data/inspect';

/** Where the challenge publishes its recordings. */
const ARCHIVE_URL = 'https://content.neuralink.com/compression-challenge/data.zip';

const HELP = `Usage: npm run data -- [options]

Puts the 743 recordings of the Neuralink compression challenge (147 MB) into data/neuralink, each checked by
size and SHA-256 against data/neuralink.manifest.tsv. What is there already is skipped, so a run that was stopped
goes on where it was. Without options the archive is downloaded (64 MB) from
${ARCHIVE_URL}

  --from <archive>   import this copy of the archive instead of downloading it
  --url <address>    download from this address instead
  --verify           check the SHA-256 of the files that are there, too, not only their size
  --sample           write the synthetic sample to data/sample (the studies do so when they need it)
  --write-manifest   with --from: describe the archive anew in data/neuralink.manifest.tsv before the import
  --inspect <path>   say what is in a file or folder of any laboratory's recordings: channels, rate, bits, seconds, gaps,
                     flat and saturated channels
  --sidecar <file>   with --inspect: the JSON sidecar of a file without a header, where it is not beside it
  --help             print this text
`;

/** The options of the command do not go together. */
class DataCommandError extends Error {
  override readonly name = 'DataCommandError';
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      url: { type: 'string', default: ARCHIVE_URL },
      verify: { type: 'boolean', default: false },
      sample: { type: 'boolean', default: false },
      'write-manifest': { type: 'boolean', default: false },
      inspect: { type: 'string' },
      sidecar: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  if (values.inspect !== undefined) {
    const typed = (path: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
    await inspectPath(typed(values.inspect), values.sidecar && typed(values.sidecar), (line) =>
      console.log(line),
    );
    return;
  }
  const root = projectRoot();
  if (values.sample) {
    const { folder, written } = ensureSample(join(root, 'data', 'sample'));
    say(written ? `The synthetic sample is in ${folder}.` : `The synthetic sample is in ${folder} already.`);
    return;
  }

  // npm runs the command in the folder of the project; the path was typed in another, perhaps.
  const from = values.from && resolve(process.env['INIT_CWD'] ?? process.cwd(), values.from);
  const folder = join(root, 'data', 'neuralink');
  const manifestFile = join(root, 'data', 'neuralink.manifest.tsv');
  if (values['write-manifest']) {
    if (from === undefined) throw new DataCommandError('--write-manifest needs --from <archive>.');
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

  let archive = from;
  const downloaded = join(root, '.cache', 'data.zip.part');
  if (archive === undefined) {
    say(`Downloading ${values.url}`);
    await download({
      url: values.url,
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

main().catch((error: unknown) => {
  // Errors of this project and of the system say what is wrong; any other is a defect, to be traced.
  const { name, message, code, stack } = error as NodeJS.ErrnoException;
  const isDefect = code === undefined && /^(Type|Range|Reference|Syntax)?Error$/.test(name);
  say(isDefect ? String(stack) : `${name}: ${message}`);
  process.exitCode = 1;
});
