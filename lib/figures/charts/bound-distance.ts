/**
 * Distance of curves from the stationary Gaussian bound. In a rate–distortion plot it cannot be read, since
 * all curves are steep and close together.
 */
import type { Annotations, Data } from 'plotly.js';
import { chosenCurves, leftOutText } from '../chosen-curves';
import type { Figure } from '../figure';
import { labelRoom, lineLabels, type LineEnd } from '../line-labels';
import type { PsnrPoints } from '../../results/curve-at-ratio';
import type { Curve } from '../../results/results';
import {
  distinctStyles,
  lineStyle,
  linearAxis,
  type LineStyle,
  logAxis,
  PALETTE,
  plotHeight,
  styledLine,
  subtitle,
  themeLayout,
  withDetail,
  type Headline,
} from '../theme';

/** Settings of a figure of distances. */
export interface BoundDistanceOptions {
  /** dB; curves are cut off further below. Default 4. */
  readonly deepest?: number;
  readonly name?: string;
}

/** A curve with its name and style. */
export interface DistantCurve {
  readonly curve: Pick<Curve, 'basis' | 'family'> & PsnrPoints;
  /** Name at the end of the line; the id of the basis when left out. */
  readonly label?: string;
  readonly style?: LineStyle;
}

/** What stands at the line of the bound. */
const BOUND = 'Gaussian bound, rounded to codes';

/**
 * Decibels below the bound over the compression ratio, one line for each curve, named at its end; the bound is the
 * line at the top, and up is better. Of more than eight curves the best of each family are drawn.
 *
 * @param boundAt - PSNR of the bound in dB at a compression ratio; undefined outside of it
 */
export function boundDistance(
  curves: readonly DistantCurve[],
  boundAt: (compressionRatio: number) => number | undefined,
  headline: Headline,
  options: BoundDistanceOptions = {},
): Figure {
  const { deepest = 4 } = options;
  const styled = curves.map(({ curve, label = curve.basis, style }, index) => ({
    curve,
    label,
    style: style ?? lineStyle(index),
    points: curve.points.flatMap(({ compressionRatio, psnr }) => {
      const bound = boundAt(compressionRatio);
      if (bound === undefined || psnr === null || bound - psnr > deepest) return [];
      return [{ compressionRatio, distance: Number((bound - psnr).toFixed(3)) }];
    }),
  }));
  const near = styled.filter(({ points }) => points.length > 0);
  const chosen = chosenCurves(near);
  const styles = distinctStyles(chosen.map(({ style }) => style));
  const lines = chosen.map((line, index) => ({ ...line, style: styles[index]! }));
  const explained = withDetail(
    withDetail(headline, leftOutText(lines, near)),
    near.length < styled.length
      ? `all further than ${deepest} dB: ${styled.flatMap((one) => (near.includes(one) ? [] : [one.label])).join(', ')}`
      : undefined,
  );
  const ratios = lines.flatMap(({ points }) => points.map(({ compressionRatio }) => compressionRatio));
  const data = lines.map(({ label, style, points }): Data => ({
    type: 'scatter',
    mode: 'lines+markers',
    name: label,
    x: points.map(({ compressionRatio }) => compressionRatio),
    y: points.map(({ distance }) => distance),
    ...styledLine(style),
    hovertemplate: `CR %{x:.4~g}<br>%{y:.2f} dB below the bound<extra>${label}</extra>`,
  }));
  const axis = logAxis({ quantity: 'Compression ratio', unit: 'none' }, ratios);
  const [left, right] = axis.range as [number, number];
  data.push({
    type: 'scatter',
    mode: 'lines',
    name: BOUND,
    x: [10 ** left, 10 ** right],
    y: [0, 0],
    line: { color: PALETTE.black, width: 1.4, dash: 'dash' },
    hoverinfo: 'skip',
  });
  const all = lines.flatMap(({ points }) => points.map(({ distance }) => distance));
  const range: [number, number] = [
    Math.max(0.5, ...all) * 1.05,
    Math.min(0, ...all) - 0.04 * Math.max(1, ...all),
  ];
  const ends = [
    ...lines.map(({ label, style, points }): LineEnd => {
      const end = points.reduce((a, b) => (b.compressionRatio > a.compressionRatio ? b : a));
      return { label, color: style.color, x: Math.log10(end.compressionRatio), y: end.distance };
    }),
    { label: BOUND, color: PALETTE.black, x: right, y: 0 },
  ];
  const theme = themeLayout(explained, {
    height: 540,
    legendEntries: 0,
    labelRoom: labelRoom(ends.map(({ label }) => label)),
  });
  return {
    name: options.name ?? 'bound-distance',
    title: headline.title,
    subtitle: subtitle(explained),
    data,
    layout: {
      ...theme,
      xaxis: axis,
      yaxis: linearAxis({ quantity: 'PSNR below the Gaussian bound with rounding', unit: 'dB' }, { range }),
      annotations: lineLabels(ends, {
        xaxis: 'x',
        yaxis: 'y',
        right,
        range,
        height: plotHeight(theme),
      }) as Annotations[],
    },
  };
}
