import type { FloatType } from '../lib/kernels/runtime/memory';

/** Numbers that kernel and peer both get. */
export interface BenchInput {
  readonly values: Float32Array | Float64Array | Int32Array;
  readonly shape: readonly number[];
}

/** A kernel that is ready to run. */
export interface PreparedKernel {
  readonly inputs: readonly BenchInput[];
  /** The work that is timed, copies in and out included. */
  run(): void;
  /** What the last run gave, to be compared with what the peer gave. */
  result(): ArrayLike<number>;
  release(): void;
}

/** A kernel and the peer that it is measured against. */
export interface BenchCase {
  readonly kernel: string;
  readonly type: FloatType | 'int32';
  /** What is transformed, in words: `"390 blocks of 256"`. */
  readonly size: string;
  /** The peer, as one would look it up: `"scipy.fft.dct"`. */
  readonly peer: string;
  /** Name of the function in `peers.py`, and its parameters. */
  readonly peerFunction: string;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** Samples that one run transforms. */
  readonly samples: number;
  /** Least ratio to the peer that is aimed at; null when none is. */
  readonly target: number | null;
  /** Largest difference from the peer's result, relative to its largest value. */
  readonly tolerance: number;
  prepare(): PreparedKernel;
}

/** Array types by what they hold. */
export const VIEWS = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;

/** Samples of about five seconds, as in a recording, where a kernel does not ask for others. */
export const SIGNAL_LENGTH = 98_304;

/** Numbers of about ±500, the same in every run. */
export function benchSignal(length: number): Float64Array {
  let state = 12345;
  const signal = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    signal[i] = 400 * Math.sin(i / 37) + (state / 2 ** 32 - 0.5) * 200;
  }
  return signal;
}
