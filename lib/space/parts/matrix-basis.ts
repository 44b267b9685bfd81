/** Spatial bases that are a product with an orthonormal matrix. */
import type { SignalSums } from '../../kernels/reference/spatial';
import { sumSignals } from '../../kernels/spatial';
import { lengthOfGroup, newSignals, type Signals, type SpatialBasis } from '../spatial-basis';

/** component k = Σ row k [c] · channel c. */
export class MatrixSpatialBasis implements SpatialBasis {
  readonly kind = 'orthonormal';
  readonly multiplyAddsPerSample: number;
  private analysis: SignalSums | undefined;

  /**
   * @param channels - C
   * @param rows - C × C, row by row, orthonormal
   */
  constructor(
    readonly channels: number,
    readonly rows: Float64Array,
  ) {
    this.multiplyAddsPerSample = channels;
  }

  analyze(channels: Signals, components = newSignals(channels)): Float64Array[] {
    lengthOfGroup(channels, this.channels);
    this.analysis ??= this.sums((k, c) => this.rows[k * this.channels + c]!);
    sumSignals(channels, this.analysis, components);
    return components;
  }

  synthesize(components: Signals): Float64Array[] {
    lengthOfGroup(components, this.channels);
    const channels = newSignals(components);
    sumSignals(
      components,
      this.sums((c, k) => this.rows[k * this.channels + c]!),
      channels,
    );
    return channels;
  }

  /** Sums of all signals in their order, but for those of weight 0. */
  private sums(weightOf: (sum: number, signal: number) => number): SignalSums {
    const starts = new Uint32Array(this.channels + 1);
    const signals: number[] = [];
    const weights: number[] = [];
    for (let k = 0; k < this.channels; k++) {
      for (let c = 0; c < this.channels; c++) {
        if (weightOf(k, c) === 0) continue;
        signals.push(c);
        weights.push(weightOf(k, c));
      }
      starts[k + 1] = signals.length;
    }
    return { starts, signals: Uint32Array.from(signals), weights: Float64Array.from(weights) };
  }
}
