/**
 * What the reader of HDF5 files and its thread say to each other. The types are apart from the thread, as the compiler of
 * cells does not find those of the library that the thread imports.
 */
import type { SampleType } from '../../recording-file';

/** Functions of the thread. */
export type Hdf5Verb = 'open' | 'close' | 'children' | 'kind' | 'attribute' | 'array' | 'read' | 'values';

/** What is asked of the thread: a function of it, by name, with its arguments. */
export interface Hdf5Request {
  readonly verb: Hdf5Verb;
  readonly parts: readonly unknown[];
}

/** What it replies. */
export type Hdf5Reply =
  | { readonly result: unknown }
  /** What is wrong with the file, and what to do where it is not damage. */
  | { readonly problem: string; readonly remedy?: string | undefined };

/** Its answer. */
export interface Hdf5Answer {
  readonly reply: Hdf5Reply;
  /** The library, compiled, from the thread that has done it. */
  readonly compiled: object | undefined;
}

/** What the thread is started with. */
export interface Hdf5Start {
  /** Most bytes of memory of the library. */
  readonly memory: number;
  /** The library, where a thread has compiled it before. */
  readonly compiled: object | undefined;
}

/** Shape and type of an array. */
export interface ArrayFacts {
  readonly shape: readonly number[];
  readonly type: SampleType | undefined;
}
