/** Spatial bases that are a product with an orthonormal matrix. */
import { lengthOfGroup, type Signals, type SpatialBasis } from '../spatial-basis';

/** component k = Σ row k [c] · channel c. */
export class MatrixSpatialBasis implements SpatialBasis {
  readonly kind = 'orthonormal';
  readonly multiplyAddsPerSample: number;

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

  analyze(channels: Signals): Float64Array[] {
    const length = lengthOfGroup(channels, this.channels);
    return channels.map((_, k) => this.sum(channels, length, k * this.channels, 1));
  }

  synthesize(components: Signals): Float64Array[] {
    const length = lengthOfGroup(components, this.channels);
    return components.map((_, c) => this.sum(components, length, c, this.channels));
  }

  /** Sum of all signals, in order, each times an element of the matrix. */
  private sum(signals: Signals, length: number, first: number, stride: number): Float64Array {
    const result = new Float64Array(length);
    signals.forEach((signal, j) => {
      const weight = this.rows[first + j * stride]!;
      if (weight === 0) return;
      for (let i = 0; i < length; i++) result[i] = result[i]! + weight * signal[i]!;
    });
    return result;
  }
}
