// Batch orthogonal matching pursuit: the specification is reference/orthogonal-matching-pursuit.ts.
import { VECTOR } from './lanes';

/** Bytes of atoms that are worked on at a time: four vectors, which stay in registers. */
const STEP: usize = 4 * VECTOR;

/** Of the larger of two magnitudes in each lane; what is not a number is never the larger. */
@inline
function larger<T>(largest: v128, values: v128): v128 {
  return v128.pmax<T>(largest, v128.abs<T>(values));
}

/** The largest element of a vector. */
@inline
function largestLane<T>(vector: v128): T {
  if (sizeof<T>() == 4) {
    const halves = f32x4.pmax(vector, i64x2.shuffle(vector, vector, 1, 0));
    return <T>max<f32>(f32x4.extract_lane(halves, 0), f32x4.extract_lane(halves, 1));
  }
  return <T>max<f64>(f64x2.extract_lane(vector, 0), f64x2.extract_lane(vector, 1));
}

/** The largest magnitude of `bytes` of elements. */
@inline
function largestMagnitude<T>(values: usize, bytes: usize): T {
  let largest = v128.splat<T>(<T>0);
  for (let at = values; at < values + bytes; at += VECTOR) largest = larger<T>(largest, v128.load(at));
  return largestLane<T>(largest);
}

/** Index of the first element that has a magnitude; there is one. */
@inline
function indexOfMagnitude<T>(values: usize, magnitude: T): usize {
  const sought = v128.splat<T>(magnitude);
  let at = values;
  while (true) {
    const equal = v128.eq<T>(v128.abs<T>(v128.load(at)), sought);
    if (v128.any_true(equal)) {
      return (at - values) / sizeof<T>() + ctz(sizeof<T>() == 4 ? i32x4.bitmask(equal) : i64x2.bitmask(equal));
    }
    at += VECTOR;
  }
}

/**
 * The next of the orthonormal directions, as its products with all atoms, and what it takes from the correlations.
 *
 * @param row - of the Gram matrix: products of the chosen atom with all atoms
 * @param directions - products of the earlier directions with all atoms; the next is written behind them
 * @param weights - products of the chosen atom with the earlier directions
 * @param scale - 1/length of what of the chosen atom is orthogonal to the earlier ones
 * @param projection - product of the signal with the next direction
 * @param residual - products of the residual with all atoms
 * @param bytes - of all atoms
 * @returns the largest magnitude of the new products of the residual
 */
@inline
function takeDirection<T>(
  row: usize, directions: usize, count: usize, weights: usize, scale: T, projection: T, residual: usize, bytes: usize,
): T {
  const scales = v128.splat<T>(scale);
  const projections = v128.splat<T>(projection);
  const next = directions + count * bytes;
  let largest = v128.splat<T>(<T>0);
  for (let offset: usize = 0; offset < bytes; offset += STEP) {
    let a = v128.load(row + offset);
    let b = v128.load(row + offset, 16);
    let c = v128.load(row + offset, 32);
    let d = v128.load(row + offset, 48);
    let weight = weights;
    for (let at = directions + offset; at < next; at += bytes) {
      const w = v128.load_splat<T>(weight);
      a = v128.sub<T>(a, v128.mul<T>(w, v128.load(at)));
      b = v128.sub<T>(b, v128.mul<T>(w, v128.load(at, 16)));
      c = v128.sub<T>(c, v128.mul<T>(w, v128.load(at, 32)));
      d = v128.sub<T>(d, v128.mul<T>(w, v128.load(at, 48)));
      weight += sizeof<T>();
    }
    a = v128.mul<T>(a, scales);
    b = v128.mul<T>(b, scales);
    c = v128.mul<T>(c, scales);
    d = v128.mul<T>(d, scales);
    const to = next + offset;
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
    const left = residual + offset;
    a = v128.sub<T>(v128.load(left), v128.mul<T>(projections, a));
    b = v128.sub<T>(v128.load(left, 16), v128.mul<T>(projections, b));
    c = v128.sub<T>(v128.load(left, 32), v128.mul<T>(projections, c));
    d = v128.sub<T>(v128.load(left, 48), v128.mul<T>(projections, d));
    v128.store(left, a);
    v128.store(left, b, 16);
    v128.store(left, c, 32);
    v128.store(left, d, 48);
    largest = larger<T>(larger<T>(larger<T>(larger<T>(largest, a), b), c), d);
  }
  return largestLane<T>(largest);
}

/**
 * @param gram - products of all atoms with all atoms
 * @param atoms - number of atoms, padded with zero atoms to a multiple of four vectors
 * @param signals, length, count - signals of `length` elements, one after another
 * @param correlations - products of each signal with all atoms; overwritten by those of what remains of it
 * @param limit - of nonzeros of a signal
 * @param tolerance - squared error to stop at
 * @param negligible - share of a squared length that is taken for rounding
 * @param directions - room for `limit` × `atoms`
 * @param factor - room for `limit` × `limit`
 * @param projections - room for `limit`
 * @param counts - receives the number of nonzeros of each signal
 * @param indices, coefficients - receive `limit` of them for each signal, in the order of choice
 */
@inline
function pursue<T>(
  gram: usize, atoms: usize, signals: usize, length: usize, count: usize, correlations: usize, limit: usize,
  tolerance: f64, negligible: f64, directions: usize, factor: usize, projections: usize, counts: usize,
  indices: usize, coefficients: usize,
): void {
  const bytes = atoms * sizeof<T>();
  for (let i: usize = 0; i < count; i++) {
    const residual = correlations + i * bytes;
    const chosen = indices + i * limit * 4;
    let error: f64 = 0;
    const end = signals + (i + 1) * length * sizeof<T>();
    for (let at = signals + i * length * sizeof<T>(); at < end; at += sizeof<T>()) {
      const value = <f64>load<T>(at);
      error += value * value;
    }
    const rounding = negligible * negligible * error;
    let nonzeros: usize = 0;
    let largest = largestMagnitude<T>(residual, bytes);
    while (nonzeros < limit && error > tolerance && <f64>largest * <f64>largest > rounding) {
      const atom = indexOfMagnitude<T>(residual, largest);
      const weights = factor + nonzeros * limit * sizeof<T>();
      const power = load<T>(gram + atom * bytes + atom * sizeof<T>());
      let left = power;
      for (let j: usize = 0; j < nonzeros; j++) {
        const weight = load<T>(directions + j * bytes + atom * sizeof<T>());
        store<T>(weights + j * sizeof<T>(), weight);
        left -= weight * weight;
      }
      if (!(<f64>left > negligible * <f64>power)) break;
      const scale = <T>1 / sqrt<T>(left);
      const projection = load<T>(residual + atom * sizeof<T>()) * scale;
      store<T>(weights + nonzeros * sizeof<T>(), scale);
      store<T>(projections + nonzeros * sizeof<T>(), projection);
      store<u32>(chosen + nonzeros * 4, <u32>atom);
      error -= <f64>projection * <f64>projection;
      largest = takeDirection<T>(
        gram + atom * bytes, directions, nonzeros, weights, scale, projection, residual, bytes,
      );
      nonzeros++;
    }
    store<u32>(counts + i * 4, <u32>nonzeros);
    // Coefficients of the directions become coefficients of the atoms, the last first.
    const target = coefficients + i * limit * sizeof<T>();
    for (let row: isize = nonzeros - 1; row >= 0; row--) {
      let sum = load<T>(projections + row * sizeof<T>());
      for (let j = <usize>row + 1; j < nonzeros; j++) {
        sum -= load<T>(factor + (j * limit + row) * sizeof<T>()) * load<T>(target + j * sizeof<T>());
      }
      store<T>(target + row * sizeof<T>(), sum * load<T>(factor + (row * limit + row) * sizeof<T>()));
    }
    memory.fill(target + nonzeros * sizeof<T>(), 0, (limit - nonzeros) * sizeof<T>());
    memory.fill(chosen + nonzeros * 4, 0, (limit - nonzeros) * 4);
  }
}

export function pursueFloat32(
  gram: usize, atoms: usize, signals: usize, length: usize, count: usize, correlations: usize, limit: usize,
  tolerance: f64, negligible: f64, directions: usize, factor: usize, projections: usize, counts: usize,
  indices: usize, coefficients: usize,
): void {
  pursue<f32>(
    gram, atoms, signals, length, count, correlations, limit, tolerance, negligible, directions, factor,
    projections, counts, indices, coefficients,
  );
}

export function pursueFloat64(
  gram: usize, atoms: usize, signals: usize, length: usize, count: usize, correlations: usize, limit: usize,
  tolerance: f64, negligible: f64, directions: usize, factor: usize, projections: usize, counts: usize,
  indices: usize, coefficients: usize,
): void {
  pursue<f64>(
    gram, atoms, signals, length, count, correlations, limit, tolerance, negligible, directions, factor,
    projections, counts, indices, coefficients,
  );
}
