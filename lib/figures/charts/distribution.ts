/** Distribution of a number over the recordings of a corpus. */
import type { Data } from 'plotly.js';
import { quantileOfSorted } from '../../numerics/statistics';
import { roundSignificant, type Figure } from '../figure';
import {
  axisTitle,
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

/** A number for each recording. */
export interface Sample {
  readonly label: string;
  readonly values: ArrayLike<number>;
  readonly style?: LineStyle;
}

/** Settings of a figure of distributions. */
export interface DistributionOptions {
  /**
   * `cumulative` (the default) shows every recording, `histogram` the shape, `box` the median and the
   * quartiles.
   */
  readonly kind?: 'cumulative' | 'histogram' | 'box';
  readonly logarithmic?: boolean;
  readonly name?: string;
}

const BINS = 40;
const QUANTILES = 200;

/** Sorted finite values. */
function sorted(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(Array.from(values).filter(Number.isFinite)).sort();
}

/** The spread of one number over recordings, for one or several bases. */
export function distribution(
  samples: readonly Sample[],
  quantity: AxisName,
  headline: Headline,
  options: DistributionOptions = {},
): Figure {
  const { kind = 'cumulative', logarithmic = false } = options;
  const series = samples.map((sample, index) => ({
    label: sample.label,
    style: sample.style ?? lineStyle(index),
    values: sorted(sample.values),
  }));
  const extremes = series.flatMap(({ values }) => [values[0] ?? 1, values[values.length - 1] ?? 1]);
  const valueAxis = logarithmic ? logAxis(quantity, extremes) : linearAxis(quantity);
  const layout = themeLayout(headline, { legendEntries: kind === 'box' ? 0 : series.length, height: 480 });
  const common = {
    name: options.name ?? 'distribution',
    title: headline.title,
    subtitle: subtitle(headline),
  };

  if (kind === 'box') {
    const data = series.map(({ label, style, values }): Data => ({
      type: 'box',
      name: label,
      x: Array.from(values, (value) => roundSignificant(value, 4)),
      boxpoints: 'outliers',
      line: { color: style.color, width: 1.6 },
      fillcolor: translucent(style.color, 0.25),
      marker: { color: style.color, size: 4, opacity: 0.6 },
      orientation: 'h',
    }));
    return {
      ...common,
      data,
      layout: {
        ...layout,
        height: 190 + 52 * series.length,
        xaxis: valueAxis,
        yaxis: { ...linearAxis({ quantity: '', unit: 'none' }), autorange: 'reversed' },
      },
    };
  }

  if (kind === 'histogram') {
    const scale = (value: number): number => (logarithmic ? Math.log10(value) : value);
    const low = scale(Math.min(...extremes));
    const width = (scale(Math.max(...extremes)) - low) / BINS || 1;
    const unscale = (value: number): number => roundSignificant(logarithmic ? 10 ** value : value, 5);
    const data = series.map(({ label, style, values }): Data => {
      const counts = new Array<number>(BINS).fill(0);
      for (const value of values) {
        const bin = Math.min(BINS - 1, Math.floor((scale(value) - low) / width));
        counts[bin] = (counts[bin] ?? 0) + 1;
      }
      // Drawn as stairs from bin edge to bin edge, which stay readable where several overlap.
      return {
        type: 'scatter',
        mode: 'lines',
        name: label,
        x: Array.from({ length: BINS + 1 }, (_, bin) => unscale(low + bin * width)),
        y: [...counts, counts[BINS - 1] ?? 0],
        line: { color: style.color, width: 1.8, shape: 'hv' },
        fill: 'tozeroy',
        fillcolor: translucent(style.color, 0.18),
        hovertemplate: `%{x:.4~g}: %{y} recordings<extra>${label}</extra>`,
      };
    });
    const countAxis = linearAxis({ quantity: 'Number', unit: 'recordings' }, { rangemode: 'tozero' });
    return { ...common, data, layout: { ...layout, xaxis: valueAxis, yaxis: countAxis } };
  }

  const data = series.map(({ label, style, values }): Data => {
    const points = Math.min(values.length, QUANTILES);
    const parts = Array.from({ length: points }, (_, i) => (points > 1 ? i / (points - 1) : 0.5));
    return {
      type: 'scatter',
      mode: 'lines',
      name: label,
      x: parts.map((part) => roundSignificant(quantileOfSorted(values, part) ?? NaN, 4)),
      y: parts.map((part) => roundSignificant(100 * part, 4)),
      line: { color: style.color, dash: style.dash, width: 2 },
      hovertemplate: `%{y:.3~g}% have at most %{x:.4~g}<extra>${label}</extra>`,
    };
  });
  const yaxis = linearAxis(
    { quantity: `Recordings up to this ${quantityInText(quantity)}`, unit: '%' },
    { range: [-2, 102] },
  );
  return { ...common, data, layout: { ...layout, xaxis: valueAxis, yaxis } };
}

/** Name of a quantity within a sentence: without a capital, unless it is an abbreviation. */
function quantityInText(name: AxisName): string {
  const { quantity } = name;
  if (quantity === '') return axisTitle(name);
  return /^[A-Z][a-z]/.test(quantity) ? quantity[0]?.toLowerCase() + quantity.slice(1) : quantity;
}
