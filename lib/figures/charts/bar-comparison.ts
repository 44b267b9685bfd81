/** Bar chart: numbers side by side. */
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
  /** Bars of one group share a legend entry. */
  readonly group?: string;
}

/** Settings of a bar chart. */
export interface BarOptions {
  /** Decimals of the numbers written at the bars; 2 when left out. */
  readonly digits?: number;
  readonly name?: string;
}

/** Text of a number at its bar, with a true minus sign; what rounds to zero has none. */
const numberText = (value: number, digits: number): string => {
  const text = value.toFixed(digits);
  return text.replace('-', Number(text) === 0 ? '' : '−');
};

/** Part of the axis that a number beside its bar takes. */
const NUMBER_ROOM = 0.1;

/** A range with room for the numbers at bars of both directions: beside a negative one they would stand in the names. */
function roomForNumbers(bars: readonly Bar[]): [number, number] {
  const values = bars.map(({ value }) => value);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const room = NUMBER_ROOM * (high - low);
  return [low < 0 ? low - room : 0, high > 0 ? high + room : 0];
}

/**
 * Horizontal bars from top to bottom in the order given, each with its number: at the end of the bar, or beside its
 * name where an interval is drawn over the end.
 */
export function barComparison(
  bars: readonly Bar[],
  quantity: AxisName,
  headline: Headline,
  options: BarOptions = {},
): Figure {
  const { digits = 2 } = options;
  const uncertain = bars.some(({ interval }) => interval);
  const negative = !uncertain && bars.some(({ value }) => value < 0);
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
      cliponaxis: false,
      ...(uncertain
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
        : { text: members.map(({ value }) => numberText(value, digits)), textposition: 'outside' as const }),
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
      xaxis: linearAxis(quantity, negative ? { range: roomForNumbers(bars) } : { rangemode: 'tozero' }),
      yaxis: {
        ...linearAxis({ quantity: '', unit: 'none' }),
        autorange: 'reversed',
        ticks: '',
        ticksuffix: ' ',
        categoryorder: 'array',
        categoryarray: bars.map(({ label }) => label),
        ...(uncertain && {
          tickmode: 'array' as const,
          tickvals: bars.map(({ label }) => label),
          ticktext: bars.map(({ label, value }) => `${label}  <b>${numberText(value, digits)}</b>`),
        }),
      },
    },
  };
}
