/**
 * Amplitude distributions: how often each ADC code, or each coefficient, occurs.
 */
import type { Data } from 'plotly.js';
import { roundSignificant, type Figure } from '../figure';
import {
  lineStyle,
  linearAxis,
  logAxis,
  subtitle,
  themeLayout,
  translucent,
  type AxisName,
  type Headline,
  type LineStyle,
} from '../theme';

/** Numbers of occurrences of equally spaced values. */
export interface Counts {
  readonly label: string;
  /** Number of occurrences of the values `first`, `first + width`, … */
  readonly counts: ArrayLike<number>;
  /** The value of the first count; 0 when left out. */
  readonly first?: number;
  /** Distance from one value to the next; 1 when left out. */
  readonly width?: number;
  readonly style?: LineStyle;
}

/** Settings of a histogram. */
export interface HistogramOptions {
  /** ADC codes when left out. */
  readonly quantity?: AxisName;
  /** Logarithmic frequency of occurrence: shows the tails. */
  readonly logarithmic?: boolean;
  /** Range of drawn values; all that occur when left out. */
  readonly range?: readonly [number, number];
  readonly name?: string;
}

/** Most values drawn of each series; more are summed in groups of equal size. */
const BARS = 1024;

/** Histogram: the share of each value among all values. */
export function histogram(
  series: readonly Counts[],
  headline: Headline,
  options: HistogramOptions = {},
): Figure {
  const { quantity = { quantity: 'Amplitude', unit: 'ADC codes' }, logarithmic = false } = options;
  const shares: number[] = [];
  const data = series.map((one, index): Data => {
    const { label, counts, first = 0, width = 1, style = lineStyle(index) } = one;
    const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
    let [from, to] = [0, counts.length];
    if (options.range) {
      from = Math.max(0, Math.ceil((options.range[0] - first) / width));
      to = Math.min(counts.length, Math.floor((options.range[1] - first) / width) + 1);
    } else {
      while (from < to && counts[from] === 0) from++;
      while (to > from && counts[to - 1] === 0) to--;
    }
    const group = Math.ceil((to - from) / BARS);
    const y: (number | null)[] = [];
    for (let start = from; start < to; start += group) {
      let sum = 0;
      for (let bar = start; bar < Math.min(to, start + group); bar++) sum += counts[bar] as number;
      const share = roundSignificant((100 * sum) / total, 4);
      if (share > 0) shares.push(share);
      // A logarithmic axis has no place for 0.
      y.push(logarithmic && share === 0 ? null : share);
    }
    return {
      type: 'scatter',
      mode: 'lines',
      name: label,
      x0: first + (from - 0.5) * width,
      dx: group * width,
      y: y.length > 0 ? [...y, y[y.length - 1] as number | null] : y,
      line: { color: style.color, shape: 'hv', width: 1.2 },
      ...(logarithmic ? {} : { fill: 'tozeroy', fillcolor: translucent(style.color, 0.3) }),
      hovertemplate: `%{x}: %{y:.3~g}%<extra>${label}</extra>`,
    };
  });
  const share: AxisName = { quantity: 'Share of the samples', unit: '%' };
  return {
    name: options.name ?? 'histogram',
    title: headline.title,
    subtitle: subtitle(headline),
    data,
    layout: {
      ...themeLayout(headline, { legendEntries: series.length, height: 480 }),
      xaxis: linearAxis(quantity),
      yaxis: logarithmic ? logAxis(share, shares) : linearAxis(share, { rangemode: 'tozero' }),
    },
  };
}
