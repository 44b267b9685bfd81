/**
 * The ratios of all kernels in one picture: from a third to some hundreds, so on a logarithmic axis.
 */
import type { Data } from 'plotly.js';
import type { Figure } from '../lib/figures/figure';
import {
  axisTitle,
  linearAxis,
  logAxis,
  PALETTE,
  subtitle,
  themeLayout,
  type Headline,
} from '../lib/figures/theme';
import type { KernelMeasurement } from './measure';

/** How the types of numbers are drawn. */
const TYPES = [
  { type: 'float32', name: 'single precision', color: PALETTE.sky, symbol: 'circle' },
  { type: 'float64', name: 'double precision', color: PALETTE.blue, symbol: 'square' },
  { type: 'int32', name: 'integers', color: PALETTE.vermilion, symbol: 'diamond' },
] as const;

const QUANTITY = { quantity: 'Time of the Python peer over time of the kernel', unit: 'none' } as const;

/** One row for each kernel, size and peer, with a mark for each type of numbers and one for what is aimed at. */
export function ratioFigure(kernels: readonly KernelMeasurement[], machine: string): Figure {
  const rows = [...new Set(kernels.map(rowOf))];
  const faster = kernels.filter(({ ratio }) => ratio >= 1).length;
  const headline: Headline = {
    title: `${faster} of ${kernels.length} kernels are faster than their Python peers, one thread each`,
    corpus: machine,
    detail: 'medians, with the 10th and 90th percentiles over pairs; strokes are aims',
  };
  const drawn = TYPES.map((style) => ({ style, members: kernels.filter(({ type }) => type === style.type) }));
  const shown = drawn.filter(({ members }) => members.length > 0);
  const data = shown.flatMap(({ style, members }) => [
    targetsOf(
      members.filter(({ target }) => target !== null),
      style.color,
    ),
    marksOf(members, style),
  ]);
  const ratios = kernels.flatMap(({ ratioLow, ratioHigh, target }) => [ratioLow, ratioHigh, target ?? 1]);
  return {
    name: 'ratios',
    title: headline.title,
    subtitle: subtitle(headline),
    data,
    layout: {
      ...themeLayout(headline, { height: 190 + 26 * rows.length, legendEntries: shown.length }),
      xaxis: logAxis(QUANTITY, ratios),
      yaxis: {
        ...linearAxis({ quantity: '', unit: 'none' }),
        range: [rows.length - 0.5, -0.5],
        ticks: '',
        ticksuffix: ' ',
        type: 'category',
        categoryorder: 'array',
        categoryarray: rows,
        tickfont: { size: 12 },
      },
      shapes: [
        {
          type: 'line',
          xref: 'x',
          yref: 'paper',
          x0: 1,
          x1: 1,
          y0: 0,
          y1: 1,
          layer: 'below',
          line: { color: PALETTE.gray, width: 1.5 },
        },
      ],
    },
  };
}

function rowOf({ kernel, size, peer }: KernelMeasurement): string {
  return `${kernel}, ${size} · ${peer}`;
}

function marksOf(members: readonly KernelMeasurement[], style: (typeof TYPES)[number]): Data {
  const { name, color, symbol } = style;
  return {
    type: 'scatter',
    mode: 'markers',
    name,
    x: members.map(({ ratio }) => ratio),
    y: members.map(rowOf),
    marker: { color, symbol, size: 8 },
    error_x: {
      type: 'data',
      symmetric: false,
      array: members.map(({ ratio, ratioHigh }) => ratioHigh - ratio),
      arrayminus: members.map(({ ratio, ratioLow }) => ratio - ratioLow),
      color,
      thickness: 1.4,
      width: 3,
    },
    hovertemplate: `%{y}<br>${axisTitle(QUANTITY)}: %{x:.3~g}<extra>${name}</extra>`,
  };
}

/** Short strokes at the ratios that are aimed at. */
function targetsOf(members: readonly KernelMeasurement[], color: string): Data {
  return {
    type: 'scatter',
    mode: 'markers',
    showlegend: false,
    x: members.map(({ target }) => target),
    y: members.map(rowOf),
    marker: { symbol: 'line-ns', size: 14, line: { color, width: 2 } },
    hovertemplate: `aim: %{x:.3~g}<extra></extra>`,
  };
}
