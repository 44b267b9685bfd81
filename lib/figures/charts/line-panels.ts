/** Panels of lines with names at their ends: one panel for each dataset, one line for each method. */
import type { Annotations, Data } from 'plotly.js';
import { FIGURE_WIDTH, type Figure } from '../figure';
import { labelRoom, lineLabels, type LineEnd } from '../line-labels';
import { panelGrid } from './panels';
import {
  axisTitle,
  lineStyle,
  linearAxis,
  logAxis,
  paddedRange,
  PALETTE,
  plotHeight,
  styledLine,
  subtitle,
  themeLayout,
  type AxisName,
  type Headline,
  type LineStyle,
} from '../theme';

/** A point of a line. */
export interface PanelPoint {
  readonly x: number;
  /** Null leaves a gap. */
  readonly y: number | null;
  /** Ends of the interval of uncertainty. */
  readonly interval?: readonly [number, number] | undefined;
}

/** A line of a panel. */
export interface PanelLine {
  /** Name at its end. */
  readonly label: string;
  readonly points: readonly PanelPoint[];
  readonly style?: LineStyle;
}

/** One panel. */
export interface LinePanel {
  /** Over the panel; empty for none. */
  readonly heading: string;
  readonly lines: readonly PanelLine[];
}

/** An axis of all panels. */
export interface PanelAxis extends AxisName {
  readonly logarithmic?: boolean;
  /** Values with a tick; chosen when left out. */
  readonly ticks?: readonly number[];
  /** Ends of a linear axis; lines are cut off there. Those of all panels together when left out. */
  readonly range?: readonly [number, number];
}

/** Settings of panels of lines. */
export interface LinePanelsOptions {
  /** Panels in a row; 1 when left out. */
  readonly columns?: number;
  /** CSS pixels of a panel without its axis. */
  readonly panelHeight?: number;
  readonly name?: string;
}

/** Letters at the ends of lines where several panels share a row. */
const SMALL = 11;
/** Width of the numbers at a vertical axis, CSS pixels. */
const NUMBERS = 44;
/** Space between two rows of panels: numbers of the axis, and the heading of the next. */
const BETWEEN = 58;

/** All panels have the same scales. */
export function linePanels(
  panels: readonly LinePanel[],
  horizontal: PanelAxis,
  vertical: PanelAxis,
  headline: Headline,
  options: LinePanelsOptions = {},
): Figure {
  const { columns = 1, panelHeight = columns > 1 ? 190 : 380 } = options;
  const size = columns > 1 ? SMALL : 13;
  const labels = panels.flatMap(({ lines }) => lines.map(({ label }) => label));
  const room = labelRoom(labels, size);
  const theme = themeLayout(headline, { legendEntries: 0, labelRoom: room, panelHeadings: true });
  const rows = Math.ceil(panels.length / columns);
  const inner = rows * panelHeight + (rows - 1) * BETWEEN;
  const height = inner + (theme.margin?.t ?? 0) + (theme.margin?.b ?? 0);
  const beside = columns > 1 ? room + NUMBERS : 0;
  const width = (FIGURE_WIDTH - (theme.margin?.l ?? 0) - room - (columns - 1) * beside) / columns;
  const grid = panelGrid(panels.length, columns, { x: beside / width, y: BETWEEN / panelHeight });

  const all = panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points));
  const xs = all.map(({ x }) => x);
  const ys = all.flatMap(({ y, interval }) => (y === null ? [] : [y, ...(interval ?? [])]));
  const place = (x: number): number => (horizontal.logarithmic ? Math.log10(x) : x);
  const ticks = horizontal.ticks && {
    tickmode: 'array' as const,
    tickvals: [...horizontal.ticks],
    ticktext: horizontal.ticks.map(String),
  };
  const xAxis = horizontal.logarithmic
    ? logAxis(horizontal, xs, ticks)
    : linearAxis(horizontal, { range: paddedRange(xs, 0.03), ...ticks });
  const range = vertical.range ?? paddedRange(ys, 0.06);
  const right = (xAxis.range as [number, number])[1];

  const data = panels.flatMap(({ lines }, at): Data[] => {
    const { xaxis, yaxis } = grid.panels[at]!;
    return lines.map(({ label, points, style }, index): Data => {
      const look = styledLine(style ?? lineStyle(index));
      const uncertain = points.some(({ interval }) => interval);
      return {
        type: 'scatter',
        mode: 'lines+markers',
        name: label,
        showlegend: false,
        x: points.map(({ x }) => x),
        y: points.map(({ y }) => y),
        xaxis,
        yaxis,
        ...look,
        ...(uncertain && {
          error_y: {
            type: 'data' as const,
            symmetric: false,
            array: points.map(({ y, interval }) => (y !== null && interval ? interval[1] - y : 0)),
            arrayminus: points.map(({ y, interval }) => (y !== null && interval ? y - interval[0] : 0)),
            thickness: 1,
            width: 3,
          },
        }),
        hovertemplate: `${horizontal.quantity} %{x:.4~g}<br>${axisTitle(vertical)}: %{y:.4~g}<extra>${label}</extra>`,
      };
    });
  });
  const ends = panels.flatMap(({ lines }, at) => {
    const known = lines.flatMap(({ label, points, style }, index): LineEnd[] => {
      // The name stands at the last point within the picture.
      const drawn = points.filter(({ y }) => y !== null && y >= range[0] && y <= range[1]);
      const last = drawn[drawn.length - 1];
      if (!last) return [];
      const { color } = style ?? lineStyle(index);
      return [{ label, color, x: place(last.x), y: last.y! }];
    });
    return lineLabels(known, { ...grid.panels[at]!, right, range, height: panelHeight, size });
  });
  const layout = grid.layout(
    (panel) => ({
      x: {
        ...xAxis,
        ...(panel.xaxis === 'x' ? {} : { matches: 'x' as const }),
        ...(panel.lowest ? {} : { title: { text: '' } }),
      },
      y: {
        ...linearAxis(vertical, { range: [...range] }),
        ...(panel.column === 0 ? {} : { title: { text: '' } }),
        nticks: columns > 1 ? 6 : 8,
        zeroline: true,
        zerolinecolor: PALETTE.gray,
      },
    }),
    panels.map(({ heading }) => heading),
  );
  const headings = (layout.annotations ?? []).filter((_, at) => panels[at]!.heading !== '');
  const whole = themeLayout(headline, { height, legendEntries: 0, labelRoom: room, panelHeadings: true });
  if (Math.abs(plotHeight(whole) - inner) > 1)
    throw new RangeError('The height of the panels is not that of their figure.');
  return {
    name: options.name ?? 'panels',
    title: headline.title,
    subtitle: subtitle(headline),
    data,
    layout: { ...whole, ...layout, annotations: [...headings, ...(ends as Annotations[])] },
  };
}
