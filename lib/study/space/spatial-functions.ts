/** What a spatial basis is made of, for pictures: its functions across channels, and who predicts whom. */
import { basisOf, findCodec } from '../../codecs/codec-from-id';
import { GroupBasis, isJointly } from '../../codecs/groups/group-basis';
import { isPredictive, oneAfterAnother } from '../../codecs/groups/group-payload';
import { spatialFamily } from '../../space/catalog';
import type { SpatialBasis, SpatialFamily } from '../../space/spatial-basis';
import type { ElectrodeGroup } from './electrode-groups';

/**
 * Functions of an orthonormal spatial basis: what a component of 1 adds to each channel.
 *
 * @returns component after component, each with a value for each channel
 *
 * @public
 */
export function spatialFunctions(basis: SpatialBasis): Float64Array[] {
  const { channels } = basis;
  // At "time" k component k is 1, all others are 0.
  const units = Array.from({ length: channels }, (_, k) =>
    Float64Array.from({ length: channels }, (__, time) => (time === k ? 1 : 0)),
  );
  const waves = basis.synthesize(units);
  return units.map((_, k) => Float64Array.from(waves, (wave) => wave[k]!));
}

/**
 * The spatial basis that a family chooses for the samples of a group.
 *
 * @param id - `"dct"`
 * @param step - of the quantizer, codes
 *
 * @public
 */
export function basisOfGroup({ codes, places }: ElectrodeGroup, id: string, step: number): SpatialBasis {
  const family = spatialFamily(id);
  const channels = codes.map((channel) => Float64Array.from(channel));
  return family.chosen(family.choose(channels, places, step), codes.length);
}

/**
 * The spatial basis that a family chooses for each octave of the coefficients of a basis in time, from low to high.
 *
 * @param time - a fixed orthonormal basis: `"mdct-256-sine"`
 * @throws TypeError for another
 *
 * @public
 */
export function basesOfOctaves(
  { codes, places }: ElectrodeGroup,
  id: string,
  time: string,
  step: number,
): SpatialBasis[] {
  const basis = basisOf(findCodec(time));
  if ('choose' in basis || !isJointly(basis)) throw new TypeError(`${time} is no fixed orthonormal basis.`);
  const family = spatialFamily(id);
  const bases: SpatialBasis[] = [];
  const recorded: SpatialFamily = {
    ...family,
    choose(...given) {
      const side = family.choose(...given);
      bases.push(family.chosen(side, codes.length));
      return side;
    },
  };
  const group = new GroupBasis(basis, recorded, true, codes.length, places);
  group.choose(Float64Array.from(oneAfterAnother(codes)), step);
  return bases;
}

/**
 * The channel that each channel is predicted from, by a predictive basis with one source of weight 1 for each.
 *
 * @returns undefined for a channel without a source
 *
 * @public
 */
export function sourcesOf(basis: SpatialBasis): (number | undefined)[] {
  if (!isPredictive(basis)) throw new TypeError('A basis that does not predict has no sources.');
  // Channel c has the value c + 1, so a prediction names its source; 0 names none.
  const named = Array.from({ length: basis.channels }, (_, c) => Float64Array.of(c + 1));
  return named.map((_, c) => {
    const source = basis.predict(named.slice(0, c), c, 1)[0]!;
    return source > 0 ? source - 1 : undefined;
  });
}
