/** Rate–distortion curves: quality over compression ratio. */
import type { Data } from 'plotly.js';
import type { Curve, OperatingPoint } from '../../results/results';
import type { Figure } from '../figure';
import { chosenCurves, leftOutText } from '../chosen-curves';
import { labelRoom, lineLabels, type LineEnd } from '../line-labels';
import { panelGrid } from './panels';
import {
  axisTitle,
  distinctStyles,
  lineStyle,
  linearAxis,
  logAxis,
  PALETTE,
  styledLine,
  withDetail,
  paddedRange,
  plotHeight,
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

/** Measures of quality that can be drawn over the compression ratio. */
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

/**
 * Most lines that a legend below the figure can tell apart at a glance; more lines are named at their ends.
 */
const FEW_LINES = 2;

/** What a legend calls the bound. */
const BOUND = 'Gaussian bound, rounded to codes';

/** A point of the stationary Gaussian bound. */
export interface BoundPoint {
  readonly compressionRatio: number;
  /** dB, of a codec that rounds to ADC codes. */
  readonly psnr: number;
  /** dB, without rounding; missing in results of earlier code, whose `psnr` is this one. */
  readonly psnrUnrounded?: number;
}

/** Settings of a rate–distortion figure. */
export interface RateDistortionOptions {
  /** Measures with a panel each, in this order; PSNR alone when left out. */
  readonly measures?: readonly QualityMeasure[];
  /** Bound drawn in the PSNR panel. */
  readonly bound?: readonly BoundPoint[];
  readonly name?: string;
}

/**
 * PSNR over compression ratio, and other measures of quality in further panels that share its axis. A short
 * stroke at the top of the first panel marks the compression ratio of a lossless point; a curve without other
 * points has no line. Of more than eight curves the best of each family are drawn, named at their ends.
 */
export function rateDistortion(
  curves: readonly NamedCurve[],
  headline: Headline,
  options: RateDistortionOptions = {},
): Figure {
  const measures = options.measures ?? ['psnr'];
  const styled = curves.map((named, index) => ({
    curve: named.curve,
    label: named.label ?? named.curve.basis,
    style: named.style ?? lineStyle(index),
  }));
  const withLoss = styled.filter(({ curve }) => curve.points.length > 0);
  const chosen = chosenCurves(withLoss);
  const styles = distinctStyles(chosen.map(({ style }) => style));
  const lines = chosen.map((line, index) => ({ ...line, style: styles[index]! }));
  const explained = withDetail(headline, leftOutText(lines, withLoss));
  const named = lines.length > FEW_LINES;
  const columns = measures.length > 1 && !named ? 2 : 1;
  const rows = Math.ceil(measures.length / columns);
  const grid = panelGrid(measures.length, columns, { x: 0.2, y: named ? 0.28 : 0.32 });
  const data: Data[] = [];
  const ratios = (options.bound ?? []).map((point) => point.compressionRatio);
  for (const { curve } of lines) ratios.push(...curve.points.map(({ compressionRatio }) => compressionRatio));
  const ends: { label: string; color: string; ratio: number; y: number; panel: number }[] = [];
  const heights: number[][] = measures.map(() => []);

  grid.panels.forEach((panel, index) => {
    const measure = MEASURES[measures[index] as QualityMeasure];
    for (const { curve, label, style } of lines) {
      const points = curve.points.filter((point) => typeof measure.value(point) === 'number');
      const y = points.map((point) => measure.value(point) as number);
      heights[index]!.push(...y);
      const last = points.reduce(
        (end, point, i) => (point.compressionRatio > (points[end]?.compressionRatio ?? 0) ? i : end),
        0,
      );
      if (points.length > 0)
        ends.push({
          label,
          color: style.color,
          ratio: points[last]!.compressionRatio,
          y: y[last]!,
          panel: index,
        });
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
    const bound = measures[index] === 'psnr' ? (options.bound ?? []) : [];
    if (bound.length > 0) {
      heights[index]!.push(...bound.map(({ psnr }) => psnr));
      const { compressionRatio, psnr } = bound[bound.length - 1]!;
      ends.push({ label: BOUND, color: PALETTE.gray, ratio: compressionRatio, y: psnr, panel: index });
      data.push({
        type: 'scatter',
        mode: 'lines',
        name: BOUND,
        x: bound.map((point) => point.compressionRatio),
        y: bound.map((point) => point.psnr),
        xaxis: panel.xaxis,
        yaxis: panel.yaxis,
        line: { color: PALETTE.gray, dash: 'dot', width: 2 },
        hovertemplate: 'CR %{x:.4~g}<br>PSNR, dB: %{y:.4~g}<extra>bound</extra>',
      });
    }
  });

  const first = grid.panels[0];
  // Strokes of all curves; a curve that is only lossless has no line.
  const lossless = [...lines, ...styled.filter(({ curve }) => curve.points.length === 0)].filter(
    ({ curve }) => curve.lossless !== null,
  );
  if (first && measures[0] === 'psnr' && lossless.length > 0) {
    const x = lossless.map(({ curve }) => curve.lossless?.compressionRatio ?? 1);
    const [lowest = 0, highest = 1] = [Math.min(...heights[0]!), Math.max(0, ...heights[0]!)];
    const ceiling = highest + (highest - Math.min(lowest, highest)) * 0.08;
    heights[0]!.push(ceiling);
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
  const height = several ? 230 + 270 * rows : 560;
  const entries = lines.length + (options.bound ? 1 : 0) + (lossless.length > 0 ? 1 : 0);
  const theme = themeLayout(explained, {
    height,
    legendEntries: named ? 0 : entries,
    panelHeadings: several,
    labelRoom: named ? labelRoom(ends.map(({ label }) => label)) : 0,
  });
  const ranges = heights.map((values) => paddedRange(values));
  const axis = logAxis({ quantity: 'Compression ratio', unit: 'none' }, ratios);
  const panels = grid.layout(
    (panel, index) => ({
      x: {
        ...axis,
        ...(index > 0 ? { matches: 'x' as const } : {}),
        ...(panel.lowest ? {} : { title: { text: '' } }),
      },
      y: linearAxis(MEASURES[measures[index] as QualityMeasure].name, named ? { range: ranges[index]! } : {}),
    }),
    several ? measures.map((measure) => MEASURES[measure].heading) : undefined,
  );
  const right = (axis.range as [number, number])[1];
  const labels = grid.panels.flatMap((panel, index) =>
    lineLabels(
      ends
        .filter((end) => end.panel === index)
        .map(({ label, color, ratio, y }): LineEnd => ({ label, color, x: Math.log10(ratio), y })),
      {
        ...panel,
        right,
        range: ranges[index]!,
        height: plotHeight(theme) / (rows + (rows - 1) * 0.28),
      },
    ),
  );
  return {
    name: options.name ?? 'rate-distortion',
    title: headline.title,
    subtitle: subtitle(explained),
    data,
    layout: {
      ...theme,
      ...panels,
      ...(named && { annotations: [...(panels.annotations ?? []), ...labels] }),
    },
  };
}
