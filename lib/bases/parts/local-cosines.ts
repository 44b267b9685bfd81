/** What windowed cosines have in common, whatever the lengths of their blocks: the DCT-IV and the rotations at borders. */
import { sineOfTurn } from '../../kernels/exact-trigonometry';
import { FourthCosineTransform } from '../../kernels/lapped';
import { kept } from '../../kernels/runtime/kept';

/** The DCT-IV of blocks of one length. It is its own inverse. */
export const fourthCosinesFor = kept((length: number) => new FourthCosineTransform(length, 'float64'));

/** Cosines and sines of the rotations of a sine window at 0 … M/2 − 1 samples from a border. */
interface BorderRotations {
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
}

/** The rotations where M samples overlap about a border. */
export const rotationsFor = kept((overlap: number): BorderRotations => {
  const half = overlap / 2;
  return {
    cosine: Float64Array.from({ length: half }, (_, i) => sineOfTurn(2 * (half + i) + 1, 8 * overlap)),
    sine: Float64Array.from({ length: half }, (_, i) => sineOfTurn(2 * (half - 1 - i) + 1, 8 * overlap)),
  };
});

/** Rotates the samples about a border, in place. Direction −1 undoes the rotation. */
export function foldBorder(
  samples: Float64Array,
  border: number,
  { cosine, sine }: BorderRotations,
  direction: 1 | -1,
): void {
  for (let i = 0; i < cosine.length; i++) {
    const right = samples[border + i]!;
    const left = samples[border - 1 - i]!;
    const s = direction * sine[i]!;
    samples[border + i] = right * cosine[i]! + left * s;
    samples[border - 1 - i] = left * cosine[i]! - right * s;
  }
}
