/**
 * The lossless codec for ADC codes: it models the digitizer, predicts on its linear scale, and codes each sample by
 * the probability of its code. No basis, no quantizer.
 */
import { ADC_CODES } from '../../recordings/adc';
import { leastPayload, readBitstream, WAV_KIND, writeBitstream, type Header } from '../../coding/bitstream';
import { BitstreamError, BitstreamRangeError } from '../../coding/bitstream-errors';
import { LOSSLESS, type Codec, type Encoding } from '../../coding/codec';
import { NO_OFFSETS } from '../../coding/quantizers/quantizer';
import { ADC_RANGE, isNeuralinkRange, type SampleRange } from '../../coding/sample-range';
import { decodeChannels, encodeChannels } from './channel-coder';
import { CHANNEL_PRESETS } from './channel-model';
import { decodeCodes, encodeCodes } from './code-coder';
import { FIXED_ORDER, featureCount, PRESET_NAMES, type PresetName } from './preset';
import { LOSSLESS_PRESETS } from './presets';

/** Number of this codec in the header field that holds the family of a basis. */
export const LOSSLESS_FAMILY = 128;

/** Number of the lossless codec for any digitizer, of files of version 3; the parameter is that of the preset. */
export const WIDE_LOSSLESS_FAMILY = 129;

/**
 * Parameter of the header for samples packed in 10 bits, used where that is shorter; smaller parameters are numbers of
 * presets.
 */
const PACKED = PRESET_NAMES.length;
const CODE_BITS = 10;

/** A lossless codec was asked to be lossy. */
export class LossyStepError extends RangeError {
  override readonly name = 'LossyStepError';
}

/** The codecs by id. */
const PRESET_OF_ID: ReadonlyMap<string, PresetName> = new Map(
  PRESET_NAMES.map((name) => [`lossless-${name}`, name]),
);

/** The preset of an id such as `"lossless-fast"`; undefined for the id of another codec. */
export function losslessPreset(id: string): PresetName | undefined {
  return PRESET_OF_ID.get(id);
}

/** Codes recordings without loss; its only step is {@link LOSSLESS}. */
export class LosslessCodec implements Codec {
  readonly id: string;
  readonly delay = 0;
  readonly multiplyAddsPerSample: number;

  /** @param range - codes of the digitizer; those of another than Neuralink's are said in each file */
  constructor(
    readonly preset: PresetName,
    private readonly range: SampleRange = ADC_RANGE,
  ) {
    this.id = `lossless-${preset}`;
    const neuralink = isNeuralinkRange(range);
    const { own, second, learnsEvery } = CHANNEL_PRESETS[preset];
    const features = neuralink ? featureCount(LOSSLESS_PRESETS[preset].features) : own;
    const products = (features * (features + 3)) / 2;
    this.multiplyAddsPerSample = neuralink
      ? FIXED_ORDER + features + products
      : own + 3 * second + products / learnsEvery;
  }

  /** @throws LossyStepError when the step is not {@link LOSSLESS} */
  encode(codes: Uint16Array, step: number): Encoding {
    if (!isNeuralinkRange(this.range)) {
      const { header, payload } = encodeWide(codes, this.preset, step, this.range);
      return { bytes: writeBitstream(header, payload), nonzero: codes.length };
    }
    const { header, payload } = encodeLossless(codes, this.preset, step);
    return {
      bytes: writeBitstream({ ...header, wavKind: WAV_KIND.canonical }, payload),
      nonzero: codes.length,
    };
  }

  decode(bytes: Uint8Array): Uint16Array {
    const { header, start, end } = readBitstream(bytes);
    if (header.family === WIDE_LOSSLESS_FAMILY) return decodeWide(header, bytes, start, end);
    if (header.family !== LOSSLESS_FAMILY || header.wavKind !== WAV_KIND.canonical) {
      throw new BitstreamError(
        'This .nbz file was made with another codec, or holds a WAV header of its own: use npm run decode.',
      );
    }
    return decodeLossless(header, bytes, start, end);
  }
}

function requireLossless(preset: PresetName, step: number): void {
  if (step === LOSSLESS) return;
  throw new LossyStepError(
    `The codec lossless-${preset} has no quantizer step, so it cannot take ${step}: give 0, or choose a basis.`,
  );
}

function requireCodes(codes: Uint16Array, largest: number): void {
  codes.forEach((code, i) => {
    if (code <= largest) return;
    throw new BitstreamRangeError(`Sample ${i} has ADC code ${code}: codes are 0…${largest}.`);
  });
}

/** Header and payload of a recording of any digitizer. */
function encodeWide(
  codes: Uint16Array,
  preset: PresetName,
  step: number,
  { largest, description }: SampleRange,
): { header: Header; payload: Uint8Array } {
  requireLossless(preset, step);
  requireCodes(codes, largest);
  const facts = losslessHeader(codes.length, PRESET_NAMES.indexOf(preset));
  const header: Header = {
    ...facts,
    ...{ version: 3, family: WIDE_LOSSLESS_FAMILY, wavKind: WAV_KIND.canonical, largest },
    ...(description ? { description } : {}),
  };
  return { header, payload: encodeChannels([codes], preset) };
}

/**
 * Codes of a file of family {@link WIDE_LOSSLESS_FAMILY}.
 *
 * @throws BitstreamError when the header or the payload is none that the encoder writes
 */
export function decodeWide(header: Header, bytes: Uint8Array, start: number, end: number): Uint16Array {
  const { version, parameter, lossless, states, mean, step, samples, offsets, largest = 0 } = header;
  const plain = version === 3 && lossless && states === 1 && mean === 0 && step === 1;
  const name = PRESET_NAMES[parameter];
  if (!plain || name === undefined || offsets.one !== 0 || offsets.more !== 0) {
    throw new BitstreamError(
      'The header of this lossless .nbz file is damaged, or it needs a newer decoder.',
    );
  }
  const [codes] = decodeChannels(bytes, start, end, 1, samples, name);
  if (codes!.some((code) => code > largest)) {
    throw new BitstreamError('A sample of this .nbz file is above the largest code: it is damaged.');
  }
  return codes!;
}

/**
 * Header and payload of a recording.
 *
 * @param codes - 0…1023
 * @param step - {@link LOSSLESS}
 * @throws LossyStepError when the step is another
 */
export function encodeLossless(
  codes: Uint16Array,
  preset: PresetName,
  step: number,
): { header: Omit<Header, 'wavKind'>; payload: Uint8Array } {
  requireLossless(preset, step);
  requireCodes(codes, ADC_CODES - 1);
  const code = encodeCodes(codes, LOSSLESS_PRESETS[preset]);
  const packed = code.length > packedLength(codes.length);
  return {
    header: losslessHeader(codes.length, packed ? PACKED : PRESET_NAMES.indexOf(preset)),
    payload: packed ? pack(codes) : code,
  };
}

/**
 * The header of a recording.
 *
 * @param parameter - number of the preset
 */
export function losslessHeader(samples: number, parameter: number): Omit<Header, 'wavKind'> {
  return {
    version: 1,
    lossless: true,
    states: 1,
    deviation: 0,
    family: LOSSLESS_FAMILY,
    parameter,
    samples,
    mean: 0,
    step: 1,
    offsets: NO_OFFSETS,
  };
}

/**
 * The recording that {@link encodeLossless} coded.
 *
 * @param bytes - the payload lies from `start` to `end`
 * @throws BitstreamError when no encoder wrote these bytes
 */
export function decodeLossless(header: Header, bytes: Uint8Array, start: number, end: number): Uint16Array {
  const { version, parameter, samples, lossless, states, mean, step, offsets } = header;
  if (
    version !== 1 ||
    !lossless ||
    states !== 1 ||
    mean !== 0 ||
    step !== 1 ||
    offsets.one !== 0 ||
    offsets.more !== 0
  ) {
    throw new BitstreamError('The header of this lossless .nbz file speaks of losses: it is damaged.');
  }
  if (parameter === PACKED) return unpack(bytes.subarray(start, end), samples);
  const name = PRESET_NAMES[parameter];
  if (name === undefined) {
    throw new BitstreamError(
      `This .nbz file needs lossless preset ${parameter}, which this decoder does not have. It needs a newer decoder.`,
    );
  }
  if (end - start < leastPayload(samples)) {
    throw new BitstreamError(`${samples} samples cannot be in the ${end - start} bytes of this .nbz file.`);
  }
  return decodeCodes(bytes, start, end, samples, LOSSLESS_PRESETS[name]);
}

function packedLength(samples: number): number {
  return Math.ceil((samples * CODE_BITS) / 8);
}

/** Ten bits a sample, the highest first. */
function pack(codes: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(packedLength(codes.length));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const code of codes) {
    held = ((held << CODE_BITS) | code) & 0x3ffff;
    for (bits += CODE_BITS; bits >= 8; bits -= 8) bytes[at++] = held >> (bits - 8);
  }
  if (bits > 0) bytes[at] = held << (8 - bits);
  return bytes;
}

function unpack(bytes: Uint8Array, samples: number): Uint16Array {
  const unused = 8 * packedLength(samples) - CODE_BITS * samples;
  const last = bytes[bytes.length - 1] ?? 0;
  if (bytes.length !== packedLength(samples) || (last & ((1 << unused) - 1)) !== 0) {
    throw new BitstreamError(
      `The ${bytes.length} bytes of this .nbz file are not ${samples} packed samples.`,
    );
  }
  const codes = new Uint16Array(samples);
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < samples; i++) {
    for (; bits < CODE_BITS; bits += 8) held = ((held << 8) | bytes[at++]!) & 0x3ffff;
    bits -= CODE_BITS;
    codes[i] = (held >> bits) & (ADC_CODES - 1);
  }
  return codes;
}
