/**
 * The lossless coder in WebAssembly: prediction, mixture of distributions and range coder in one loop. What
 * `lib/coding/lossless/` specifies, byte for byte.
 */
import type { KernelArray } from './runtime/memory';
import { kernelMemory, loadKernel, type KernelExports } from './runtime/webassembly';

/** What a lossless codec starts from, as the kernel takes it. */
export interface LosslessKernelModel {
  /** 32 factors of the fixed predictor. */
  readonly fixed: readonly number[];
  /** Of each feature, at most 64. */
  readonly priorWeights: readonly number[];
  readonly precisions: readonly number[];
  /** Of the 1024 codes, in units of the linear scale. */
  readonly widths: readonly number[];
  /** Cumulative distributions, 1024 entries each. */
  readonly gaussian: Float64Array;
  readonly student: Float64Array;
  /** Number of innovations, bursts, averages and rises. */
  readonly features: readonly [number, number, number, number];
  /** The predictor learns from every so many samples, a power of two. */
  readonly learnsEvery: number;
  readonly learnsWidths: boolean;
}

const MOST_FEATURES = 64;
const TABLE_ENTRIES = 1024;
const QUANTILES = 256;

/** No sample takes more than 24 bits and what the range loses by being cut to an integer. */
const MOST_BYTES = 4;
const END_BYTES = 8;

/**
 * Codes samples.
 *
 * @param codes - 0…1023
 * @returns all bytes of the code, zeros at the end included
 * @throws KernelMemoryError when there is no room for the samples and their code
 */
export function encodeWithKernel(codes: Uint16Array, model: LosslessKernelModel): Uint8Array {
  const kernel = loadKernel('lossless-coder');
  const state = start(kernel, model);
  const input = kernelMemory.copyOf('uint16', codes);
  const output = kernelMemory.allocate('uint8', MOST_BYTES * codes.length + END_BYTES);
  kernel['startEncoder']!();
  const end = kernel['encodeCodes']!(input.pointer, codes.length, output.pointer);
  const bytes = output.view.slice(0, end - output.pointer);
  for (const array of [state, input, output]) array.release();
  return bytes;
}

/**
 * The samples that {@link encodeWithKernel} coded, or undefined when no encoder wrote these bytes.
 *
 * @throws KernelMemoryError when there is no room for them
 */
export function decodeWithKernel(
  code: Uint8Array,
  samples: number,
  model: LosslessKernelModel,
): Uint16Array | undefined {
  const kernel = loadKernel('lossless-coder');
  const state = start(kernel, model);
  const input = kernelMemory.copyOf('uint8', code);
  const output = kernelMemory.allocate('uint16', samples);
  const fault = kernel['decodeCodes']!(input.pointer, input.pointer + code.length, output.pointer, samples);
  const codes = fault === 0 ? output.view.slice() : undefined;
  for (const array of [state, input, output]) array.release();
  return codes;
}

function start(kernel: KernelExports, model: LosslessKernelModel): KernelArray<'float64'> {
  const state = kernelMemory.allocate('float64', kernel['modelBytes']!() / 8);
  const { view } = state;
  let at = 0;
  const put = (values: ArrayLike<number>, room: number): void => {
    view.set(values, at);
    at += room;
  };
  put(model.fixed, model.fixed.length);
  put(model.priorWeights, MOST_FEATURES);
  put(model.precisions, MOST_FEATURES);
  put(model.widths, model.widths.length);
  put(withRises(model.gaussian), 2 * TABLE_ENTRIES);
  put(withRises(model.student), 2 * TABLE_ENTRIES);
  put(quantiles(model.gaussian), QUANTILES);
  kernel['startModel']!(state.pointer, ...model.features, model.learnsEvery, model.learnsWidths ? 1 : 0);
  return state;
}

/** Each entry of a table, and beside it how much higher the next is. */
function withRises(table: Float64Array): Float64Array {
  const pairs = new Float64Array(2 * table.length);
  table.forEach((entry, i) => {
    pairs[2 * i] = entry;
    pairs[2 * i + 1] = (table[i + 1] ?? entry) - entry;
  });
  return pairs;
}

/** Where the distribution reaches (i + 1/2)/256, in standard deviations: only where a search starts, so roughly. */
function quantiles(table: Float64Array): Float64Array {
  let entry = 0;
  return Float64Array.from({ length: QUANTILES }, (_, i) => {
    while (table[entry]! < (i + 0.5) / QUANTILES) entry++;
    return (entry - TABLE_ENTRIES / 2) / 32;
  });
}
