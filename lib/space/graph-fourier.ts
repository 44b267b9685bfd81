/**
 * The graph Fourier transform of the electrodes' places: eigenvectors of the Laplacian of a graph whose edges are the
 * stronger the nearer two electrodes are (D. I. Shuman et al., "The emerging field of signal processing on graphs", IEEE
 * Signal Processing Magazine 30, 2013). Slow waves that are alike nearby are smooth on it, as they are on a line for
 * cosines; on a line with equal distances and edges between neighbors alone it is the DCT.
 */
import { SideInformationError } from '../bases/basis';
import { writeVarint, zigzag, zigzagOf } from '../coding/header-reader';
import { SymmetricEigensolver } from '../kernels/eigen-symmetric';
import { MatrixSpatialBasis } from './parts/matrix-basis';
import { readSide } from './parts/probe-order';
import type { Places, SpatialFamily } from './spatial-basis';

/** Largest coordinate, µm: a meter. */
const MOST_MICROMETERS = 1e6;

/** Whole micrometers, x and y by turns; undefined where an electrode has no place. */
function coordinatesOf(places: Places, channels: number): number[] | undefined {
  if (places.length !== channels) return undefined;
  const all = places.flatMap((place) => [
    place?.x ?? place?.z,
    place?.y ?? (place?.x === undefined ? undefined : 0),
  ]);
  const known = all.every(
    (value): value is number => value !== undefined && Math.abs(value) <= MOST_MICROMETERS,
  );
  return known ? all.map((value) => Math.round(value)) : undefined;
}

/**
 * Laplacian of the graph: edges 1 / (1 + (d/d₀)²) between all electrodes at distance d, d₀ being the smallest distance
 * that is not 0. Without places channels follow one another at distance 1.
 *
 * @param coordinates - x and y of each channel, by turns, integers
 */
export function laplacianOf(coordinates: readonly number[]): Float64Array {
  const count = coordinates.length / 2;
  const squares = new Float64Array(count * count);
  let least = Infinity;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      const dx = coordinates[2 * i]! - coordinates[2 * j]!;
      const dy = coordinates[2 * i + 1]! - coordinates[2 * j + 1]!;
      const square = dx * dx + dy * dy;
      squares[i * count + j] = square;
      if (square > 0 && square < least) least = square;
    }
  }
  const laplacian = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    let degree = 0;
    for (let j = 0; j < count; j++) {
      if (i === j) continue;
      const square = squares[i * count + j]!;
      const edge = square === 0 ? 1 : 1 / (1 + square / least);
      laplacian[i * count + j] = -edge;
      degree += edge;
    }
    laplacian[i * count + i] = degree;
  }
  return laplacian;
}

/**
 * Eigenvectors of a Laplacian, the smoothest first. By the plain solver: the kernel adds in another order, and a decoder
 * must get the same to the last bit.
 */
function smoothestFirst(laplacian: Float64Array, count: number): Float64Array {
  if (count === 0) return new Float64Array(0);
  const solver = new SymmetricEigensolver(count, false);
  const { vectors } = solver.decompose(laplacian.map((value) => -value));
  for (let start = 0; start < vectors.length; start += count)
    makePositive(vectors.subarray(start, start + count));
  return vectors;
}

/**
 * Negates a vector whose first element of more than half the largest magnitude is negative. On a regular probe many
 * elements are equally large, and which is the largest would hang on the last bit.
 */
function makePositive(vector: Float64Array): void {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const first = vector.find((value) => Math.abs(value) > 0.5 * largest);
  if (first !== undefined && first < 0) for (let i = 0; i < vector.length; i++) vector[i] = -vector[i]!;
}

/** Graph Fourier transform; the places are side information. */
export const GRAPH_FOURIER: SpatialFamily = {
  id: 'graph',
  kind: 'orthonormal',
  wholeRecording: false,
  choose(channels, places) {
    const coordinates = coordinatesOf(places, channels.length);
    if (!coordinates) return new Uint8Array(0);
    const bytes: number[] = [];
    // Differences are shorter than coordinates.
    coordinates.forEach((value, i) => writeVarint(bytes, zigzag(value - (i < 2 ? 0 : coordinates[i - 2]!))));
    return Uint8Array.from(bytes);
  },
  chosen(side, channels) {
    const coordinates =
      side.length === 0
        ? Array.from({ length: 2 * channels }, (_, i) => (i % 2 === 0 ? 0 : (i - 1) / 2))
        : readSide(side, (reader) => {
            const all: number[] = [];
            for (let i = 0; i < 2 * channels; i++) {
              const value = zigzagOf(reader.varint()) + (i < 2 ? 0 : all[i - 2]!);
              if (Math.abs(value) > MOST_MICROMETERS) {
                throw new SideInformationError(`an electrode lies ${value} µm away`);
              }
              all.push(value);
            }
            return all;
          });
    return new MatrixSpatialBasis(channels, smoothestFirst(laplacianOf(coordinates), channels));
  },
};
