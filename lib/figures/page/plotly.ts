/**
 * Plotly as the page has it: from `plotly.min.js` beside it, or not at all when that is missing.
 */
import type { Config, Data, Layout } from 'plotly.js';
import { inDarkColors } from '../dark-colors';
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
  });
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
