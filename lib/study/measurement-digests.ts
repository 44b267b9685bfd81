/**
 * Digests of the measurements behind a curve: one for each recording, kept beside the results. Totals over a
 * corpus can only be checked by measuring all of it. With digests, a few recordings can be measured again and
 * compared to the last bit.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../files/write-whole';
import type { CodesMeasurement } from '../measuring/measure';
import { FIGURES_VARIABLE } from '../results/outputs';
import type { SweepResult } from '../measuring/sweep';

/** Ending of the names of digest files: `dct-512.measured.tsv`. */
export const DIGESTS_ENDING = '.measured.tsv';

/**
 * Start of the first line of such a file; the steps follow, separated by commas. Each other line is a
 * recording, a tab and a digest.
 */
const HEADER = '# steps ';

/** Digests of the measurements of one codec. */
export interface MeasurementDigests {
  /** Quantizer steps in ADC codes, ascending. */
  readonly steps: readonly number[];
  /** Digest of each recording, by the first 16 digits of the recording's SHA-256. */
  readonly recordings: Readonly<Record<string, string>>;
}

/** Number of hexadecimal digits that identify a recording or a measurement. */
const DIGITS = 16;

/** The key of a recording among digests. */
export function recordingKey(recording: { readonly sha256: string }): string {
  return recording.sha256.slice(0, DIGITS);
}

/**
 * First 16 digits of the SHA-256 over all numbers of a measurement, to the last bit, except its durations.
 */
export function digestOf({ facts, points }: CodesMeasurement): string {
  const lasting = points.map(({ step, compressedBytes, nonzero, comparison }) => ({
    step,
    compressedBytes,
    nonzero,
    comparison,
  }));
  return createHash('sha256')
    .update(JSON.stringify([facts, lasting]))
    .digest('hex')
    .slice(0, DIGITS);
}

/** The digests of a sweep. */
export function measurementDigests({ steps, recordings }: SweepResult): MeasurementDigests {
  return {
    steps,
    recordings: Object.fromEntries(
      recordings.map(({ recording, facts, points }) => [
        recordingKey(recording),
        digestOf({ facts, points }),
      ]),
    ),
  };
}

/** Saves the digests of a curve when a run of `reproduce` executes this notebook; does nothing otherwise. */
export function saveDigests(result: SweepResult): void {
  const folder = process.env[FIGURES_VARIABLE];
  if (!folder) return;
  const { steps, recordings } = measurementDigests(result);
  const lines = Object.entries(recordings).map((row) => row.join('\t'));
  const text = [`${HEADER}${steps.join()}`, ...lines, ''].join('\n');
  writeWhole(join(folder, `${result.codec.id}${DIGESTS_ENDING}`), text);
}

/**
 * Reads the digests of a curve.
 *
 * @param folder - `figures/<dataset>`
 * @param id - id of the codec
 * @returns undefined when none were kept, or when the file holds something else
 */
export function readDigests(folder: string, id: string): MeasurementDigests | undefined {
  const path = join(folder, `${id}${DIGESTS_ENDING}`);
  if (!existsSync(path)) return undefined;
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const steps = header.slice(HEADER.length).split(',').map(Number);
  const rows = lines.map((line) => line.split('\t'));
  const wellFormed =
    header.startsWith(HEADER) &&
    steps.every((step) => step >= 0) &&
    rows.every((row) => row.length === 2 && row.every((text) => /^[0-9a-f]{16}$/.test(text)));
  // A file of another form counts as missing: it is made again with the results.
  return wellFormed ? { steps, recordings: Object.fromEntries(rows) as Record<string, string> } : undefined;
}
