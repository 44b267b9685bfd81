/**
 * Figure of the ratios of all kernels, on a logarithmic axis since they range from a third to some hundreds.
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

/**
 * Style of each number type. `offset` moves its marks below the middle of the row, in units of the row
 * distance.
 */
const TYPES = [
  { type: 'float32', name: 'single precision', color: PALETTE.sky, symbol: 'circle', offset: -0.2 },
  { type: 'float64', name: 'double precision', color: PALETTE.blue, symbol: 'square', offset: 0.2 },
  { type: 'int32', name: 'integers', color: PALETTE.vermilion, symbol: 'diamond', offset: 0 },
] as const;
type TypeStyle = (typeof TYPES)[number];

const QUANTITY = { quantity: 'Time of the Python peer over time of the kernel', unit: 'none' } as const;

/**
 * One row for each kernel, size and peer, with a mark for each number type and a stroke for the required
 * ratio.
 */
export function ratioFigure(kernels: readonly KernelMeasurement[], machine: string): Figure {
  const rows = [...new Set(kernels.map(rowOf))];
  const faster = kernels.filter(({ ratio }) => ratio >= 1).length;
  const headline: Headline = {
    title: `In ${faster} of ${kernels.length} comparisons the kernel is faster than its Python peer, one thread each`,
    corpus: machine,
    detail: 'medians, with the 10th and 90th percentiles over pairs; strokes are aims',
  };
  const drawn = TYPES.map((style) => ({ style, members: kernels.filter(({ type }) => type === style.type) }));
  const shown = drawn.filter(({ members }) => members.length > 0);
  const places = new Map(rows.map((row, i) => [row, i]));
  const heightOf = (one: KernelMeasurement, { offset }: TypeStyle): number =>
    places.get(rowOf(one))! + offset;
  const data = shown.flatMap(({ style, members }) => {
    const aimed = members.filter(({ target }) => target !== null);
    const heights = (some: readonly KernelMeasurement[]): number[] => some.map((one) => heightOf(one, style));
    return [targetsOf(aimed, heights(aimed), style), marksOf(members, heights(members), style)];
  });
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
        tickmode: 'array',
        tickvals: rows.map((_, i) => i),
        ticktext: rows,
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

function marksOf(members: readonly KernelMeasurement[], heights: number[], style: TypeStyle): Data {
  const { name, color, symbol } = style;
  return {
    type: 'scatter',
    mode: 'markers',
    name,
    x: members.map(({ ratio }) => ratio),
    y: heights,
    text: members.map(rowOf),
    marker: { color, symbol, size: 7 },
    error_x: {
      type: 'data',
      symmetric: false,
      array: members.map(({ ratio, ratioHigh }) => ratioHigh - ratio),
      arrayminus: members.map(({ ratio, ratioLow }) => ratio - ratioLow),
      color,
      thickness: 1.4,
      width: 3,
    },
    hovertemplate: `%{text}<br>${axisTitle(QUANTITY)}: %{x:.3~g}<extra>${name}</extra>`,
  };
}

/** Short strokes at the required ratios. */
function targetsOf(members: readonly KernelMeasurement[], heights: number[], { color }: TypeStyle): Data {
  return {
    type: 'scatter',
    mode: 'markers',
    showlegend: false,
    x: members.map(({ target }) => target),
    y: heights,
    text: members.map(rowOf),
    marker: { symbol: 'line-ns', size: 9, line: { color, width: 2 } },
    hovertemplate: `%{text}<br>aim: %{x:.3~g}<extra></extra>`,
  };
}
