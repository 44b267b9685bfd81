/**
 * Names of bases: `"dct-256"` is the family `dct` with its parameter.
 */
import { allowedParameter, BasisParameterError, type AnyBasis } from '../bases/basis';
import { catalog } from './catalog';
import type { CatalogEntry, ParameterValue } from './family';

/** A family and the parameters that name one basis of it. */
export interface NamedBasis {
  readonly entry: CatalogEntry;
  readonly values: readonly ParameterValue[];
}

/** Id of the basis of a family with these parameters. */
export function basisId(entry: CatalogEntry, values: readonly ParameterValue[] = entry.chosen): string {
  return [entry.name, ...values].join('-');
}

/** Family and parameters of an id; undefined when the catalog has no such basis. */
export function parseBasisId(id: string): NamedBasis | undefined {
  const [name, ...words] = id.split('-');
  const entry = catalog.find((candidate) => candidate.name === name);
  if (!entry || words.length !== entry.parameters.length) return undefined;
  const values: ParameterValue[] = [];
  for (const [i, { values: allowed }] of entry.parameters.entries()) {
    const value = allowed.find((candidate) => String(candidate) === words[i]);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return { entry, values };
}

/** The entry of a basis's id; undefined when the catalog has no such basis. */
export function catalogEntryOf(id: string): CatalogEntry | undefined {
  return parseBasisId(id)?.entry;
}

/**
 * The family and the parameters that an id names.
 *
 * @throws BasisParameterError that lists the families and values that exist
 */
export function findBasis(id: string): NamedBasis {
  const found = parseBasisId(id);
  if (found) return found;
  const [name, ...words] = id.split('-');
  const entry = catalog.find((candidate) => candidate.name === name);
  if (entry && words.length === entry.parameters.length) {
    for (const [i, { name: parameter, values }] of entry.parameters.entries()) {
      allowedParameter(`${parameter} in "${id}"`, words[i]!, values.map(String));
    }
  }
  if (entry) {
    const form = [entry.name, ...entry.parameters.map((parameter) => parameter.name)].join('-');
    throw new BasisParameterError(`There is no basis "${id}": write ${form}, such as ${basisId(entry)}.`);
  }
  throw new BasisParameterError(
    `There is no basis "${id}". The catalog has ${catalog.map((known) => basisId(known)).join(', ')}` +
      ' (what follows the names are parameters).',
  );
}

/** Builds a basis from its id. @throws BasisParameterError when there is no such basis */
export function basisFromId(id: string): AnyBasis {
  const { entry, values } = findBasis(id);
  return entry.create(...values);
}

/** Names and values of the parameters of a basis. */
export function namedParameters({ entry, values }: NamedBasis): Record<string, ParameterValue> {
  return Object.fromEntries(entry.parameters.map(({ name }, i) => [name, values[i]!]));
}
