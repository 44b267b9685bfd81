/**
 * What bases across electrodes save on the arrays of several laboratories: numbers and curves, never samples. The
 * repository keeps them, since it cannot keep the recordings; `bench/electrodes/measure.ts` makes them.
 */
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { jsonOfShape, objectsOnLines, roundedJson } from '../../files/json-text';
import { projectRoot } from '../../files/project-root';
import type { Interval } from '../../numerics/statistics';

/** Compression ratios of the reference at whose errors bytes are compared. */
export const ARRAY_RATIOS = [20, 50, 100, 200] as const;

/** A basis across electrodes: bytes saved at the error that the reference has at each of {@link ARRAY_RATIOS}. */
export interface ArrayRow {
  /** `"klt-bands"` */
  readonly spatial: string;
  /** Percent; null where a curve does not reach that error, and for the reference itself. */
  readonly saved: readonly (Interval | null)[];
  /** Bits a sample of its lossless operating point; null where it has none. */
  readonly losslessBits: number | null;
}

/** Bytes saved by a part of the electrodes at CR 50. */
export interface ArrayPart {
  /** Number of electrodes; or µm between those of a pair, or their difference in number where places are unknown. */
  readonly at: number;
  readonly saved: Interval | null;
}

/** How much of the power at a frequency one component holds. */
export interface ArrayShare {
  /** Hz. */
  readonly frequency: number;
  /** Of the largest eigenvalue of the cross-spectral matrix, 0 … 1; 1 over the channels where they share nothing. */
  readonly largest: number;
  /** Components that hold nine tenths of the power. */
  readonly components: number;
}

/** A lossless codec of groups. */
export interface ArrayLossless {
  readonly codecId: string;
  readonly bitsPerSample: number;
  /** Percent of the bytes of the channels each alone; null for themselves. */
  readonly saved: Interval | null;
}

/** All that was measured on one array. */
export interface ArrayResult {
  readonly dataset: string;
  /** Most channels of a stretch. */
  readonly channels: number;
  readonly stretches: number;
  readonly sampleRate: number;
  /** Of all channels together. */
  readonly samples: number;
  /** SHA-256 over the hashes of the stretches. */
  readonly sha256: string;
  /** Whether the file says where electrodes sit. */
  readonly placed: boolean;
  /** Spatial bases over the basis in time, against the same file without one. */
  readonly rows: readonly ArrayRow[];
  /** Learned on the other half of the time; against the same file without a spatial basis. */
  readonly learned: readonly ArrayRow[];
  /** Blocks of space and time, learned on the other half; against blocks of time alone. */
  readonly blocks: readonly ArrayRow[];
  /** Percent that the cross-spectra allow, at {@link ARRAY_RATIOS}; empty where there is too little to estimate them. */
  readonly bound: readonly (number | null)[];
  readonly growth: readonly ArrayPart[];
  readonly distance: readonly ArrayPart[];
  readonly shares: readonly ArrayShare[];
  readonly lossless: readonly ArrayLossless[];
}

/** The kept results are damaged. */
export class ArrayResultsError extends Error {
  override readonly name = 'ArrayResultsError';
}

/** Path of the results that the repository keeps, from the root of the project. */
export const ARRAY_FILE = 'bench/electrodes/arrays.json';

/**
 * The results that the repository keeps; none where nothing was measured yet.
 *
 * @param path - of another file
 * @throws ArrayResultsError when the file holds something else
 */
export function readArrayResults(path: string = join(projectRoot(), ARRAY_FILE)): ArrayResult[] {
  if (!existsSync(path)) return [];
  const found = jsonOfShape<{ readonly arrays: ArrayResult[] }>(path, ({ arrays }) =>
    arrays.every(({ rows, lossless }) => rows.length > 0 && lossless.length > 0),
  );
  if (found) return found.arrays;
  throw new ArrayResultsError(
    `${path} holds no results of arrays: restore it from the repository, or measure them again as ` +
      'bench/electrodes/measure.ts says.',
  );
}

/** The text of a file of results: rounded, so that a rerun gives the same bytes. */
export function arrayResultsText(arrays: readonly ArrayResult[]): string {
  return `${objectsOnLines(roundedJson({ arrays }, 5))}\n`;
}
