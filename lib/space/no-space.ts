/** No spatial basis: every channel is its own component. */
import { SideInformationError } from '../bases/basis';
import { RotatedSpatialBasis } from './parts/rotations';
import type { SpatialBasis, SpatialFamily } from './spatial-basis';

/** Components are channels. */
export const NO_SPACE: SpatialFamily = {
  id: 'none',
  kind: 'orthonormal',
  wholeRecording: false,
  choose: () => new Uint8Array(0),
  chosen(side, channels): SpatialBasis {
    requireNoSide(side);
    return new RotatedSpatialBasis(channels, [], [...new Array<undefined>(channels).keys()]);
  },
};

/** @throws SideInformationError when there are bytes */
export function requireNoSide(side: Uint8Array): void {
  if (side.length > 0)
    throw new SideInformationError(`${side.length} bytes name a spatial basis that has no choice`);
}
