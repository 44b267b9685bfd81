/**
 * How far curves stay below the stationary Gaussian bound: what a rate–distortion plot hides where all curves are
 * steep and close together.
 */
import type { Data } from 'plotly.js';
import type { Figure } from '../figure';
import type { NamedCurve } from './rate-distortion';
import {
  lineStyle,
  linearAxis,
  logAxis,
  PALETTE,
  styledLine,
  subtitle,
  themeLayout,
  type Headline,
} from '../theme';

/** How the distances are drawn. */
export interface BoundDistanceOptions {
  /** dB; what lies further below is cut off. Default 4. */
  readonly deepest?: number;
  readonly name?: string;
}

/**
 * Distance from the bound in dB over the compression ratio, one line for each curve; up is nearer.
 *
 * @param boundAt - PSNR of the bound in dB at a compression ratio; undefined outside of it
 */
export function boundDistance(
  curves: readonly NamedCurve[],
  boundAt: (compressionRatio: number) => number | undefined,
  headline: Headline,
  options: BoundDistanceOptions = {},
): Figure {
  const { deepest = 4 } = options;
  const ratios: number[] = [];
  const data = curves.map(({ curve, label = curve.basis, style }, index): Data => {
    const points = curve.points.flatMap(({ compressionRatio, psnr }) => {
      const bound = boundAt(compressionRatio);
      if (bound === undefined || psnr === null || psnr - bound < -deepest) return [];
      return [{ compressionRatio, distance: psnr - bound }];
    });
    ratios.push(...points.map(({ compressionRatio }) => compressionRatio));
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name: label,
      x: points.map(({ compressionRatio }) => compressionRatio),
      y: points.map(({ distance }) => Number(distance.toFixed(3))),
      ...styledLine(style ?? lineStyle(index)),
      hovertemplate: `CR %{x:.4~g}<br>%{y:.2f} dB<extra>${label}</extra>`,
    };
  });
  if (ratios.length > 0)
    data.push({
      type: 'scatter',
      mode: 'lines',
      name: 'stationary Gaussian bound',
      x: [Math.min(...ratios), Math.max(...ratios)],
      y: [0, 0],
      line: { color: PALETTE.black, width: 1.4, dash: 'dash' },
      hoverinfo: 'skip',
    });
  return {
    name: options.name ?? 'bound-distance',
    title: headline.title,
    subtitle: subtitle(headline),
    data,
    layout: {
      ...themeLayout(headline, { height: 520, legendEntries: data.length }),
      xaxis: logAxis({ quantity: 'Compression ratio', unit: 'none' }, ratios),
      yaxis: linearAxis({ quantity: 'PSNR above the stationary Gaussian bound', unit: 'dB' }),
    },
  };
}
