/**
 * The numbers by which the header of a file names a basis.
 */
import { BasisParameterError, type AnyBasis } from '../bases/basis';
import { catalog } from './catalog';
import type { ParameterValue } from './family';
import type { NamedBasis } from './ids';

/** The number in the header of a file that stands for parameters: their places, `bits` each, the first lowest. */
export function formatParameter({ entry, values }: NamedBasis): number {
  let number = 0;
  let scale = 1;
  for (const [i, { values: allowed, bits, firstIndex = 0 }] of entry.parameters.entries()) {
    number += scale * (firstIndex + allowed.indexOf(values[i]!));
    scale *= 2 ** bits;
  }
  return number;
}

/** The basis that a file's header names; undefined when there is none such. */
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
  // One number for each basis, so that what a header says is never ignored.
  if (rest !== 0) return undefined;
  try {
    return entry.create(...values);
  } catch (error) {
    // Each parameter is allowed, but not all of them together.
    if (error instanceof BasisParameterError) return undefined;
    throw error;
  }
}
