/**
 * Order-0 entropies of ADC codes: the cost for a coder without memory.
 *
 * C. E. Shannon, "A mathematical theory of communication", Bell System Technical Journal 27 (1948).
 */

/**
 * Entropy of a histogram.
 *
 * @param counts - number of occurrences of each value, 0 or more
 * @returns bits a value; 0 when nothing was counted
 */
export function histogramEntropy(counts: Uint32Array): number {
  let total = 0;
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (count > 0) {
      total += count;
      sum += count * Math.log2(count);
    }
  }
  // Rounding can push the sum slightly above its true value when one value takes all counts.
  return total === 0 ? 0 : Math.max(0, Math.log2(total) - sum / total);
}

/**
 * Number of occurrences of each ADC code.
 *
 * @param codes - 0 … count − 1
 * @param count - codes of the digitizer
 */
export function codeHistogram(codes: Uint16Array, count: number): Uint32Array {
  const counts = new Uint32Array(count);
  for (let i = 0; i < codes.length; i++) counts[codes[i]!]!++;
  return counts;
}

/**
 * Number of occurrences of each first difference of successive ADC codes.
 *
 * @param codes - 0 … count − 1
 * @param count - codes of the digitizer
 * @returns counts of −(count − 1) … count − 1; their sum is one less than the number of codes
 */
export function differenceHistogram(codes: Uint16Array, count: number): Uint32Array {
  const counts = new Uint32Array(2 * count - 1);
  for (let i = 1; i < codes.length; i++) counts[codes[i]! - codes[i - 1]! + count - 1]!++;
  return counts;
}

/**
 * Order-0 entropy of first differences of ADC codes, bits a difference; 0 for fewer than two samples.
 *
 * @param codes - 0 … count − 1
 * @param count - codes of the digitizer
 */
export function differenceEntropy(codes: Uint16Array, count: number): number {
  return histogramEntropy(differenceHistogram(codes, count));
}
