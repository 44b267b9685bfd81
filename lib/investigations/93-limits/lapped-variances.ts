/**
 * Variances that a stationary process has in the bands of lapped cosines: what a coder would know that knew the spectrum.
 */
import { LappedBasis } from '../../bases/blocks/lapped';
import { RealFourierTransform } from '../../kernels/fft';
import { kept } from '../../kernels/runtime/kept';
import { BAND_EDGES, SEGMENT } from './gaussian-surrogate';

/** Functions in a frame of the lapped cosines that are looked at. */
const LAPPED_BANDS = 256;

/** The lapped cosines that are looked at. */
export const LAPPED_BASIS = new LappedBasis(LAPPED_BANDS, 'sine');

/** Frames of a signal in which one function lies whole. */
const FRAMES = 8;
const FRAME = 3;

/**
 * Variance of each coefficient.
 *
 * @param variances - of the bands of a spectrum: `bandVariances`
 * @returns codes², one for each subband of {@link LAPPED_BASIS}
 */
export function lappedVariances(variances: ArrayLike<number>): Float64Array {
  const shares = bandShares();
  return Float64Array.from({ length: LAPPED_BANDS }, (_, k) => {
    let sum = 0;
    for (let band = 0; band < variances.length; band++) {
      sum += shares[k * variances.length + band]! * variances[band]!;
    }
    return sum;
  });
}

/** Share of the energy of each function in each band of the spectrum, function after function. */
const bandShares = kept((): Float64Array => {
  const transform = new RealFourierTransform(SEGMENT);
  const power = new Float64Array(SEGMENT / 2 + 1);
  const block = new Float64Array(SEGMENT);
  const layout = LAPPED_BASIS.layout(FRAMES * LAPPED_BANDS);
  const bands = BAND_EDGES.length - 1;
  const shares = new Float64Array(LAPPED_BANDS * bands);
  for (let k = 0; k < LAPPED_BANDS; k++) {
    const values = new Float64Array(layout.coefficientCount);
    values[layout.subbands[k]!.offset + FRAME] = 1;
    block.set(LAPPED_BASIS.synthesize({ values, layout }));
    transform.power(block, power);
    for (let band = 0; band < bands; band++) {
      for (let bin = BAND_EDGES[band]!; bin < BAND_EDGES[band + 1]!; bin++) {
        // Both ends of the axis have no negative frequencies.
        const twice = bin === 0 || bin === SEGMENT / 2 ? 1 : 2;
        shares[k * bands + band]! += (twice * power[bin]!) / SEGMENT;
      }
    }
  }
  return shares;
});
