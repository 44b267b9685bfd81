/**
 * Codecs along several axes of quality, one panel each over the compression ratio, with intervals.
 */
import type { Annotations, Data } from 'plotly.js';
import type { Figure } from '../figure';
import { labelRoom, lineLabels, type LineEnd } from '../line-labels';
import {
  axisTitle,
  linearAxis,
  logAxis,
  plotHeight,
  subtitle,
  themeLayout,
  translucent,
  type AxisName,
  type Headline,
  type LineStyle,
} from '../theme';
import { panelGrid } from './panels';

/** One codec along one axis. */
export interface QualityLine {
  readonly label: string;
  readonly style: Pick<LineStyle, 'color' | 'dash'>;
  /** Ascending compression ratio. */
  readonly points: readonly {
    readonly ratio: number;
    readonly value: number;
    /** Ends of the 95% interval, where there is one. */
    readonly lower?: number;
    readonly upper?: number;
  }[];
}

/** One axis of quality. */
export interface QualityPanel {
  readonly heading: string;
  readonly quantity: AxisName;
  /** Lines that are not measured along this axis are left out. */
  readonly lines: readonly QualityLine[];
  /** Ends of the axis; what lies beyond is cut off. */
  readonly range: readonly [bottom: number, top: number];
}

const PANEL = 210;
const GAP = 0.24;
const BAND_OPACITY = 0.18;

/**
 * Panels one over another, each with the lines of one axis of quality, named at their ends; up is better.
 *
 * @param panels - one or more; at most eight lines each
 */
export function qualityAxes(panels: readonly QualityPanel[], headline: Headline, name: string): Figure {
  const grid = panelGrid(panels.length, 1, { x: 0, y: GAP });
  const clipped = panels.map(({ lines, range: [bottom, top] }) =>
    lines.flatMap(({ label, style, points }) => {
      const seen = points.filter(({ value }) => value >= bottom && value <= top);
      return seen.length < 2 ? [] : [{ label, style, points: seen }];
    }),
  );
  const data = grid.panels.flatMap((panel, index): Data[] =>
    clipped[index]!.flatMap(({ label, style, points }): Data[] => {
      const place = { xaxis: panel.xaxis, yaxis: panel.yaxis, legendgroup: label } as const;
      const x = points.map(({ ratio }) => ratio);
      const uncertain = points.every(({ lower, upper }) => lower !== undefined && upper !== undefined);
      const edge = {
        ...place,
        type: 'scatter',
        mode: 'lines',
        x,
        line: { width: 0 },
        showlegend: false,
        hoverinfo: 'skip',
      } as const;
      return [
        ...(uncertain
          ? ([
              { ...edge, y: points.map(({ lower }) => lower!) },
              {
                ...edge,
                y: points.map(({ upper }) => upper!),
                fill: 'tonexty',
                fillcolor: translucent(style.color, BAND_OPACITY),
              },
            ] satisfies Data[])
          : []),
        {
          ...place,
          type: 'scatter',
          mode: 'lines+markers',
          name: label,
          x,
          y: points.map(({ value }) => value),
          line: { ...style, width: 2.4 },
          marker: { color: style.color, size: 6 },
          hovertemplate: `CR %{x:.4~g}<br>${axisTitle(panels[index]!.quantity)}: %{y:.4~g}<extra>${label}</extra>`,
        },
      ];
    }),
  );
  const ratios = clipped.flat().flatMap(({ points }) => points.map(({ ratio }) => ratio));
  const axis = logAxis({ quantity: 'Compression ratio', unit: 'none' }, ratios);
  const right = (axis.range as [number, number])[1];
  const theme = themeLayout(headline, {
    height: 130 + PANEL * panels.length,
    legendEntries: 0,
    panelHeadings: true,
    labelRoom: labelRoom(clipped.flat().map(({ label }) => label)),
  });
  const height = plotHeight(theme) / (panels.length + (panels.length - 1) * GAP);
  const layout = grid.layout(
    (panel, index) => ({
      x: {
        ...axis,
        ...(index > 0 ? { matches: 'x' as const } : {}),
        ...(panel.lowest ? {} : { title: { text: '' }, showticklabels: false }),
      },
      y: linearAxis(panels[index]!.quantity, { range: [...panels[index]!.range], nticks: 5 }),
    }),
    panels.map(({ heading }) => heading),
  );
  const labels = grid.panels.flatMap((panel, index) =>
    lineLabels(
      clipped[index]!.map(({ label, style, points }): LineEnd => {
        const end = points[points.length - 1]!;
        return { label, color: style.color, x: Math.log10(end.ratio), y: end.value };
      }),
      { ...panel, right, range: panels[index]!.range, height },
    ),
  );
  return {
    name,
    title: headline.title,
    subtitle: subtitle(headline),
    data,
    layout: { ...theme, ...layout, annotations: [...(layout.annotations ?? []), ...labels] as Annotations[] },
  };
}
