/**
 * Spike-band power: the input of movement decoders that do not sort spikes.
 *
 * The power of the 300–1000 Hz band in bins of 50 ms, after S. R. Nason et al., "A low-power band of neuronal
 * spiking activity dominated by local single units improves the performance of brain–machine interfaces",
 * Nature Biomedical Engineering 4 (2020), who take the mean magnitude; here it is the mean square.
 */

/**
 * Mean power in equal bins; bin k starts at the sample nearest to k·`samplesPerBin`, so that bins of a fractional
 * length do not drift. A last bin that the signal does not fill is left out.
 *
 * @param signal - the band-passed signal
 * @param samplesPerBin - bin length, samples, at least 1, not necessarily whole
 * @returns the square of the signal's unit, one value a bin
 */
export function binnedPower(signal: Float64Array, samplesPerBin: number): Float64Array {
  let bins = 0;
  while (Math.round((bins + 1) * samplesPerBin) <= signal.length) bins++;
  const power = new Float64Array(bins);
  for (let bin = 0; bin < bins; bin++) {
    const start = Math.round(bin * samplesPerBin);
    const end = Math.round((bin + 1) * samplesPerBin);
    let sum = 0;
    for (let i = start; i < end; i++) sum += signal[i]! * signal[i]!;
    power[bin] = sum / (end - start);
  }
  return power;
}

/**
 * Pearson correlation of two series of as many values.
 *
 * @param original - the reference
 * @param decoded - the decoded series
 * @param leastDeviation - a series whose standard deviation is not above this counts as constant: the
 *   rounding errors of a constant must not correlate with anything
 * @returns −1…1; null when the original is constant (or has fewer than two values), which leaves nothing to
 *   preserve; 0 when the original varies and the decoded series does not, since nothing is preserved
 */
export function correlation(
  original: Float64Array,
  decoded: Float64Array,
  leastDeviation: number,
): number | null {
  const { length } = original;
  if (length < 2) return null;
  let originalSum = 0;
  let decodedSum = 0;
  for (let i = 0; i < length; i++) {
    originalSum += original[i]!;
    decodedSum += decoded[i]!;
  }
  const originalMean = originalSum / length;
  const decodedMean = decodedSum / length;
  let originalSquares = 0;
  let decodedSquares = 0;
  let products = 0;
  for (let i = 0; i < length; i++) {
    const x = original[i]! - originalMean;
    const y = decoded[i]! - decodedMean;
    originalSquares += x * x;
    decodedSquares += y * y;
    products += x * y;
  }
  const leastSquares = length * leastDeviation * leastDeviation;
  if (originalSquares <= leastSquares) return null;
  if (decodedSquares <= leastSquares) return 0;
  return Math.max(-1, Math.min(1, products / Math.sqrt(originalSquares * decodedSquares)));
}
