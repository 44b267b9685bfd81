/**
 * Names at the ends of lines, in place of a legend: the eye need not go back and forth, and the figure can be
 * read without color.
 */
import type { Annotations, Layout, LayoutAxis } from 'plotly.js';
import { textColor } from './theme';

/** End of a line to be named. Coordinates are plotly's, so they are logarithms on logarithmic axes. */
export interface LineEnd {
  readonly label: string;
  /** CSS color of the line. */
  readonly color: string;
  readonly x: number;
  readonly y: number;
}

/** The panel beside which the names are placed. */
export interface LabelPanel {
  readonly xaxis: string;
  readonly yaxis: string;
  /** Right end of the horizontal axis, where the names begin. */
  readonly right: number;
  /** Ends of the vertical axis, from the bottom to the top of the picture. */
  readonly range: readonly [bottom: number, top: number];
  /** Height of the panel, CSS pixels. */
  readonly height: number;
  /** Size of letters, CSS pixels. */
  readonly size?: number;
}

/** Name of the annotations. Pages use it to find and remove them when they are too narrow. */
export const LINE_LABEL = 'line-label';

const SIZE = 13;

/** Line spacing, in letter sizes. */
const SPACING = 1.3;

/** Average letter width, in letter sizes. */
const LETTER = 0.56;

/** Distance from a line to its name, CSS pixels. */
const GAP = 14;

/** Width that names take beside a panel, CSS pixels. */
export function labelRoom(labels: readonly string[], size = SIZE): number {
  return Math.ceil(Math.max(0, ...labels.map((label) => label.length)) * LETTER * size) + GAP + 6;
}

/**
 * Positions of marks within 0…`length`, at least `spacing` apart and as close to `wanted` as possible. More
 * marks than fit are spread evenly.
 *
 * @returns in the order of `wanted`
 */
export function spread(wanted: readonly number[], spacing: number, length: number): number[] {
  const step = Math.min(spacing, wanted.length > 1 ? length / (wanted.length - 1) : spacing);
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
  // Marks that touch move as one, about the mean of their wanted positions.
  const groups: { first: number; members: number[] }[] = [];
  const settle = (members: readonly number[]): number => {
    const mean = members.reduce((sum, index, i) => sum + wanted[index]! - i * step, 0) / members.length;
    return Math.max(0, Math.min(length - (members.length - 1) * step, mean));
  };
  for (const index of order) {
    let group = { first: settle([index]), members: [index] };
    for (;;) {
      const last = groups[groups.length - 1];
      if (!last || last.first + last.members.length * step <= group.first + 1e-9) break;
      groups.pop();
      const members = [...last.members, ...group.members];
      group = { first: settle(members), members };
    }
    groups.push(group);
  }
  const places = new Array<number>(wanted.length).fill(0);
  for (const { first, members } of groups) members.forEach((index, i) => (places[index] = first + i * step));
  return places;
}

/**
 * Names to the right of a panel, each at the height of its line's end; a thin line joins them where the name
 * had to move.
 */
export function lineLabels(ends: readonly LineEnd[], panel: LabelPanel): Partial<Annotations>[] {
  const { xaxis, yaxis, right, range, height, size = SIZE } = panel;
  const [bottom, top] = range;
  const perPixel = (top - bottom) / height;
  const places = spread(
    ends.map(
      ({ y }) => (Math.max(Math.min(bottom, top), Math.min(Math.max(bottom, top), y)) - bottom) / perPixel,
    ),
    SPACING * size,
    height,
  );
  return ends.map(({ label, color, x, y }, i) => ({
    name: LINE_LABEL,
    text: label,
    x,
    y,
    xref: xaxis as Annotations['xref'],
    yref: yaxis as Annotations['yref'],
    // An arrow without a head: a thin line from the end of the curve to its name.
    axref: xaxis as Annotations['axref'],
    ayref: yaxis as Annotations['ayref'],
    ax: right,
    ay: bottom + places[i]! * perPixel,
    xanchor: 'left',
    yanchor: 'middle',
    align: 'left',
    showarrow: true,
    arrowhead: 0,
    borderpad: 3,
    arrowwidth: 1,
    arrowcolor: color,
    standoff: 3,
    font: { size, color: textColor(color) },
  }));
}

/** Members of an annotation that place a name. */
interface PlacedLabel {
  readonly name?: string;
  readonly yref?: string;
  readonly y?: number | string;
}

/**
 * Places the names of a layout anew, for another panel height or letter size.
 *
 * @param layout - a layout with annotations of {@link lineLabels}
 * @param height - height within the margins, CSS pixels
 * @param size - letter size of the names, CSS pixels
 */
export function withLabelsPlaced(layout: Partial<Layout>, height: number, size: number): Partial<Layout> {
  const annotations = layout.annotations ?? [];
  const isLabel = (one: object): boolean => (one as PlacedLabel).name === LINE_LABEL;
  if (!annotations.some(isLabel)) return layout;
  const axes = [...new Set(annotations.filter(isLabel).map((one) => String(one.yref)))];
  const places = new Map<object, number>();
  for (const yref of axes) {
    const axis = (layout as Record<string, Partial<LayoutAxis>>)[yref.replace('y', 'yaxis')] ?? {};
    const [bottom = 0, top = 1] = (axis.range ?? []) as number[];
    const [from = 0, to = 1] = axis.domain ?? [];
    const own = annotations.filter((one) => isLabel(one) && String(one.yref) === yref);
    const perPixel = (top - bottom) / (height * (to - from));
    const spots = spread(
      own.map(({ y }) => (Number(y) - bottom) / perPixel),
      SPACING * size,
      height * (to - from),
    );
    own.forEach((one, i) => places.set(one, bottom + spots[i]! * perPixel));
  }
  return {
    ...layout,
    annotations: annotations.map((one) =>
      places.has(one) ? { ...one, ay: places.get(one)!, font: { ...one.font, size } } : one,
    ),
  };
}
