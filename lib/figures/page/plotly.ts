/** Plotly in the page: loaded from `plotly.min.js` beside it, or missing with that file. */
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

/** Draws or redraws a figure in the colors of the page. On paper it is light and as wide as the paper. */
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

/** Pixels of a PNG for each CSS pixel: 600 dots per inch. */
const PNG_SCALE = 600 / 96;

/**
 * A figure as the address of a picture, always in light colors.
 *
 * @param figure - a figure; its layout gives the size
 */
export function picture({ data, layout }: Figure, format: 'svg' | 'png'): Promise<string> {
  const library = plotly();
  if (!library) return Promise.reject(new Error('plotly.min.js is missing'));
  const { width = FIGURE_WIDTH, height = FIGURE_HEIGHT } = layout;
  // An SVG needs no scale: it is sharp at any size, and plotly would take the scale for its size.
  const scale = format === 'png' ? PNG_SCALE : 1;
  return library.toImage({ data, layout, config: { staticPlot: true } }, { format, width, height, scale });
}

/**
 * Calls back when everything has to be drawn again: on a change of theme, and before and after printing.
 *
 * @param redraw - receives whether it is for paper, where figures that were never in view have to be drawn
 *   too
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
