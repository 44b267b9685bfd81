/**
 * Spatial bases that are a product of plane rotations, each of two channels by a multiple of a 256th of a turn: three
 * bytes of side information each, and exactly orthonormal whatever the bytes are.
 */
import { cosineOfTurn, sineOfTurn } from '../../kernels/exact-trigonometry';
import { lengthOfGroup, type Signals, type SpatialBasis } from '../spatial-basis';

/** Parts of a turn that angles are multiples of. */
export const TURN = 256;

/** first ← cos·first + sin·second, second ← cos·second − sin·first. */
export interface Rotation {
  readonly first: number;
  readonly second: number;
  /** In 256ths of a turn, −64 … 64. */
  readonly angle: number;
}

/** Rotations, and then the order of the components. */
export class RotatedSpatialBasis implements SpatialBasis {
  readonly kind = 'orthonormal';
  readonly multiplyAddsPerSample: number;

  /**
   * @param rotations - in the order in which analysis applies them
   * @param order - channel of each component, after the rotations
   */
  constructor(
    readonly channels: number,
    readonly rotations: readonly Rotation[],
    private readonly order: readonly number[],
  ) {
    this.multiplyAddsPerSample = channels > 0 ? (4 * rotations.length) / channels : 0;
  }

  analyze(channels: Signals): Float64Array[] {
    lengthOfGroup(channels, this.channels);
    const rotated = channels.map((channel) => channel.slice());
    for (const { first, second, angle } of this.rotations) rotate(rotated[first]!, rotated[second]!, angle);
    return this.order.map((channel) => rotated[channel]!);
  }

  synthesize(components: Signals): Float64Array[] {
    lengthOfGroup(components, this.channels);
    const channels: Float64Array[] = new Array<Float64Array>(this.channels);
    this.order.forEach((channel, k) => (channels[channel] = components[k]!.slice()));
    for (let i = this.rotations.length - 1; i >= 0; i--) {
      const { first, second, angle } = this.rotations[i]!;
      rotate(channels[first]!, channels[second]!, -angle);
    }
    return channels;
  }
}

/** Rotates two signals in place. */
function rotate(first: Float64Array, second: Float64Array, angle: number): void {
  const cosine = cosineOfTurn(angle, TURN);
  const sine = sineOfTurn(angle, TURN);
  for (let i = 0; i < first.length; i++) {
    const [a, b] = [first[i]!, second[i]!];
    first[i] = cosine * a + sine * b;
    second[i] = cosine * b - sine * a;
  }
}
