/**
 * A coded recording, taken apart: what its bytes are for, and what error is left before and after rounding.
 */
import type { TransformCodec } from '../../codecs/transform-codec';
import { leastPayload, readBitstream } from '../../coding/bitstream';
import { codeCoefficients } from '../../coding/entropy/coefficient-coder';
import { decodeCoefficients } from '../../coding/entropy/entropy-coder';
import { PROBABILITY_ONE, type BinaryCoder } from '../../coding/entropy/range-coder';
import { STATE_MACHINES } from '../../coding/quantizers/trellis';
import type { Basis } from '../../bases/basis';
import { squaredError } from '../../metrics/distortion';
import type { KnownCoefficients } from './ideal-coder';

/** Bytes and errors of one file. */
export interface CodedParts {
  /** Of the whole file. */
  readonly bytes: number;
  /** Bytes of the header and the check. */
  readonly headerBytes: number;
  /** Code length of the integers under the probabilities of the coefficient model as it adapts, bits. */
  readonly modelBits: number;
  /** Code length of the same integers under the ideal coder, bits. */
  readonly idealBits: number;
  /** Of the samples as ADC codes, codes². */
  readonly squaredError: number;
  /** Of the samples before rounding, codes². */
  readonly realSquaredError: number;
}

/** {@link CodedParts} without the ideal coder, and the integers for it. */
export interface CodedFile extends Omit<CodedParts, 'idealBits'> {
  readonly coefficients: Omit<KnownCoefficients, 'variances'>;
}

/**
 * Codes a recording, decodes it and takes the file apart.
 *
 * @param codec - of a fixed basis, with a trellis
 * @param encode - step to file: of the recording, prepared
 */
export function codedFile(
  codec: TransformCodec,
  codes: Uint16Array,
  step: number,
  encode: (step: number) => { readonly bytes: Uint8Array },
): CodedFile {
  const { bytes } = encode(step);
  const coefficients = coefficientsOf(codec, bytes);
  const { quantized, layout, machine } = coefficients;
  const counter = new CodeLength();
  codeCoefficients(counter, layout, quantized, machine);
  return {
    bytes: bytes.length,
    headerBytes: bytes.length - payloadLength(bytes),
    modelBits: counter.bits,
    squaredError: squaredError(codes, codec.decode(bytes)),
    realSquaredError: realSquaredError(codes, codec.decodeReal(bytes)),
    coefficients,
  };
}

/** The integers in a file. */
function coefficientsOf(codec: TransformCodec, bytes: Uint8Array): Omit<KnownCoefficients, 'variances'> {
  const { header, start, end } = readBitstream(bytes);
  const layout = (codec.basis as Basis).layout(header.samples);
  const machine = STATE_MACHINES[header.states];
  const filled = end - start === leastPayload(header.samples);
  const [quantized] = decodeCoefficients([{ layout, machine }], bytes, start, end, filled);
  return { quantized: quantized!, layout, machine, step: header.step };
}

function payloadLength(bytes: Uint8Array): number {
  const { start, end } = readBitstream(bytes);
  return end - start;
}

function realSquaredError(codes: Uint16Array, samples: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < codes.length; i++) sum += (codes[i]! - samples[i]!) ** 2;
  return sum;
}

/** −log₂ of the probabilities of a range coder. */
const COSTS = Float64Array.from({ length: PROBABILITY_ONE + 1 }, (_, p) => -Math.log2(p / PROBABILITY_ONE));

/** A coder that counts what a perfect range coder would write. */
class CodeLength implements BinaryCoder {
  bits = 0;

  code(bit: number, probability: number): number {
    this.bits += COSTS[bit === 1 ? probability : PROBABILITY_ONE - probability]!;
    return bit;
  }

  codeBits(value: number, count: number): number {
    this.bits += count;
    return value;
  }
}
