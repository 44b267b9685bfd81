/**
 * Waveforms of spikes as a file holds them. Decoders compute with them, so their arithmetic is exactly specified
 * (`docs/format.md`).
 */
import type { BinaryCoder } from '../../coding/entropy/range-coder';
import { cosineOfTurn } from '../../kernels/exact-trigonometry';
import { AdaptiveInteger } from './adaptive-integers';
import type { EventScale } from './event-scale';

/** Samples of a shape, and those before its peak: 2 ms in all at 19,531 Hz. */
export const SHAPE_WINDOW = 40;
export const SHAPE_LEAD = 14;

/** Cosines of a shape: those of 244 to 4880 Hz at 19,531 Hz. */
export const SHAPE_COSINES = 20;

/** Cosines that share the probabilities of their coefficients. */
const SHARING = 5;

/** Step of the coefficients of a shape whose peak is about 1, and their largest magnitude in steps. */
export const SHAPE_STEP = 0.25;
export const MOST_SHAPE_STEPS = 63;

/** Most shapes that a file can hold beside the one that all have. */
export const MOST_SHAPES = 7;

/** √(2/40). */
const SCALE = 0.22360679774997896;

/** Function k, from 1, of the cosines: entry (k − 1)·{@link SHAPE_WINDOW} + i. */
export const SHAPE_FUNCTIONS: Float64Array = Float64Array.from(
  { length: SHAPE_COSINES * SHAPE_WINDOW },
  (_, at) => {
    const k = 1 + Math.floor(at / SHAPE_WINDOW);
    const i = at % SHAPE_WINDOW;
    return SCALE * cosineOfTurn((2 * i + 1) * k, 4 * SHAPE_WINDOW);
  },
);

/** The shape of all files: a negative peak 6 samples wide between two positive waves, (u − 1)/(1 + u/4)⁴. */
export const COMMON_SHAPE: Float64Array = Float64Array.from({ length: SHAPE_WINDOW }, (_, i) => {
  const u = ((i - SHAPE_LEAD) * (i - SHAPE_LEAD)) / 9;
  const d = 1 + u / 4;
  return (u - 1) / (d * d * (d * d));
});

/** The shape of coefficients in steps. */
export function shapeOf(coefficients: ArrayLike<number>): Float64Array {
  const shape = new Float64Array(SHAPE_WINDOW);
  for (let i = 0; i < SHAPE_WINDOW; i++) {
    let sum = 0;
    for (let k = 0; k < SHAPE_COSINES; k++) {
      sum += coefficients[k]! * SHAPE_STEP * SHAPE_FUNCTIONS[k * SHAPE_WINDOW + i]!;
    }
    shape[i] = sum;
  }
  return shape;
}

/** Codes the coefficients of shapes, in steps, or finds as many. */
export function codeShapes(
  coder: BinaryCoder,
  shapes: readonly ArrayLike<number>[],
  count: number,
): Int8Array[] {
  const models = Array.from({ length: SHAPE_COSINES / SHARING }, () => new AdaptiveInteger(MOST_SHAPE_STEPS));
  return Array.from({ length: count }, (_, s) =>
    Int8Array.from({ length: SHAPE_COSINES }, (__, k) =>
      models[Math.floor(k / SHARING)]!.code(coder, shapes[s]?.[k] ?? 0),
    ),
  );
}

/** Gains are 2^(level/4) codes. */
const QUARTERS = [1, 1.189207115002721, 1.4142135623730951, 1.681792830507429];

/** The factor of a shape, codes. */
export function gainOfLevel(level: number): number {
  return QUARTERS[level & 3]! * 2 ** (level >> 2);
}

/** The nearest level of so many. */
export function levelOfGain(gain: number, { gainLevels }: Pick<EventScale, 'gainLevels'>): number {
  return Math.max(0, Math.min(gainLevels - 1, Math.round(4 * Math.log2(Math.max(gain, 1)))));
}
