/**
 * Energy compaction: how much of the energy the largest coefficients hold.
 */
import type { Data } from 'plotly.js';
import type { Figure } from '../figure';
import {
  lineStyle,
  logAxis,
  styledLine,
  subtitle,
  themeLayout,
  type Headline,
  type LineStyle,
} from '../theme';

/** Energy compaction of one basis. */
export interface CompactionCurve {
  readonly label: string;
  /** Coefficients kept, the largest first, over samples: 0…1, ascending. */
  readonly kept: ArrayLike<number>;
  /** Part of the energy that they hold: 0…1. */
  readonly energy: ArrayLike<number>;
  readonly style?: LineStyle;
}

/** Parts of energy left out below this are drawn as this: 99.999% held. */
const FLOOR = 1e-5;

/** Parts left out, with what is written at the axis: what is held. */
const TICKS: readonly (readonly [number, string])[] = [
  [1, '0'],
  [0.5, '50'],
  [0.2, '80'],
  [0.1, '90'],
  [0.05, '95'],
  [0.01, '99'],
  [0.001, '99.9'],
  [0.0001, '99.99'],
  [FLOOR, '99.999'],
];

/**
 * Part of the energy held by the largest coefficients, over their number. The vertical axis is logarithmic in what
 * is left out, so that 99% and 99.9% are as far apart as 90% and 99%.
 */
export function energyCompaction(
  curves: readonly CompactionCurve[],
  headline: Headline,
  options: { readonly name?: string } = {},
): Figure {
  const allKept: number[] = [];
  let smallest = 1;
  const data = curves.map(({ label, kept, energy, style }, index): Data => {
    const x: number[] = [];
    const y: number[] = [];
    const held: number[] = [];
    for (let point = 0; point < kept.length; point++) {
      const share = kept[point] as number;
      const left = 1 - (energy[point] as number);
      if (share <= 0 || left < FLOOR) continue;
      x.push(100 * share);
      y.push(left);
      held.push(100 * (1 - left));
      smallest = Math.min(smallest, left);
    }
    allKept.push(...x);
    const { line } = styledLine(style ?? lineStyle(index));
    return {
      type: 'scatter',
      mode: 'lines',
      name: label,
      x,
      y,
      line,
      text: held.map((value) => value.toPrecision(5)),
      hovertemplate: `%{x:.3~g}% of the coefficients<br>hold %{text}% of the energy<extra>${label}</extra>`,
    };
  });
  return {
    name: options.name ?? 'energy-compaction',
    title: headline.title,
    subtitle: subtitle(headline),
    data,
    layout: {
      ...themeLayout(headline, { legendEntries: curves.length }),
      xaxis: logAxis({ quantity: 'Coefficients kept over samples', unit: '%' }, allKept),
      yaxis: {
        title: { text: 'Energy held, %' },
        type: 'log',
        range: [0.05, Math.log10(smallest) - 0.1],
        tickmode: 'array',
        tickvals: TICKS.map(([left]) => left),
        ticktext: TICKS.map(([, text]) => text),
      },
    },
  };
}
