/**
 * Channels of any digitizer, coded in WebAssembly: prediction, mixture of distributions and range coder in one loop. What
 * `lib/codecs/lossless/channel-coder.ts` specifies, byte for byte.
 */
import { CodeBytes, withRises } from './lossless-coder';
import type { KernelArray } from './runtime/memory';
import { kernelMemory, loadKernel, type KernelExports } from './runtime/webassembly';

/** What the kernel needs to know. */
export interface ChannelKernelModel {
  /** Code that is number 0 here, and number of codes. */
  readonly lowest: number;
  readonly codes: number;
  /** Numbers of features: own past samples, channels that samples are predicted from, residuals. */
  readonly own: number;
  readonly references: number;
  readonly second: number;
  /** The first predictor learns from every so many samples, a power of two. */
  readonly learnsEvery: number;
  /** Widths of codes are learned from every so many samples, a power of two. */
  readonly widthsEvery: number;
  /** Cumulative distributions, 1024 entries each. */
  readonly gaussian: Float64Array;
  readonly heavy: Float64Array;
  /** For each channel the numbers of those that it is predicted from, all before it; at most {@link references}. */
  readonly sources: readonly (readonly number[])[];
}

const TABLE_ENTRIES = 1024;

/** Most bytes of a sample: 24 bits, and the loss by rounding the range to an integer. */
const MOST_BYTES = 4;
const END_BYTES = 8;

/** Samples coded at a time, so that their code needs 4 MB whatever the length of the recording. */
const PIECE = 2 ** 20;

/**
 * Codes channels of equal length.
 *
 * @param channels - codes numbered from 0
 * @param piece - so many samples at a time; the bytes do not depend on it
 * @returns all bytes of the code, zeros at the end included
 * @throws KernelMemoryError when there is no room
 */
export function encodeChannelsWithKernel(
  channels: readonly Uint16Array[],
  model: ChannelKernelModel,
  piece = PIECE,
): Uint8Array {
  const kernel = loadKernel('channel-coder');
  const samples = channels[0]?.length ?? 0;
  return kernelMemory.allOrNothing(() => {
    const state = start(kernel, model, samples);
    const inputs = channels.map((codes) => kernelMemory.copyOf('uint16', codes));
    const output = kernelMemory.allocate('uint8', MOST_BYTES * Math.min(piece, samples) + END_BYTES);
    const bytes = new CodeBytes((channels.length * samples) / 2);
    const take = (end: number): void => {
      if (kernel['hasCarriedOut']!() !== 0) bytes.carry();
      bytes.append(output.view.subarray(0, end - output.pointer));
    };
    kernel['startEncoder']!();
    inputs.forEach((input, i) => {
      startChannel(kernel, model.sources[i]!, inputs);
      for (let from = 0; from < samples; from += piece) {
        const length = Math.min(piece, samples - from);
        take(kernel['encodeSamples']!(input.pointer + 2 * from, length, output.pointer));
      }
    });
    take(kernel['finishEncoder']!(output.pointer));
    for (const array of [state, output, ...inputs]) array.release();
    return bytes.all();
  });
}

/**
 * The channels that {@link encodeChannelsWithKernel} coded, or undefined when no encoder wrote these bytes.
 *
 * @param filled - zeros may follow the code
 * @throws KernelMemoryError when there is no room
 */
export function decodeChannelsWithKernel(
  code: Uint8Array,
  channels: number,
  samples: number,
  model: ChannelKernelModel,
  filled: boolean,
): Uint16Array[] | undefined {
  const kernel = loadKernel('channel-coder');
  return kernelMemory.allOrNothing(() => {
    const state = start(kernel, model, samples);
    const input = kernelMemory.copyOf('uint8', code);
    const outputs: KernelArray<'uint16'>[] = [];
    kernel['startDecoder']!(input.pointer, input.pointer + code.length);
    let fault = 0;
    for (let i = 0; i < channels && fault === 0; i++) {
      const output = kernelMemory.allocate('uint16', samples);
      outputs.push(output);
      startChannel(kernel, model.sources[i]!, outputs);
      fault = kernel['decodeSamples']!(output.pointer, samples);
    }
    fault ||= kernel['finishDecoder']!(filled ? 1 : 0);
    const decoded = fault === 0 ? outputs.map(({ view }) => view.slice()) : undefined;
    for (const array of [state, input, ...outputs]) array.release();
    return decoded;
  });
}

function startChannel(
  kernel: KernelExports,
  sources: readonly number[],
  arrays: readonly KernelArray<'uint16'>[],
): void {
  const places = new Uint32Array(kernelMemory.engineMemory.buffer, kernel['references']!(), 4);
  sources.forEach((source, i) => (places[i] = arrays[source]!.pointer));
  kernel['startChannel']!(sources.length);
}

function start(kernel: KernelExports, model: ChannelKernelModel, samples: number): KernelArray<'float64'> {
  const { lowest, codes, own, references, second, learnsEvery, widthsEvery } = model;
  const state = kernelMemory.allocate('float64', kernel['modelBytes']!(codes) / 8);
  state.view.set(withRises(model.gaussian), 0);
  state.view.set(withRises(model.heavy), 2 * TABLE_ENTRIES);
  const features = [own, references, second, learnsEvery, widthsEvery] as const;
  kernel['startModel']!(state.pointer, lowest, codes, ...features, samples);
  return state;
}
