/** Swatches: the line of a basis with its mark, as a small picture. */
import { darkColor } from '../dark-colors';
import type { LineStyle } from '../theme';

const NAMESPACE = 'http://www.w3.org/2000/svg';

const DASHES: Readonly<Record<string, string>> = { dash: '6 4', dot: '2 3', dashdot: '6 3 2 3' };

/** Marks about the origin, four pixels to each side. */
const MARKS: Readonly<Record<string, string>> = {
  circle: 'M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z',
  square: 'M-3.2 -3.2h6.4v6.4h-6.4z',
  diamond: 'M0 -4.4L4.4 0L0 4.4L-4.4 0z',
  'triangle-up': 'M0 -4.2L4 3L-4 3z',
  cross: 'M-4 -1.4h2.6v-2.6h2.8v2.6h2.6v2.8h-2.6v2.6h-2.8v-2.6h-2.6z',
  x: 'M-4 -2.4L-2.4 -4L0 -1.6L2.4 -4L4 -2.4L1.6 0L4 2.4L2.4 4L0 1.6L-2.4 4L-4 2.4L-1.6 0z',
  star: 'M0 -4.6L1.2 -1.4L4.5 -1.4L1.8 0.7L2.8 4L0 2L-2.8 4L-1.8 0.7L-4.5 -1.4L-1.2 -1.4z',
};

/** Makes a swatch, which takes the colors of the present theme. */
export function swatch({ color, dash, symbol }: LineStyle): SVGSVGElement {
  const make = <Name extends keyof SVGElementTagNameMap>(
    name: Name,
    attributes: Readonly<Record<string, string>>,
  ): SVGElementTagNameMap[Name] => {
    const made = document.createElementNS(NAMESPACE, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const picture = make('svg', {
    class: 'swatch',
    width: '34',
    height: '14',
    viewBox: '-17 -7 34 14',
    'aria-hidden': 'true',
    style: `--light:${color};--dark:${darkColor(color)}`,
  });
  picture.append(
    make('path', {
      d: 'M-17 0H17',
      class: 'stroke',
      'stroke-width': '2',
      'stroke-dasharray': DASHES[dash] ?? 'none',
    }),
    make('path', { d: MARKS[String(symbol)] ?? MARKS['circle']!, class: 'fill' }),
  );
  return picture;
}
