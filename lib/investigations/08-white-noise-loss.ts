/** Loss of a basis whose functions are not orthogonal. */
import type { Basis } from '../bases/basis';

/** Length in hops of the signal around an impulse: longer than any function. */
const HOPS = 64;

/** A step at which no basis is exact in integers. */
const STEP = 16;

/**
 * Loss in dB of this basis on white noise at high rates: the mean over coefficients of the gain of each
 * analysis function. It is 0 for orthonormal functions, and never less.
 *
 * White noise of variance 1 gives a coefficient the variance ‖a‖², where a is its analysis function. An error
 * of the coefficient reaches the signal multiplied by ‖s‖ = 1, the norm of its synthesis function s. As ⟨a,
 * s⟩ = 1, ‖a‖ is at least 1.
 *
 * @param basis - a basis that is the same in every hop, away from the ends
 */
export function whiteNoiseLoss(basis: Basis): number {
  const layout = basis.layout(HOPS * basis.layout(0).hop);
  const { hop, signalLength, subbands } = layout;
  const energies = new Float64Array(subbands.length);
  const impulse = new Float64Array(signalLength);
  const middle = hop * (HOPS >> 1);
  for (let n = middle; n < middle + hop; n++) {
    impulse[n] = 1;
    const { values } = basis.analyze(impulse, STEP);
    impulse[n] = 0;
    subbands.forEach(({ offset, length, timeStep }, b) => {
      for (let i = offset; i < offset + length; i++)
        energies[b]! += (values[i]! * values[i]! * timeStep) / hop;
    });
  }
  return subbands.reduce((sum, { timeStep }, b) => sum + (10 / timeStep) * Math.log10(energies[b]!), 0);
}
