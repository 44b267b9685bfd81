/**
 * The lossless coder in WebAssembly: prediction, mixture of distributions and range coder in one loop. What
 * `lib/coding/lossless/` specifies, byte for byte.
 */
import type { KernelArray } from './runtime/memory';
import { kernelMemory, loadKernel, type KernelExports } from './runtime/webassembly';

/** Constants of a lossless codec in the form that the kernel takes. */
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

/** Most bytes of a sample: 24 bits, and the loss by rounding the range to an integer. */
const MOST_BYTES = 4;
const END_BYTES = 8;

/** Samples coded at a time, so that memory stays at 6 MB whatever the length of the recording. */
const PIECE = 2 ** 20;

/**
 * Codes samples.
 *
 * @param codes - 0…1023
 * @param piece - so many samples at a time; the bytes do not depend on it
 * @returns all bytes of the code, zeros at the end included
 * @throws KernelMemoryError when there is no room for a piece and its code
 */
export function encodeWithKernel(codes: Uint16Array, model: LosslessKernelModel, piece = PIECE): Uint8Array {
  const kernel = loadKernel('lossless-coder');
  const room = Math.min(piece, codes.length);
  return kernelMemory.allOrNothing(() => {
    const state = start(kernel, model);
    const input = kernelMemory.allocate('uint16', room);
    const output = kernelMemory.allocate('uint8', MOST_BYTES * room + END_BYTES);
    const bytes = new CodeBytes(codes.length / 2);
    kernel['startEncoder']!();
    for (let from = 0; from < codes.length; from += piece) {
      const part = codes.subarray(from, from + piece);
      input.view.set(part);
      const end = kernel['encodeCodes']!(input.pointer, part.length, output.pointer);
      if (kernel['hasCarriedOut']!() !== 0) bytes.carry();
      bytes.append(output.view.subarray(0, end - output.pointer));
    }
    const end = kernel['finishEncoder']!(output.pointer);
    if (kernel['hasCarriedOut']!() !== 0) bytes.carry();
    bytes.append(output.view.subarray(0, end - output.pointer));
    for (const array of [state, input, output]) array.release();
    return bytes.all();
  });
}

/** The bytes of a code, piece by piece. */
export class CodeBytes {
  private bytes: Uint8Array;
  private length = 0;

  /** @param expected - number of bytes, roughly */
  constructor(expected: number) {
    this.bytes = new Uint8Array(Math.ceil(expected) + END_BYTES);
  }

  append(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(length, Math.ceil(1.5 * this.bytes.length)));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.bytes.set(piece, this.length);
    this.length = length;
  }

  /** Adds one to the number that the bytes are. */
  carry(): void {
    let at = this.length - 1;
    while (this.bytes[at] === 255) this.bytes[at--] = 0;
    this.bytes[at]!++;
  }

  all(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

/**
 * The samples that {@link encodeWithKernel} coded, or undefined when no encoder wrote these bytes. Memory is taken for
 * what has been decoded, whatever number of samples is claimed.
 *
 * @param piece - so many samples at a time; they do not depend on it
 * @throws KernelMemoryError when there is no room for the code and a piece
 */
export function decodeWithKernel(
  code: Uint8Array,
  samples: number,
  model: LosslessKernelModel,
  piece = PIECE,
): Uint16Array | undefined {
  const kernel = loadKernel('lossless-coder');
  return kernelMemory.allOrNothing(() => {
    const state = start(kernel, model);
    const input = kernelMemory.copyOf('uint8', code);
    const output = kernelMemory.allocate('uint16', Math.min(piece, samples));
    const pieces: Uint16Array[] = [];
    kernel['startDecoder']!(input.pointer, input.pointer + code.length);
    let fault = 0;
    for (let from = 0; from < samples && fault === 0; from += piece) {
      const length = Math.min(piece, samples - from);
      fault = kernel['decodeCodes']!(output.pointer, length);
      pieces.push(output.view.slice(0, length));
    }
    fault ||= kernel['finishDecoder']!();
    for (const array of [state, input, output]) array.release();
    if (fault !== 0) return undefined;
    if (pieces.length === 1) return pieces[0]!;
    const codes = new Uint16Array(samples);
    pieces.forEach((part, i) => codes.set(part, i * piece));
    return codes;
  });
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

/** Each entry of a table, followed by its difference from the next entry. */
export function withRises(table: Float64Array): Float64Array {
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
