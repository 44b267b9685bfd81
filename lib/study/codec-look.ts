/**
 * How a codec is named and drawn where several are compared.
 */
import { findBasis } from '../bases/catalog';
import { lineStyle, PALETTE, type LineStyle } from '../figures/theme';

/**
 * The look of a basis is that of its catalog entry; a codec that does more than a basis is black.
 *
 * @param id - of a codec: of a basis, with a quantizer after a plus where it has one of its own
 * @throws BasisParameterError when the catalog has no such basis
 */
export function codecLook(id: string): { readonly label: string; readonly style: LineStyle } {
  const [basis, ...quantizers] = id.split('+');
  const { entry } = findBasis(basis!);
  const { style } = quantizers.length === 0 ? entry : { style: { ...lineStyle(0), color: PALETTE.black } };
  return { label: id, style };
}
