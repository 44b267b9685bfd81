/**
 * The colors of figures on a dark ground: the same hue for the same basis, light enough to be seen. Runs in pages too.
 */
import { PALETTE, TEXT_PALETTE, type PaletteColor } from './theme';

/** Surface color of dark pages. */
export const DARK_SURFACE = '#1c1f24';

const DARK_PALETTE: Readonly<Record<PaletteColor, string>> = {
  blue: '#3d9be0',
  vermilion: '#f0803c',
  green: '#2fc79b',
  orange: '#f2b53a',
  purple: '#dd94bd',
  sky: '#8fd6ff',
  black: '#ececec',
  wine: '#d0689c',
  olive: '#bdbd55',
  indigo: '#9a8ef0',
  teal: '#5fc7b6',
  rose: '#e88796',
  gray: '#a0a0a0',
};

const DARK: ReadonlyMap<string, string> = new Map([
  ...Object.entries(PALETTE).map(([name, color]): [string, string] => [
    color,
    DARK_PALETTE[name as PaletteColor],
  ]),
  ...Object.entries(TEXT_PALETTE).map(([name, color]): [string, string] => [
    color,
    DARK_PALETTE[name as PaletteColor],
  ]),
  // Background, letters, grid, axes and the gray of original waveforms.
  ['#ffffff', DARK_SURFACE],
  ['#555555', '#b4b8bf'],
  ['#e4e4e4', '#343941'],
  ['#888888', '#7d838c'],
  ['#a8a8a8', '#6a717b'],
]);

const parts = (color: string): number[] =>
  [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));

const DARK_TRANSLUCENT: ReadonlyMap<string, string> = new Map(
  [...DARK].map(([light, dark]) => [parts(light).join(','), parts(dark).join(',')]),
);

/** The dark counterpart of a CSS color; a color that no figure of this project has stays as it is. */
export function darkColor(color: string): string {
  return DARK.get(color.toLowerCase()) ?? color;
}

/**
 * A figure, or a part of one, for a dark background: all colors are replaced, and nothing else.
 *
 * @param value - JSON: traces, a layout
 */
export function inDarkColors<T>(value: T): T {
  return replaced(value) as T;
}

function replaced(value: unknown): unknown {
  if (typeof value === 'string') {
    return value
      .replace(/#[0-9a-f]{6}\b/gi, darkColor)
      .replace(/rgba\((\d+), ?(\d+), ?(\d+), ?([\d.]+)\)/g, (whole, red, green, blue, opacity) => {
        const dark = DARK_TRANSLUCENT.get([red, green, blue].join(','));
        return dark === undefined ? whole : `rgba(${dark},${opacity})`;
      });
  }
  if (Array.isArray(value)) {
    // Long lists of numbers have no colors and are passed through.
    return typeof value[0] === 'number' ? value : value.map(replaced);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replaced(member)]));
  }
  return value;
}
