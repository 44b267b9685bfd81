/** Ids of codecs of groups: that of a codec in time, an @, and that of a spatial basis. */
import { BasisParameterError } from '../../bases/basis';
import { NO_SPACE } from '../../space/no-space';
import { SPATIAL_FAMILIES, spatialFamily } from '../../space/catalog';
import type { SpatialFamily } from '../../space/spatial-basis';
import { CHANNEL_PRESET_NAMES, type ChannelPresetName } from '../lossless/channel-model';
import { SEEN, type Seen } from './integer-group';
import { findCodec, type NamedCodec } from '../codec-from-id';

/** After a spatial basis: one for each octave of subbands. */
const BANDS = '-bands';

/** Whether the lossless coder can have components of this family. */
export function keepsIntegers(family: SpatialFamily): boolean {
  return family.kind === 'predictive' || family === NO_SPACE;
}

/** A codec of groups. */
export interface NamedGroupCodec {
  readonly id: string;
  readonly family: SpatialFamily;
  readonly banded: boolean;
  /** Codec of a basis in time, or the lossless coder for any digitizer. */
  readonly time: NamedCodec | { readonly preset: ChannelPresetName; readonly seen: Seen };
}

/**
 * The codec of groups of an id.
 *
 * @param id - `"mdct-256-sine+trellis@klt-bands"`, `"lossless-best@several"`, `"lossless-best-alone@none"`,
 * `"lossless-best-row@mean"`: without `-alone` or `-row` components are also predicted from those before them
 * @throws BasisParameterError when there is none
 */
export function findGroupCodec(id: string): NamedGroupCodec {
  const [codec, spatial, ...more] = id.split('@');
  if (spatial === undefined || more.length > 0) {
    throw new BasisParameterError(
      `There is no codec of groups "${id}": write the id of a codec, an @, and one of ` +
        `${SPATIAL_FAMILIES.map((family) => family.id).join(', ')}, such as dct-256@klt.`,
    );
  }
  const banded = spatial.endsWith(BANDS);
  const family = spatialFamily(banded ? spatial.slice(0, -BANDS.length) : spatial);
  const seen = SEEN.find((one) => codec!.endsWith(`-${one}`));
  const coder = seen ? codec!.slice(0, -seen.length - 1) : codec!;
  const preset = CHANNEL_PRESET_NAMES.find((name) => coder === `lossless-${name}`);
  if (preset !== undefined && (banded || !keepsIntegers(family))) {
    throw new BasisParameterError(
      `There is no codec of groups "${id}": before the lossless coder come spatial bases that keep integers, ` +
        `${SPATIAL_FAMILIES.filter(({ kind }) => kind === 'predictive')
          .map((one) => one.id)
          .join(', ')}, or none.`,
    );
  }
  if (preset !== undefined) return { id, family, banded, time: { preset, seen: seen ?? 'together' } };
  if (banded && family.kind === 'predictive') {
    throw new BasisParameterError(
      `There is no codec of groups "${id}": predictions are of samples, not of bands.`,
    );
  }
  const time = findCodec(codec!);
  if (time.weight || time.fill) {
    throw new BasisParameterError(
      `There is no codec of groups "${id}": groups have neither weights nor noise.`,
    );
  }
  return { id, family, banded, time };
}
