/**
 * Codecs of the catalog, by id.
 */
import { findBasis } from '../bases/catalog';
import { TransformCodec } from './transform-codec';

/**
 * Builds the codec of a basis of the catalog.
 *
 * @param id - `"dct-256"`
 * @throws BasisParameterError when the catalog has no such basis
 */
export function codecFromId(id: string): TransformCodec {
  const { entry, parameter } = findBasis(id);
  const basis = entry.create(parameter);
  const numbers = { family: entry.formatFamily, parameter: entry.formatParameter(parameter) };
  return new TransformCodec(basis, numbers);
}
