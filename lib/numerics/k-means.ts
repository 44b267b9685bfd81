/**
 * k-means clustering: centers and the points nearest to them, by Lloyd's algorithm (S. P. Lloyd, "Least squares
 * quantization in PCM", IEEE Transactions on Information Theory 28, 1982) from centers that are spread out at random
 * (D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding", 18th ACM–SIAM Symposium on Discrete
 * Algorithms, 2007).
 */

/** Points or centers that do not fit together. */
export class ClusteringError extends RangeError {
  override readonly name = 'ClusteringError';
}

/** Most centers that a label of one byte can number. */
const MOST_CENTERS = 256;

/**
 * Makes sure that labels of one byte can number this many centers or distributions. @throws ClusteringError
 */
export function requireLabels(count: number): void {
  if (count <= MOST_CENTERS) return;
  throw new ClusteringError(
    `${count} centers were asked for; there may be ${MOST_CENTERS}, as a label is one byte.`,
  );
}

/** Result of k-means. */
export interface Clusters {
  /** K × D, a center in each row. */
  readonly centers: Float64Array;
  /** Number of the nearest center of each point. */
  readonly labels: Uint8Array;
  /** Sum of the squared distances of all points from their centers, before each iteration and after the last. */
  readonly inertia: readonly number[];
}

/** Squared distance of a point from a center. */
function squaredDistance(
  points: Float64Array,
  point: number,
  centers: Float64Array,
  center: number,
  dimension: number,
): number {
  let sum = 0;
  for (let d = 0; d < dimension; d++) {
    const difference = points[point * dimension + d]! - centers[center * dimension + d]!;
    sum += difference * difference;
  }
  return sum;
}

/**
 * Number of points.
 *
 * @throws ClusteringError when the array is empty or ends within a point
 */
function countOf(points: Float64Array, dimension: number): number {
  const count = points.length / dimension;
  if (Number.isInteger(count) && count > 0) return count;
  throw new ClusteringError(`${points.length} numbers are no points of ${dimension} dimensions.`);
}

/**
 * Centers to start from: points, each drawn with a probability proportional to its squared distance from the
 * nearest center drawn so far.
 *
 * @param points - B × D
 * @param count - number of centers, K
 * @param next - random numbers in [0, 1)
 * @returns K × D
 * @throws ClusteringError
 */
export function spreadCenters(
  points: Float64Array,
  dimension: number,
  count: number,
  next: () => number,
): Float64Array {
  const pointCount = countOf(points, dimension);
  const centers = new Float64Array(count * dimension);
  const distances = new Float64Array(pointCount).fill(Infinity);
  let chosen = Math.floor(next() * pointCount);
  for (let k = 0; k < count; k++) {
    centers.set(points.subarray(chosen * dimension, (chosen + 1) * dimension), k * dimension);
    let sum = 0;
    for (let i = 0; i < pointCount; i++) {
      distances[i] = Math.min(distances[i]!, squaredDistance(points, i, centers, k, dimension));
      sum += distances[i]!;
    }
    let left = next() * sum;
    for (chosen = 0; chosen < pointCount - 1; chosen++) {
      left -= distances[chosen]!;
      if (left < 0) break;
    }
  }
  return centers;
}

/**
 * Alternates two steps until no point moves: each point goes to the nearest center (the first of equally near
 * ones) and each center moves to the mean of its points. A center without points stays where it is. Costs
 * B·K·D multiply–adds an iteration.
 *
 * @param points - B × D
 * @param initial - centers, K × D, K at most {@link MOST_CENTERS}; left as they are
 * @param iterations - most iterations
 * @throws ClusteringError
 */
export function kMeans(
  points: Float64Array,
  dimension: number,
  initial: Float64Array,
  iterations: number,
): Clusters {
  const pointCount = countOf(points, dimension);
  const count = countOf(initial, dimension);
  requireLabels(count);
  const centers = initial.slice();
  const labels = new Uint8Array(pointCount);
  const inertia: number[] = [];
  for (let iteration = 0; ; iteration++) {
    let moved = 0;
    let sum = 0;
    for (let i = 0; i < pointCount; i++) {
      let best = 0;
      let least = Infinity;
      for (let k = 0; k < count; k++) {
        const distance = squaredDistance(points, i, centers, k, dimension);
        if (distance >= least) continue;
        least = distance;
        best = k;
      }
      sum += least;
      if (labels[i] !== best) moved++;
      labels[i] = best;
    }
    // The distances of a NaN point compare false with everything, so the point would be given to the first
    // center.
    if (!Number.isFinite(sum)) {
      throw new ClusteringError(`Points and centers must be finite; the distances add up to ${sum}.`);
    }
    inertia.push(sum);
    if ((iteration > 0 && moved === 0) || iteration >= iterations) return { centers, labels, inertia };
    moveToMeans(points, dimension, labels, centers);
  }
}

function moveToMeans(
  points: Float64Array,
  dimension: number,
  labels: Uint8Array,
  centers: Float64Array,
): void {
  const sums = new Float64Array(centers.length);
  const members = new Float64Array(centers.length / dimension);
  labels.forEach((label, i) => {
    members[label]!++;
    for (let d = 0; d < dimension; d++) sums[label * dimension + d]! += points[i * dimension + d]!;
  });
  members.forEach((size, k) => {
    if (size === 0) return;
    for (let d = 0; d < dimension; d++) centers[k * dimension + d] = sums[k * dimension + d]! / size;
  });
}
