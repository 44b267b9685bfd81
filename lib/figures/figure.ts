/**
 * The figure as data, not a picture. Charts make figures; `export.ts` draws them; `display.ts` and the
 * gallery show them.
 */
import type { Data, Layout } from 'plotly.js';

/** A drawing for plotly, with its title and subtitle in words. */
export interface Figure {
  /** Short name for files, lower case with hyphens: `"rate-distortion"`. */
  readonly name: string;
  /** Title: the finding, as one line of plain text. */
  readonly title: string;
  /** Subtitle: what was measured on which data, as one line of plain text. */
  readonly subtitle: string;
  readonly data: readonly Data[];
  readonly layout: Partial<Layout>;
}

/** Width of a static picture in CSS pixels; an interactive figure takes the available width. */
export const FIGURE_WIDTH = 900;

/** Height of a figure whose layout does not give one, CSS pixels. */
export const FIGURE_HEIGHT = 520;

/**
 * Rounds a number to so many significant digits: pictures need no more, and files stay small.
 *
 * @param digits - 1…15
 */
export function roundSignificant(value: number, digits: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : value;
}

/** Significant digits of the numbers of a saved figure. */
export const FIGURE_DIGITS = 6;

/**
 * A figure, or a part of one, as JSON that depends only on its contents: keys in alphabetical order, numbers
 * with six significant digits, typed arrays as arrays, numbers that are not finite as null.
 */
export function figureJson(value: unknown): string {
  return JSON.stringify(plain(value));
}

function plain(value: unknown): unknown {
  if (typeof value === 'number')
    return Number.isFinite(value) ? roundSignificant(value, FIGURE_DIGITS) + 0 : null;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, member]) => [key, plain(member)]));
  }
  return value;
}
