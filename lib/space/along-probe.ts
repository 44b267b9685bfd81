/**
 * Fixed orthonormal transforms along the probe: cosines (K. R. Rao and P. Yip, Discrete Cosine Transform, 1990, DCT-II),
 * and Haar's functions, whose means are weighted where the number of channels is no power of two, as in unbalanced Haar
 * bases (M. Girardi and W. Sweldens, Journal of Fourier Analysis and Applications 3, 1997).
 */
import { cosineOfTurn } from '../kernels/exact-trigonometry';
import { MatrixSpatialBasis } from './parts/matrix-basis';
import { probeOrder, readOrder, writeOrder } from './parts/probe-order';
import type { SpatialFamily } from './spatial-basis';

/** Rows of the DCT-II of N channels. */
export function cosineRows(count: number): Float64Array {
  const rows = new Float64Array(count * count);
  for (let k = 0; k < count; k++) {
    const scale = Math.sqrt((k === 0 ? 1 : 2) / count);
    for (let i = 0; i < count; i++) rows[k * count + i] = scale * cosineOfTurn((2 * i + 1) * k, 4 * count);
  }
  return rows;
}

/** Rows of Haar's functions of N channels, from the longest to the shortest. */
export function haarRows(count: number): Float64Array {
  const details: Float64Array[] = [];
  let means = Array.from({ length: count }, (_, i) => ({
    size: 1,
    row: Float64Array.from({ length: count }, (_, j) => (i === j ? 1 : 0)),
  }));
  while (means.length > 1) {
    const level: Float64Array[] = [];
    const next: typeof means = [];
    for (let i = 0; i + 1 < means.length; i += 2) {
      const [a, b] = [means[i]!, means[i + 1]!];
      const size = a.size + b.size;
      const [u, v] = [Math.sqrt(a.size / size), Math.sqrt(b.size / size)];
      next.push({ size, row: a.row.map((value, j) => u * value + v * b.row[j]!) });
      level.push(a.row.map((value, j) => v * value - u * b.row[j]!));
    }
    if (means.length % 2 === 1) next.push(means[means.length - 1]!);
    details.unshift(...level);
    means = next;
  }
  const rows = new Float64Array(count * count);
  [...means.map(({ row }) => row), ...details].forEach((row, k) => rows.set(row, k * count));
  return rows;
}

/** A matrix over the channels in the order of the probe. */
function alongProbe(id: string, rowsOf: (count: number) => Float64Array): SpatialFamily {
  return {
    id,
    kind: 'orthonormal',
    wholeRecording: false,
    choose: (channels, places) => writeOrder(probeOrder(places, channels.length)),
    chosen(side, channels) {
      const order = readOrder(side, channels);
      const rows = rowsOf(channels);
      const placed = new Float64Array(rows.length);
      for (let k = 0; k < channels; k++) {
        order.forEach((channel, i) => (placed[k * channels + channel] = rows[k * channels + i]!));
      }
      return new MatrixSpatialBasis(channels, placed);
    },
  };
}

/** Cosines along the probe. */
export const PROBE_COSINE = alongProbe('dct', cosineRows);

/** Haar's functions along the probe. */
export const PROBE_HAAR = alongProbe('haar', haarRows);
