/** Figures with several panels: the axis names and the position of each panel. */
import type { Layout, LayoutAxis } from 'plotly.js';
import { panelHeading } from '../theme';

/** One panel of a grid. */
export interface Panel {
  /** Names of its axes as traces use them: `x`, `x2` … */
  readonly xaxis: string;
  readonly yaxis: string;
  /** Row from the top and column from the left, 0, 1 … */
  readonly row: number;
  readonly column: number;
  /** Whether it is the lowest panel of its column. */
  readonly lowest: boolean;
}

/** A grid of panels of equal size, filled row by row. */
export interface PanelGrid {
  readonly panels: readonly Panel[];
  /**
   * The layout of the axes.
   *
   * @param axes - the axes of each panel
   * @param headings - headings over the panels; none when left out
   */
  layout(
    axes: (panel: Panel, index: number) => { x: Partial<LayoutAxis>; y: Partial<LayoutAxis> },
    headings?: readonly string[],
  ): Partial<Layout>;
}

/**
 * A grid of panels.
 *
 * @param count - number of panels, 1 or more
 * @param columns - panels in a row
 * @param gaps - free space beside and below a panel, as parts of its width and height
 */
export function panelGrid(count: number, columns: number, gaps: { x: number; y: number }): PanelGrid {
  const rows = Math.ceil(count / columns);
  const panels = Array.from({ length: count }, (_, index): Panel => {
    const suffix = index === 0 ? '' : String(index + 1);
    return {
      xaxis: `x${suffix}`,
      yaxis: `y${suffix}`,
      row: Math.floor(index / columns),
      column: index % columns,
      lowest: index + columns >= count,
    };
  });
  const domain = (position: number, of: number, gap: number): [number, number] => {
    const size = 1 / (of + (of - 1) * gap);
    const start = position * size * (1 + gap);
    return [start, Math.min(1, start + size)];
  };
  return {
    panels,
    layout(axes, headings) {
      const layout: Record<string, unknown> = {};
      panels.forEach((panel, index) => {
        const { x, y } = axes(panel, index);
        const suffix = panel.xaxis.slice(1);
        const [bottom, top] = domain(rows - 1 - panel.row, rows, gaps.y);
        layout[`xaxis${suffix}`] = {
          ...x,
          domain: domain(panel.column, columns, gaps.x),
          anchor: panel.yaxis,
        };
        layout[`yaxis${suffix}`] = { ...y, domain: [bottom, top], anchor: panel.xaxis };
      });
      if (headings) {
        layout['annotations'] = panels.map((panel, index) =>
          panelHeading(headings[index] ?? '', panel.xaxis, panel.yaxis),
        );
      }
      return layout;
    },
  };
}
