/**
 * The one way from ADC codes to bytes and back: mean, basis, quantizer, coefficient model, range coder. Only the
 * basis differs from codec to codec.
 */
import {
  isAdaptive,
  losslessStepOf,
  SideInformationError,
  type AnyBasis,
  type Basis,
  type CoefficientLayout,
} from '../bases/basis';
import { IdentityBasis } from '../bases/blocks/identity';
import { countNonzero } from '../metrics/sparsity';
import { MAX_ADC_CODE } from '../recordings/adc';
import { signalOf } from '../recordings/signal';
import {
  BitstreamError,
  codedStep,
  HeaderReader,
  readBitstream,
  WAV_KIND,
  writeBitstream,
  writeVarint,
  type Header,
} from '../coding/bitstream';
import { LOSSLESS, type Codec, type Encoding } from '../coding/codec';
import { activeSubbands, codingOrder } from '../coding/entropy/coding-order';
import {
  decodeCoefficients,
  encodeCoefficients,
  type ExpectedCoefficients,
  type QuantizedCoefficients,
} from '../coding/entropy/entropy-coder';
import {
  centroidOffsets,
  NO_OFFSETS,
  quantize,
  reconstruct,
  type ReconstructionOffsets,
} from '../coding/quantizers/quantizer';
import { optimizeQuantization } from '../coding/quantizers/rate-distortion';
import { ONE_SET, reconstructTrellis, TRELLIS, trellisOffsets } from '../coding/quantizers/trellis';

/** How the format names a basis. */
export interface FormatNumbers {
  readonly family: number;
  readonly parameter: number;
}

/**
 * How coefficients become integers: each for itself, with a dead zone; with the rate in view; or along a trellis. The
 * first two are the same to a decoder.
 */
export const QUANTIZERS = ['dead-zone', 'rdoq', 'trellis'] as const;
export type QuantizerName = (typeof QUANTIZERS)[number];

/** The values that a sample can have; what is decoded is clipped to them. */
export interface SampleRange {
  readonly smallest: number;
  readonly largest: number;
}

export const ADC_RANGE: SampleRange = { smallest: 0, largest: MAX_ADC_CODE };
export const PCM16_RANGE: SampleRange = { smallest: -32768, largest: 32767 };

/** What a lossless file needs beside the basis: what the lossy decoding leaves over, sample by sample. */
const RESIDUAL_BASIS = new IdentityBasis();

/** A codec from a basis. */
export class TransformCodec implements Codec {
  readonly id: string;
  readonly delay: number;
  readonly wholeRecording: boolean;
  readonly optimizes: readonly string[];
  readonly multiplyAddsPerSample: number;

  /**
   * @param basis - turns a signal into coefficients, or finds the basis that does
   * @param numbers - how the header names the basis
   * @param quantizer - what chooses the integers
   */
  constructor(
    readonly basis: AnyBasis,
    private readonly numbers: FormatNumbers,
    readonly quantizer: QuantizerName = 'dead-zone',
  ) {
    this.id = quantizer === 'dead-zone' ? basis.id : `${basis.id}+${quantizer}`;
    this.delay = basis.delay;
    // Both searches go by rates that a first pass over the recording counts.
    this.wholeRecording = quantizer !== 'dead-zone' || basis.wholeRecording === true;
    this.optimizes = basis.optimizes ?? [];
    this.multiplyAddsPerSample = basis.multiplyAddsPerSample;
  }

  encode(codes: Uint16Array, step: number): Encoding {
    const lossless = step === LOSSLESS;
    const { payload, nonzero, header } = encodeSignal(
      this.basis,
      codes,
      codedStep(lossless ? losslessStepOf(this.basis) : step),
      lossless,
      ADC_RANGE,
      this.quantizer,
    );
    return {
      bytes: writeBitstream({ ...this.numbers, ...header, wavKind: WAV_KIND.canonical }, payload),
      nonzero,
    };
  }

  decode(bytes: Uint8Array): Uint16Array {
    const { header, start, end } = readBitstream(bytes);
    if (header.family !== this.numbers.family || header.parameter !== this.numbers.parameter) {
      throw new BitstreamError(
        `This .nbz file was made with basis ${header.family}/${header.parameter} of the format, not with ` +
          `${this.basis.id} (${this.numbers.family}/${this.numbers.parameter}). Decode it with npm run decode.`,
      );
    }
    if (header.wavKind !== WAV_KIND.canonical) {
      throw new BitstreamError(
        'This .nbz file holds a WAV file with a header of its own: use npm run decode.',
      );
    }
    const decoded = decodeSignal(this.basis, header, bytes, start, end, ADC_RANGE);
    return Uint16Array.from(decoded);
  }
}

/** What {@link encodeSignal} found; the caller adds what it knows itself. */
export interface EncodedSignal {
  readonly header: Pick<Header, 'lossless' | 'samples' | 'mean' | 'step' | 'offsets' | 'trellis'>;
  readonly payload: Uint8Array;
  readonly nonzero: number;
}

/**
 * Codes integers.
 *
 * @param samples - integers
 * @param step - a multiple of 1/64
 * @param lossless - code the residual too, unless the basis is exact in integers and the step 1
 * @param range - the values that the decoder clips to
 * @param quantizer - what chooses the integers; not for a basis that does so itself, as a closed loop does
 */
export function encodeSignal(
  family: AnyBasis,
  samples: Uint16Array | Int16Array,
  step: number,
  lossless: boolean,
  range: SampleRange,
  quantizer: QuantizerName = 'dead-zone',
): EncodedSignal {
  const { signal, mean } = signalOf(samples);
  const side = isAdaptive(family) ? family.choose(signal, step) : undefined;
  const basis = isAdaptive(family) ? family.chosen(side!, signal.length) : family;
  const trellis = quantizer === 'trellis';
  const exact = lossless && isExact(basis, step, trellis);
  const { values: coefficients, layout } = basis.analyze(signal, step);
  const quantized =
    quantizer === 'dead-zone'
      ? quantize(coefficients, step)
      : optimizeQuantization(coefficients, layout, step, trellis ? TRELLIS : ONE_SET);
  const offsets = exact ? NO_OFFSETS : offsetsOf(coefficients, layout, quantized, step, trellis);
  const sets: QuantizedCoefficients[] = [{ values: quantized, layout, trellis }];
  if (lossless && !exact) {
    const decoded = synthesizeSamples(basis, layout, quantized, { mean, step, offsets, trellis }, range);
    const residual = new Int32Array(samples.length);
    for (let i = 0; i < samples.length; i++) residual[i] = samples[i]! - decoded[i]!;
    sets.push({ values: residual, layout: RESIDUAL_BASIS.layout(samples.length) });
  }
  const header = { lossless, samples: samples.length, mean, step, offsets, trellis };
  const nonzero = sets.reduce((sum, { values }) => sum + countNonzero(values), 0);
  const code = encodeCoefficients(sets);
  return { header, payload: side ? withSideInformation(side, code) : code, nonzero };
}

/**
 * The integers that {@link encodeSignal} coded.
 *
 * @throws BitstreamError when no encoder wrote these bytes
 */
export function decodeSignal(
  family: AnyBasis,
  header: Header,
  bytes: Uint8Array,
  start: number,
  end: number,
  range: SampleRange,
): Int32Array {
  const { basis, codeStart } = readBasis(family, header.samples, bytes, start, end);
  const layout = basis.layout(header.samples);
  const expected: ExpectedCoefficients[] = [{ layout, trellis: header.trellis }];
  const hasResidual = header.lossless && !isExact(basis, header.step, header.trellis);
  if (hasResidual) expected.push({ layout: RESIDUAL_BASIS.layout(header.samples) });
  const [quantized, residual] = decodeCoefficients(expected, bytes, codeStart, end);
  const decoded = synthesizeSamples(basis, layout, quantized!, header, range);
  if (residual) {
    for (let i = 0; i < decoded.length; i++) {
      const sample = decoded[i]! + residual[i]!;
      if (sample < range.smallest || sample > range.largest) {
        throw new BitstreamError(`Sample ${i} of this .nbz file is ${sample}, which no sample can be.`);
      }
      decoded[i] = sample;
    }
  }
  return decoded;
}

/** The side information, its length before it, and then the range code. */
function withSideInformation(side: Uint8Array, code: Uint8Array): Uint8Array {
  const front: number[] = [];
  writeVarint(front, side.length);
  const payload = new Uint8Array(front.length + side.length + code.length);
  payload.set(front);
  payload.set(side, front.length);
  payload.set(code, front.length + side.length);
  return payload;
}

/** The basis of a recording, and where its range code starts. */
function readBasis(
  family: AnyBasis,
  samples: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): { basis: Basis; codeStart: number } {
  if (!isAdaptive(family)) return { basis: family, codeStart: start };
  const reader = new HeaderReader(bytes, start, end);
  const side = reader.take(reader.varint());
  try {
    return { basis: family.chosen(side, samples), codeStart: reader.position };
  } catch (error) {
    if (!(error instanceof SideInformationError)) throw error;
    throw new BitstreamError(`The side information of this .nbz file is damaged: ${error.message}`, {
      cause: error,
    });
  }
}

/** Whether the basis gives integers back as they were without a residual. */
function isExact(basis: Basis, step: number, trellis: boolean): boolean {
  return basis.exactInIntegers === true && step === 1 && !trellis;
}

function offsetsOf(
  coefficients: Float64Array,
  layout: CoefficientLayout,
  quantized: Int32Array,
  step: number,
  trellis: boolean,
): ReconstructionOffsets {
  if (!trellis) return centroidOffsets(coefficients, quantized, step);
  return trellisOffsets(coefficients, quantized, placesInOrder(layout, quantized), step);
}

function placesInOrder(layout: CoefficientLayout, quantized: Int32Array): Int32Array {
  return codingOrder(layout, activeSubbands(layout, quantized)).places;
}

/** Coefficients back to samples, rounded and clipped to what a sample can be. */
function synthesizeSamples(
  basis: Basis,
  layout: CoefficientLayout,
  quantized: Int32Array,
  { mean, step, offsets, trellis }: Pick<Header, 'mean' | 'step' | 'offsets' | 'trellis'>,
  { smallest, largest }: SampleRange,
): Int32Array {
  const values = trellis
    ? reconstructTrellis(quantized, placesInOrder(layout, quantized), step, offsets)
    : reconstruct(quantized, step, offsets);
  const signal = basis.synthesize({ values, layout }, step);
  const samples = new Int32Array(signal.length);
  for (let i = 0; i < signal.length; i++) {
    const rounded = Math.floor(signal[i]! + mean + 0.5);
    samples[i] = rounded < smallest ? smallest : rounded > largest ? largest : rounded;
  }
  return samples;
}
