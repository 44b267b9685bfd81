/**
 * Lattice angles of a known orthogonal filter. Learning starts from the angles of Daubechies' wavelets, and
 * its distance from the start is measured in angles.
 */
import { Matrix, solve } from 'ml-matrix';
import { latticeDerivatives, LatticeError, latticeLowpass, rotationsOf } from '../../kernels/lattice';

/** Largest deviation from orthonormality of a filter that can be decomposed. */
const TOLERANCE = 1e-9;

/**
 * Most iterations that correct the rounding errors of the decomposition, which grow from rotation to
 * rotation.
 */
const REFINEMENTS = 20;

/**
 * Lattice angles of an orthogonal filter. All lie between −π/2 and π/2 except the first, which carries the
 * sign of the filter.
 *
 * @param lowpass - reconstruction filter of an orthogonal wavelet: even length, energy 1
 * @returns radians, one angle for each two taps
 * @throws LatticeError
 */
export function latticeAngles(lowpass: ArrayLike<number>): Float64Array {
  const taps = lowpass.length;
  if (taps < 2 || taps % 2 !== 0) {
    throw new LatticeError(`A lattice has an even number of taps, not ${taps}.`);
  }
  const angles = new Float64Array(taps / 2);
  let low = Float64Array.from(lowpass);
  for (let i = angles.length - 1; i > 0; i--) {
    const length = low.length;
    // The highpass is made from the lowpass again at each stage; otherwise rounding would let the two drift
    // apart.
    const high = low.map((_, t) => (t % 2 === 0 ? -low[length - 1 - t]! : low[length - 1 - t]!));
    const [a, b] = [low[length - 1]!, high[length - 1]!];
    const sign = b < 0 ? -1 : 1;
    const angle = Math.atan2(sign * a, sign * b);
    angles[i] = angle;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    low = low.subarray(0, length - 2).map((tap, t) => cosine * tap - sine * high[t]!);
  }
  angles[0] = Math.atan2(low[1]!, low[0]!);
  return refined(angles, lowpass);
}

/** Refines approximate angles by the Gauss–Newton method. */
function refined(start: Float64Array, lowpass: ArrayLike<number>): Float64Array {
  let angles = start;
  let error = Infinity;
  for (let iteration = 0; iteration < REFINEMENTS; iteration++) {
    const missing = latticeLowpass(rotationsOf(angles)).map((tap, t) => lowpass[t]! - tap);
    error = missing.reduce((most, tap) => Math.max(most, Math.abs(tap)), 0);
    if (error < 1e-14) break;
    const derivatives = new Matrix(latticeDerivatives(angles).map((taps) => Array.from(taps))).transpose();
    const change = solve(derivatives, Matrix.columnVector(Array.from(missing)), true);
    angles = angles.map((angle, i) => angle + change.get(i, 0));
  }
  if (!(error < TOLERANCE)) {
    throw new LatticeError(`No lattice has this filter: the nearest that is found differs by ${error}.`);
  }
  return angles;
}
