/**
 * Plotly as the page has it: from `plotly.min.js` beside it, or not at all when that is missing.
 */
import type { Config, Data, Layout } from 'plotly.js';
import { inDarkColors } from '../dark-colors';
import { FIGURE_HEIGHT, FIGURE_WIDTH, type Figure } from '../figure';
import { isDark } from './theme-switch';

/** A drawn figure. */
export interface PlotElement extends HTMLElement {
  on(event: string, handler: (event: never) => void): void;
}

interface PlotlyLibrary {
  react(
    root: HTMLElement,
    data: readonly Data[],
    layout: Partial<Layout>,
    config?: Partial<Config>,
  ): Promise<PlotElement>;
  toImage(
    figure: {
      readonly data: readonly Data[];
      readonly layout: Partial<Layout>;
      readonly config: Partial<Config>;
    },
    options: {
      readonly format: 'svg' | 'png';
      readonly width: number;
      readonly height: number;
      readonly scale: number;
    },
  ): Promise<string>;
  restyle(root: HTMLElement, change: Record<string, unknown>, traces?: readonly number[]): Promise<unknown>;
}

/** The library; undefined when its script could not be loaded. */
export function plotly(): PlotlyLibrary | undefined {
  return (globalThis as unknown as { Plotly?: PlotlyLibrary }).Plotly;
}

/** Width of a printed page within its margins, CSS pixels. */
const PRINTED_WIDTH = 680;

let printing = false;

/** Draws or redraws a figure in the colors of the page; on paper light and as wide as the paper. */
export function draw(root: HTMLElement, data: readonly Data[], layout: Partial<Layout>): Promise<unknown> {
  const library = plotly();
  if (!library) return Promise.reject(new Error('plotly.min.js is missing'));
  const dark = isDark() && !printing;
  const sized: Partial<Layout> = printing
    ? { ...layout, autosize: false, width: Math.min(PRINTED_WIDTH, root.clientWidth || PRINTED_WIDTH) }
    : layout;
  return library.react(root, dark ? inDarkColors(data) : data, dark ? inDarkColors(sized) : sized, {
    responsive: !printing,
    displaylogo: false,
    modeBarButtonsToRemove: ['select2d', 'lasso2d', 'autoScale2d'],
  });
}

/** Pixels of a picture for each CSS pixel: 600 dots per inch. */
const PNG_SCALE = 600 / 96;

/**
 * A figure as the address of a picture, light whatever the page is.
 *
 * @param figure - its layout says how large
 */
export function picture({ data, layout }: Figure, format: 'svg' | 'png'): Promise<string> {
  const library = plotly();
  if (!library) return Promise.reject(new Error('plotly.min.js is missing'));
  const { width = FIGURE_WIDTH, height = FIGURE_HEIGHT } = layout;
  // A picture of lines is as sharp as one likes; plotly takes a scale of it for its size.
  const scale = format === 'png' ? PNG_SCALE : 1;
  return library.toImage({ data, layout, config: { staticPlot: true } }, { format, width, height, scale });
}

/**
 * Calls back whenever everything has to be drawn again: another theme, before and after printing.
 *
 * @param redraw - is told whether it is for paper, where what was never in view is seen too
 */
export function onRedraw(redraw: (forPaper: boolean) => void): void {
  addEventListener('themechange', () => redraw(false));
  addEventListener('beforeprint', () => {
    printing = true;
    redraw(true);
  });
  addEventListener('afterprint', () => {
    printing = false;
    redraw(false);
  });
}
