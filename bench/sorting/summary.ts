/**
 * How well sorters find spikes in decoded recordings, beside the recordings themselves.
 */
import { bootstrapInterval, type Interval } from '../../lib/numerics/statistics';

/** One file of a recording, sorted by one sorter. */
export interface SortedFile {
  /** Seed of the recording. */
  readonly seed: number;
  /** `"original"`, or the name of a {@link DecodedFile}. */
  readonly file: string;
  readonly sorter: string;
  /** Of each unit hits / (hits + misses + false alarms), 0…1. */
  readonly accuracies: readonly number[];
  /** Whether the sorter gave up; then it has found no unit. */
  readonly failed: boolean;
}

/** A recording, through a codec. */
export interface DecodedFile {
  readonly seed: number;
  readonly file: string;
  /** In words: `"WavPack hybrid"`. */
  readonly codec: string;
  /** Ratio that was asked for; undefined for the lowest rate that the codec has. */
  readonly target?: number;
  /** Bytes of the samples, 16 bits each, and of the compressed file. */
  readonly samplesBytes: number;
  readonly codedBytes: number;
}

/** What one sorter finds, over the units of all recordings. */
export interface SorterResult {
  /** Mean over units. */
  readonly accuracy: number;
  /** 95% interval of the mean. */
  readonly lower: number;
  readonly upper: number;
  /** Mean of accuracy less that in the original, and its 95% interval; of the original itself 0. */
  readonly change: number;
  readonly changeLower: number;
  readonly changeUpper: number;
  /** Units that are found with an accuracy of 0.8 or more. */
  readonly found: number;
  /** Recordings that the sorter gave up. */
  readonly failed: number;
}

/** One codec at one ratio. */
export interface SortingRow {
  /** `"original"`, `"mdct-256-sine+trellis at 5"`. */
  readonly name: string;
  /** Bytes of all samples over bytes of all compressed files; 1 for the original. */
  readonly ratio: number;
  readonly sorters: Readonly<Record<string, SorterResult>>;
}

/** From here on a unit counts as found: SpikeInterface's threshold for well detected units. */
export const FOUND = 0.8;

/**
 * One row for the originals, and one for each codec and ratio, in the order of the files.
 *
 * @throws RangeError when a file was not sorted by a sorter that sorted the originals
 */
export function sortingRows(decoded: readonly DecodedFile[], sorted: readonly SortedFile[]): SortingRow[] {
  const sorters = [...new Set(sorted.map(({ sorter }) => sorter))];
  const seeds = [...new Set(sorted.map(({ seed }) => seed))];
  const ofFile = (file: string): SortingRow['sorters'] =>
    Object.fromEntries(
      sorters.map((sorter) => {
        const pairs = seeds.map((seed) =>
          ['original', file].map((name) => {
            const found = sorted.find(
              (one) => one.seed === seed && one.file === name && one.sorter === sorter,
            );
            if (!found) throw new RangeError(`${sorter} has not sorted ${name} of recording ${seed}.`);
            return found;
          }),
        );
        return [sorter, resultOf(pairs as [SortedFile, SortedFile][])];
      }),
    );
  const files = [...new Set(decoded.map(({ file }) => file))];
  return [
    { name: 'original', ratio: 1, sorters: ofFile('original') },
    ...files.map((file) => {
      const ones = decoded.filter((one) => one.file === file);
      const bytes = (of: (one: DecodedFile) => number): number => ones.reduce((sum, one) => sum + of(one), 0);
      const { codec, target } = ones[0]!;
      return {
        name: target === undefined ? `${codec} at its lowest rate` : `${codec} at ${target}`,
        ratio: rounded(bytes((one) => one.samplesBytes) / bytes((one) => one.codedBytes), 2),
        sorters: ofFile(file),
      };
    }),
  ];
}

/** @param pairs - the original and the decoded file of each recording */
function resultOf(pairs: readonly (readonly [SortedFile, SortedFile])[]): SorterResult {
  const units = pairs.flatMap(([original, decoded]) =>
    decoded.accuracies.map((accuracy, unit) => ({ accuracy, change: accuracy - original.accuracies[unit]! })),
  );
  const accuracy = intervalOf(units.map((unit) => unit.accuracy));
  const change = intervalOf(units.map((unit) => unit.change));
  return {
    accuracy: rounded(accuracy.estimate, 3),
    lower: rounded(accuracy.lower, 3),
    upper: rounded(accuracy.upper, 3),
    change: rounded(change.estimate, 3),
    changeLower: rounded(change.lower, 3),
    changeUpper: rounded(change.upper, 3),
    found: units.filter((unit) => unit.accuracy >= FOUND).length,
    failed: pairs.filter(([, decoded]) => decoded.failed).length,
  };
}

/** Mean over units, each drawn by itself. */
function intervalOf(values: readonly number[]): Interval {
  const mean = (some: readonly number[]): number => some.reduce((sum, value) => sum + value, 0) / some.length;
  return bootstrapInterval(
    values.map((value) => [value]),
    mean,
  )!;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits)) + 0;
}

/** The rows as a table of `docs/packages.md`. */
export function sortingTable(rows: readonly SortingRow[]): string {
  const sorters = Object.keys(rows[0]!.sorters);
  const lines = rows.map(({ name, ratio, sorters: results }) => [
    name,
    ratio.toFixed(2),
    ...sorters.flatMap((sorter) => {
      const { accuracy, change, changeLower, changeUpper } = results[sorter]!;
      const signed = [change, changeLower, changeUpper].map((value) => value.toFixed(3).replace('-', '−'));
      return [accuracy.toFixed(3), ...(name === 'original' ? ['', '', ''] : signed)];
    }),
  ]);
  const head = ['samples', 'ratio', ...sorters.flatMap((sorter) => [sorter, 'change', 'from', 'to'])];
  const widthOf = head.map((_, i) => Math.max(3, ...[head, ...lines].map((line) => line[i]!.length)));
  const lineOf = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widthOf[i]!) : cell.padStart(widthOf[i]!))).join(' | ')} |`;
  const rule = widthOf.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [lineOf(head), lineOf(rule), ...lines.map(lineOf)].join('\n');
}
