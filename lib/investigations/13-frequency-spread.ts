/** Bandwidth of the functions of a basis. */

/**
 * Number of frequencies for each sample of a function, from 0 to half the sample rate, at which it is
 * evaluated.
 */
const FREQUENCIES_PER_SAMPLE = 4;

/**
 * Standard deviation of the frequency of a function, weighted by its power spectrum, in units of the sample
 * rate. It is 0.144 for an impulse, whose spectrum is flat.
 *
 * @param values - the function, not all zero
 */
export function frequencySpread(values: ArrayLike<number>): number {
  const count = FREQUENCIES_PER_SAMPLE * values.length;
  let [energy, sum, squares] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const frequency = (i + 0.5) / (2 * count);
    let [re, im] = [0, 0];
    for (let n = 0; n < values.length; n++) {
      const angle = 2 * Math.PI * frequency * n;
      re += values[n]! * Math.cos(angle);
      im += values[n]! * Math.sin(angle);
    }
    const power = re * re + im * im;
    energy += power;
    sum += power * frequency;
    squares += power * frequency * frequency;
  }
  const mean = sum / energy;
  return Math.sqrt(Math.max(0, squares / energy - mean * mean));
}
