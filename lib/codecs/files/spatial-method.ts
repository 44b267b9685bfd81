/** Chunks of a file of many channels, coded with a basis across channels. */
import { isAdaptive } from '../../bases/basis';
import { basisOf } from '../codec-from-id';
import { MOST_CHANNELS } from '../groups/group-basis';
import { encodeGroup } from '../groups/group-codec';
import { findGroupCodec } from '../groups/group-id';
import { ACTIVE_BITS } from '../../coding/entropy/coefficient-coder';
import type { SpatialMethod } from './recording-container';

/** Samples of a channel that bases are asked for their subbands of: those of a chunk. */
const CHUNK = 2 ** 15;

/** Whether an id is one of a codec of groups: {@link findGroupCodec}. */
export function isGroupCodecId(id: string): boolean {
  return id.includes('@');
}

/**
 * How chunks are coded by a codec of groups.
 *
 * @param step - of the quantizer in codes, 0 is lossless
 * @throws BasisParameterError when there is no such codec
 * @throws ChannelGroupError when the basis in time is none of groups
 */
export function spatialMethod(codecId: string, step: number): SpatialMethod {
  // Errors of the id and of the step come before anything is read.
  encodeGroup([], { codecId, step });
  return {
    mostChannels: mostChannelsOf(codecId),
    encodeTogether: (channels, range, places) => encodeGroup(channels, { codecId, step, range, places }),
  };
}

/** Most channels that a file of this codec can hold: the coder counts subbands of all components of a joint basis. */
function mostChannelsOf(codecId: string): number {
  const { time, family } = findGroupCodec(codecId);
  if ('preset' in time || family.kind === 'predictive') return MOST_CHANNELS;
  const basis = basisOf(time);
  if (isAdaptive(basis)) return 1;
  const subbands = basis.layout(CHUNK).subbands.length;
  return Math.min(MOST_CHANNELS, Math.max(1, Math.floor((2 ** ACTIVE_BITS - 1) / subbands)));
}
