/**
 * Makes long series as light as a screen can show.
 */

/** A series with equal steps, ready for plotly's `x0`, `dx`, `y`. */
export interface ThinnedSeries {
  /** Position of the first value, in samples of the long series. */
  readonly start: number;
  /** Samples of the long series from one value to the next. */
  readonly step: number;
  readonly values: number[];
}

/**
 * Keeps the smallest and the largest value of each pixel column, in the order in which they come: a line drawn
 * through them covers the same pixels as one through all. Column c of `columns` holds the samples from
 * ⌊c·n/columns⌋ up to but not including ⌊(c+1)·n/columns⌋. A series of at most two samples a column is kept whole.
 *
 * @param columns - pixel columns of the picture, 1 or more
 */
export function thinSeries(series: ArrayLike<number>, columns: number): ThinnedSeries {
  const count = series.length;
  if (count <= 2 * columns) return { start: 0, step: 1, values: Array.from(series) };
  const values: number[] = [];
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * count) / columns);
    const to = Math.floor(((column + 1) * count) / columns);
    let lowest = from;
    let highest = from;
    for (let index = from + 1; index < to; index++) {
      const value = series[index] as number;
      if (value < (series[lowest] as number)) lowest = index;
      if (value > (series[highest] as number)) highest = index;
    }
    const first = Math.min(lowest, highest);
    const second = Math.max(lowest, highest);
    values.push(series[first] as number, series[second] as number);
  }
  const step = count / (2 * columns);
  return { start: (step - 1) / 2, step, values };
}

/**
 * Means of a spectrum over bands that are equally wide on a logarithmic frequency axis; where the bands are
 * narrower than the spectrum's own lines, the lines are kept. Lines at or below zero frequency are left out.
 *
 * @param frequencies - ascending
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

/** Values of which only so many, evenly chosen and always with the first and the last, are kept. */
export function everyFew<T>(values: readonly T[], most: number): T[] {
  if (values.length <= most) return [...values];
  return Array.from(
    { length: most },
    (_, i) => values[Math.round((i * (values.length - 1)) / (most - 1))] as T,
  );
}
