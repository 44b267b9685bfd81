/**
 * Whole WAV files to `.nbz` files and back, byte for byte around the samples.
 */
import { losslessStepOf } from '../../bases/basis';
import { basisFromFormat } from '../../catalog/format-numbers';
import { IdentityBasis } from '../../bases/blocks/identity';
import { codesFromPcm16, pcm16FromCodes, SAMPLE_RATE } from '../../recordings/adc';
import { assembleWav, canonicalWav, parseWav } from '../../recordings/wav';
import { wavFront } from '../../recordings/wav-of-channels';
import {
  codedStep,
  leastPayload,
  readBitstream,
  WAV_KIND,
  writeBitstream,
  type Header,
} from '../../coding/bitstream';
import { BitstreamError } from '../../coding/bitstream-errors';
import { HeaderReader } from '../../coding/header-reader';
import { LOSSLESS } from '../../coding/codec';
import {
  atRate,
  basisOf,
  findCodec,
  formatNumbersOf,
  payloadCodec,
  payloadCodecFromFormat,
} from '../codec-from-id';
import { decodeLossless, encodeLossless, LOSSLESS_FAMILY, losslessPreset } from '../lossless/lossless-codec';
import { decodeSignal, encodeSignal } from '../transform-codec';
import { ADC_RANGE, PCM16_RANGE, type SampleRange } from '../../coding/sample-range';
import { windowCodecFromId } from '../window-codec';
import { codedFile, type CodedFile } from './coded-file';
import { silentSample, silentWav, type Silence } from './silence';
import { readSurrounding, withSurroundings } from './wav-surroundings';

/** Lossy coding was asked for of samples that are not ADC codes. */
export class OffGridError extends Error {
  override readonly name = 'OffGridError';
}

/**
 * Compresses a WAV file.
 *
 * Samples on the ADC grid go through the codec. Samples off it are coded as 16-bit integers with the identity
 * basis, losslessly. A header that is not canonical, and what follows the samples, are stored.
 *
 * @param wav - the bytes of a 16-bit mono PCM file
 * @param name - how errors call the file
 * @param codecId - `"dct-512"`, `"dct-512+trellis"`, or `"lossless-fast"` or `"lossless-best"`
 * @param step - quantizer step in ADC codes, or {@link LOSSLESS}
 * @param onNote - is told what was assumed where the header's sizes and the file disagree, a sentence at a time
 * @throws WavFormatError when the file is not 16-bit mono PCM
 * @throws OffGridError when the samples are off the ADC grid and `step` is not {@link LOSSLESS}
 * @throws BasisParameterError when there is no such codec, or none at the file's sample rate
 * @throws LossyStepError when a lossless codec is to be lossy
 * @throws BitstreamRangeError when the step is out of range, or there are more bytes than a file may hold
 */
export function encodeWav(
  wav: Uint8Array,
  name: string,
  codecId: string,
  step: number,
  onNote?: (note: string) => void,
): Uint8Array {
  const { samples, sampleRate, header, trailer, canonical, notes } = parseWav(wav, name);
  for (const note of notes) onNote?.(note);
  const codes = codesFromPcm16(samples);
  if (!codes) {
    if (step !== LOSSLESS) {
      throw new OffGridError(
        `${name} holds samples that are not stretched 10-bit ADC codes, so a step in ADC codes means nothing: ` +
          'encode it losslessly (--step 0).',
      );
    }
    const coded = encodeSignal(new IdentityBasis(), samples, 1, true, PCM16_RANGE);
    const numbers = { family: 0, parameter: 0, wavKind: WAV_KIND.offGrid };
    return writeBitstream({ ...numbers, ...coded.header }, withSurroundings(header, trailer, coded.payload));
  }
  const { header: coded, payload } = encodeCodes(codes, codecId, step, { ...ADC_RANGE, sampleRate });
  if (canonical) return writeBitstream({ ...coded, wavKind: WAV_KIND.canonical }, payload);
  return writeBitstream({ ...coded, wavKind: WAV_KIND.stored }, withSurroundings(header, trailer, payload));
}

function encodeCodes(
  codes: Uint16Array,
  codecId: string,
  step: number,
  range: SampleRange,
): { header: Omit<Header, 'wavKind'>; payload: Uint8Array } {
  const preset = losslessPreset(codecId);
  if (preset !== undefined) return encodeLossless(codes, preset, step);
  const ofPayload = payloadCodec(codecId, range);
  if (ofPayload) return ofPayload.encodeParts(codes, step);
  const searched = windowCodecFromId(codecId, range);
  if (searched) {
    const { bytes } = searched.encode(codes, step);
    const { header, start, end } = readBitstream(bytes);
    return { header, payload: bytes.subarray(start, end) };
  }
  const named = atRate(findCodec(codecId), range);
  const basis = basisOf(named);
  const lossless = step === LOSSLESS;
  const coded = encodeSignal(
    basis,
    codes,
    codedStep(lossless ? losslessStepOf(basis) : step),
    lossless,
    range,
    named.quantizer,
  );
  return { header: { ...formatNumbersOf(named), ...coded.header }, payload: coded.payload };
}

/**
 * The WAV file that {@link encodeWav} was given; its samples are those of the operating point.
 *
 * @throws BitstreamError when the bytes are damaged, truncated or not of this format
 */
export function decodeWav(bytes: Uint8Array): Uint8Array {
  const file = codedFile(bytes);
  const silence = silenceOf(file);
  return silence ? silentWav(silence) : wavOfSamples(file);
}

/** The WAV file of a file that is not silent: see {@link silenceOf}. */
export function wavOfSamples({ header, bytes, start, end }: CodedFile): Uint8Array {
  if (header.wavKind === WAV_KIND.canonical) {
    return canonicalWav(decodeOnGrid(header, bytes, start, end), SAMPLE_RATE);
  }
  const reader = new HeaderReader(bytes, start, end);
  const before = readSurrounding(reader);
  const after = readSurrounding(reader);
  const samples =
    header.wavKind === WAV_KIND.stored
      ? decodeOnGrid(header, bytes, reader.position, end)
      : new Int16Array(decodeIntegers(header, bytes, reader.position, end, PCM16_RANGE));
  return assembleWav(before, samples, after);
}

/**
 * What a file says of which all samples are the same, so that no room is made for them.
 *
 * @returns undefined where a file holds more, is short, or has codes of another digitizer
 * @throws BitstreamError when a file of version 1 that is too short for its samples holds more
 */
export function silenceOf({ header, bytes, start, end }: CodedFile): Silence | undefined {
  if (header.version === 3 || header.family === LOSSLESS_FAMILY) return undefined;
  const canonical = header.wavKind === WAV_KIND.canonical;
  const reader = new HeaderReader(bytes, start, end);
  const before = canonical
    ? wavFront(1, header.samples, 'int16', SAMPLE_RATE).bytes
    : readSurrounding(reader);
  const after = canonical ? new Uint8Array(0) : readSurrounding(reader);
  const { position } = reader;
  const isOffGrid = header.wavKind === WAV_KIND.offGrid;
  const range = isOffGrid ? PCM16_RANGE : ADC_RANGE;
  const value =
    shortSilence(header, bytes, position, end) ?? silentSample(header, bytes, position, end, range);
  if (value === undefined) return undefined;
  const [sample] = isOffGrid ? [value] : pcm16FromCodes(Uint16Array.of(value));
  return {
    before,
    after,
    samples: header.samples,
    sample: Uint8Array.of(sample! & 255, (sample! >> 8) & 255),
  };
}

/** The one value of a file of version 1 that is too short for its samples: their mean alone. */
function shortSilence(header: Header, bytes: Uint8Array, start: number, end: number): number | undefined {
  if (header.version !== 1) return undefined;
  // So many samples that the payload is too short for them, too, are decoded instead.
  let few = 1;
  while (leastPayload(few) <= end - start && few < header.samples) few *= 2;
  if (few >= header.samples) return undefined;
  const range = header.wavKind === WAV_KIND.offGrid ? PCM16_RANGE : ADC_RANGE;
  return decodeIntegers({ ...header, samples: few }, bytes, start, end, range)[0];
}

function decodeOnGrid(header: Header, bytes: Uint8Array, start: number, end: number): Int16Array {
  if (header.family === LOSSLESS_FAMILY) return pcm16FromCodes(decodeLossless(header, bytes, start, end));
  return pcm16FromCodes(new Uint16Array(decodeIntegers(header, bytes, start, end, ADC_RANGE)));
}

function decodeIntegers(
  header: Header,
  bytes: Uint8Array,
  start: number,
  end: number,
  range: SampleRange,
): Int32Array {
  const ofPayload = range === ADC_RANGE ? payloadCodecFromFormat(header) : undefined;
  if (ofPayload) return ofPayload.decodeSamples(header, bytes, start, end);
  const basis = basisFromFormat(header.family, header.parameter);
  if (!basis) {
    throw new BitstreamError(
      `This .nbz file needs basis ${header.family}/${header.parameter} of the format, which this decoder does ` +
        'not have. It needs a newer decoder.',
    );
  }
  return decodeSignal(basis, header, bytes, start, end, range);
}
