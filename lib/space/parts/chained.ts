/** One orthonormal spatial basis after another. */
import type { Signals, SpatialBasis } from '../spatial-basis';

/** Components of the second basis of components of the first. */
export class ChainedSpatialBasis implements SpatialBasis {
  readonly kind = 'orthonormal';
  readonly channels: number;
  readonly multiplyAddsPerSample: number;

  constructor(
    private readonly first: SpatialBasis,
    private readonly second: SpatialBasis,
  ) {
    this.channels = first.channels;
    this.multiplyAddsPerSample = first.multiplyAddsPerSample + second.multiplyAddsPerSample;
  }

  analyze(channels: Signals, components?: Float64Array[]): Float64Array[] {
    return this.second.analyze(this.first.analyze(channels), components);
  }

  synthesize(components: Signals): Float64Array[] {
    return this.first.synthesize(this.second.synthesize(components));
  }
}
