/** One group under one codec at one step: real bytes, decoded again. */
import { decodeGroup, encodeGroup } from '../../codecs/groups/group-codec';
import { codecFromId } from '../../codecs/codec-from-id';
import { LOSSLESS } from '../../coding/codec';
import { squaredError } from '../../metrics/distortion';
import type { ElectrodeGroup } from './electrode-groups';

/** Id of a codec of groups with this instead of a spatial basis: each channel in a file of its own. */
export const OWN_FILES = 'own-files';

/** What was measured. */
export interface GroupMeasurement {
  /** Of the whole file, header and side information included; of all files where each channel has its own. */
  readonly bytes: number;
  /** Sum over all samples of all channels of the squared difference, codes². */
  readonly squaredError: number;
  /** Samples of all channels together. */
  readonly samples: number;
}

/** The decoded group is not what it should be. */
export class GroupDecodingError extends Error {
  override readonly name = 'GroupDecodingError';
}

/**
 * Codes a group, decodes the bytes, and compares.
 *
 * @param codecId - `"mdct-256-sine+trellis@klt"`, or with `@own-files`
 * @param step - in codes; 0 for lossless
 */
export function measureGroup(group: ElectrodeGroup, codecId: string, step: number): GroupMeasurement {
  const { codes, places, range } = group;
  const [codec, spatial] = codecId.split('@');
  let bytes = 0;
  let decoded: Uint16Array[];
  if (spatial === OWN_FILES) {
    const alone = codecFromId(codec!, range);
    decoded = codes.map((channel) => {
      const file = alone.encode(channel, step).bytes;
      bytes += file.length;
      return alone.decode(file);
    });
  } else {
    const file = encodeGroup(codes, { codecId, step, places, range });
    bytes = file.length;
    decoded = decodeGroup(file);
  }
  let error = 0;
  codes.forEach((channel, c) => (error += squaredError(channel, decoded[c]!)));
  if (step === LOSSLESS && error > 0) {
    throw new GroupDecodingError(
      `${codecId} gave group ${group.name} back with an error of ${error}: it must be lossless.`,
    );
  }
  return { bytes, squaredError: error, samples: codes.reduce((sum, { length }) => sum + length, 0) };
}
