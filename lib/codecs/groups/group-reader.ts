/** Fields that payloads of groups begin with. */
import { SideInformationError } from '../../bases/basis';
import { BitstreamError } from '../../coding/bitstream-errors';
import type { HeaderReader } from '../../coding/header-reader';
import type { PredictiveSpatialBasis, SpatialFamily, SpatialBasis } from '../../space/spatial-basis';
import { MOST_CHANNELS } from './group-basis';

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
