/**
 * Rate–distortion curves: how good what is left is, over how small it has become.
 */
import type { Data } from 'plotly.js';
import { monotoneCubic, valueOfCubic } from '../../numerics/monotone-cubic';
import type { Curve, OperatingPoint } from '../../results/results';
import type { Figure } from '../figure';
import { panelGrid } from './panels';
import {
  axisTitle,
  lineStyle,
  linearAxis,
  logAxis,
  PALETTE,
  styledLine,
  subtitle,
  themeLayout,
  type AxisName,
  type Headline,
  type LineStyle,
} from '../theme';

/** A curve and how it is drawn. */
export interface NamedCurve {
  readonly curve: Curve;
  /** Name in the legend; the id of the basis when left out. */
  readonly label?: string;
  readonly style?: LineStyle;
}

/** What can stand over the compression ratio. */
export type QualityMeasure = 'psnr' | 'snr' | 'inBandSnr' | 'spikes' | 'spikesFound' | 'spikeBandPower';

interface Measure {
  readonly name: AxisName;
  readonly heading: string;
  value(point: OperatingPoint): number | null | undefined;
}

const MEASURES: Readonly<Record<QualityMeasure, Measure>> = {
  psnr: { name: { quantity: 'PSNR', unit: 'dB' }, heading: 'All samples', value: (point) => point.psnr },
  snr: {
    name: { quantity: 'SNR', unit: 'dB' },
    heading: 'Median recording',
    value: (point) => point.snrMedian,
  },
  inBandSnr: {
    name: { quantity: 'In-band SNR', unit: 'dB' },
    heading: 'Median recording, 300–5000 Hz',
    value: (point) => point.inBandSnrMedian,
  },
  spikes: {
    name: { quantity: 'F1 of threshold crossings', unit: 'none' },
    heading: 'Spikes kept',
    value: (point) => point.spikeF1,
  },
  spikesFound: {
    name: { quantity: 'F1 of threshold crossings', unit: 'none' },
    heading: 'Spikes found, threshold of the decoded signal',
    value: (point) => point.ownThresholdF1,
  },
  spikeBandPower: {
    name: { quantity: 'Correlation', unit: 'none' },
    heading: 'Power in 300–1000 Hz, 50 ms bins',
    value: (point) => point.spikeBandPowerCorrelation,
  },
};

/** A point of the stationary Gaussian bound. */
export interface BoundPoint {
  readonly compressionRatio: number;
  /** dB. */
  readonly psnr: number;
}

/** What to draw of the curves. */
export interface RateDistortionOptions {
  /** One panel each, in this order; PSNR alone when left out. */
  readonly measures?: readonly QualityMeasure[];
  /** Reference in the panel of the PSNR. */
  readonly bound?: readonly BoundPoint[];
  readonly name?: string;
}

/**
 * Compression ratio against PSNR, and against other measures of quality in further panels that share its axis.
 * Where a curve has a lossless point, a short stroke at the top of the first panel marks its compression ratio; one
 * that has no other point has no line.
 */
export function rateDistortion(
  curves: readonly NamedCurve[],
  headline: Headline,
  options: RateDistortionOptions = {},
): Figure {
  const measures = options.measures ?? ['psnr'];
  const grid = panelGrid(measures.length, measures.length > 1 ? 2 : 1, { x: 0.2, y: 0.32 });
  const data: Data[] = [];
  const ratios = [...(options.bound ?? []).map((point) => point.compressionRatio)];
  let highestPsnr = Math.max(0, ...(options.bound ?? []).map((point) => point.psnr));
  let lowestPsnr = Math.min(...(options.bound ?? []).map((point) => point.psnr), Infinity);
  const lines = curves.map((named, index) => ({
    curve: named.curve,
    label: named.label ?? named.curve.basis,
    style: named.style ?? lineStyle(index),
  }));

  grid.panels.forEach((panel, index) => {
    const measure = MEASURES[measures[index] as QualityMeasure];
    for (const { curve, label, style } of lines) {
      if (curve.points.length === 0) continue;
      const points = curve.points.filter((point) => typeof measure.value(point) === 'number');
      const y = points.map((point) => measure.value(point) as number);
      ratios.push(...points.map((point) => point.compressionRatio));
      if (measures[index] === 'psnr') {
        highestPsnr = Math.max(highestPsnr, ...y);
        lowestPsnr = Math.min(lowestPsnr, ...y);
      }
      data.push({
        type: 'scatter',
        mode: 'lines+markers',
        name: label,
        legendgroup: label,
        showlegend: index === 0,
        x: points.map((point) => point.compressionRatio),
        y,
        xaxis: panel.xaxis,
        yaxis: panel.yaxis,
        ...styledLine(style),
        hovertemplate: `CR %{x:.4~g}<br>${axisTitle(measure.name)}: %{y:.4~g}<extra>${label}</extra>`,
      });
    }
    if (measures[index] === 'psnr' && options.bound) {
      data.push({
        type: 'scatter',
        mode: 'lines',
        name: 'stationary Gaussian bound',
        x: options.bound.map((point) => point.compressionRatio),
        y: options.bound.map((point) => point.psnr),
        xaxis: panel.xaxis,
        yaxis: panel.yaxis,
        line: { color: PALETTE.gray, dash: 'dot', width: 2 },
        hovertemplate: 'CR %{x:.4~g}<br>PSNR, dB: %{y:.4~g}<extra>bound</extra>',
      });
    }
  });

  const first = grid.panels[0];
  const lossless = lines.filter(({ curve }) => curve.lossless !== null);
  const ceiling = highestPsnr + (highestPsnr - Math.min(lowestPsnr, highestPsnr)) * 0.08;
  if (first && measures[0] === 'psnr' && lossless.length > 0) {
    const x = lossless.map(({ curve }) => curve.lossless?.compressionRatio ?? 1);
    ratios.push(...x);
    data.push({
      type: 'scatter',
      mode: 'markers',
      name: 'lossless',
      x,
      y: x.map(() => ceiling),
      xaxis: first.xaxis,
      yaxis: first.yaxis,
      marker: {
        color: lossless.map(({ style }) => style.color),
        symbol: 'line-ns',
        size: 9,
        line: { color: lossless.map(({ style }) => style.color), width: 2.5 },
      },
      text: lossless.map(({ label }) => label),
      hovertemplate: 'lossless at CR %{x:.4~g}<extra>%{text}</extra>',
    });
  }

  const several = measures.length > 1;
  const entries =
    lines.filter(({ curve }) => curve.points.length > 0).length +
    (options.bound ? 1 : 0) +
    (lossless.length > 0 ? 1 : 0);
  return {
    name: options.name ?? 'rate-distortion',
    title: headline.title,
    subtitle: subtitle(headline),
    data,
    layout: {
      ...themeLayout(headline, {
        height: several ? 230 + 270 * Math.ceil(measures.length / 2) : 560,
        legendEntries: entries,
        panelHeadings: several,
      }),
      ...grid.layout(
        (panel, index) => ({
          x: {
            ...logAxis({ quantity: 'Compression ratio', unit: 'none' }, ratios),
            ...(index > 0 ? { matches: 'x' as const } : {}),
            ...(panel.lowest ? {} : { title: { text: '' } }),
          },
          y: linearAxis(MEASURES[measures[index] as QualityMeasure].name),
        }),
        several ? measures.map((measure) => MEASURES[measure].heading) : undefined,
      ),
    },
  };
}

/**
 * PSNR of a curve at a compression ratio, between its points a monotone cubic over the logarithm of the ratio;
 * undefined outside of them.
 */
export function psnrAt(curve: Curve, compressionRatio: number): number | undefined {
  const points = curve.points.filter((point) => point.psnr !== null);
  points.sort((a, b) => a.compressionRatio - b.compressionRatio);
  const distinct = points.filter((point, i) => point.compressionRatio !== points[i - 1]?.compressionRatio);
  const [first, last] = [distinct[0], distinct[distinct.length - 1]];
  if (
    !first ||
    !last ||
    compressionRatio < first.compressionRatio ||
    compressionRatio > last.compressionRatio
  ) {
    return undefined;
  }
  if (distinct.length === 1) return first.psnr!;
  const cubic = monotoneCubic(
    Float64Array.from(distinct, (point) => Math.log(point.compressionRatio)),
    Float64Array.from(distinct, (point) => point.psnr!),
  );
  return valueOfCubic(cubic, Math.log(compressionRatio));
}
