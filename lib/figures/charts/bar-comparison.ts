/**
 * Numbers side by side.
 */
import type { Data } from 'plotly.js';
import type { Figure } from '../figure';
import {
  axisTitle,
  linearAxis,
  PALETTE,
  subtitle,
  themeLayout,
  type AxisName,
  type Headline,
} from '../theme';

/** One bar. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Ends of the interval of uncertainty. */
  readonly interval?: readonly [number, number];
  /** CSS color, one of the palette; blue when left out. */
  readonly color?: string;
  /** Bars of one group share an entry in the legend. */
  readonly group?: string;
}

/** How the bars are drawn. */
export interface BarOptions {
  /** Decimals of the numbers written at the bars; 2 when left out. */
  readonly digits?: number;
  readonly name?: string;
}

/** Horizontal bars from top to bottom in the order given, each with its number. */
export function barComparison(
  bars: readonly Bar[],
  quantity: AxisName,
  headline: Headline,
  options: BarOptions = {},
): Figure {
  const { digits = 2 } = options;
  const groups = [...new Set(bars.map((bar) => bar.group ?? ''))];
  const data = groups.map((group): Data => {
    const members = bars.filter((bar) => (bar.group ?? '') === group);
    const upper = members.map(({ value, interval }) => (interval ? interval[1] - value : 0));
    const lower = members.map(({ value, interval }) => (interval ? value - interval[0] : 0));
    return {
      type: 'bar',
      orientation: 'h',
      name: group,
      x: members.map(({ value }) => value),
      y: members.map(({ label }) => label),
      marker: { color: members.map(({ color }) => color ?? PALETTE.blue) },
      text: members.map(({ value }) => value.toFixed(digits).replace('-', '−')),
      textposition: members.some(({ interval }) => interval) ? 'inside' : 'outside',
      insidetextanchor: 'start',
      cliponaxis: false,
      ...(members.some(({ interval }) => interval)
        ? {
            error_x: {
              type: 'data',
              symmetric: false,
              array: upper,
              arrayminus: lower,
              color: PALETTE.black,
              thickness: 1.4,
              width: 5,
            },
          }
        : {}),
      hovertemplate: `%{y}<br>${axisTitle(quantity)}: %{x:.5~g}<extra>${group}</extra>`,
    };
  });
  const legendEntries = groups.length > 1 ? groups.length : 0;
  return {
    name: options.name ?? 'comparison',
    title: headline.title,
    subtitle: subtitle(headline),
    data,
    layout: {
      ...themeLayout(headline, {
        height: 170 + (legendEntries > 0 ? 30 : 0) + 34 * bars.length,
        legendEntries,
      }),
      barmode: 'overlay',
      bargap: 0.3,
      xaxis: linearAxis(quantity, { rangemode: 'tozero' }),
      yaxis: {
        ...linearAxis({ quantity: '', unit: 'none' }),
        autorange: 'reversed',
        ticks: '',
        ticksuffix: ' ',
        categoryorder: 'array',
        categoryarray: bars.map(({ label }) => label),
      },
    },
  };
}
