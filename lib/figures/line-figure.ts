/** A quick look at numbers, with one call in a cell. */
import type { Data } from 'plotly.js';
import type { Figure } from './figure';
import { signalAxis, signalTraces, withEnvelope } from './signal-traces';
import {
  axisTitle,
  lineStyle,
  linearAxis,
  subtitle,
  themeLayout,
  type AxisName,
  type Headline,
} from './theme';

/** Settings of a quick look. */
export interface LineFigureOptions {
  /** Default: `"Lines"`, or the name of the only line. */
  readonly title?: string;
  /** What was measured on which data. */
  readonly corpus?: string;
  /** Axis names: words, or quantity and unit. */
  readonly x?: string | AxisName;
  readonly y?: string | AxisName;
  readonly name?: string;
}

/** Lines have lengths that do not match. */
export class LineLengthError extends Error {
  override readonly name = 'LineLengthError';
}

/** Pixel columns of a picture. */
const COLUMNS = 800;

const nameOf = (axis: string | AxisName | undefined): AxisName =>
  typeof axis === 'object' ? axis : { quantity: axis ?? '', unit: 'none' };

/** Distance between places where all are equally spaced; undefined where they are not. */
function equalStep(x: ArrayLike<number>): number | undefined {
  if (x.length < 2) return 1;
  const step = ((x[x.length - 1] as number) - (x[0] as number)) / (x.length - 1);
  for (let i = 1; i < x.length; i++) {
    if (Math.abs((x[i] as number) - (x[i - 1] as number) - step) > 1e-6 * Math.abs(step)) return undefined;
  }
  return step === 0 ? undefined : step;
}

/**
 * Lines over shared places: `await showFigure(lineFigure(times, { original, decoded }, { x: 'Time, ms' }))`.
 * Equally spaced samples are drawn as their envelope when there are more than the picture can resolve.
 *
 * @param x - places, or the distance between values when they start at 0
 * @param y - one line, or several by name, each as long as `x`
 * @throws LineLengthError when a line has another number of values than there are places
 *
 * @public
 */
export function lineFigure(
  x: ArrayLike<number> | number,
  y: ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>,
  options: LineFigureOptions = {},
): Figure {
  const isList = (value: unknown): value is ArrayLike<number> =>
    Array.isArray(value) || ArrayBuffer.isView(value);
  const [across, up] = [nameOf(options.x), nameOf(options.y)];
  const lines = isList(y) ? [[up.quantity || 'values', y] as const] : Object.entries(y);
  const title = options.title ?? (lines.length === 1 ? lines[0]![0] : 'Lines');
  const step = typeof x === 'number' ? x : equalStep(x);
  const longest = Math.max(0, ...lines.map(([, values]) => values.length));
  const headline: Headline = { title, corpus: options.corpus ?? `${longest.toLocaleString('en-US')} values` };
  const explained = step === undefined ? headline : withEnvelope(headline, longest, COLUMNS);
  const data = lines.flatMap(([name, values], index): Data[] => {
    if (typeof x !== 'number' && values.length !== x.length) {
      throw new LineLengthError(
        `"${name}" has ${values.length} values for ${x.length} places: give as many of both, or one distance.`,
      );
    }
    const { color } = lineStyle(index);
    if (step === undefined) {
      return [
        {
          type: 'scatter',
          mode: 'lines',
          name,
          x: Array.from(x as ArrayLike<number>),
          y: Array.from(values),
          line: { color, width: 1.6 },
        },
      ];
    }
    const start = typeof x === 'number' ? 0 : ((x[0] as number | undefined) ?? 0);
    const time = { start, step, unit: across.unit === 'none' ? '' : across.unit, xaxis: 'x', yaxis: 'y' };
    return signalTraces(values, COLUMNS, time, { name, color, width: 1.6 });
  });
  return {
    name: options.name ?? 'lines',
    title,
    subtitle: subtitle(explained),
    data,
    layout: {
      ...themeLayout(explained, { legendEntries: lines.length > 1 ? lines.length : 0 }),
      xaxis: { ...linearAxis(across), ...(step === undefined ? {} : signalAxis(longest, COLUMNS)) },
      yaxis: { title: { text: axisTitle(up) } },
    },
  };
}
