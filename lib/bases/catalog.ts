/**
 * The only list of bases. A new basis is one file beside this one, one entry here, one notebook.
 */
import type { LineStyle } from '../figures/theme';
import { BasisParameterError, type Basis } from './basis';
import { CosineBasis } from './cosine';
import { IdentityBasis } from './identity';

/** A family of bases that differ in their parameters. */
export interface CatalogEntry {
  /** First part of the ids of its bases: `"dct"` in `"dct-256"`. */
  readonly name: string;
  /** How prose and legends call it. */
  readonly title: string;
  readonly family: 'none' | 'trigonometric';
  readonly learned: boolean;
  /** Number of the family in the `.nbz` header; never given to another family. */
  readonly formatFamily: number;
  /** Source file, so that measurements are made again when it changes. */
  readonly module: string;
  readonly notebook: string;
  /** One look everywhere. */
  readonly style: LineStyle;
  /** What the parameter is called; undefined where there is none. */
  readonly parameterName?: string;
  /** Parameters that the notebook tries. */
  readonly parametersTried: readonly number[];
  /** The parameter that stands for the family in comparisons; 0 where there is none. */
  readonly parameterChosen: number;
  /** The number that stands for a parameter in the header, a small integer, and back. */
  readonly formatParameter: (parameter: number) => number;
  readonly parameterFromFormat: (formatParameter: number) => number;
  /** @throws BasisParameterError when there is no such basis */
  readonly create: (parameter: number) => Basis;
}

export const catalog: readonly CatalogEntry[] = [
  {
    name: 'identity',
    title: 'Samples (no basis)',
    family: 'none',
    learned: false,
    formatFamily: 0,
    module: 'lib/bases/identity.ts',
    notebook: '01-samples.ipynb',
    style: { color: '#d55e00', dash: 'solid', symbol: 'x' },
    parametersTried: [],
    parameterChosen: 0,
    formatParameter: () => 0,
    parameterFromFormat: () => 0,
    create: () => new IdentityBasis(),
  },
  {
    name: 'dct',
    title: 'Cosine (DCT-II)',
    family: 'trigonometric',
    learned: false,
    formatFamily: 1,
    module: 'lib/bases/cosine.ts',
    notebook: '02-cosine.ipynb',
    style: { color: '#0072b2', dash: 'solid', symbol: 'circle' },
    parameterName: 'blockLength',
    parametersTried: [16, 32, 64, 128, 256, 512, 1024],
    parameterChosen: 512,
    formatParameter: (blockLength) => Math.log2(blockLength),
    parameterFromFormat: (levels) => 2 ** levels,
    create: (blockLength) => new CosineBasis(blockLength),
  },
];

/** Id of the basis of a family with this parameter. */
export function basisId(entry: CatalogEntry, parameter: number = entry.parameterChosen): string {
  return entry.parameterName === undefined ? entry.name : `${entry.name}-${parameter}`;
}

/** Entry and parameter of an id; undefined when the catalog has no such family. */
export function parseBasisId(id: string): { entry: CatalogEntry; parameter: number } | undefined {
  for (const entry of catalog) {
    if (entry.parameterName === undefined) {
      if (id === entry.name) return { entry, parameter: entry.parameterChosen };
    } else if (id.startsWith(`${entry.name}-`)) {
      const parameter = Number(id.slice(entry.name.length + 1));
      // Each basis has one id: what was measured is found by it.
      if (basisId(entry, parameter) === id) return { entry, parameter };
    }
  }
  return undefined;
}

/** The entry of a basis's id; undefined when the catalog has no such family. */
export function catalogEntryOf(id: string): CatalogEntry | undefined {
  return parseBasisId(id)?.entry;
}

/** The entry and the parameter that an id names. @throws BasisParameterError when there is none such */
export function findBasis(id: string): { entry: CatalogEntry; parameter: number } {
  const found = parseBasisId(id);
  if (found) return found;
  throw new BasisParameterError(
    `There is no basis "${id}". The catalog has ${catalog.map((entry) => basisId(entry)).join(', ')}` +
      ' (numbers are parameters).',
  );
}

/** Builds a basis from its id. @throws BasisParameterError when there is none such */
export function basisFromId(id: string): Basis {
  const { entry, parameter } = findBasis(id);
  return entry.create(parameter);
}

/** The basis that a file's header names; undefined when there is none such. */
export function basisFromFormat(family: number, formatParameter: number): Basis | undefined {
  const entry = catalog.find(({ formatFamily }) => formatFamily === family);
  if (!entry) return undefined;
  try {
    const parameter = entry.parameterFromFormat(formatParameter);
    // One number for each basis, so that what a header says is never ignored.
    if (entry.formatParameter(parameter) !== formatParameter) return undefined;
    return entry.create(parameter);
  } catch (error) {
    if (error instanceof BasisParameterError) return undefined;
    throw error;
  }
}
