/**
 * Noise filling: where all coefficients of a band are coded as zero, the decoder can add noise of the power that was
 * lost there, as audio coders do (J. Herre and D. Schulz, "Extending the MPEG-4 AAC codec by perceptual noise
 * substitution", 104th AES Convention, 1998). The noise is not the recording's and only adds to the squared error; but
 * a background that has fallen silent gives a detection threshold far too low. So the file decodes in two ways: without
 * noise, by which errors are measured, and with it, for users who take their threshold from the decoded signal.
 */
import {
  isAdaptive,
  losslessStepOf,
  SideInformationError,
  type AnyBasis,
  type Basis,
  type Coefficients,
} from '../bases/basis';
import { frequencyEdges } from '../bases/parts/frequency-bands';
import { SideBitReader, SideBitWriter } from '../bases/parts/side-bits';
import { codedStep, WAV_KIND, type Header } from '../coding/bitstream';
import { HeaderReader } from '../coding/header-reader';
import { behindLengths } from '../coding/payload';
import { BitstreamError } from '../coding/bitstream-errors';
import { LOSSLESS, type DecodedViews, type Encoding } from '../coding/codec';
import { signalOf } from '../recordings/signal';
import { amplitudeOfLevel, LEVEL_BITS, levelOfAmplitude, unitNoise } from './noise';
import { encodeFile, readFile, type EncodedParts, type PayloadCodec } from './payload-codec';
import {
  decodeSignal,
  encodeSignal,
  rangeOfHeader,
  versionFor,
  type FormatNumbers,
  type QuantizerName,
} from './transform-codec';
import { ADC_RANGE, type SampleRange } from '../coding/sample-range';

/** Number of this codec in the header field that holds the family of a basis. */
export const FILLED_FAMILY = 201;

/** Last part of the ids of these codecs. */
export const FILL = 'fill';

/** Octaves with a level each, from the highest: down to 153 Hz. Slower waves are never replaced by noise. */
const OCTAVES = 6;

/** The octave of each subband, from the highest; {@link OCTAVES} and more are not filled. */
function octavesOf({ layout }: Coefficients, id: string): Uint8Array {
  const edges = frequencyEdges(layout, id);
  return Uint8Array.from(layout.subbands, (_, k) => {
    const center = 0.5 * (edges[k]! + edges[k + 1]!);
    let octave = 0;
    while (octave < OCTAVES && center < 0.25 / 2 ** octave) octave++;
    return octave;
  });
}

/** Changes coefficients on their way to synthesis in a basis. */
type Change = (coefficients: Coefficients, basis: Basis) => Coefficients;

/** A basis whose synthesis shows its coefficients first. */
class WatchedBasis implements Basis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly orthonormal: boolean;

  constructor(
    private readonly inner: Basis,
    private readonly change: Change,
  ) {
    this.id = inner.id;
    this.delay = inner.delay;
    this.multiplyAddsPerSample = inner.multiplyAddsPerSample;
    this.orthonormal = inner.orthonormal !== false;
  }

  layout(length: number): Coefficients['layout'] {
    return this.inner.layout(length);
  }

  analyze(signal: Float64Array, step: number): Coefficients {
    return this.inner.analyze(signal, step);
  }

  synthesize(coefficients: Coefficients, step: number): Float64Array {
    return this.inner.synthesize(this.change(coefficients, this.inner), step);
  }
}

/** A basis or family whose synthesis shows its coefficients first. */
function watched(basis: AnyBasis, change: Change): AnyBasis {
  if (!isAdaptive(basis)) return new WatchedBasis(basis, change);
  return {
    id: basis.id,
    delay: basis.delay,
    multiplyAddsPerSample: basis.multiplyAddsPerSample,
    ...(basis.losslessStep !== undefined && { losslessStep: basis.losslessStep }),
    choose: (signal, step) => basis.choose(signal, step),
    chosen: (side, length) => new WatchedBasis(basis.chosen(side, length), change),
  };
}

/** Level of each octave: of the coefficients of a signal that were decoded as zero. */
function levelsOf(original: Float64Array, decoded: Coefficients, id: string): number[] {
  const octaves = octavesOf(decoded, id);
  const energy = new Float64Array(OCTAVES + 1);
  const count = new Float64Array(OCTAVES + 1);
  decoded.layout.subbands.forEach(({ offset, length }, k) => {
    const octave = octaves[k]!;
    for (let i = offset; i < offset + length; i++) {
      if (decoded.values[i] !== 0) continue;
      energy[octave]! += original[i]! * original[i]!;
      count[octave]!++;
    }
  });
  return Array.from({ length: OCTAVES }, (_, octave) =>
    levelOfAmplitude(Math.sqrt(energy[octave]! / Math.max(1, count[octave]!))),
  );
}

/** Coefficients with noise in place of zeros. */
function filled(coefficients: Coefficients, levels: readonly number[], id: string): Coefficients {
  const octaves = octavesOf(coefficients, id);
  const noise = unitNoise();
  const values = coefficients.values.slice();
  coefficients.layout.subbands.forEach(({ offset, length }, k) => {
    const amplitude = amplitudeOfLevel(levels[octaves[k]!] ?? 0);
    if (amplitude === 0) return;
    for (let i = offset; i < offset + length; i++) {
      if (values[i] === 0) values[i] = noise() * amplitude;
    }
  });
  return { values, layout: coefficients.layout };
}

/** Builds the basis of the codec over one whose synthesis is watched: with its weight, if it has one. */
export type Dressed = (plain: AnyBasis) => AnyBasis;

/** A transform codec whose file says the power of the noise that its zeros stand for. */
export class FilledCodec implements PayloadCodec {
  readonly id: string;
  readonly delay: number;
  readonly wholeRecording = true;
  readonly multiplyAddsPerSample: number;

  /**
   * @param plain - the basis, without weight
   * @param dressed - gives it its weight
   * @param numbers - how the header names both
   * @param range - codes of the digitizer that is encoded; a decoder takes those of the file
   */
  constructor(
    private readonly plain: AnyBasis,
    private readonly dressed: Dressed,
    private readonly numbers: FormatNumbers,
    private readonly quantizer: QuantizerName,
    private readonly range: SampleRange = ADC_RANGE,
  ) {
    const basis = dressed(plain);
    this.id = [basis.id, ...(quantizer === 'dead-zone' ? [] : [quantizer]), FILL].join('+');
    this.delay = basis.delay;
    this.multiplyAddsPerSample = basis.multiplyAddsPerSample;
  }

  encode(codes: Uint16Array, step: number): Encoding {
    return encodeFile(this, codes, step);
  }

  encodeParts(codes: Uint16Array, step: number): EncodedParts {
    const basis = this.dressed(this.plain);
    const lossless = step === LOSSLESS;
    const coded = codedStep(lossless ? losslessStepOf(basis) : step, versionFor(this.range));
    const { header, payload, nonzero } = encodeSignal(
      basis,
      codes,
      coded,
      lossless,
      this.range,
      this.quantizer,
    );
    const whole: Omit<Header, 'wavKind'> = { ...this.numbers, ...header };
    const levels = lossless ? [] : this.lostLevels(codes, { ...whole, wavKind: WAV_KIND.canonical }, payload);
    return { header: whole, payload: withLevels(levels, payload), nonzero };
  }

  /** Decodes what was coded, and compares it with the coefficients of the recording. */
  private lostLevels(codes: Uint16Array, header: Header, payload: Uint8Array): readonly number[] {
    let levels: readonly number[] = [];
    const { signal } = signalOf(codes);
    const shown = watched(this.plain, (decoded, basis) => {
      const { values } = basis.analyze(signal, header.step);
      levels = levelsOf(values, decoded, this.plain.id);
      return decoded;
    });
    decodeSignal(this.dressed(shown), header, payload, 0, payload.length, rangeOfHeader(header));
    return levels;
  }

  decode(bytes: Uint8Array): Uint16Array {
    const { header, start, end } = this.read(bytes);
    return new Uint16Array(this.decodeSamples(header, bytes, start, end));
  }

  /** With noise in the background. */
  decodeViews(bytes: Uint8Array): DecodedViews {
    const { header, start, end } = this.read(bytes);
    return { background: new Uint16Array(this.decodeSamples(header, bytes, start, end, true)) };
  }

  /**
   * The samples of a payload.
   *
   * @param noise - whether to fill zeros
   * @throws BitstreamError when no encoder wrote these bytes
   */
  decodeSamples(header: Header, bytes: Uint8Array, start: number, end: number, noise = false): Int32Array {
    const { levels, codeStart } = readLevels(bytes, start, end);
    const fills = noise && levels.length > 0;
    const basis = this.dressed(
      fills ? watched(this.plain, (coefficients) => filled(coefficients, levels, this.plain.id)) : this.plain,
    );
    return decodeSignal(basis, header, bytes, codeStart, end, rangeOfHeader(header));
  }

  private read(bytes: Uint8Array): ReturnType<typeof readFile> {
    return readFile(this, this.numbers, bytes);
  }
}

/** The levels and the payload. */
function withLevels(levels: readonly number[], payload: Uint8Array): Uint8Array {
  const bits = new SideBitWriter();
  for (const level of levels) bits.push(level, LEVEL_BITS);
  return behindLengths([bits.bytes()], payload);
}

function readLevels(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly levels: readonly number[]; readonly codeStart: number } {
  const reader = new HeaderReader(bytes, start, end);
  const side = reader.take(reader.varint());
  const bits = new SideBitReader(side);
  const levels = Array.from({ length: OCTAVES }, () => bits.take(LEVEL_BITS));
  try {
    if (side.length > 0) bits.finish();
  } catch (error) {
    if (!(error instanceof SideInformationError)) throw error;
    throw new BitstreamError('The levels of noise of this .nbz file are damaged.', { cause: error });
  }
  return { levels: side.length > 0 ? levels : [], codeStart: reader.position };
}
