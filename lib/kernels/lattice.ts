/**
 * Orthogonal filter banks as lattices: the lowpass filter of every orthonormal two-channel filter bank with 2J taps is a
 * product of J rotations with delays between them (P. P. Vaidyanathan and P.-Q. Hoang, "Lattice structures for optimal
 * design and robust implementation of two-channel perfect-reconstruction QMF banks", IEEE Transactions on Acoustics,
 * Speech, and Signal Processing 36, 1988; P. P. Vaidyanathan, Multirate Systems and Filter Banks, 1993, §14.3).
 *
 * With P = [c, s] and Q = [−s, c] from the first rotation, each further one turns P and Q, Q delayed by two samples:
 * P ← c·P + s·z⁻²·Q, Q ← −s·P + c·z⁻²·Q. P is the lowpass filter and Q its mirror with alternating signs. Whatever the
 * angles are, the filter bank is orthonormal; where they add up to π/4, constants do not reach the highpass.
 */

/** Numbers that are no rotations, or a filter that no lattice has: of odd length, or not orthogonal to its shifts by two. */
export class LatticeError extends RangeError {
  override readonly name = 'LatticeError';
}

/** Both filters after one more rotation. */
function rotate(
  low: Float64Array,
  high: Float64Array,
  cosine: number,
  sine: number,
): [Float64Array, Float64Array] {
  const taps = low.length + 2;
  const nextLow = new Float64Array(taps);
  const nextHigh = new Float64Array(taps);
  for (let t = 0; t < taps; t++) {
    const own = t < low.length ? low[t]! : 0;
    const delayed = t < 2 ? 0 : high[t - 2]!;
    nextLow[t] = cosine * own + sine * delayed;
    nextHigh[t] = cosine * delayed - sine * own;
  }
  return [nextLow, nextHigh];
}

/**
 * The lowpass reconstruction filter of a lattice. A decoder depends on it: additions and multiplications only, in a
 * fixed order, after each pair was divided by the root of the sum of its squares.
 *
 * @param rotations - cosine and sine of each angle, or any multiple of both
 * @returns 2 taps for each rotation
 * @throws LatticeError where cosine and sine are both 0, or no numbers
 */
export function latticeLowpass(rotations: ArrayLike<number>): Float64Array {
  const pairs: [number, number][] = [];
  for (let i = 0; i + 1 < rotations.length; i += 2) {
    const [cosine, sine] = [rotations[i]!, rotations[i + 1]!];
    const norm = Math.sqrt(cosine * cosine + sine * sine);
    if (!(norm > 0) || !Number.isFinite(norm)) {
      throw new LatticeError(`Rotation ${i / 2} of a lattice has cosine ${cosine} and sine ${sine}.`);
    }
    pairs.push([cosine / norm, sine / norm]);
  }
  return product(pairs);
}

function product(pairs: readonly (readonly [number, number])[]): Float64Array {
  const [first, ...others] = pairs;
  if (!first) throw new LatticeError('A lattice has one rotation at least.');
  let low: Float64Array = Float64Array.of(first[0], first[1]);
  let high: Float64Array = Float64Array.of(-first[1], first[0]);
  for (const [cosine, sine] of others) [low, high] = rotate(low, high, cosine, sine);
  return low;
}

/**
 * Cosines and sines of angles, one pair after another.
 *
 * @param angles - radians
 */
export function rotationsOf(angles: ArrayLike<number>): Float64Array {
  const rotations = new Float64Array(2 * angles.length);
  for (let i = 0; i < angles.length; i++) {
    rotations[2 * i] = Math.cos(angles[i]!);
    rotations[2 * i + 1] = Math.sin(angles[i]!);
  }
  return rotations;
}

/**
 * Derivatives of all taps by each angle: a rotation's derivative is the rotation by a quarter turn more.
 *
 * @param angles - radians, J
 * @returns J filters of 2J taps
 */
export function latticeDerivatives(angles: ArrayLike<number>): Float64Array[] {
  const pairs = Array.from(angles, (angle): [number, number] => [Math.cos(angle), Math.sin(angle)]);
  return pairs.map(([cosine, sine], i) =>
    product(pairs.map((pair, j): readonly [number, number] => (j === i ? [-sine, cosine] : pair))),
  );
}
