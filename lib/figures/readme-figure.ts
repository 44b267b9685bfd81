/** The figure of the README: the distance of each kind of basis from the bound. */
import type { Annotations, Data } from 'plotly.js';
import type { Curve, Results } from '../results/results';
import { boundAt, psnrAt } from '../results/curve-at-ratio';
import { boundName } from './bound-name';
import type { Figure } from './figure';
import { lineLabels, type LineEnd } from './line-labels';
import type { BoundPoint } from './charts/rate-distortion';
import {
  axisTitle,
  linearAxis,
  logAxis,
  PALETTE,
  plotHeight,
  themeLayout,
  type AxisName,
  type LineStyle,
} from './theme';

/** A kind of basis as newcomers know it. */
interface Kind {
  readonly label: string;
  /** Families of the catalog that belong to it. */
  readonly families: readonly string[];
  readonly style: Pick<LineStyle, 'color' | 'dash'>;
}

/** At most eight kinds. Colors can be told apart by the color-blind, dashes on paper without color. */
const KINDS: readonly Kind[] = [
  { label: 'learned contexts', families: ['quantizer'], style: { color: PALETTE.wine, dash: 'solid' } },
  { label: 'lapped cosines', families: ['trigonometric'], style: { color: PALETTE.black, dash: 'solid' } },
  {
    label: 'learned atoms',
    families: ['learned dictionary', 'frame'],
    style: { color: PALETTE.green, dash: 'dash' },
  },
  {
    label: 'learned transforms',
    families: ['learned transform'],
    style: { color: PALETTE.vermilion, dash: 'dashdot' },
  },
  { label: 'wavelets', families: ['wavelet', 'packets'], style: { color: PALETTE.blue, dash: 'solid' } },
  { label: 'polynomials', families: ['polynomial'], style: { color: PALETTE.purple, dash: 'dot' } },
  { label: 'Walsh and Haar', families: ['walsh'], style: { color: PALETTE.sky, dash: 'dash' } },
  { label: 'prediction', families: ['prediction'], style: { color: PALETTE.orange, dash: 'solid' } },
];

/** Range of compression ratios. */
const FROM = 5;
const TO = 200;
const POINTS = 41;

/** Lower end of the axis, dB below the bound; curves further below leave the picture. */
const DEEPEST = 4;

/** Letter size at a width of 830 pixels: still readable on a phone at less than half of that. */
const TEXT = 19;
const WIDTH = 830;
const HEIGHT = 560;

/** A kind and the curve that represents it. */
export interface KindCurve {
  readonly label: string;
  readonly curve: Curve;
}

/** The best curve of each kind at CR 20, from the best kind to the worst. */
export function bestOfKinds({ curves }: Pick<Results, 'curves'>): (KindCurve & Pick<Kind, 'style'>)[] {
  const at = (curve: Curve): number => psnrAt(curve, 20) ?? -Infinity;
  return KINDS.flatMap(({ label, families, style }) => {
    const own = curves.filter(({ family, points }) => families.includes(family) && points.length > 0);
    return own.length === 0 ? [] : [{ label, style, curve: own.reduce((a, b) => (at(b) > at(a) ? b : a)) }];
  }).sort((a, b) => at(b.curve) - at(a.curve));
}

/**
 * Decibels below the stationary Gaussian bound over the compression ratio, for the best basis of each kind,
 * named at its line.
 *
 * @param bound - the stationary Gaussian bound, ascending ratio
 */
export function readmeFigure(results: Results, bound: readonly BoundPoint[]): Figure {
  const kinds = bestOfKinds(results);
  // Interpolated as the curves are: a bound of straight pieces would show corners that no curve has.
  const lines = kinds.map(({ label, style, curve }) => ({
    label,
    style,
    points: Array.from({ length: POINTS }, (_, i) => FROM * (TO / FROM) ** (i / (POINTS - 1))).flatMap(
      (ratio) => {
        const [limit, psnr] = [boundAt(bound, ratio), psnrAt(curve, ratio)];
        if (limit === undefined || psnr === undefined || limit - psnr > DEEPEST) return [];
        return [{ ratio, distance: limit - psnr }];
      },
    ),
  }));
  const seen = lines.filter(({ points }) => points.length > 1);
  const data = seen.map(({ label, style, points }): Data => ({
    type: 'scatter',
    mode: 'lines',
    name: label,
    x: points.map(({ ratio }) => ratio),
    y: points.map(({ distance }) => Number(distance.toFixed(3))),
    line: { ...style, width: 3 },
  }));
  const axis = logAxis({ quantity: 'Compression ratio', unit: 'none' }, [FROM, TO], {
    range: [Math.log10(FROM), Math.log10(TO)],
  });
  data.push({
    type: 'scatter',
    mode: 'lines',
    name: 'bound',
    x: [FROM, TO],
    y: [0, 0],
    line: { color: PALETTE.gray, width: 2, dash: 'dash' },
  });
  const ends: LineEnd[] = [
    { label: 'Gaussian bound', color: PALETTE.gray, x: Math.log10(TO), y: 0 },
    ...seen.map(({ label, style, points }) => {
      const end = points[points.length - 1]!;
      return { label, color: style.color, x: Math.log10(end.ratio), y: end.distance };
    }),
  ];
  const first = kinds[0];
  const gap = first ? (boundAt(bound, 20) ?? NaN) - (psnrAt(first.curve, 20) ?? NaN) : NaN;
  const title = first
    ? `At CR 20 the best basis is ${gap.toFixed(1)} dB below the bound`
    : 'No basis was measured';
  const base = themeLayout({ title, corpus: results.dataset.label }, { height: HEIGHT, legendEntries: 0 });
  const margin = { t: 22, r: 216, b: 74, l: 74 };
  const range: [number, number] = [DEEPEST + 0.15, -0.12];
  // A line that leaves the picture early is named at its end, inside the picture.
  const right = Math.log10(TO) + 0.035;
  const [leaving, staying] = [
    ends.filter(({ x }) => x < Math.log10(TO)),
    ends.filter(({ x }) => x >= Math.log10(TO)),
  ];
  const panel = {
    xaxis: 'x',
    yaxis: 'y',
    range,
    height: plotHeight({ height: HEIGHT, margin }),
    size: TEXT,
  };
  const distance: AxisName = { quantity: `PSNR below the ${boundName(bound)}`, unit: 'dB' };
  const letters = { font: { size: TEXT } };
  return {
    name: 'readme',
    title,
    subtitle: `${results.dataset.label}; the best of each kind: ${kinds.map(({ label, curve }) => `${label} ${curve.basis}`).join(', ')}`,
    data,
    layout: {
      template: base.template!,
      width: WIDTH,
      height: HEIGHT,
      showlegend: false,
      margin,
      xaxis: { ...axis, title: { text: 'Compression ratio', ...letters }, tickfont: { size: TEXT } },
      yaxis: {
        ...linearAxis(distance, { range, dtick: 1 }),
        title: { text: axisTitle(distance), ...letters },
        tickfont: { size: TEXT },
      },
      annotations: [
        ...lineLabels(staying, { ...panel, right }),
        ...leaving.flatMap((end) => lineLabels([end], { ...panel, right: end.x + 0.03 })),
      ] as Annotations[],
    },
  };
}
