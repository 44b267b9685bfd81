/**
 * What it costs that functions are not orthogonal.
 */
import type { Basis } from '../bases/basis';

/** Hops of signal about an impulse: more than any function takes. */
const HOPS = 64;

/** At which no basis is one of integers. */
const STEP = 16;

/**
 * dB by which white noise is the more expensive to code in this basis, at high rates: the mean over coefficients of how
 * much of the noise each of them takes up. 0 when the functions are orthonormal; no basis is below.
 *
 * White noise of variance 1 gives a coefficient the variance ‖a‖², where a is the function that takes it from the signal,
 * and an error of the coefficient is one of the signal times ‖s‖ = 1, the norm of the function that it stands for. As
 * ⟨a, s⟩ = 1, ‖a‖ is at least 1.
 *
 * @param basis - that does the same in every hop, away from the ends
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
