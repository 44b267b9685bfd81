/**
 * Energy compaction: how much of the energy the largest coefficients hold.
 */
import type { Data } from 'plotly.js';
import { MOST_LINES } from '../chosen-curves';
import type { Figure } from '../figure';
import {
  distinctStyles,
  lineStyle,
  logAxis,
  styledLine,
  subtitle,
  themeLayout,
  withDetail,
  type Headline,
  type LineStyle,
} from '../theme';

/** Energy compaction of one basis. */
export interface CompactionCurve {
  readonly label: string;
  /** Coefficients kept, the largest first, over samples: 0…1, ascending. */
  readonly kept: ArrayLike<number>;
  /** Share of the energy that the kept coefficients hold: 0…1. */
  readonly energy: ArrayLike<number>;
  readonly style?: LineStyle;
}

/** Lower end of the axis of missing energy: 99.999% held. Smaller values are drawn here. */
const FLOOR = 1e-5;

/** Ticks by the share of missing energy, labeled with the share held. */
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

/** Share of the energy by which curves are ranked. */
const COMPARED = 0.99;

/**
 * Share of coefficients that hold {@link COMPARED} of the energy, rounded up to a drawn point: exact enough
 * for ranking.
 */
function neededFor({ kept, energy }: CompactionCurve): number {
  for (let point = 0; point < kept.length; point++) {
    if ((energy[point] as number) >= COMPARED) return kept[point] as number;
  }
  return Infinity;
}

/**
 * Curves to be drawn: the first (the samples themselves), the last (the subject of the figure), and the best
 * of the others.
 */
function chosen(curves: readonly CompactionCurve[]): { curve: CompactionCurve; index: number }[] {
  const all = curves.map((curve, index) => ({ curve, index, needed: neededFor(curve) }));
  const inOrder = [...all].sort((a, b) => a.needed - b.needed);
  if (all.length <= MOST_LINES) return inOrder;
  const own = all.filter(({ index }) => index === 0 || index === all.length - 1);
  const others = inOrder.filter((one) => !own.includes(one)).slice(0, MOST_LINES - own.length);
  return [...own, ...others].sort((a, b) => a.needed - b.needed);
}

/**
 * Share of the energy held by the largest coefficients, over their number, for at most eight bases; the
 * legend lists the best first. The vertical axis is logarithmic in the missing energy, so that 99% and 99.9%
 * are as far apart as 90% and 99%.
 */
export function energyCompaction(
  curves: readonly CompactionCurve[],
  headline: Headline,
  options: { readonly name?: string } = {},
): Figure {
  const allKept: number[] = [];
  let smallest = 1;
  const shown = chosen(curves);
  const explained = withDetail(
    headline,
    shown.length < curves.length ? `${shown.length} of ${curves.length} bases` : undefined,
  );
  const styles = distinctStyles(shown.map(({ curve, index }) => curve.style ?? lineStyle(index)));
  const data = shown.map(({ curve: { label, kept, energy } }, place): Data => {
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
    const { line } = styledLine(styles[place]!);
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
    subtitle: subtitle(explained),
    data,
    layout: {
      ...themeLayout(explained, { legendEntries: shown.length }),
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
