import type { Subband } from '../../coding/layout';

/**
 * Subbands of a wavelet transform, from the approximation to the finest details.
 *
 * @param bands - offset and length of each band, the approximation first
 * @param levels - levels of the transform
 */
export function levelSubbands(
  bands: readonly { readonly offset: number; readonly length: number }[],
  levels: number,
): Subband[] {
  return bands.map(({ offset, length }, b) => ({
    offset,
    length,
    timeStep: 2 ** (levels + 1 - Math.max(1, b)),
  }));
}
