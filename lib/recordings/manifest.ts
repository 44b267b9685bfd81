/**
 * A manifest says which recordings make up a dataset: a tab-separated table, one line a recording, in the order
 * of the names. Lines that begin with `#` are remarks. One of them is the SHA-256 of the table: folds and subsets
 * depend on lengths and deviations, so a damaged digit would give other numbers without it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Entry of one WAV file. */
export interface ManifestEntry {
  /** File name without folder. */
  readonly name: string;
  /** Bytes of the WAV file. */
  readonly bytes: number;
  /** Number of samples. */
  readonly samples: number;
  /** Standard deviation in ADC codes, to two decimals. */
  readonly standardDeviation: number;
  /** SHA-256 of the WAV file, hexadecimal. */
  readonly sha256: string;
}

/** A manifest cannot be read. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

const CHECK = '# SHA-256 of the table: ';

const COLUMNS = ['name', 'bytes', 'samples', 'standardDeviation', 'sha256'];

/** The text of a manifest. Entries are put in the order of their names. */
export function formatManifest(entries: readonly ManifestEntry[], remarks: readonly string[] = []): string {
  const lines = [...entries]
    .sort(byName)
    .map((entry) =>
      [entry.name, entry.bytes, entry.samples, entry.standardDeviation.toFixed(2), entry.sha256].join('\t'),
    );
  const table = [COLUMNS.join('\t'), ...lines];
  return [...remarks.map((remark) => `# ${remark}`), `${CHECK}${hashLines(table)}`, ...table, ''].join('\n');
}

/** The same whatever line ends the file has. */
function hashLines(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/**
 * The entries of a manifest file, in the order of their names.
 *
 * @throws ManifestError when it cannot be read, or a line is not as it should be
 */
export function readManifest(file: string): ManifestEntry[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ManifestError(
      `${file} cannot be read (${(error as Error).message}): make it readable, or restore it from the repository.`,
    );
  }
  return parseManifest(text, file);
}

/**
 * The entries of a manifest, in the order of their names.
 *
 * @param text - the whole manifest
 * @param file - its path, for error messages
 * @throws ManifestError when a line is not as it should be, or when lines have changed since the file was written
 */
export function parseManifest(text: string, file: string): ManifestEntry[] {
  const lines = text.split(/\r?\n/);
  const entries: ManifestEntry[] = [];
  const names = new Set<string>();
  let headed = false;
  lines.forEach((line, index) => {
    if (line === '' || line.startsWith('#')) return;
    const fail = (problem: string): never => {
      throw new ManifestError(
        `${file}, line ${index + 1}: ${problem}. Restore the file from the repository.`,
      );
    };
    if (!headed) {
      headed = true;
      if (line !== COLUMNS.join('\t')) fail(`the columns are not ${COLUMNS.join(', ')}`);
      return;
    }
    const [name = '', bytes = '', samples = '', deviation = '', sha256 = '', ...rest] = line.split('\t');
    // A name is a file within the dataset's folder and nowhere else.
    if (!/^[\w-][\w.-]*\.wav$/.test(name)) fail(`"${name}" is no file name of a WAV`);
    if (names.has(name)) fail(`${name} is listed twice`);
    if (!/^\d+$/.test(bytes) || !/^\d+$/.test(samples)) fail('bytes and samples are not whole numbers');
    if (!/^\d+\.\d\d$/.test(deviation)) fail('the standard deviation is not a number with two decimals');
    if (!/^[0-9a-f]{64}$/.test(sha256)) fail('the SHA-256 is not 64 hexadecimal digits');
    if (rest.length > 0) fail('there are too many columns');
    names.add(name);
    entries.push({
      name,
      bytes: Number(bytes),
      samples: Number(samples),
      standardDeviation: Number(deviation),
      sha256,
    });
  });
  if (!headed) throw new ManifestError(`${file} is empty. Restore the file from the repository.`);
  const check = lines.find((line) => line.startsWith(CHECK));
  const table = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (check !== undefined && check.slice(CHECK.length) !== hashLines(table)) {
    throw new ManifestError(
      `${file} has changed since it was written: its lines do not have the SHA-256 that it names. ` +
        'Restore the file from the repository.',
    );
  }
  return entries.sort(byName);
}

function byName(a: ManifestEntry, b: ManifestEntry): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
