/**
 * What the catalog says of a family of bases.
 */
import type { AnyBasis } from '../bases/basis';
import type { LineStyle } from './line-style';

/** A number or a name; names have no hyphens, which separate the parameters of an id. */
export type ParameterValue = number | string;

/** One parameter of a family of bases. */
export interface BasisParameter {
  readonly name: string;
  /** All that is allowed. The header of a file holds the place in this list, so it may only grow at its end. */
  readonly values: readonly ParameterValue[];
  /** Bits that the place takes in the header. */
  readonly bits: number;
  /** Place of the first value; 0 where not given. */
  readonly firstIndex?: number;
}

/** A family of bases that differ in their parameters. */
export interface CatalogEntry {
  /** First part of the ids of its bases: `"dct"` in `"dct-256"`. */
  readonly name: string;
  /** How prose and legends call it. */
  readonly title: string;
  readonly family:
    | 'none'
    | 'prediction'
    | 'trigonometric'
    | 'walsh'
    | 'wavelet'
    | 'packets'
    | 'frame'
    | 'polynomial'
    | 'quantizer'
    | 'learned transform'
    | 'learned dictionary';
  /** Whether it was learned from recordings, be it from others or from the one that is coded. */
  readonly learned: boolean;
  /** Number of the family in the `.nbz` header; never given to another family. */
  readonly formatFamily: number;
  /** Source file, so that measurements are made again when it changes. */
  readonly module: string;
  readonly notebook: string;
  /** One look everywhere. */
  readonly style: LineStyle;
  /** In the order of the id. */
  readonly parameters: readonly BasisParameter[];
  /** Parameters that the notebook tries, a list of values each. */
  readonly tried: readonly (readonly ParameterValue[])[];
  /** The parameters that stand for the family in comparisons. */
  readonly chosen: readonly ParameterValue[];
  /**
   * @param values - one for each parameter
   * @throws BasisParameterError when there is no such basis
   */
  create(...values: readonly ParameterValue[]): AnyBasis;
}

/** Values of parameters: one of each one's list, in their order. */
type ValuesOf<P extends readonly BasisParameter[]> = {
  readonly [Index in keyof P]: P[Index]['values'][number];
};

/** An entry whose values have the types of its parameters. */
interface FamilyOf<P extends readonly BasisParameter[]> extends Omit<
  CatalogEntry,
  'parameters' | 'tried' | 'chosen' | 'create'
> {
  readonly parameters: P;
  readonly tried: readonly ValuesOf<P>[];
  readonly chosen: ValuesOf<P>;
  create(...values: ValuesOf<P>): AnyBasis;
}

/** Lets an entry through whose tried, chosen and created values are values of its parameters. */
export function family<const P extends readonly BasisParameter[]>(entry: FamilyOf<P>): CatalogEntry {
  return entry;
}
