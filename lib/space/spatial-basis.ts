/**
 * What a spatial basis is: a pair of maps between the channels of a group, sample by sample, and as many components.
 */
import type { Place } from '../recordings/recording-file';

/** Signals of one group: equally long, one a channel. */
export type Signals = readonly Float64Array[];

/** What the file says of where the electrodes of a group sit; undefined for one of which it says nothing. */
export type Places = readonly (Place | undefined)[];

/**
 * A spatial basis of groups of so many channels. It has no memory: components at one time depend on the channels at
 * that time alone.
 */
export interface SpatialBasis {
  /** Number of channels, 0 or more. */
  readonly channels: number;
  /**
   * `"orthonormal"`: the energy of the components is that of the channels. `"predictive"`: integers stay integers, and
   * component c is channel c less a prediction from the channels before it.
   */
  readonly kind: 'orthonormal' | 'predictive';
  /** Multiply–adds for each sample of each channel, in analysis. */
  readonly multiplyAddsPerSample: number;
  /**
   * Components of channels.
   *
   * @param components - receive them, where given; else new arrays do. None of them is a channel. A basis may give new
   *   arrays all the same
   */
  analyze(channels: Signals, components?: Float64Array[]): Float64Array[];
  /**
   * Channels of components, in new arrays. A decoder depends on it: IEEE doubles, + − × ÷ √ in a fixed order.
   */
  synthesize(components: Signals): Float64Array[];
}

/** A spatial basis that predicts; a codec in a closed loop asks it channel by channel. */
export interface PredictiveSpatialBasis extends SpatialBasis {
  readonly kind: 'predictive';
  /**
   * Integers that channel `channel` is expected to be, one a sample.
   *
   * @param before - the channels before it, of integers, and perhaps more
   */
  predict(before: Signals, channel: number, length: number): Float64Array;
}

/** A family of spatial bases. The encoder chooses one for each group and writes its choice as side information. */
export interface SpatialFamily {
  /** Name and parameters: `"klt"`. */
  readonly id: string;
  readonly kind: SpatialBasis['kind'];
  /** True if the choice depends on all samples, so that the delay is the whole recording. */
  readonly wholeRecording: boolean;
  /**
   * Side information that names the basis for these channels.
   *
   * @param channels - their means may be left in
   * @param step - step of the quantizer that follows, in the unit of the channels; 0 or less for none. Redundancy
   * between what is quantized to zero is worth nothing
   */
  choose(channels: Signals, places: Places, step: number): Uint8Array;
  /**
   * The basis that the side information names.
   *
   * @throws SideInformationError when no choice gives these bytes
   */
  chosen(side: Uint8Array, channels: number): SpatialBasis;
}

/** Channels of a group are not equally long, or not as many as the spatial basis is for. */
export class ChannelGroupError extends RangeError {
  override readonly name = 'ChannelGroupError';
}

/** Signals of zeros, as many and as long as these. */
export function newSignals(signals: Signals): Float64Array[] {
  return signals.map((signal) => new Float64Array(signal.length));
}

/**
 * Length of the channels of a group, in samples; 0 for no channels.
 *
 * @param expected - number of channels that there must be
 * @throws ChannelGroupError
 */
export function lengthOfGroup(channels: readonly ArrayLike<unknown>[], expected = channels.length): number {
  if (channels.length !== expected) {
    throw new ChannelGroupError(
      `${channels.length} channels were given to a spatial basis of ${expected}: build it for as many.`,
    );
  }
  const length = channels[0]?.length ?? 0;
  const other = channels.findIndex((channel) => channel.length !== length);
  if (other >= 0) {
    throw new ChannelGroupError(
      `Channel ${other} of a group has ${channels[other]!.length} samples, channel 0 has ${length}: ` +
        'give the same stretch of time of all.',
    );
  }
  return length;
}
