/**
 * Packs the numbers of a figure into plotly's binary arrays, for pages and notebooks: as JSON, a notebook
 * gives each number a line of its own. The numbers are those that `figureJson` rounds to; plotly reads both
 * forms.
 *
 * Source: "typed array spec" of plotly.js 2.35 and later, `{ dtype, bdata, shape }`.
 */
import { figureJson, roundSignificant, FIGURE_DIGITS } from './figure';

/** Members of traces that may be packed. */
const PACKED = new Set(['x', 'y', 'z', 'array', 'arrayminus']);

/** Shorter arrays are left as they are: packing would not shorten them. */
const FEWEST = 24;

/** An array packed for plotly. */
interface PackedArray {
  readonly dtype: 'i1' | 'i2' | 'i4' | 'f4' | 'f8';
  /** Little-endian numbers in base 64. */
  readonly bdata: string;
  /** Rows and columns of a two-dimensional array. */
  readonly shape?: string;
}

type Numbers = readonly (number | null)[];

const isNumbers = (value: unknown): value is Numbers =>
  Array.isArray(value) && value.every((one) => one === null || typeof one === 'number');

const isTable = (value: unknown): value is Numbers[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((row) => isNumbers(row) && row.length === (value[0] as Numbers).length);

/** Whether single precision keeps all digits that figures have. */
const fitsSingle = (value: number): boolean => roundSignificant(Math.fround(value), FIGURE_DIGITS) === value;

function pack(values: Numbers, shape?: string): PackedArray {
  const whole = values.every((value) => value !== null && Number.isInteger(value));
  const largest = values.reduce<number>((most, value) => Math.max(most, Math.abs(value ?? 0)), 0);
  const list = values.map((value) => value ?? NaN);
  const [dtype, data] =
    whole && largest < 2 ** 7
      ? (['i1', Int8Array.from(list)] as const)
      : whole && largest < 2 ** 15
        ? (['i2', Int16Array.from(list)] as const)
        : whole && largest < 2 ** 31
          ? (['i4', Int32Array.from(list)] as const)
          : values.every((value) => value === null || fitsSingle(value))
            ? (['f4', Float32Array.from(list)] as const)
            : (['f8', Float64Array.from(list)] as const);
  const bdata = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
  return { dtype, bdata, ...(shape === undefined ? {} : { shape }) };
}

function packed(key: string, value: unknown): unknown {
  if (PACKED.has(key)) {
    if (isNumbers(value) && value.length >= FEWEST) return pack(value);
    if (isTable(value) && value.length * value[0]!.length >= FEWEST)
      return pack(value.flat(), `${value.length}, ${value[0]!.length}`);
  }
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, packed(name, member)]));
}

/**
 * The traces of a figure with their long arrays packed; everything else as in `figureJson`.
 *
 * @param data - traces of plotly
 */
export function packTraces(data: readonly unknown[]): unknown[] {
  return (JSON.parse(figureJson(data)) as unknown[]).map((trace) => packed('', trace));
}
