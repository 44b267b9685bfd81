/**
 * A figure in its size on paper: letters of 8 points at any width, with lines and margins to match. Runs in
 * pages too.
 */
import type { Data, Layout } from 'plotly.js';
import type { Figure } from './figure';
import { labelRoom, LINE_LABEL, withLabelsPlaced } from './line-labels';
import { BUTTON_ROOM, plotHeight, TEXT_SIZE, themeLayout, withoutHeadline, wrap, wrapColumns } from './theme';

/** CSS pixels in a millimeter and in a point. */
export const MILLIMETER = 96 / 25.4;
const POINT = 96 / 72;

/** Size and style on paper. */
export interface Paper {
  /** Millimeters. */
  readonly width: number;
  /** Millimeters. */
  readonly height: number;
  /** Letter size in points; 8 when left out. */
  readonly points?: number;
  /** Whether title and subtitle are part of the picture; papers put them into the caption. Default true. */
  readonly title?: boolean;
}

/** The figure does not fit on the paper. */
export class PaperSizeError extends Error {
  override readonly name = 'PaperSizeError';
}

/**
 * Least height of a panel, with room for two numbers at its axis; CSS pixels at a letter size of {@link
 * TEXT_SIZE}.
 */
const LEAST_PANEL = 36;

/** Least width within the margins; CSS pixels at a letter size of {@link TEXT_SIZE}. */
const LEAST_WIDTH = 120;

/** Letter size in points; journals ask for 7 to 9. */
const POINTS = 8;

/** Members of a figure that are lengths on the screen and are scaled. */
const LENGTHS = new Set([
  'size',
  'width',
  'thickness',
  'ticklen',
  'standoff',
  'arrowwidth',
  'borderpad',
  'nticks',
]);

/** Members that are not scaled: their numbers are not lengths, or were scaled already. */
const KEPT = new Set([
  'margin',
  'shapes',
  'x',
  'y',
  'z',
  'text',
  'customdata',
  'range',
  'domain',
  'tickvals',
]);

function scaled(value: unknown, factor: number, key = ''): unknown {
  if (typeof value === 'number') return LENGTHS.has(key) && key !== 'nticks' ? value * factor : value;
  if (KEPT.has(key)) return value;
  if (Array.isArray(value)) return value.map((one) => scaled(one, factor, key));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, scaled(member, factor, name)]),
    );
  }
  return value;
}

/** The words of a title in one line. */
const plainText = (text: string): string => text.replace(/<br>/g, ' ').replace(/<[^>]*>/g, '');

/** Width of a legend entry's mark and space; CSS pixels at a letter size of {@link TEXT_SIZE}. */
const LEGEND_MARK = 50;
const LETTER = 0.56 * TEXT_SIZE;

/** Bottom of the lowest panel, as a part of the height within the margins. */
function lowestPanel(layout: Partial<Layout>): number {
  const parts = Object.entries(layout).flatMap(([key, axis]: [string, unknown]) => {
    const { domain } = (axis ?? {}) as { domain?: [number, number] };
    return /^yaxis\d*$/.test(key) && domain ? [domain[1] - domain[0]] : [];
  });
  return Math.min(1, ...parts);
}

/**
 * Makes the figure for paper.
 *
 * @throws PaperSizeError when panels would be too low or too narrow to be read; its message names the size
 *   that is needed
 */
export function paperFigure(figure: Figure, paper: Paper): Figure {
  const { width, height, points = POINTS, title = true } = paper;
  const factor = (points * POINT) / TEXT_SIZE;
  const [pixels, rows] = [width * MILLIMETER, height * MILLIMETER];
  const bare = withoutHeadline(figure.layout);
  const layout = scaled(bare, factor) as Partial<Layout>;
  const data = scaled(figure.data, factor) as Data[];
  const old = bare.margin ?? {};
  const names = (bare.annotations ?? []).filter((one) => (one as { name?: string }).name === LINE_LABEL);
  const room = names.length > 0 ? labelRoom(names.map(({ text }) => plainText(text ?? ''))) : (old.r ?? 24);

  // A legend beside the plot would leave no width for the plot, so it goes below.
  const entries = data.filter((trace) => !('showlegend' in trace && trace.showlegend === false));
  const legend = layout.showlegend === true && entries.length > 0;
  const across = Math.max(...entries.map(({ name = '' }) => LEGEND_MARK + LETTER * String(name).length));
  const columns = Math.max(1, Math.floor(pixels / factor / across));
  const below = legend ? 8 + 22 * Math.ceil(entries.length / columns) : 0;

  const headline = title ? wrap(plainText(figure.title), wrapColumns(pixels / factor, 'title')) : [];
  const small = title ? wrap(plainText(figure.subtitle), wrapColumns(pixels / factor, 'subtitle')) : [];
  const top = title ? 14 + 25 * headline.length + 22 * small.length : 0;
  const theme = themeLayout({ title: figure.title, corpus: figure.subtitle }, { legendEntries: 0 });
  const margin = {
    t: (top + Math.max(10, (old.t ?? 0) - BUTTON_ROOM)) * factor,
    r: room * factor,
    b: (62 + below) * factor,
    l: (old.l ?? 76) * factor,
  };
  const least = Math.ceil((margin.t + margin.b + (LEAST_PANEL * factor) / lowestPanel(bare)) / MILLIMETER);
  const narrowest = Math.ceil((margin.l + margin.r + LEAST_WIDTH * factor) / MILLIMETER);
  if (!(height >= least && width >= narrowest)) {
    throw new PaperSizeError(
      `The figure "${figure.name}" cannot be read at ${width} by ${height} mm: ` +
        `give at least ${narrowest} by ${least} mm, smaller letters${title ? ', or leave out its title' : ''}.`,
    );
  }
  const whole: Partial<Layout> = {
    ...layout,
    autosize: false,
    width: pixels,
    height: rows,
    margin,
    ...(legend && {
      legend: {
        ...layout.legend,
        orientation: 'h',
        x: 0,
        xanchor: 'left',
        y: 0,
        yref: 'container',
        yanchor: 'bottom',
      },
    }),
    ...(title && {
      title: {
        ...(theme.title as object),
        text:
          `<b>${headline.join('<br>')}</b>` +
          `<br><span style="font-size:${TEXT_SIZE * factor}px;color:#555555">${small.join('<br>')}</span>`,
        y: 1 - (26 * factor) / rows,
        pad: { l: 10 * factor },
        font: { size: 18 * factor },
      },
    }),
  };
  return { ...figure, data, layout: withLabelsPlaced(whole, plotHeight(whole), 13 * factor) };
}
