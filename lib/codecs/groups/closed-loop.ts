/**
 * Channel after channel, each predicted from those decoded before it: what is coded is the rest, so the error of a channel
 * is that of its own quantizer, as in differential PCM (N. S. Jayant and P. Noll, Digital Coding of Waveforms, 1984,
 * §6.3), across electrodes instead of time.
 */
import type { AnyBasis } from '../../bases/basis';
import type { Header } from '../../coding/bitstream';
import { BitstreamError } from '../../coding/bitstream-errors';
import { HeaderReader, writeVarint, zigzag, zigzagOf } from '../../coding/header-reader';
import { PCM16_RANGE, type SampleRange } from '../../coding/sample-range';
import { offsetsByte, offsetsOfByte } from '../../coding/quantizers/quantizer';
import type { QuantizerStates } from '../../coding/quantizers/trellis';
import {
  ChannelGroupError,
  lengthOfGroup,
  type Places,
  type PredictiveSpatialBasis,
  type SpatialFamily,
} from '../../space/spatial-basis';
import { decodeSignal, encodeSignal, type QuantizerName } from '../transform-codec';
import { groupPayload, isPredictive, readGroupSize, readSpatialBasis, requireZeros } from './group-payload';

/** Bases of a closed loop. */
export interface ClosedLoop {
  /** Predictive. */
  readonly family: SpatialFamily;
  readonly basis: AnyBasis;
}

/**
 * Codes a group.
 *
 * @param step - a multiple of 1/64
 */
export function encodeClosedLoop(
  channels: readonly Uint16Array[],
  { family, basis, quantizer }: ClosedLoop & { readonly quantizer: QuantizerName },
  step: number,
  {
    lossless,
    places,
    largest,
  }: { readonly lossless: boolean; readonly places: Places; readonly largest: number },
): { payload: Uint8Array; states: QuantizerStates } {
  const length = lengthOfGroup(channels);
  const originals = channels.map((channel) => Float64Array.from(channel));
  const side = family.choose(originals, places, lossless ? 0 : step);
  const spatial = family.chosen(side, channels.length);
  if (!isPredictive(spatial)) throw new ChannelGroupError(`${family.id} does not predict.`);
  const decoded: Float64Array[] = [];
  const parts: number[] = [];
  let states: QuantizerStates = 1;
  channels.forEach((channel, c) => {
    const expected = expectedSamples(spatial, decoded, c, length, largest);
    const rest = new Int16Array(length);
    for (let i = 0; i < length; i++) {
      const difference = channel[i]! - expected[i]!;
      if (difference < PCM16_RANGE.smallest || difference > PCM16_RANGE.largest) {
        throw new ChannelGroupError(
          `Sample ${i} of channel ${c} is ${difference} codes away from its prediction, more than 16 bits can hold: ` +
            'take an orthonormal spatial basis.',
        );
      }
      rest[i] = difference;
    }
    const { header, payload } = encodeSignal(basis, rest, step, lossless, PCM16_RANGE, quantizer);
    ({ states } = header);
    writeVarint(parts, zigzag(header.mean));
    parts.push(offsetsByte(header.offsets));
    writeVarint(parts, payload.length);
    for (const byte of payload) parts.push(byte);
    const whole: Header = { ...header, wavKind: 0, family: 0, parameter: 0 };
    decoded.push(decodedChannel(basis, whole, payload, 0, payload.length, expected, largest));
  });
  return { payload: groupPayload(channels.length, side, parts), states };
}

/**
 * The predictions of a channel. Those of the first are the middle of the codes where half of them would not fit in 16
 * bits with a sign.
 */
function expectedSamples(
  spatial: PredictiveSpatialBasis,
  decoded: readonly Float64Array[],
  channel: number,
  length: number,
  largest: number,
): Float64Array {
  if (channel > 0 || largest <= PCM16_RANGE.largest) return spatial.predict(decoded, channel, length);
  return new Float64Array(length).fill(Math.floor((largest + 1) / 2));
}

/** The prediction plus the rest, clipped to the codes. */
function decodedChannel(
  basis: AnyBasis,
  header: Header,
  bytes: Uint8Array,
  start: number,
  end: number,
  expected: Float64Array,
  largest: number,
): Float64Array {
  const rest = decodeSignal(basis, header, bytes, start, end, PCM16_RANGE);
  return expected.map((value, i) => {
    const sample = value + rest[i]!;
    if (header.lossless && (sample < 0 || sample > largest)) {
      throw new BitstreamError(
        `Sample ${i} of a channel of this .nbz file is ${sample}, which no sample can be.`,
      );
    }
    return Math.max(0, Math.min(largest, sample));
  });
}

/** The group that {@link encodeClosedLoop} coded. @throws BitstreamError when no encoder wrote these bytes */
export function decodeClosedLoop(
  { family, basis }: ClosedLoop,
  header: Header,
  bytes: Uint8Array,
  start: number,
  end: number,
  { largest }: SampleRange,
): Uint16Array[] {
  const reader = new HeaderReader(bytes, start, end);
  const { channels, length } = readGroupSize(reader, header.samples);
  const spatial = readSpatialBasis(reader, family, channels);
  if (!isPredictive(spatial)) throw new BitstreamError('A spatial basis of this .nbz file does not predict.');
  const decoded: Float64Array[] = [];
  for (let c = 0; c < channels; c++) {
    const mean = zigzagOf(reader.varint());
    const offsets = offsetsOfByte(reader.byte());
    const size = reader.varint();
    const from = reader.position;
    reader.take(size);
    // Version 2: the numbers of a channel are those of a file of 16-bit samples.
    const inner: Header = { ...header, version: 2, samples: length, mean, offsets, deviation: 0 };
    const expected = expectedSamples(spatial, decoded, c, length, largest);
    decoded.push(decodedChannel(basis, inner, bytes, from, from + size, expected, largest));
  }
  requireZeros(bytes, reader.position, end);
  return decoded.map((channel) => Uint16Array.from(channel));
}
