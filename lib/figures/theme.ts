/** The common look of all figures: colors, letters, axes, titles. */
import type { LineStyle } from '../catalog/line-style';
import type { Dash, Layout, LayoutAxis, MarkerSymbol, PlotData } from 'plotly.js';
import { FIGURE_HEIGHT, type Figure } from './figure';

/**
 * Colors that the color-blind can tell apart, on white: those of Okabe and Ito (2008) without the yellow,
 * which is invisible on paper; then darker ones after Paul Tol's "muted" scheme (2021).
 */
export const PALETTE = {
  blue: '#0072b2',
  vermilion: '#d55e00',
  green: '#009e73',
  orange: '#e69f00',
  purple: '#cc79a7',
  sky: '#56b4e9',
  black: '#222222',
  wine: '#882255',
  olive: '#999933',
  indigo: '#332288',
  teal: '#44aa99',
  rose: '#cc6677',
  gray: '#767676',
} as const;

/** Name of a color of the palette. */
export type PaletteColor = keyof typeof PALETTE;

export type { LineStyle } from '../catalog/line-style';

const COLORS = Object.values(PALETTE);
const DASHES: readonly Dash[] = ['solid', 'dash', 'dot', 'dashdot'];
const SYMBOLS: readonly MarkerSymbol[] = ['circle', 'square', 'diamond', 'triangle-up', 'cross', 'x', 'star'];

/**
 * Default style of a series that the catalog does not know: first all colors, then the same colors with other
 * dashes. Markers vary faster, so that neighbors differ without color too.
 *
 * @param index - number of the series: 0, 1, 2 …
 */
export function lineStyle(index: number): LineStyle {
  const at = <T>(list: readonly T[], position: number): T => list[position % list.length] as T;
  return {
    color: at(COLORS, index),
    dash: at(DASHES, Math.floor(index / COLORS.length)),
    symbol: at(SYMBOLS, index),
  };
}

/**
 * Styles of lines that are drawn together, with different colors as long as the palette has any left. A line
 * keeps its own color where no earlier line has it. More lines than colors differ in color or dash.
 */
export function distinctStyles(styles: readonly LineStyle[]): LineStyle[] {
  const taken = new Set<string>();
  const colors = new Set<string>();
  const key = ({ color, dash }: LineStyle): string => `${color} ${dash}`;
  return styles.map((style, index) => {
    const later = new Set(styles.slice(index + 1).map(({ color }) => color));
    const free = COLORS.filter((color) => !colors.has(color));
    const color = colors.has(style.color) ? (free.find((one) => !later.has(one)) ?? free[0]) : style.color;
    const own = { ...style, color: color ?? style.color };
    const looks = [own, ...DASHES.map((dash) => ({ ...own, dash })), ...allLooks(style)];
    const chosen = looks.find((look) => !taken.has(key(look))) ?? own;
    taken.add(key(chosen));
    colors.add(chosen.color);
    return chosen;
  });
}

const allLooks = (style: LineStyle): LineStyle[] =>
  DASHES.flatMap((dash) => COLORS.map((color) => ({ ...style, color, dash })));

/**
 * A color of the palette made translucent.
 *
 * @param color - `#rrggbb`
 * @param opacity - 0…1
 */
export function translucent(color: string, opacity: number): string {
  const parts = [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
  return `rgba(${parts.join(',')},${opacity})`;
}

/** Colors of {@link PALETTE} for letters on white, dark enough for a contrast of 4.5 or more. */
export const TEXT_PALETTE: Readonly<Record<PaletteColor, string>> = {
  ...PALETTE,
  vermilion: '#b84f00',
  green: '#007a59',
  orange: '#8f6300',
  purple: '#a8487c',
  sky: '#1d75ab',
  olive: '#6b6b1e',
  teal: '#2b7a6e',
  rose: '#b3475a',
  gray: '#6b6b6b',
};

/** The letter color for a color of the palette; other colors are returned as they are. */
export function textColor(color: string): string {
  const name = (Object.keys(PALETTE) as PaletteColor[]).find((one) => PALETTE[one] === color.toLowerCase());
  return name === undefined ? color : TEXT_PALETTE[name];
}

/** Units of the project's axes; 'none' marks pure numbers, so that no unit is forgotten. */
export type KnownUnit =
  | 'none'
  | 'dB'
  | 'Hz'
  | 'kHz'
  | 'ms'
  | 's'
  | '%'
  | 'ADC codes'
  | 'ADC codes²/Hz'
  | 'ADC codes²'
  | 'samples'
  | 'recordings'
  | 'bits per sample'
  | 'multiply–adds per sample'
  | 'Msamples/s'
  | 'bytes'
  | 'bits'
  | 'per second';

/** A unit: a known one or any text, such as `"µV"`. */
export type Unit = KnownUnit | (string & Record<never, never>);

/** Name of an axis. */
export interface AxisName {
  /** Quantity with a capital: `"Compression ratio"`. */
  readonly quantity: string;
  readonly unit: Unit;
}

/** Text of an axis: `"PSNR, dB"`, or the unit alone where the quantity is empty. */
export function axisTitle({ quantity, unit }: AxisName): string {
  return [quantity, unit === 'none' ? '' : unit].filter(Boolean).join(', ');
}

/** A linear axis. */
export function linearAxis(name: AxisName, more: Partial<LayoutAxis> = {}): Partial<LayoutAxis> {
  return { title: { text: axisTitle(name) }, ...more };
}

/**
 * A logarithmic axis with the ticks 1, 2, 5, 10, 20, 50 …, over long ranges the powers of ten alone.
 *
 * @param values - positive numbers that the axis must cover
 */
export function logAxis(
  name: AxisName,
  values: readonly number[],
  more: Partial<LayoutAxis> = {},
): Partial<LayoutAxis> {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const low = positive.length > 0 ? Math.log10(positive.reduce((a, b) => Math.min(a, b))) : 0;
  const high = positive.length > 0 ? Math.log10(positive.reduce((a, b) => Math.max(a, b))) : 1;
  const margin = Math.max(0.02, (high - low) * 0.03);
  const range = [low - margin, high + margin] as const;
  const tickvals = logTicks(range[0], range[1]);
  return {
    title: { text: axisTitle(name) },
    type: 'log',
    range: [...range],
    tickmode: 'array',
    tickvals,
    ticktext: tickvals.map(tickText),
    ...more,
  };
}

/** Mantissas of the ticks of a logarithmic axis, from few to many. */
const MANTISSAS = [
  [1],
  [1, 2, 5],
  [1, 1.5, 2, 3, 4, 5, 6, 7, 8],
  Array.from({ length: 45 }, (_, i) => 1 + i / 5),
];

/** Ticks between two powers of ten (given by their logarithms), as many as fit. */
function logTicks(low: number, high: number): number[] {
  let ticks: number[] = [];
  for (const mantissas of MANTISSAS) {
    const more: number[] = [];
    for (let decade = Math.floor(low); decade <= high; decade++) {
      for (const mantissa of mantissas) {
        const tick = Number(`${Number(mantissa.toFixed(1))}e${decade}`);
        if (Math.log10(tick) >= low && Math.log10(tick) <= high) more.push(tick);
      }
    }
    if (ticks.length >= 6 || (ticks.length > 0 && more.length > 12)) break;
    ticks = more;
  }
  return ticks;
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Text of a tick of a logarithmic axis: 0.001, 20, 5,000, 10⁻⁶. */
function tickText(value: number): string {
  if (value >= 1e-3 && value < 1e6) return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = `10${exponent
    .replace('+', '')
    .replace('-', '⁻')
    .replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)] ?? '')}`;
  return mantissa === '1' ? power : `${mantissa}·${power}`;
}

/** The lines above a figure. */
export interface Headline {
  /** The finding, a sentence without full stop: `"The DCT halves the bytes of the samples at equal PSNR"`. */
  readonly title: string;
  /** Label of the corpus (`Corpus.label`); for the synthetic sample the label says so. */
  readonly corpus: string;
  /** Further information, one short line. */
  readonly detail?: string | undefined;
}

const INK = '#222222';
const SOFT_INK = '#555555';
const GRID = '#e4e4e4';

/** Font family; viewers that lack it use one of about the same width. */
export const FONT_FAMILY = 'Open Sans';
const FONT = `${FONT_FAMILY}, Arial, Helvetica, sans-serif`;

/** Letter size in CSS pixels. */
export const TEXT_SIZE = 15;
const TITLE_SIZE = 19;

/** Baseline of the first title line below the top, and the distance between lines, CSS pixels. */
const FIRST_LINE = 32;
const LINE = 25;

/** Letters in a title line: plotly's buttons stand at its right and take 170 of 900 pixels. */
const TITLE_COLUMNS = 68;
const SUBTITLE_COLUMNS = 118;

/** Breaks a text where it would be wider than the figure. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Letters in a line of the title or the subtitle, for a figure of this width in CSS pixels. */
export function wrapColumns(width: number, line: 'title' | 'subtitle'): number {
  return Math.max(12, Math.floor(line === 'title' ? width / 10.4 : width / 7.7));
}

/** The second line of a headline. */
export function subtitle({ corpus, detail }: Headline): string {
  return detail ? `${corpus} · ${detail}` : corpus;
}

const AXIS: Partial<LayoutAxis> = {
  automargin: true,
  gridcolor: GRID,
  linecolor: '#888888',
  showline: true,
  ticks: 'outside',
  tickcolor: '#888888',
  ticklen: 5,
  zeroline: false,
  title: { font: { size: TEXT_SIZE }, standoff: 10 },
};

/** Arrangement of a figure around its legend and headings. */
export interface Arrangement {
  /** Height in CSS pixels. */
  readonly height?: number;
  /** Number of legend entries: a short legend goes below the figure, a long one to its right. */
  readonly legendEntries: number;
  /** Whether panels have headings, which need room above the first panel. */
  readonly panelHeadings?: boolean;
  /** Width reserved for line names at the right, CSS pixels (see `line-labels.ts`). */
  readonly labelRoom?: number;
}

/** Number of entries from which a legend stands to the right. */
const LONG_LEGEND = 7;

/** The layout that all figures share, with title and legend in place. */
export function themeLayout(headline: Headline, arrangement: Arrangement): Partial<Layout> {
  const titleLines = wrap(headline.title, TITLE_COLUMNS);
  const subtitleLines = wrap(subtitle(headline), SUBTITLE_COLUMNS);
  const { height = FIGURE_HEIGHT, legendEntries, panelHeadings = false, labelRoom = 0 } = arrangement;
  const long = legendEntries >= LONG_LEGEND;
  return {
    height,
    autosize: true,
    title: {
      text:
        `<b>${titleLines.join('<br>')}</b>` +
        `<br><span style="font-size:${TEXT_SIZE}px;color:${SOFT_INK}">${subtitleLines.join('<br>')}</span>`,
      x: 0,
      xref: 'container',
      xanchor: 'left',
      // Baseline of the first line; plotly places it there whatever the anchor.
      y: 1 - FIRST_LINE / height,
      yref: 'container',
      yanchor: 'auto',
      pad: { l: 16 },
      font: { size: TITLE_SIZE },
    },
    showlegend: legendEntries > 0,
    legend: long
      ? { orientation: 'v', x: 1.02, xanchor: 'left', y: 1, yanchor: 'top', tracegroupgap: 0 }
      : {
          orientation: 'h',
          x: 0,
          xanchor: 'left',
          y: 0,
          yref: 'container',
          yanchor: 'bottom',
          tracegroupgap: 0,
        },
    margin: {
      t: FIRST_LINE + (titleLines.length - 1 + subtitleLines.length) * LINE + (panelHeadings ? 36 : 18),
      r: Math.max(24, labelRoom),
      b: legendEntries > 0 && !long ? 92 : 62,
      l: 76,
    },
    template: {
      layout: {
        font: { family: FONT, size: TEXT_SIZE, color: INK },
        paper_bgcolor: '#ffffff',
        plot_bgcolor: '#ffffff',
        colorway: [...COLORS],
        xaxis: AXIS,
        yaxis: AXIS,
        hovermode: 'closest',
      },
    },
  };
}

/** Height within the margins, CSS pixels. */
export function plotHeight({ height = FIGURE_HEIGHT, margin }: Partial<Layout>): number {
  return height - (margin?.t ?? 0) - (margin?.b ?? 0);
}

/** Range of an axis with a margin around the values; values that are not finite are ignored. */
export function paddedRange(values: readonly number[], part = 0.05): [number, number] {
  const finite = values.filter(Number.isFinite);
  const low = finite.length > 0 ? finite.reduce((a, b) => Math.min(a, b)) : 0;
  const high = finite.length > 0 ? finite.reduce((a, b) => Math.max(a, b)) : 1;
  const margin = (high - low || Math.abs(high) || 1) * part;
  return [low - margin, high + margin];
}

/** A headline with one more detail. */
export function withDetail(headline: Headline, detail: string | undefined): Headline {
  return detail === undefined
    ? headline
    : { ...headline, detail: [headline.detail, detail].filter(Boolean).join(', ') };
}

/**
 * Puts title and subtitle into the picture, in the common look; a figure with a title in its layout stays as
 * it is.
 */
export function withHeadline(figure: Figure): Figure {
  const { layout, title, subtitle: corpus, data } = figure;
  if (layout.title !== undefined || title === '') return figure;
  const entries = data.filter((trace) => !('showlegend' in trace && trace.showlegend === false)).length;
  const theme = themeLayout(
    { title, corpus },
    {
      ...(layout.height !== undefined && { height: layout.height }),
      legendEntries: entries > 1 ? entries : 0,
    },
  );
  return { ...figure, layout: { ...theme, ...layout, margin: { ...theme.margin, ...layout.margin } } };
}

/**
 * Room for plotly's buttons above a figure without a title, CSS pixels: without it they would cover headings.
 */
export const BUTTON_ROOM = 28;

/** Takes the title and its room out of a layout, for pages that write the title themselves. */
export function withoutHeadline(layout: Partial<Layout>): Partial<Layout> {
  const { title, ...rest } = layout;
  const text = typeof title === 'string' ? title : (title?.text ?? '');
  const room = text === '' ? 0 : FIRST_LINE + (text.split('<br>').length - 1) * LINE - BUTTON_ROOM;
  return {
    ...rest,
    height: (layout.height ?? FIGURE_HEIGHT) - room,
    margin: { ...layout.margin, t: Math.max(BUTTON_ROOM, (layout.margin?.t ?? room) - room) },
  };
}

/** Heading of a panel, above its left corner, in the coordinates of the panel's axes. */
export function panelHeading(
  text: string,
  xAxis: string,
  yAxis: string,
): NonNullable<Layout['annotations']>[number] {
  return {
    text: `<b>${text}</b>`,
    xref: `${xAxis} domain` as 'paper',
    yref: `${yAxis} domain` as 'paper',
    x: 0,
    y: 1,
    xanchor: 'left',
    yanchor: 'bottom',
    showarrow: false,
    font: { size: TEXT_SIZE - 1 },
  };
}

/** Line and marker for plotly, in the style of a basis. */
export function styledLine(
  style: LineStyle,
  width = 2,
): Pick<PlotData, 'line'> & { marker: PlotData['marker'] } {
  return {
    line: { color: style.color, dash: style.dash, width },
    marker: { color: style.color, symbol: style.symbol, size: 7 },
  };
}
