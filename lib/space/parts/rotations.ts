/**
 * Spatial bases that are a product of plane rotations of two channels each: three bytes of side information, and exactly
 * orthonormal whatever the bytes are.
 */
import { cosineOfTurn, sineOfTurn } from '../../kernels/exact-trigonometry';
import type { SignalRotation } from '../../kernels/reference/spatial';
import { rotateSignals } from '../../kernels/spatial';
import { lengthOfGroup, newSignals, type Signals, type SpatialBasis } from '../spatial-basis';

/** Parts of a turn that angles are counted in. */
export const TURN = 16384;

/** Coarse angles are multiples of a 256th of a turn, up to a fourth of a turn. */
const COARSE = 64;

/** Largest magnitude of the number of an angle: {@link COARSE} coarse ones, and then fine ones of 1 … 63 in 16384. */
export const MOST_ANGLE = 127;

/** first ← cos·first + sin·second, second ← cos·second − sin·first. */
export interface Rotation {
  readonly first: number;
  readonly second: number;
  /** Number of the angle, −127 … 127 and not 0: {@link angleOf}. */
  readonly angle: number;
}

/** The angle of a number, in 16384ths of a turn. */
export function angleOf(number: number): number {
  const magnitude = Math.abs(number);
  const angle = magnitude <= COARSE ? magnitude * COARSE : magnitude - COARSE;
  return number < 0 ? -angle : angle;
}

/** The number of the angle nearest to one in 16384ths of a turn; 0 for none. */
export function nearestAngle(angle: number): number {
  const coarse = Math.round(angle / COARSE);
  if (coarse !== 0) return coarse;
  const fine = Math.round(angle);
  return fine === 0 ? 0 : fine + Math.sign(fine) * COARSE;
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

  analyze(channels: Signals, components = newSignals(channels)): Float64Array[] {
    lengthOfGroup(channels, this.channels);
    const rotated = new Array<Float64Array>(this.channels);
    this.order.forEach((channel, k) => (rotated[channel] = components[k]!));
    rotateSignals(channels, this.rotations.map(signalRotation), rotated);
    return components;
  }

  synthesize(components: Signals): Float64Array[] {
    lengthOfGroup(components, this.channels);
    const rotated = new Array<Float64Array>(this.channels);
    this.order.forEach((channel, k) => (rotated[channel] = components[k]!));
    const channels = newSignals(rotated);
    const backward = this.rotations.map(({ first, second, angle }) => {
      return signalRotation({ first, second, angle: -angle });
    });
    rotateSignals(rotated, backward.reverse(), channels);
    return channels;
  }
}

function signalRotation({ first, second, angle }: Rotation): SignalRotation {
  const cosine = cosineOfTurn(angleOf(angle), TURN);
  return { first, second, cosine, sine: sineOfTurn(angleOf(angle), TURN) };
}
