/**
 * Selectivity of the two filters of a wavelet: their separation of the halves of the spectrum, and their
 * spread in time.
 */

/** Selectivity of a lowpass filter of a wavelet. */
export interface FilterSelectivity {
  /**
   * Share of the filter's energy above half the band. It is 0 for an ideal filter, whose highpass then leaks
   * nothing either.
   */
  readonly leakage: number;
  /**
   * Standard deviation of the group delay in samples, frequencies weighted by the power that passes; 0 when
   * the phase is linear. Only if it is small does an event such as a spike appear at the same time in all
   * subbands.
   */
  readonly delaySpread: number;
}

/** Number of frequencies, from 0 to half the sample rate, at which filters are evaluated. */
const FREQUENCIES = 2048;

/**
 * Leakage and delay spread of a lowpass filter.
 *
 * @param taps - taps of the filter, not all zero
 */
export function filterSelectivity(taps: ArrayLike<number>): FilterSelectivity {
  let [energy, above, delays, squares] = [0, 0, 0, 0];
  for (let i = 0; i < FREQUENCIES; i++) {
    const frequency = (Math.PI * (i + 0.5)) / FREQUENCIES;
    let [re, im, timesRe, timesIm] = [0, 0, 0, 0];
    for (let n = 0; n < taps.length; n++) {
      const [cosine, sine] = [taps[n]! * Math.cos(n * frequency), taps[n]! * Math.sin(n * frequency)];
      re += cosine;
      im -= sine;
      timesRe += n * cosine;
      timesIm -= n * sine;
    }
    const power = re * re + im * im;
    energy += power;
    if (frequency > Math.PI / 2) above += power;
    // The group delay, −dφ/dω, times the power.
    const delay = timesRe * re + timesIm * im;
    delays += delay;
    squares += power > 0 ? (delay * delay) / power : 0;
  }
  const mean = delays / energy;
  return { leakage: above / energy, delaySpread: Math.sqrt(Math.max(0, squares / energy - mean * mean)) };
}
