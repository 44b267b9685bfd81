/** What payloads of groups have in common: the fields that they begin with, and what may follow them. */
import { SideInformationError } from '../../bases/basis';
import { BitstreamError } from '../../coding/bitstream-errors';
import { writeVarint, type HeaderReader } from '../../coding/header-reader';
import { behindLengths } from '../../coding/payload';
import type { PredictiveSpatialBasis, SpatialFamily, SpatialBasis } from '../../space/spatial-basis';
import { MOST_CHANNELS } from './group-basis';

/** Channels one after another, as one. */
export function oneAfterAnother(channels: readonly Uint16Array[]): Uint16Array {
  const length = channels[0]?.length ?? 0;
  const all = new Uint16Array(channels.length * length);
  channels.forEach((channel, c) => all.set(channel, c * length));
  return all;
}

/** The number of channels, the side information of a spatial basis behind its length, and the rest. */
export function groupPayload(channels: number, side: Uint8Array, rest: ArrayLike<number>): Uint8Array {
  const front: number[] = [];
  writeVarint(front, channels);
  const body = behindLengths([side], Uint8Array.from(rest));
  const payload = new Uint8Array(front.length + body.length);
  payload.set(front);
  payload.set(body, front.length);
  return payload;
}

/** Number of channels, and samples of each. @throws BitstreamError when they do not fit together */
export function readGroupSize(reader: HeaderReader, samples: number): { channels: number; length: number } {
  const channels = reader.varint();
  if (channels > MOST_CHANNELS || (channels === 0 ? samples > 0 : samples % channels !== 0)) {
    throw new BitstreamError(`${samples} samples of this .nbz file are no group of ${channels} channels.`);
  }
  return { channels, length: channels > 0 ? samples / channels : 0 };
}

/** The spatial basis of side information behind its length. @throws BitstreamError when it names none */
export function readSpatialBasis(
  reader: HeaderReader,
  family: SpatialFamily,
  channels: number,
): SpatialBasis {
  try {
    return family.chosen(reader.take(reader.varint()), channels);
  } catch (error) {
    if (!(error instanceof SideInformationError)) throw error;
    throw new BitstreamError(`The spatial basis of this .nbz file is damaged: ${error.message}`, {
      cause: error,
    });
  }
}

/** Whether a spatial basis predicts channel by channel. */
export function isPredictive(basis: SpatialBasis): basis is PredictiveSpatialBasis {
  return basis.kind === 'predictive';
}

/** A payload may be filled up with zeros. @throws BitstreamError when there are other bytes behind it */
export function requireZeros(bytes: Uint8Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    if (bytes[i] !== 0) throw new BitstreamError('Bytes are left over behind a group of this .nbz file.');
  }
}
