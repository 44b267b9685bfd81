/**
 * The entropy coder in WebAssembly: the coefficient model, its mixed decisions and the range coder in one loop. What
 * `lib/coding/entropy/coefficient-coder.ts` specifies, byte for byte.
 */
import type { KernelArray } from './runtime/memory';
import { kernelMemory, loadKernel, type KernelExports } from './runtime/webassembly';

/** Constants of the format that the model works with. */
export interface CoderTables {
  /** 1/(1 + e^(−x)) at x = (i − 1280)/128. */
  readonly logistic: Float32Array;
  /** ln(p/(1 − p)) at p = (i + 1/2)/4096. */
  readonly stretch: Float32Array;
  /** How far an estimate moves at its n-th visit: of contexts and of means, and of signs and low bits. */
  readonly rates: Float64Array;
  readonly signRates: Float64Array;
  /** The probability that each context starts from. */
  readonly initial: Float32Array;
}

/** Where coefficients lie, as the kernel takes it. */
export interface CodedLayout {
  /** Offset, length and coefficients in a hop of each subband, one after another. */
  readonly subbands: Uint32Array;
  readonly hops: number;
}

/**
 * The state machine that selects one of two sets of contexts for each coefficient; see
 * `lib/coding/quantizers/trellis.ts`.
 */
export interface CodedStates {
  /** 1 for one set alone. */
  readonly states: number;
  /** The state after state s and a coefficient of parity p, at 2s + p. */
  readonly next: Uint8Array;
}

/** Why a decoder stopped. */
export type DecoderFault = 'invalid code' | 'magnitude';

const FAULTS: Readonly<Record<number, DecoderFault>> = { [-1]: 'invalid code', [-2]: 'magnitude' };

/** Bytes of the code that is gathered before it is copied out. */
const OUTPUT_BYTES = 65536;

/** No coefficient takes more: 20 decisions of 15 bits, an Elias gamma code, low bits, a sign. */
const MOST_BYTES = 56;

const WORDS_PER_SUBBAND = 3;

let ready: KernelExports | undefined;

/** The kernel with its tables in place; they stay there as long as the thread lives. */
function kernelWith(tables: CoderTables): KernelExports {
  ready ??= kernelMemory.allOrNothing(() => {
    const kernel = loadKernel('coefficient-coder');
    kernel['setTables']!(
      withProbabilities(tables.logistic).pointer,
      kernelMemory.copyOf('float32', tables.stretch).pointer,
      kernelMemory.copyOf('float64', tables.rates).pointer,
      kernelMemory.copyOf('float64', tables.signRates).pointer,
      kernelMemory.copyOf('float32', tables.initial).pointer,
    );
    kernel['setState']!(kernelMemory.allocate('uint8', kernel['stateBytes']!()).pointer);
    return kernel;
  });
  return ready;
}

/** Each value of the logistic table, followed by its probability over 65536 for the range coder. */
function withProbabilities(logistic: Float32Array): KernelArray<'float32'> {
  const table = kernelMemory.allocate('float32', 2 * logistic.length);
  const integers = new Uint32Array(table.view.buffer, table.pointer, 2 * logistic.length);
  logistic.forEach((value, i) => {
    table.view[2 * i] = value;
    integers[2 * i + 1] = value * 65536;
  });
  return table;
}

/** State of a model for each subband, in the memory of the kernels. */
class ModelArrays {
  readonly quantized: KernelArray<'int32'>;
  readonly subbands: KernelArray<'uint32'>;
  readonly means: KernelArray<'float64'>;
  readonly visits: KernelArray<'uint16'>;
  private readonly next: KernelArray<'uint8'>;

  constructor(
    count: number,
    private readonly layout: CodedLayout,
    private readonly active: number,
    private readonly states: CodedStates,
  ) {
    this.quantized = kernelMemory.allocate('int32', count);
    this.subbands = kernelMemory.copyOf('uint32', layout.subbands);
    this.means = kernelMemory.allocate('float64', active + 1);
    this.visits = kernelMemory.allocate('uint16', active);
    this.means.view.fill(0);
    this.visits.view.fill(0);
    this.next = kernelMemory.copyOf('uint8', states.next);
  }

  /** Arguments of the loops of the kernel, from a hop on. */
  from(hop: number): number[] {
    const { layout, active, subbands, quantized, means, visits, next } = this;
    const single = layout.subbands.length === WORDS_PER_SUBBAND ? 1 : 0;
    const sets = this.states.states === 1 ? 1 : 2;
    const arrays = [subbands.pointer, single, quantized.pointer, means.pointer, visits.pointer, next.pointer];
    return [hop, layout.hops, active, ...arrays, sets];
  }

  release(): void {
    const { quantized, subbands, means, visits, next } = this;
    for (const array of [quantized, subbands, means, visits, next]) array.release();
  }
}

/** Codes sets of coefficients one after another into one range code. One may be at work at a time in a thread. */
export class KernelCoefficientEncoder {
  private readonly kernel: KernelExports;
  private readonly parts: Uint8Array[] = [];

  constructor(tables: CoderTables) {
    this.kernel = kernelWith(tables);
    this.kernel['startEncoder']!();
  }

  /** Codes the lowest `count` bits (1…24) of `value`. */
  codeBits(value: number, count: number): void {
    const output = kernelMemory.allocate('uint8', this.roomFor(8));
    this.kernel['setOutput']!(output.pointer);
    this.kernel['encodeBits']!(value, count);
    this.take(output);
    output.release();
  }

  /**
   * Codes the first `active` subbands.
   *
   * @throws KernelMemoryError when there is no room for a copy of the coefficients
   */
  code(quantized: Int32Array, layout: CodedLayout, active: number, states: CodedStates): void {
    kernelMemory.allOrNothing(() => {
      const arrays = new ModelArrays(quantized.length, layout, active, states);
      arrays.quantized.view.set(quantized);
      const hopBytes = MOST_BYTES * coefficientsInHop(layout);
      this.kernel['startModel']!();
      for (let hop = 0; hop < layout.hops;) {
        const output = kernelMemory.allocate('uint8', this.roomFor(OUTPUT_BYTES + hopBytes));
        this.kernel['setOutput']!(output.pointer);
        hop = this.kernel['encodeHops']!(...arrays.from(hop), output.pointer + output.length, hopBytes);
        this.take(output);
        output.release();
      }
      arrays.release();
    });
  }

  /** Ends the code and gives all its bytes, zeros at the end included. */
  finish(): Uint8Array {
    const output = kernelMemory.allocate('uint8', this.roomFor(8));
    this.kernel['setOutput']!(output.pointer);
    this.kernel['finishEncoder']!();
    this.take(output);
    output.release();
    const all = new Uint8Array(this.parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** With the bytes that the encoder holds back until it knows of a carry. */
  private roomFor(bytes: number): number {
    return bytes + (this.kernel['pendingBytes']!() >>> 0);
  }

  private take(output: KernelArray<'uint8'>): void {
    this.parts.push(output.view.slice(0, this.kernel['outputEnd']!() - output.pointer));
  }
}

/** Turns a range code back into sets of coefficients. Its owner releases it. One may be at work at a time in a thread. */
export class KernelCoefficientDecoder {
  private readonly kernel: KernelExports;
  private readonly bytes: KernelArray<'uint8'>;

  /** @param code - the bytes of the range code */
  constructor(tables: CoderTables, code: Uint8Array) {
    this.kernel = kernelWith(tables);
    this.bytes = kernelMemory.copyOf('uint8', code);
    this.kernel['startDecoder']!(this.bytes.pointer, this.bytes.pointer + code.length);
  }

  /** The error that stopped the decoder; undefined while there is none. */
  get fault(): DecoderFault | undefined {
    return FAULTS[this.kernel['currentFault']!()];
  }

  /** The next `count` bits (1…24); look at {@link fault} then. */
  decodeBits(count: number): number {
    return this.kernel['decodeBits']!(count) >>> 0;
  }

  /**
   * The coefficients of the first `active` subbands; the others are 0. Look at {@link fault} then.
   *
   * @param count - number of coefficients of the layout
   * @throws KernelMemoryError when there is no room for them
   */
  decode(count: number, layout: CodedLayout, active: number, states: CodedStates): Int32Array {
    const arrays = kernelMemory.allOrNothing(() => new ModelArrays(count, layout, active, states));
    arrays.quantized.view.fill(0);
    this.kernel['startModel']!();
    this.kernel['decodeHops']!(...arrays.from(0));
    const quantized = arrays.quantized.view.slice();
    arrays.release();
    return quantized;
  }

  /**
   * Whether the code ends where the last decision has ended.
   *
   * @param filled - zeros may follow
   */
  ended(filled: boolean): boolean {
    if (filled) this.kernel['skipZeros']!();
    return this.kernel['finishDecoder']!() === 0;
  }

  release(): void {
    this.bytes.release();
  }
}

function coefficientsInHop({ subbands }: CodedLayout): number {
  let sum = 0;
  for (let i = 2; i < subbands.length; i += WORDS_PER_SUBBAND) sum += subbands[i]!;
  return sum;
}
