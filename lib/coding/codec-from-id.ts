/**
 * Codecs of the catalog, by id.
 */
import { findBasis, formatParameter } from '../bases/catalog';
import { TransformCodec } from './transform-codec';

/**
 * Builds the codec of a basis of the catalog.
 *
 * @param id - `"dct-256"`
 * @throws BasisParameterError when the catalog has no such basis
 */
export function codecFromId(id: string): TransformCodec {
  const named = findBasis(id);
  const numbers = { family: named.entry.formatFamily, parameter: formatParameter(named) };
  return new TransformCodec(named.entry.create(named.values), numbers);
}
