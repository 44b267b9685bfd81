/**
 * The numbers by which the header of a file names a basis.
 */
import { BasisParameterError, type AnyBasis } from '../bases/basis';
import { catalog } from './catalog';
import type { CatalogEntry, ParameterValue } from './family';
import type { NamedBasis } from './ids';
import { WEIGHT_NUMBERS, weightOfFile, withWeight, type NamedWeight, type WeightNumber } from './weights';

/** Number of all bases with a weight of frequencies in the header field that holds the family of a basis. */
export const WEIGHTED_FAMILY = 200;

/** Parts of a weighted basis's parameter, from the lowest: number of the weight, family, parameter of the basis. */
const WEIGHTS = 4;
const FAMILIES = 256;

/**
 * The parameter that stands for a weight and a basis.
 *
 * @param weight - number of the weight
 */
export function weightedParameter(named: NamedBasis, weight: WeightNumber): number {
  return weight + WEIGHTS * (named.entry.formatFamily + FAMILIES * formatParameter(named));
}

/** The parts of {@link weightedParameter}; the basis is undefined when there is none of these numbers. */
export function weightedParts(parameter: number): {
  readonly weight: number;
  readonly entry: CatalogEntry | undefined;
  readonly basis: AnyBasis | undefined;
} {
  const family = Math.floor(parameter / WEIGHTS) % FAMILIES;
  const entry = catalog.find(({ formatFamily }) => formatFamily === family);
  const rest = Math.floor(parameter / (WEIGHTS * FAMILIES));
  return { weight: parameter % WEIGHTS, entry, basis: entry && basisFromFormat(family, rest) };
}

/** A basis with a weight; a file holds the levels of octaves itself. */
function weightedFromFormat(parameter: number): AnyBasis | undefined {
  const { weight, entry, basis } = weightedParts(parameter);
  const { spikes, octaves, spikeBand } = WEIGHT_NUMBERS;
  const known = ([spikes, octaves, spikeBand] as const).find((number) => number === weight);
  return entry && basis && known && weightedOrNone(entry, basis, weightOfFile(known));
}

/** Undefined when the basis cannot have a weight. */
function weightedOrNone(entry: CatalogEntry, basis: AnyBasis, weight: NamedWeight): AnyBasis | undefined {
  try {
    return withWeight(entry, basis, weight);
  } catch (error) {
    if (error instanceof BasisParameterError) return undefined;
    throw error;
  }
}

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
  if (family === WEIGHTED_FAMILY) return weightedFromFormat(parameter);
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
