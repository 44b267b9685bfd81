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

  /**
   * Sum of all signals, in order, each times an element of the matrix. Four signals at a time: the order of additions,
   * and so each bit of the sum, is that of one after another.
   */
  private sum(signals: Signals, length: number, first: number, stride: number): Float64Array {
    const result = new Float64Array(length);
    const weightOf = (j: number): number => this.rows[first + j * stride]!;
    const terms = signals.flatMap((signal, j) =>
      weightOf(j) === 0 ? [] : [{ signal, weight: weightOf(j) }],
    );
    const whole = terms.length - (terms.length % 4);
    for (let t = 0; t < whole; t += 4) {
      const { signal: p, weight: a } = terms[t]!;
      const { signal: q, weight: b } = terms[t + 1]!;
      const { signal: r, weight: c } = terms[t + 2]!;
      const { signal: s, weight: d } = terms[t + 3]!;
      for (let i = 0; i < length; i++) {
        result[i] = result[i]! + a * p[i]! + b * q[i]! + c * r[i]! + d * s[i]!;
      }
    }
    for (const { signal, weight } of terms.slice(whole)) {
      for (let i = 0; i < length; i++) result[i] = result[i]! + weight * signal[i]!;
    }
    return result;
  }
}
