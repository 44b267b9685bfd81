/** Sparsity: how few coefficients hold how much of a signal. */

import type { CoefficientLayout } from '../coding/layout';

/** Energies of coefficients, sorted; all measures of compaction start from them. */
export interface EnergyRanking {
  /** Squared coefficients, ascending. */
  readonly energies: Float64Array;
  /** Their sum. */
  readonly total: number;
}

/**
 * Sorts the energies of coefficients.
 *
 * @param coefficients - any number of them, any unit; left as they are
 */
export function rankEnergies(coefficients: Float64Array): EnergyRanking {
  const energies = new Float64Array(coefficients.length);
  for (let i = 0; i < coefficients.length; i++) energies[i] = coefficients[i]! * coefficients[i]!;
  energies.sort();
  let total = 0;
  for (let i = 0; i < energies.length; i++) total += energies[i]!;
  return { energies, total };
}

/**
 * The least number of coefficients that together hold a share of the energy.
 *
 * @param ranking - result of {@link rankEnergies}
 * @param share - 0…1, e.g. 0.99 or 0.999
 * @returns 0 when there is no energy
 */
export function coefficientsHolding(ranking: EnergyRanking, share: number): number {
  const { energies, total } = ranking;
  const wanted = share * total;
  let held = 0;
  let count = 0;
  while (count < energies.length && held < wanted) {
    count++;
    held += energies[energies.length - count]!;
  }
  return count;
}

/**
 * Energy compaction: the share of the energy that the largest coefficients hold.
 *
 * @param ranking - result of {@link rankEnergies}
 * @param shares - shares of the coefficients, 0…1, ascending; where a share is not a whole number of
 *   coefficients, the next coefficient counts by the remaining fraction
 * @returns a share of the energy for each share of the coefficients, 0…1; all 0 when there is no energy
 */
export function energyCompaction(ranking: EnergyRanking, shares: Float64Array): Float64Array {
  const { energies, total } = ranking;
  const compaction = new Float64Array(shares.length);
  if (total === 0) return compaction;
  let held = 0;
  let count = 0;
  for (let k = 0; k < shares.length; k++) {
    const coefficients = shares[k]! * energies.length;
    while (count + 1 <= coefficients) {
      count++;
      held += energies[energies.length - count]!;
    }
    const next = count < energies.length ? energies[energies.length - count - 1]! : 0;
    compaction[k] = Math.min(1, (held + (coefficients - count) * next) / total);
  }
  return compaction;
}

/**
 * Gini index of the magnitudes: 0 when all are equal, 1 − 1/N when one of N coefficients holds everything (N.
 * Hurley and S. Rickard, "Comparing measures of sparsity", IEEE Trans. Information Theory 55, 2009).
 *
 * @param ranking - result of {@link rankEnergies}
 * @returns null when all coefficients are zero or there are none: the index is not defined there
 */
export function giniIndex(ranking: EnergyRanking): number | null {
  const { energies } = ranking;
  const { length } = energies;
  let sum = 0;
  let weighted = 0;
  for (let i = 0; i < length; i++) {
    const magnitude = Math.sqrt(energies[i]!);
    sum += magnitude;
    weighted += magnitude * (length - i - 0.5);
  }
  return sum === 0 ? null : 1 - (2 * weighted) / (sum * length);
}

/**
 * Number of quantized coefficients that are not zero.
 *
 * @param quantized - quantizer indices
 */
export function countNonzero(quantized: Int32Array): number {
  let count = 0;
  // The sign of q or of −q, whichever is below 0: a branch would be guessed wrong too often.
  for (let i = 0; i < quantized.length; i++) count += (quantized[i]! | -quantized[i]!) >>> 31;
  return count;
}

/**
 * Variance of the coefficients of each subband: their mean energy, since the codec has taken the mean out of
 * the signal.
 *
 * @param coefficients - the flat array
 * @param layout - where the subbands lie
 * @returns one value a subband, 0 for an empty one
 */
export function subbandVariances(coefficients: Float64Array, layout: CoefficientLayout): Float64Array {
  return Float64Array.from(layout.subbands, ({ offset, length }) => {
    let sum = 0;
    for (let i = offset; i < offset + length; i++) sum += coefficients[i]! * coefficients[i]!;
    return length === 0 ? 0 : sum / length;
  });
}

/**
 * Coding gain of a basis over plain samples: the reduction of mean squared error at the same high rate.
 *
 * For an orthonormal basis this is the arithmetic over the geometric mean of the subband variances, each
 * weighted by the subband's share of the coefficients (N. S. Jayant and P. Noll, Digital Coding of Waveforms,
 * 1984, §12). In another basis, a quantization error reaches the signal multiplied by the energy of the
 * subband's synthesis functions, so that energy multiplies the variance (J. Katto and Y. Yasuda, "Performance
 * evaluation of subband coding and optimization of its filter coefficients", Proc. SPIE 1605, 1991); the
 * variance of the signal takes the place of the arithmetic mean.
 *
 * @param variances - result of {@link subbandVariances}, or their means over recordings
 * @param sizes - number of coefficients of each subband
 * @param synthesis - for a basis that is not orthonormal: for each subband the energy (squared norm) of one
 *   synthesis function, and the variance of the signal
 * @returns dB; Infinity when some but not all subbands have variance 0; null when all have, or there are no
 *   subbands
 */
export function codingGain(
  variances: Float64Array,
  sizes: ArrayLike<number>,
  synthesis?: { readonly energies: ArrayLike<number>; readonly signalVariance: number },
): number | null {
  let count = 0;
  let arithmetic = 0;
  let logarithms = 0;
  for (let k = 0; k < variances.length; k++) {
    const size = sizes[k]!;
    if (size === 0) continue;
    const variance = variances[k]! * (synthesis ? synthesis.energies[k]! : 1);
    count += size;
    arithmetic += size * variance;
    logarithms += size * Math.log10(variance);
  }
  if (count === 0 || arithmetic === 0) return null;
  const signalVariance = synthesis ? synthesis.signalVariance : arithmetic / count;
  return 10 * (Math.log10(signalVariance) - logarithms / count);
}
