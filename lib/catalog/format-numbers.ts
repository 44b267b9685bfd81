/**
 * The numbers by which the header of a file names a basis.
 */
import { BasisParameterError, type AnyBasis } from '../bases/basis';
import { catalog } from './catalog';
import type { ParameterValue } from './family';
import type { NamedBasis } from './ids';

/**
 * The parameters of a basis as one number for the header of a file: the index of each value in its list, `bits` bits
 * each, the first parameter lowest.
 */
export function formatParameter({ entry, values }: NamedBasis): number {
  let number = 0;
  let scale = 1;
  for (const [i, { values: allowed, bits, firstIndex = 0 }] of entry.parameters.entries()) {
    number += scale * (firstIndex + allowed.indexOf(values[i]!));
    scale *= 2 ** bits;
  }
  return number;
}

/** The basis that a file's header names; undefined if there is no such basis. */
export function basisFromFormat(family: number, parameter: number): AnyBasis | undefined {
  const entry = catalog.find(({ formatFamily }) => formatFamily === family);
  if (!entry) return undefined;
  const values: ParameterValue[] = [];
  let rest = parameter;
  for (const { values: allowed, bits, firstIndex = 0 } of entry.parameters) {
    const value = allowed[(rest % 2 ** bits) - firstIndex];
    if (value === undefined) return undefined;
    values.push(value);
    rest = Math.floor(rest / 2 ** bits);
  }
  // Bits beyond the parameters must be 0: each basis has one number only.
  if (rest !== 0) return undefined;
  try {
    return entry.create(...values);
  } catch (error) {
    // Each value is allowed on its own, but not their combination.
    if (error instanceof BasisParameterError) return undefined;
    throw error;
  }
}
