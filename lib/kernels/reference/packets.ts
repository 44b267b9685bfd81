/**
 * Wavelet packets in plain TypeScript: the specification of the kernel, and its stand-in where SIMD is missing. Results
 * are those of PyWavelets (`WaveletPacket`); R. R. Coifman and M. V. Wickerhauser, "Entropy-based algorithms for best
 * basis selection", IEEE Transactions on Information Theory 38, 1992.
 */
import type { WaveletFilters } from '../filters/wavelet-filters';
import { analyzeLevel, synthesizeLevel, type WaveletBorder } from './wavelet';

/**
 * The order of bands. `'natural'`: as the filters gave them, lowpass before highpass at each level. `'frequency'`: from
 * the lowest to the highest frequency; the two differ, since a highpass band holds its frequencies in reverse.
 */
export type PacketOrder = 'natural' | 'frequency';

/** For each position the band in natural order; for the order of frequency this is the Gray code. */
export function packetOrder(levels: number, order: PacketOrder): Uint32Array {
  return Uint32Array.from({ length: 2 ** levels }, (_, place) =>
    order === 'frequency' ? place ^ (place >> 1) : place,
  );
}

/**
 * All bands of the last level, in natural order, one after another.
 *
 * @param lengths - of the signal and of a band of each level: `approximationLengths`
 */
export function packetTransform(
  signal: Float64Array,
  filters: WaveletFilters,
  border: WaveletBorder,
  lengths: readonly number[],
): Float64Array {
  let bands = signal;
  for (let level = 1; level < lengths.length; level++) {
    const [from, to] = [lengths[level - 1]!, lengths[level]!];
    const next = new Float64Array(2 ** level * to);
    for (let band = 0; band < 2 ** (level - 1); band++) {
      const [low, high] = [2 * band * to, (2 * band + 1) * to];
      analyzeLevel(
        bands.subarray(band * from, (band + 1) * from),
        filters,
        border,
        next.subarray(low, low + to),
        next.subarray(high, high + to),
      );
    }
    bands = next;
  }
  return bands;
}

/** The signal that {@link packetTransform} turns into these bands. */
export function inversePacketTransform(
  bands: Float64Array,
  filters: WaveletFilters,
  border: WaveletBorder,
  lengths: readonly number[],
): Float64Array {
  let joined = bands;
  for (let level = lengths.length - 1; level > 0; level--) {
    const [from, to] = [lengths[level]!, lengths[level - 1]!];
    const next = new Float64Array(2 ** (level - 1) * to);
    for (let band = 0; band < 2 ** (level - 1); band++) {
      const [low, high] = [2 * band * from, (2 * band + 1) * from];
      synthesizeLevel(
        joined.subarray(low, low + from),
        joined.subarray(high, high + from),
        filters,
        border,
        next.subarray(band * to, (band + 1) * to),
      );
    }
    joined = next;
  }
  return joined;
}
