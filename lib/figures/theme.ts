/**
 * One look for all figures: colors, letters, axes, titles.
 */
import type { LineStyle } from '../catalog/line-style';
import type { Dash, Layout, LayoutAxis, MarkerSymbol, PlotData } from 'plotly.js';
import { FIGURE_HEIGHT, type Figure } from './figure';

/**
 * Colors that the color-blind can tell apart, on white: those of Okabe and Ito (2008) but the yellow, which is
 * invisible on paper, then darker ones after Paul Tol's "muted" scheme (2021).
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
 * The style of the series with this number where no catalog says another: the colors first, then the same colors
 * with other dashes; markers vary faster, so that neighbors differ without color too.
 *
 * @param index - 0, 1, 2 …
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
 * Styles of lines that are drawn together, no two of the same color as long as the palette has others: each keeps its
 * own where no line before it has it. More lines than colors differ in color or dash.
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
 * A color of the palette, let through.
 *
 * @param color - `#rrggbb`
 * @param opacity - 0…1
 */
export function translucent(color: string, opacity: number): string {
  const parts = [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
  return `rgba(${parts.join(',')},${opacity})`;
}

/** Colors of {@link PALETTE} as letters on white: dark enough to be read, with a contrast of 4.5 or more. */
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

/** The color of letters that name something of a color of the palette; another color stays as it is. */
export function textColor(color: string): string {
  const name = (Object.keys(PALETTE) as PaletteColor[]).find((one) => PALETTE[one] === color.toLowerCase());
  return name === undefined ? color : TEXT_PALETTE[name];
}

/** Units that axes of this project have; 'none' is for pure numbers, to be written down all the same. */
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

/** A unit: one that is known, or any text, such as `"µV"`. */
export type Unit = KnownUnit | (string & Record<never, never>);

/** What an axis shows. */
export interface AxisName {
  /** Quantity, with a capital: `"Compression ratio"`. */
  readonly quantity: string;
  readonly unit: Unit;
}

/** The words of an axis: `"PSNR, dB"`; the unit alone where the quantity is empty. */
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
 * @param values - positive numbers that have to be on the axis
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

/** The most ticks that are not too many between two powers of ten (given by their logarithms). */
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

/** A power of ten, or a number of it, as it is read best: 0.001, 20, 5,000, 10⁻⁶. */
function tickText(value: number): string {
  if (value >= 1e-3 && value < 1e6) return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = `10${exponent
    .replace('+', '')
    .replace('-', '⁻')
    .replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)] ?? '')}`;
  return mantissa === '1' ? power : `${mantissa}·${power}`;
}

/** What stands above a figure. */
export interface Headline {
  /** The finding, a sentence without full stop: `"The DCT halves the bytes of the samples at equal PSNR"`. */
  readonly title: string;
  /** `Corpus.label`: whatever was measured on the synthetic sample says so. */
  readonly corpus: string;
  /** What else the reader has to know, one short line. */
  readonly detail?: string | undefined;
}

const INK = '#222222';
const SOFT_INK = '#555555';
const GRID = '#e4e4e4';

/** The family of letters; a viewer that lacks it takes one of about the same width. */
export const FONT_FAMILY = 'Open Sans';
const FONT = `${FONT_FAMILY}, Arial, Helvetica, sans-serif`;

/** Size of letters in CSS pixels. */
export const TEXT_SIZE = 15;
const TITLE_SIZE = 19;

/** Base of the first line of the title below the top, and distance from line to line, CSS pixels. */
const FIRST_LINE = 32;
const LINE = 25;

/** The buttons of plotly stand at the right of the first line and take 170 of 900 pixels. */
const TITLE_COLUMNS = 68;
const SUBTITLE_COLUMNS = 118;

/** Breaks a line of text where it would be wider than the figure. */
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

/** Letters of a line of the title or the subtitle of a figure of this width, CSS pixels. */
export function wrapColumns(width: number, line: 'title' | 'subtitle'): number {
  return Math.max(12, Math.floor(line === 'title' ? width / 10.4 : width / 7.7));
}

/** The second line of a figure. */
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

/** Where the legend is, and how a figure is arranged around it. */
export interface Arrangement {
  /** Height in CSS pixels. */
  readonly height?: number;
  /** Number of entries in the legend: few go below the figure, many to its right. */
  readonly legendEntries: number;
  /** Whether panels have headings of their own, which take room above the first. */
  readonly panelHeadings?: boolean;
  /** Room for names of lines at the right, CSS pixels (see `line-labels.ts`). */
  readonly labelRoom?: number;
}

/** Entries of a legend from which it stands to the right. */
const LONG_LEGEND = 7;

/** The part of the layout that all figures share, with the title and the legend in place. */
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
      // The base of the first line, which plotly places whatever the anchor.
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

/** Height of what lies within the margins, CSS pixels. */
export function plotHeight({ height = FIGURE_HEIGHT, margin }: Partial<Layout>): number {
  return height - (margin?.t ?? 0) - (margin?.b ?? 0);
}

/** Ends of an axis that leaves a little room about the values; those that are not finite do not count. */
export function paddedRange(values: readonly number[], part = 0.05): [number, number] {
  const finite = values.filter(Number.isFinite);
  const low = finite.length > 0 ? finite.reduce((a, b) => Math.min(a, b)) : 0;
  const high = finite.length > 0 ? finite.reduce((a, b) => Math.max(a, b)) : 1;
  const margin = (high - low || Math.abs(high) || 1) * part;
  return [low - margin, high + margin];
}

/** A headline with one more thing to know. */
export function withDetail(headline: Headline, detail: string | undefined): Headline {
  return detail === undefined
    ? headline
    : { ...headline, detail: [headline.detail, detail].filter(Boolean).join(', ') };
}

/**
 * A figure with its title and subtitle in the picture, in the look of the others: one that has a title in its layout
 * stays as it is.
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

/** Room for the buttons of plotly over a figure that has no title in it, CSS pixels: they cover no heading there. */
export const BUTTON_ROOM = 28;

/** The same layout without the title and the room for it: for pages that write the title themselves. */
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

/** A heading over one panel, at the left above its corner; coordinates are those of the panel's axes. */
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

/** A line or a marked line as plotly takes it, in the style of its basis. */
export function styledLine(
  style: LineStyle,
  width = 2,
): Pick<PlotData, 'line'> & { marker: PlotData['marker'] } {
  return {
    line: { color: style.color, dash: style.dash, width },
    marker: { color: style.color, symbol: style.symbol, size: 7 },
  };
}
