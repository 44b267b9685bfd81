/**
 * The verdict as data: the contents of `figures/<dataset>/verdict.json`, which notebook 92 saves and the first screen of
 * the README shows.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { jsonOfShape } from '../files/json-text';
import { writeWhole } from '../files/write-whole';
import type { Interval } from '../numerics/statistics';
import { FIGURES_VARIABLE } from './outputs';

/** A row of the table of the verdict. */
export interface VerdictRow {
  /** What it stands for: `"the best learned codec"`. */
  readonly what: string;
  /** Id of the codec; of a peer its name. */
  readonly id: string;
  /** File name of the notebook that measured it; undefined for a bound or a peer. */
  readonly notebook?: string;
  /** dB at each of the ratios; null where the curve does not reach. */
  readonly psnr: readonly (number | null)[];
  /** % of bytes against the reference at equal PSNR, at {@link Verdict.middle}. */
  readonly bytes: Interval | null;
  /** dB in 300–5000 Hz at {@link Verdict.low}, median recording. */
  readonly inBandSnr: Interval | null;
  /** Share of the spikes that stay in their cluster at {@link Verdict.low} and at the highest ratio. */
  readonly sameCluster: readonly [Interval | null, Interval | null];
  /** Correlation of the spike-band power at the highest ratio. */
  readonly bandPower: Interval | null;
}

/** A sentence of the verdict on one dataset. */
export interface CarriedCell {
  /** Null where it cannot be tested. */
  readonly value: number | null;
  readonly holds: boolean | null;
  /** Why it cannot be tested. */
  readonly reason?: string;
}

/** A sentence of the verdict on every dataset. */
export interface CarriedRow {
  /** With its threshold. Markdown. */
  readonly sentence: string;
  /** For a list of several. */
  readonly short: string;
  /** What the values are, with their unit. */
  readonly quantity: string;
  /** Decimals of the values. */
  readonly digits: number;
  /** In the order of {@link CarriesOver.datasets}. */
  readonly cells: readonly CarriedCell[];
}

/** Which sentences hold on the recordings of other laboratories. */
export interface CarriesOver {
  /** Names; the first is the one that the verdict is of. */
  readonly datasets: readonly string[];
  readonly rows: readonly CarriedRow[];
  /** One sentence, Markdown; empty where nothing was tested elsewhere. */
  readonly summary: string;
}

/** What a study found, for readers who have two minutes. */
export interface Verdict {
  readonly dataset: { readonly label: string; readonly recordings: number; readonly sha256: string };
  /** Compression ratios of {@link VerdictRow.psnr}, ascending. */
  readonly ratios: readonly number[];
  /** Ratios of the comparison of bytes and of the measures of spikes. */
  readonly middle: number;
  readonly low: number;
  /** Id of the codec that bytes are compared with. */
  readonly reference: string;
  readonly rows: readonly VerdictRow[];
  /** Which basis; what is kept; what remains at the highest ratio. Markdown. */
  readonly sentences: readonly string[];
  /** Missing in verdicts of earlier versions, and where nothing of other laboratories is known. */
  readonly carriesOver?: CarriesOver;
  /** What the verdict lacks; none when it is complete. */
  readonly missing: readonly string[];
}

/** A file of a verdict is damaged. */
export class VerdictFormatError extends Error {
  override readonly name = 'VerdictFormatError';
}

/** Name of the file, beside the results. */
export const VERDICT_FILE = 'verdict.json';

/** Saves a verdict when a run of `reproduce` executes this notebook; does nothing otherwise. */
export function saveVerdict(verdict: Verdict): void {
  const folder = process.env[FIGURES_VARIABLE];
  if (folder) writeWhole(join(folder, VERDICT_FILE), `${JSON.stringify(verdict, null, 1)}\n`);
}

/**
 * Reads the verdict of a dataset.
 *
 * @param folder - `figures/<dataset>`
 * @returns undefined where there is none yet
 * @throws VerdictFormatError
 */
export function readVerdict(folder: string): Verdict | undefined {
  const path = join(folder, VERDICT_FILE);
  if (!existsSync(path)) return undefined;
  const found = jsonOfShape<Verdict>(
    path,
    ({ dataset, rows, sentences }) =>
      typeof dataset.sha256 === 'string' && Array.isArray(rows) && Array.isArray(sentences),
  );
  if (found) return found;
  throw new VerdictFormatError(`${path} is no verdict: restore it, or run "npm run reproduce -- --only 92".`);
}
