/**
 * Files of which all samples are the same: a few bytes may stand for hours of silence, so such a file is recognized before
 * room is made for its samples.
 */
import { isAdaptive, SideInformationError, type AnyBasis } from '../../bases/basis';
import { HASH_BYTES } from '../../bases/learned';
import { IdentityBasis } from '../../bases/blocks/identity';
import { SideBitReader } from '../../bases/parts/side-bits';
import { basisFromFormat, WEIGHTED_FAMILY, weightedParts } from '../../catalog/format-numbers';
import { WEIGHT_NUMBERS } from '../../catalog/weights';
import { leastPayload, type Header } from '../../coding/bitstream';
import { BitstreamError } from '../../coding/bitstream-errors';
import { ACTIVE_BITS } from '../../coding/entropy/coefficient-coder';
import { RangeDecoder } from '../../coding/entropy/range-coder';
import { HeaderReader } from '../../coding/header-reader';
import type { SampleRange } from '../../coding/sample-range';
import { payloadCodecFromFormat } from '../codec-from-id';
import { codeCount } from '../events/adaptive-integers';
import { powerSeriesFrom } from '../events/band-power-series';
import { codesOf, EVENT_FAMILIES, eventPayload } from '../events/event-file';
import { scaleOfHeader } from '../events/event-scale';
import { spikeTrainFrom } from '../events/spike-train';
import { FILLED_FAMILY } from '../filled-codec';
import { LEVEL_BITS } from '../noise';
import { decodeSignal } from '../transform-codec';

/** A WAV file of which all samples are the same. */
export interface Silence {
  /** Bytes before and after the samples. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** Number of samples, and the bytes of each. */
  readonly samples: number;
  readonly sample: Uint8Array;
}

/** Most bytes of a piece. */
const WRITTEN = 2 ** 20;

/** The bytes of such a file, piece by piece. */
export function* silentPieces({ before, after, samples, sample }: Silence): Generator<Uint8Array> {
  yield before;
  const some = new Uint8Array(sample.length * Math.min(samples, Math.floor(WRITTEN / sample.length)));
  for (let i = 0; i < some.length; i++) some[i] = sample[i % sample.length]!;
  for (let left = sample.length * samples; left > 0; left -= some.length) yield some.subarray(0, left);
  yield after;
}

/** The bytes of such a file. */
export function silentWav(silence: Silence): Uint8Array {
  const { before, after, samples, sample } = silence;
  const file = new Uint8Array(before.length + samples * sample.length + after.length);
  let at = 0;
  for (const piece of silentPieces(silence)) {
    file.set(piece, at);
    at += piece.length;
  }
  return file;
}

/** Files of fewer samples are decoded as they are: that takes some megabytes. */
const LEAST_SAMPLES = 2 ** 20;

/** Of learned contexts: the hash of a model and a byte of offsets, before a code that is empty. */
const CONTEXT_BYTES = HASH_BYTES + 1;

/**
 * Families that may have a signal without coefficients, with the bytes of side information up to which they have none: shapes
 * of vectors are in the side information, and so is the code of learned contexts (43) and networks (44).
 */
const SILENT_SIDE_BYTES: ReadonlyMap<number, number> = new Map([
  [19, 0],
  [43, CONTEXT_BYTES],
  [44, CONTEXT_BYTES],
]);

/** An autoencoder adds what it has learned to be there without coefficients, in each block the same. */
const AUTOENCODER_FAMILY = 41;

/** A multiple of the length of all its blocks, and as many samples as are decoded to see what it adds. */
const AUTOENCODER_BLOCKS = 2 ** 7;
const ADDED_SAMPLES = 2 ** 11;

/** Octaves whose noise a file may say. */
const OCTAVES = 6;

/**
 * The one value that all samples of a file have, if the code says no more than that. What it says is checked as a decoder
 * of all samples does.
 *
 * @param header - of one channel
 * @param bytes - what belongs to the samples lies from `start` to `end`
 * @param least - files of fewer samples are not looked at
 * @returns undefined when there is more in the file, or it has to be decoded to know
 * @throws BitstreamError when no encoder wrote these bytes
 */
export function silentSample(
  header: Header,
  bytes: Uint8Array,
  start: number,
  end: number,
  range: SampleRange,
  least = LEAST_SAMPLES,
): number | undefined {
  const { family, samples, version } = header;
  if (samples < Math.max(1, least) || end - start < leastPayload(samples)) return undefined;
  const isOfEvents = family >= EVENT_FAMILIES.times && family <= EVENT_FAMILIES.layers;
  if (isOfEvents || family === FILLED_FAMILY) {
    // No decoder knows these among integers of 16 bits, or with such a parameter.
    if (range.smallest < 0 || !payloadCodecFromFormat(header) || (isOfEvents && version === 1))
      return undefined;
  }
  if (isOfEvents) {
    return hasNoEvents(header, bytes, start, end)
      ? codesOf(new Float64Array(1), header.mean, range)[0]
      : undefined;
  }
  const found = transformCode(header, bytes, start, end);
  if (!found || !hasNoCoefficients(found, header, bytes, end)) return undefined;
  if (found.family === AUTOENCODER_FAMILY) return addedSample(found, header, bytes, end, range);
  const one: Header = { ...header, samples: 1, lossless: false };
  return decodeSignal(new IdentityBasis(), one, bytes, end, end, range)[0];
}

/** The one value of a signal of an autoencoder without coefficients, if it has one: that of its first and its last blocks. */
function addedSample(
  { basis, start }: TransformCode,
  header: Header,
  bytes: Uint8Array,
  end: number,
  range: SampleRange,
): number | undefined {
  const reader = new HeaderReader(bytes, start, end);
  reader.take(reader.varint());
  const samples = Math.min(header.samples, ADDED_SAMPLES + (header.samples % AUTOENCODER_BLOCKS));
  const few: Header = { ...header, samples, lossless: false };
  const decoded = decodeSignal(basis, few, bytes, start, reader.position, range);
  return decoded.every((sample) => sample === decoded[0]) ? decoded[0] : undefined;
}

/** A basis, its family, and where side information and range code start. */
interface TransformCode {
  readonly basis: AnyBasis;
  readonly family: number;
  readonly start: number;
}

function transformCode(
  { family, parameter }: Header,
  bytes: Uint8Array,
  start: number,
  end: number,
): TransformCode | undefined {
  const isFilled = family === FILLED_FAMILY;
  const parts = isFilled || family === WEIGHTED_FAMILY ? weightedParts(parameter) : undefined;
  const basis =
    isFilled && parts?.weight === WEIGHT_NUMBERS.none
      ? parts.basis
      : basisFromFormat(isFilled ? WEIGHTED_FAMILY : family, parameter);
  if (!basis) return undefined;
  const reader = new HeaderReader(bytes, start, end);
  if (isFilled && !areLevels(reader.take(reader.varint()))) return undefined;
  return { basis, family: parts?.entry?.formatFamily ?? family, start: reader.position };
}

/** Whether side information holds the levels of noise of six octaves, or none. */
function areLevels(side: Uint8Array): boolean {
  const bits = new SideBitReader(side);
  bits.take(OCTAVES * LEVEL_BITS);
  try {
    if (side.length > 0) bits.finish();
    return true;
  } catch (error) {
    if (error instanceof SideInformationError) return false;
    throw error;
  }
}

/** Whether no subband of any set is coded, and nothing else. */
function hasNoCoefficients(
  { basis: family, family: number, start }: TransformCode,
  { version, samples, lossless, step, states }: Header,
  bytes: Uint8Array,
  end: number,
): boolean {
  let basis = family;
  let codeStart = start;
  const silentSide = SILENT_SIDE_BYTES.get(number) ?? Infinity;
  if (silentSide < 0) return false;
  if (isAdaptive(basis)) {
    const reader = new HeaderReader(bytes, start, end);
    const side = reader.take(reader.varint());
    codeStart = reader.position;
    // Zeros alone come first: to look at the side information may take long.
    if (side.length > silentSide || !saysZero(bytes, codeStart, end, 1)) return false;
    try {
      basis = basis.chosen(side, samples);
    } catch {
      // The decoder of all samples says what is wrong.
      return false;
    }
  }
  const exact = 'exactInIntegers' in basis && basis.exactInIntegers === true && step === 1 && states === 1;
  const filled = version !== 1 && end - start === leastPayload(samples);
  return saysZero(bytes, codeStart, end, lossless && !exact ? 2 : 1, filled);
}

/** Whether the numbers of subbands that are coded are 0; with `filled`, whether nothing but zeros follows. */
function saysZero(bytes: Uint8Array, start: number, end: number, sets: number, filled?: boolean): boolean {
  try {
    const coder = new RangeDecoder(bytes, start, end);
    for (let set = 0; set < sets; set++) if (coder.codeBits(0, ACTIVE_BITS) !== 0) return false;
    if (filled !== undefined) coder.finish(filled);
    return true;
  } catch (error) {
    if (error instanceof BitstreamError) return false;
    throw error;
  }
}

/** Whether a file of events has none, and its band no power. */
function hasNoEvents(header: Header, bytes: Uint8Array, start: number, end: number): boolean {
  const { family } = header;
  if (family === EVENT_FAMILIES.layers) return hasNoLayers(header, bytes, start, end);
  const payload = eventPayload(header, bytes, start, end);
  if (family === EVENT_FAMILIES.spikes) return spikeTrainFrom(payload).events.length === 0;
  // The sine that stands for the lowest level is rounded away.
  if (family === EVENT_FAMILIES.power) return powerSeriesFrom(payload).levels.every((level) => level === 0);
  const coder = new RangeDecoder(bytes, start, end);
  // The height of the shape that is shown.
  coder.codeBits(0, payload.scale.gainBits);
  if (codeCount(coder, 0) > 0) return false;
  coder.finish(payload.filled);
  return true;
}

function hasNoLayers(header: Header, bytes: Uint8Array, start: number, end: number): boolean {
  const { samples, lossless, deviation } = header;
  if (lossless || deviation !== 0) return false;
  const scale = scaleOfHeader(header);
  const reader = new HeaderReader(bytes, start, end);
  const [spikes, power] = [0, 1].map(() => {
    const { length } = reader.take(reader.varint());
    return { bytes, start: reader.position - length, end: reader.position, samples, scale, filled: false };
  });
  const slow = reader.position;
  if (end - slow < leastPayload(samples)) return false;
  if (!saysZero(bytes, slow, end, 1, end - slow === leastPayload(samples))) return false;
  powerSeriesFrom(power!);
  return spikeTrainFrom(spikes!).events.length === 0;
}
