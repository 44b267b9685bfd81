import type { FloatType } from '../lib/kernels/runtime/memory';

/** Input of both the kernel and its peer. */
export interface BenchInput {
  readonly values: Float32Array | Float64Array | Int32Array;
  readonly shape: readonly number[];
}

/** A kernel that is ready to run. */
export interface PreparedKernel {
  readonly inputs: readonly BenchInput[];
  /** One timed run, copies in and out included. */
  run(): void;
  /** Result of the last run, which is compared with the peer's. */
  result(): ArrayLike<number>;
  release(): void;
}

/** A kernel and the peer that it is measured against. */
export interface BenchCase {
  readonly kernel: string;
  readonly type: FloatType | 'int32';
  /** Size of the task, in words: `"390 blocks of 256"`. */
  readonly size: string;
  /** The peer's full name: `"scipy.fft.dct"`. */
  readonly peer: string;
  /** Name of the function in `peers.py`, and its parameters. */
  readonly peerFunction: string;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** Samples that one run transforms. */
  readonly samples: number;
  /** Required ratio to the peer; null when there is no requirement. */
  readonly target: number | null;
  /** Largest difference from the peer's result, relative to its largest value. */
  readonly tolerance: number;
  prepare(): PreparedKernel;
}

/** Array types by their names. */
export const VIEWS = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;

/** Length of the test signal, about five seconds as in a recording, for kernels that do not need another. */
export const SIGNAL_LENGTH = 98_304;

/** Test signal: numbers of about ±500, the same in every run. */
export function benchSignal(length: number): Float64Array {
  let state = 12345;
  const signal = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    signal[i] = 400 * Math.sin(i / 37) + (state / 2 ** 32 - 0.5) * 200;
  }
  return signal;
}
