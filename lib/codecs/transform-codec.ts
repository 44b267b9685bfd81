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
  type Coefficients,
} from '../bases/basis';
import { IdentityBasis } from '../bases/blocks/identity';
import { countNonzero } from '../metrics/sparsity';
import { MAX_ADC_CODE } from '../recordings/adc';
import { signalOf } from '../recordings/signal';
import { BitstreamError, BitstreamRangeError } from '../coding/bitstream-errors';
import { HeaderReader } from '../coding/header-reader';
import { behindLengths, filledPayload } from '../coding/payload';
import { ADC_RANGE, isNeuralinkRange, type SampleRange } from '../coding/sample-range';
import {
  codedStep,
  leastPayload,
  readBitstream,
  WAV_KIND,
  writeBitstream,
  type Header,
} from '../coding/bitstream';
import { LOSSLESS, type Codec, type Encoding, type PreparedRecording } from '../coding/codec';
import { CodeEstimate, codedDeviation, MAX_WIDTHS_STEP, showsWidths } from './code-estimate';
import { ACTIVE_BITS } from '../coding/entropy/coefficient-coder';
import { activeSubbands, codingOrder } from '../coding/entropy/coding-order';
import {
  decodeCoefficients,
  encodeCoefficients,
  type ExpectedCoefficients,
  type QuantizedCoefficients,
} from '../coding/entropy/entropy-coder';
import {
  centroidOffsets,
  energyOfZeros,
  NO_OFFSETS,
  quantize,
  reconstruct,
  type FittedOffsets,
} from '../coding/quantizers/quantizer';
import { RangeDecoder } from '../coding/entropy/range-coder';
import { optimizeQuantization } from '../coding/quantizers/rate-distortion';
import {
  reconstructTrellis,
  STATE_MACHINES,
  trellisOffsets,
  type QuantizerStates,
  type StateMachine,
} from '../coding/quantizers/trellis';

/** How the format names a basis. */
export interface FormatNumbers {
  readonly family: number;
  readonly parameter: number;
}

/**
 * How coefficients become integers: each for itself, with a dead zone; with the rate in view; or along a trellis of 8, 32
 * or 256 states. The first two are the same to a decoder.
 */
export const QUANTIZERS = ['dead-zone', 'rdoq', 'trellis8', 'trellis', 'trellis256'] as const;
export type QuantizerName = (typeof QUANTIZERS)[number];

const STATES: Readonly<Record<QuantizerName, QuantizerStates>> = {
  'dead-zone': 1,
  rdoq: 1,
  trellis8: 8,
  trellis: 32,
  trellis256: 256,
};

/** Basis of the residual in a lossless file: samples less their lossy decoding. */
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
   * @param quantizer - quantizer of the coefficients, one of {@link QUANTIZERS}
   * @param range - codes of the digitizer; those of another than Neuralink's are said in each file
   */
  constructor(
    readonly basis: AnyBasis,
    private readonly numbers: FormatNumbers,
    readonly quantizer: QuantizerName = 'dead-zone',
    readonly range: SampleRange = ADC_RANGE,
  ) {
    this.id = quantizer === 'dead-zone' ? basis.id : `${basis.id}+${quantizer}`;
    this.delay = basis.delay;
    // Both searches go by rates that a first pass over the recording counts.
    this.wholeRecording = quantizer !== 'dead-zone' || basis.wholeRecording === true;
    this.optimizes = basis.optimizes ?? [];
    this.multiplyAddsPerSample = basis.multiplyAddsPerSample;
  }

  encode(codes: Uint16Array, step: number): Encoding {
    return this.prepare(codes).encode(step);
  }

  prepare(codes: Uint16Array): PreparedRecording {
    requireCodes(codes, this.range);
    const encoder = new SignalEncoder(this.basis, codes, this.range, this.quantizer);
    return {
      encode: (step) => {
        const lossless = step === LOSSLESS;
        const version = versionFor(this.range);
        const coded = codedStep(lossless ? losslessStepOf(this.basis) : step, version);
        const { payload, nonzero, header } = encoder.encode(coded, lossless);
        const whole = { ...this.numbers, ...header, wavKind: WAV_KIND.canonical };
        return { bytes: writeBitstream(whole, payload), nonzero };
      },
    };
  }

  decode(bytes: Uint8Array): Uint16Array {
    const { header, start, end } = this.read(bytes);
    return new Uint16Array(decodeSignal(this.basis, header, bytes, start, end, rangeOfHeader(header)));
  }

  /**
   * The samples before rounding to ADC codes: real numbers, 0…largest code. Their mean squared error is lower than that of
   * codes by about 1/12, which rounding adds. For a lossless file they are its codes.
   *
   * @throws BitstreamError when the bytes are damaged, truncated or not of this format
   */
  decodeReal(bytes: Uint8Array): Float64Array {
    const { header, start, end } = this.read(bytes);
    const range = rangeOfHeader(header);
    if (header.lossless) return new Float64Array(decodeSignal(this.basis, header, bytes, start, end, range));
    return realSamples(decodeParts(this.basis, header, bytes, start, end, range).signal, header, range);
  }

  private read(bytes: Uint8Array): ReturnType<typeof readBitstream> {
    const file = readBitstream(bytes);
    const { header } = file;
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
    return file;
  }
}

/**
 * Makes sure that codes are those of a digitizer.
 *
 * @throws BitstreamRangeError that names the first that is not
 */
export function requireCodes(codes: Uint16Array, { largest }: SampleRange): void {
  for (let i = 0; i < codes.length; i++) {
    if (codes[i]! <= largest) continue;
    throw new BitstreamRangeError(`Sample ${i} has ADC code ${codes[i]}: codes are 0…${largest}.`);
  }
}

/** Version of the format that codes of a range are written in. */
export function versionFor(range: SampleRange): 2 | 3 {
  return isNeuralinkRange(range) || range.smallest < 0 ? 2 : 3;
}

/** The fields of a header that say what codes a range has. */
export function versionFields(
  range: SampleRange,
): Pick<Header, 'version'> & Partial<Pick<Header, 'largest' | 'description'>> {
  const { largest, description } = range;
  return versionFor(range) === 2
    ? { version: 2 }
    : { version: 3, largest, ...(description ? { description } : {}) };
}

/** The codes that the samples of a file can have. */
export function rangeOfHeader({
  largest,
  description,
}: Pick<Header, 'largest' | 'description'>): SampleRange {
  return largest === undefined ? ADC_RANGE : { smallest: 0, largest, description };
}

/** Result of {@link encodeSignal}; the caller adds the other fields of the header. */
export interface EncodedSignal {
  readonly header: Omit<Header, 'wavKind' | 'family' | 'parameter'>;
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
 * @param quantizer - quantizer of the coefficients; must be `dead-zone` for a basis that quantizes itself, as a closed
 * loop does
 */
export function encodeSignal(
  family: AnyBasis,
  samples: Uint16Array | Int16Array | Int32Array,
  step: number,
  lossless: boolean,
  range: SampleRange,
  quantizer: QuantizerName = 'dead-zone',
): EncodedSignal {
  return new SignalEncoder(family, samples, range, quantizer).encode(step, lossless);
}

/** Codes the same integers at several steps. */
class SignalEncoder {
  private readonly mean: number;
  /** The samples without their mean. */
  private readonly signal: Float64Array;
  private readonly roundsByWidths: boolean;
  private readonly machine: StateMachine;
  /** The last analysis that does not depend on the step, with its basis; shared by all steps. */
  private shared: { readonly basis: Basis; readonly coefficients: Coefficients } | undefined;
  private readonly family: AnyBasis;

  constructor(
    family: AnyBasis,
    private readonly samples: Uint16Array | Int16Array | Int32Array,
    private readonly range: SampleRange,
    private readonly quantizer: QuantizerName,
  ) {
    this.family = within(family, range);
    const { signal, mean } = signalOf(samples);
    this.signal = signal;
    this.mean = mean;
    this.roundsByWidths = isNeuralinkRange(range) && showsWidths(samples);
    this.machine = STATE_MACHINES[STATES[quantizer]];
  }

  encode(step: number, lossless: boolean): EncodedSignal {
    const { family, samples, signal, mean, machine, range } = this;
    const side = isAdaptive(family) ? family.choose(signal, step, range.models) : undefined;
    const basis = isAdaptive(family) ? family.chosen(side!, signal.length) : family;
    const exact = lossless && isExact(basis, step, machine);
    const { values: coefficients, layout } = this.analyze(basis, step);
    const quantized =
      this.quantizer === 'dead-zone'
        ? quantize(coefficients, step)
        : optimizeQuantization(coefficients, layout, step, machine);
    const fit = fitOffsets(coefficients, layout, quantized, step, machine);
    const offsets = exact ? NO_OFFSETS : fit.offsets;
    const plain: Reconstruction = { mean, step, offsets, states: machine.states, deviation: 0 };
    const sets: QuantizedCoefficients[] = [{ values: quantized, layout, machine }];
    if (lossless && !exact) {
      const decoded = roundedSamples(synthesize(basis, layout, quantized, plain), plain, range);
      const residual = new Int32Array(samples.length);
      for (let i = 0; i < samples.length; i++) residual[i] = samples[i]! - decoded[i]!;
      sets.push({ values: residual, layout: RESIDUAL_BASIS.layout(samples.length) });
    }
    let deviation = 0;
    if (!lossless && this.roundsByWidths && step <= MAX_WIDTHS_STEP) {
      const error =
        basis.orthonormal === false
          ? squaredDifference(signal, synthesize(basis, layout, quantized, plain))
          : fit.squaredError + energyOfZeros(coefficients, quantized);
      deviation = codedDeviation(error / samples.length);
    }
    const header = { lossless, samples: samples.length, ...plain, deviation, ...versionFields(range) };
    const nonzero = sets.reduce((sum, { values }) => sum + countNonzero(values), 0);
    const code = encodeCoefficients(sets);
    const payload = side ? behindLengths([side], code) : code;
    return { header, payload: filledPayload(payload, samples.length), nonzero };
  }

  /** Predictors and pursuits look at the step, and integer transforms at whether it is 1; none of them is shared. */
  private analyze(basis: Basis, step: number): Coefficients {
    if (this.shared?.basis === basis) return this.shared.coefficients;
    const coefficients = basis.analyze(this.signal, step);
    const looksAtStep =
      basis.orthonormal === false || basis.quantizesItself === true || basis.exactInIntegers === true;
    if (!looksAtStep) this.shared = { basis, coefficients };
    return coefficients;
  }
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
  const { signal, residual } = decodeParts(family, header, bytes, start, end, range);
  const decoded = roundedSamples(signal, header, range);
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

/** Contents of a file: the signal without its mean and, in a lossless file, the residual. */
interface DecodedParts {
  readonly signal: Float64Array;
  readonly residual?: Int32Array | undefined;
}

/** @throws BitstreamError when no encoder wrote these bytes */
function decodeParts(
  given: AnyBasis,
  header: Header,
  bytes: Uint8Array,
  start: number,
  end: number,
  range: SampleRange,
): DecodedParts {
  const { samples } = header;
  const family = within(given, range);
  const least = leastPayload(samples);
  if (end - start < least) {
    if (header.version !== 1 || isAdaptive(family)) throw claimError(samples, end - start);
    return { signal: decodeSilence(family, header, bytes, start, end) };
  }
  const { basis, codeStart } = readBasis(family, samples, bytes, start, end);
  const layout = basis.layout(samples);
  const machine = STATE_MACHINES[header.states];
  const expected: ExpectedCoefficients[] = [{ layout, machine }];
  const hasResidual = header.lossless && !isExact(basis, header.step, machine);
  if (hasResidual) expected.push({ layout: RESIDUAL_BASIS.layout(samples) });
  const filled = header.version !== 1 && end - start === least;
  const [quantized, residual] = decodeCoefficients(expected, bytes, codeStart, end, filled);
  return { signal: synthesize(basis, layout, quantized!, header), residual };
}

/** The basis for samples of a range: predictors limit what they expect by the codes that there are. */
function within(family: AnyBasis, { smallest, largest }: SampleRange): AnyBasis {
  if (isAdaptive(family) || !family.within || largest - smallest <= MAX_ADC_CODE) return family;
  return family.within(largest - smallest);
}

function claimError(samples: number, bytes: number): BitstreamError {
  return new BitstreamError(`${samples} samples cannot be in the ${bytes} bytes of this .nbz file.`);
}

/**
 * Decodes a file of version 1 that is too short for its samples: it may hold only their mean.
 *
 * @throws BitstreamError when they hold more
 */
function decodeSilence(
  basis: Basis,
  { samples, lossless, step, states }: Header,
  bytes: Uint8Array,
  start: number,
  end: number,
): Float64Array {
  const coder = new RangeDecoder(bytes, start, end);
  const sets = lossless && !isExact(basis, step, STATE_MACHINES[states]) ? 2 : 1;
  for (let set = 0; set < sets; set++) {
    if (coder.codeBits(0, ACTIVE_BITS) !== 0) throw claimError(samples, end - start);
  }
  coder.finish();
  return new Float64Array(samples);
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
function isExact(basis: Basis, step: number, { states }: StateMachine): boolean {
  return basis.exactInIntegers === true && step === 1 && states === 1;
}

function fitOffsets(
  coefficients: Float64Array,
  layout: CoefficientLayout,
  quantized: Int32Array,
  step: number,
  machine: StateMachine,
): FittedOffsets {
  if (machine.states === 1) return centroidOffsets(coefficients, quantized, step);
  const order = placesInOrder(layout, quantized);
  return trellisOffsets(coefficients, quantized, order, step, machine);
}

function placesInOrder(layout: CoefficientLayout, quantized: Int32Array): Int32Array {
  return codingOrder(layout, activeSubbands(layout, quantized)).positions;
}

/** Fields of the header that reconstruction needs. */
type Reconstruction = Pick<Header, 'mean' | 'step' | 'offsets' | 'states' | 'deviation'>;

function reconstructed(
  layout: CoefficientLayout,
  quantized: Int32Array,
  { step, offsets, states }: Reconstruction,
): Float64Array {
  if (states === 1) return reconstruct(quantized, step, offsets);
  const order = placesInOrder(layout, quantized);
  return reconstructTrellis(quantized, order, step, offsets, STATE_MACHINES[states]);
}

/** The signal of quantized coefficients. */
function synthesize(
  basis: Basis,
  layout: CoefficientLayout,
  quantized: Int32Array,
  reconstruction: Reconstruction,
): Float64Array {
  const values = reconstructed(layout, quantized, reconstruction);
  return basis.synthesize({ values, layout }, reconstruction.step);
}

/**
 * Adds the mean to a signal, clips it to the range of samples and, if the header holds a deviation, replaces values by
 * expected codes.
 */
function realSamples(
  signal: Float64Array,
  { mean, deviation }: Pick<Header, 'mean' | 'deviation'>,
  { smallest, largest }: SampleRange,
): Float64Array {
  const samples = new Float64Array(signal.length);
  for (let i = 0; i < signal.length; i++) {
    samples[i] = Math.min(largest, Math.max(smallest, signal[i]! + mean));
  }
  if (deviation > 0) new CodeEstimate(deviation).apply(samples);
  return samples;
}

/** {@link realSamples}, rounded to integers. */
function roundedSamples(
  signal: Float64Array,
  header: Pick<Header, 'mean' | 'deviation'>,
  range: SampleRange,
): Int32Array {
  const samples = new Int32Array(signal.length);
  if (header.deviation > 0) {
    const real = realSamples(signal, header, range);
    for (let i = 0; i < real.length; i++) samples[i] = Math.floor(real[i]! + 0.5);
    return samples;
  }
  const { mean } = header;
  const { smallest, largest } = range;
  for (let i = 0; i < signal.length; i++) {
    const rounded = Math.floor(signal[i]! + mean + 0.5);
    samples[i] = rounded < smallest ? smallest : rounded > largest ? largest : rounded;
  }
  return samples;
}

function squaredDifference(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) * (a[i]! - b[i]!);
  return sum;
}
