/**
 * An entry of the catalog: one family of bases and its parameters.
 */
import type { AnyBasis } from '../bases/basis';
import type { LineStyle } from './line-style';

/** A number or a name; names have no hyphens, which separate the parameters of an id. */
export type ParameterValue = number | string;

/** One parameter of a family of bases. */
export interface BasisParameter {
  readonly name: string;
  /**
   * Allowed values. The header of a file holds the index in this list: append only, or old files decode with other
   * values.
   */
  readonly values: readonly ParameterValue[];
  /** Bits of the index in the header. */
  readonly bits: number;
  /** Index of the first value in the header. Default: 0. */
  readonly firstIndex?: number;
}

/** A family of bases that differ in their parameters. */
export interface CatalogEntry {
  /** First part of the ids of its bases: `"dct"` in `"dct-256"`. */
  readonly name: string;
  /** Name in prose and legends. */
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
  /** True if it is learned from recordings: other ones, or the one that is coded. */
  readonly learned: boolean;
  /** Number of the family in the `.nbz` header; never given to another family. */
  readonly formatFamily: number;
  /** Source file, so that measurements are made again when it changes. */
  readonly module: string;
  readonly notebook: string;
  /** Line style, the same in every figure. */
  readonly style: LineStyle;
  /** Parameters in the order of the id. */
  readonly parameters: readonly BasisParameter[];
  /** For each parameter the values that the notebook tries. */
  readonly tried: readonly (readonly ParameterValue[])[];
  /** The parameters that stand for the family where one basis is shown or compared with. */
  readonly chosen: readonly ParameterValue[];
  /**
   * Where the folds choose differently: the parameters for the recordings of fold 0, chosen on fold 1, and those for
   * fold 1, chosen on fold 0. Left out where both folds choose {@link chosen}.
   */
  readonly chosenForFolds?: readonly [readonly ParameterValue[], readonly ParameterValue[]];
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
  'parameters' | 'tried' | 'chosen' | 'chosenForFolds' | 'create'
> {
  readonly parameters: P;
  readonly tried: readonly ValuesOf<P>[];
  readonly chosen: ValuesOf<P>;
  readonly chosenForFolds?: readonly [ValuesOf<P>, ValuesOf<P>];
  create(...values: ValuesOf<P>): AnyBasis;
}

/**
 * Returns an entry unchanged; the compiler checks that its tried, chosen and created values are values of its
 * parameters.
 */
export function family<const P extends readonly BasisParameter[]>(entry: FamilyOf<P>): CatalogEntry {
  return entry;
}
