/**
 * Codec of a basis that is not in the catalog, such as one that a notebook cell defines, for measurements.
 */
import type { AnyBasis } from '../bases/basis';
import type { SampleRange } from '../coding/sample-range';
import { parseCodecId } from '../codecs/codec-from-id';
import { TransformCodec } from '../codecs/transform-codec';
import { PALETTE, type LineStyle } from '../figures/theme';

/** Family number in the header of files that are never kept; no family of the format has it. */
export const NO_FAMILY = 255;

/** Line style of a curve that is not in the catalog. */
export const OWN_STYLE: LineStyle = { color: PALETTE.wine, dash: 'solid', symbol: 'diamond' };

/** A basis of one's own has the id of a basis in the catalog. */
export class OwnBasisError extends Error {
  override readonly name = 'OwnBasisError';
}

/**
 * The codec of a basis that is not in the catalog.
 *
 * @param range - codes of the recordings: `sampleRangeOf(recording)`
 * @throws OwnBasisError when the catalog has a basis of this id: worker threads would measure the catalog's
 *   basis instead
 */
export function codecOfOwnBasis(basis: AnyBasis, range: SampleRange): TransformCodec {
  if (parseCodecId(basis.id) !== undefined) {
    throw new OwnBasisError(
      `"${basis.id}" is the id of a basis of the catalog, which would be measured instead of yours: give yours another ` +
        'id, or pass the id alone to measure that of the catalog.',
    );
  }
  return new TransformCodec(basis, { family: NO_FAMILY, parameter: 0 }, 'dead-zone', range);
}
