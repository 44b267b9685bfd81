import type { SampleArray, SampleType } from '../../recording-file';

/**
 * Groups, arrays and attributes: what HDF5 and Zarr have in common, so that NWB is read the same way from both.
 */
export interface DataTree {
  /** Path of the file or folder. */
  readonly path: string;
  /** Paths below a group, `"/acquisition/…"`, those of arrays and of groups, in the order of the file. */
  children(group: string): Promise<readonly string[]>;
  /** Whether there is a group or an array of this path. */
  kind(path: string): Promise<'group' | 'array' | undefined>;
  /** An attribute of a group or an array; numbers as numbers, lists as lists; undefined when there is none. */
  attribute(path: string, name: string): Promise<unknown>;
  /** Shape and type of an array. */
  array(path: string): Promise<TreeArray>;
  /** All values of a small array as numbers or texts. */
  values(path: string): Promise<readonly (number | string)[]>;
}

/** An array of a tree. */
export interface TreeArray {
  readonly shape: readonly number[];
  /** Undefined when its values are no plain numbers. */
  readonly type: SampleType | undefined;
  /** A window: first and last (not included) index of each dimension; values in the order of C. */
  read(window: readonly (readonly [number, number])[]): Promise<SampleArray>;
}

/** Most values that are read whole, where an array describes others. */
export const MOST_DESCRIBING_VALUES = 1_000_000;
