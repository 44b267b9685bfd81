/** Reduces long series to the resolution of the screen. */

/** Lowest and highest value of each group of neighboring samples, for plotly's `x0`, `dx`, `y`. */
export interface Envelope {
  /** Samples in a group; the last group may have fewer. */
  readonly group: number;
  /** Position of the middle of the first group, in samples. */
  readonly start: number;
  readonly lowest: number[];
  readonly highest: number[];
}

/**
 * Envelope of a signal: the range that a line through all samples covers in each pixel column. It is drawn as
 * a band: a line from extreme to extreme would show, when enlarged, an oscillation that is not in the signal.
 *
 * @param columns - pixel columns of the picture, 1 or more; there are at most as many groups
 */
export function envelope(series: ArrayLike<number>, columns: number): Envelope {
  const group = Math.max(1, Math.ceil(series.length / columns));
  const lowest: number[] = [];
  const highest: number[] = [];
  for (let from = 0; from < series.length; from += group) {
    let [low, high] = [Infinity, -Infinity];
    for (let index = from; index < Math.min(series.length, from + group); index++) {
      low = Math.min(low, series[index] as number);
      high = Math.max(high, series[index] as number);
    }
    lowest.push(low);
    highest.push(high);
  }
  return { group, start: (group - 1) / 2, lowest, highest };
}

/**
 * Means of a spectrum over bands of equal width on a logarithmic frequency axis. Where bands are narrower
 * than the spectrum's own resolution, its values are kept. Values at or below zero frequency are left out.
 *
 * @param frequencies - frequencies, ascending
 * @param columns - the columns of the spectrum, each as long as `frequencies`
 * @param bands - number of bands over the whole range
 */
export function thinSpectrum(
  frequencies: ArrayLike<number>,
  columns: readonly ArrayLike<number>[],
  bands: number,
): { frequencies: number[]; columns: number[][] } {
  const first = Array.from(frequencies).findIndex((frequency) => frequency > 0);
  const thinned = { frequencies: [] as number[], columns: columns.map(() => [] as number[]) };
  if (first < 0) return thinned;
  const ratio =
    Math.log((frequencies[frequencies.length - 1] as number) / (frequencies[first] as number)) / bands;
  for (let from = first; from < frequencies.length;) {
    const limit = (frequencies[from] as number) * Math.exp(ratio);
    let to = from + 1;
    while (to < frequencies.length && (frequencies[to] as number) < limit) to++;
    thinned.frequencies.push(mean(frequencies, from, to));
    columns.forEach((column, index) => thinned.columns[index]?.push(mean(column, from, to)));
    from = to;
  }
  return thinned;
}

function mean(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += values[index] as number;
  return sum / (to - from);
}

/** At most so many of the values, evenly chosen, always with the first and the last. */
export function everyFew<T>(values: readonly T[], most: number): T[] {
  if (values.length <= most) return [...values];
  return Array.from(
    { length: most },
    (_, i) => values[Math.round((i * (values.length - 1)) / (most - 1))] as T,
  );
}
