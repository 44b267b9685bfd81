/**
 * Groups without loss: a spatial basis that keeps integers, and then the lossless coder for any digitizer, for all
 * components together (each is also predicted from those before it) or for each alone.
 */
import type { Header } from '../../coding/bitstream';
import { BitstreamError } from '../../coding/bitstream-errors';
import { MOST_CODES } from '../../coding/channel-description';
import { HeaderReader, writeVarint, zigzag, zigzagOf } from '../../coding/header-reader';
import { ChannelGroupError, lengthOfGroup, type Places, type SpatialFamily } from '../../space/spatial-basis';
import { NO_SPACE } from '../../space/no-space';
import { decodeChannels, encodeChannels } from '../lossless/channel-coder';
import type { ChannelPresetName } from '../lossless/channel-model';
import { rangeOfHeader } from '../transform-codec';
import {
  groupPayload,
  oneAfterAnother,
  readGroupSize,
  readSpatialBasis,
  requireZeros,
} from './group-payload';

/**
 * What the coder knows of other components while it codes one: their samples and what it has learned from them
 * (`"together"`); nothing, as in files of their own (`"alone"`); or what it has learned, but no samples, as all components
 * are one long channel (`"row"`). In the order of their numbers in the format.
 */
export const SEEN = ['together', 'alone', 'row'] as const;
export type Seen = (typeof SEEN)[number];

/** How integers are coded. */
export interface IntegerGroupCoding {
  readonly family: SpatialFamily;
  readonly preset: ChannelPresetName;
  readonly seen: Seen;
}

/** @throws ChannelGroupError when components have more than 65,536 values */
export function encodeIntegers(
  channels: readonly Uint16Array[],
  { family, preset, seen }: IntegerGroupCoding,
  places: Places,
): Uint8Array {
  const { side, components } = integerComponents(channels, family, places);
  const lowests = components.map(lowestOf);
  const least = lowests.reduce((one, other) => Math.min(one, other), lowests[0] ?? 0);
  const codes = components.map((component, c) =>
    codesFrom(seen === 'alone' ? lowests[c]! : least, component, c),
  );
  const groups =
    codes.length === 0
      ? []
      : seen === 'alone'
        ? codes.map((one) => [one])
        : [seen === 'row' ? [oneAfterAnother(codes)] : codes];
  const parts: Uint8Array[] = [];
  groups.forEach((group, g) => {
    const payload = encodeChannels(group, preset);
    const front: number[] = [];
    writeVarint(front, zigzag((seen === 'alone' ? lowests[g]! : least) + 0));
    writeVarint(front, payload.length);
    parts.push(Uint8Array.from(front), payload);
  });
  return groupPayload(channels.length, side, Buffer.concat(parts));
}

/** Components and side information; without a spatial basis the components are the channels themselves. */
function integerComponents(
  channels: readonly Uint16Array[],
  family: SpatialFamily,
  places: Places,
): { readonly side: Uint8Array; readonly components: readonly (Uint16Array | Float64Array)[] } {
  lengthOfGroup(channels);
  if (family === NO_SPACE) return { side: new Uint8Array(0), components: channels };
  const signals = channels.map((channel) => Float64Array.from(channel));
  const side = family.choose(signals, places, 0);
  return { side, components: family.chosen(side, channels.length).analyze(signals) };
}

/** 0 for no values. */
function lowestOf(values: Uint16Array | Float64Array): number {
  let lowest = values[0] ?? 0;
  for (let i = 1; i < values.length; i++) if (values[i]! < lowest) lowest = values[i]!;
  return lowest;
}

/** Values less the lowest one. @throws ChannelGroupError when there are too many */
function codesFrom(lowest: number, component: Uint16Array | Float64Array, channel: number): Uint16Array {
  if (lowest === 0 && component instanceof Uint16Array) return component;
  const codes = new Uint16Array(component.length);
  for (let i = 0; i < component.length; i++) {
    const code = component[i]! - lowest;
    if (code >= MOST_CODES) {
      throw new ChannelGroupError(
        `Differences of channel ${channel} have more than ${MOST_CODES} values: take the spatial basis "none".`,
      );
    }
    codes[i] = code;
  }
  return codes;
}

/** The group that {@link encodeIntegers} coded. @throws BitstreamError when no encoder wrote these bytes */
export function decodeIntegers(
  { family, preset, seen }: IntegerGroupCoding,
  header: Header,
  bytes: Uint8Array,
  start: number,
  end: number,
): Uint16Array[] {
  const reader = new HeaderReader(bytes, start, end);
  const { channels, length } = readGroupSize(reader, header.samples);
  const spatial = readSpatialBasis(reader, family, channels);
  const components: Float64Array[] = [];
  while (components.length < channels) {
    const shift = zigzagOf(reader.varint());
    const size = reader.varint();
    const from = reader.position;
    reader.take(size);
    const count = seen === 'together' ? channels : 1;
    const each = seen === 'row' ? header.samples : length;
    for (const codes of decodeChannels(bytes, from, from + size, count, each, preset)) {
      for (let c = 0; c < (seen === 'row' ? channels : 1); c++) {
        const one = codes.subarray(c * length, (c + 1) * length);
        components.push(Float64Array.from(one, (code) => code + shift));
      }
    }
  }
  requireZeros(bytes, reader.position, end);
  const { largest } = rangeOfHeader(header);
  return spatial.synthesize(components).map((channel) => {
    const wrong = channel.find((value) => !(value >= 0 && value <= largest));
    if (wrong !== undefined)
      throw new BitstreamError(`A sample of this .nbz file is ${wrong}: it is damaged.`);
    return Uint16Array.from(channel);
  });
}
