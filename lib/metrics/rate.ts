/**
 * Rates of recordings in bytes.
 *
 * All of them take sums over a corpus: ratios of sums, never means of ratios.
 */

/** Bits of a sample in the WAV files. */
const WAV_BITS = 16;

/**
 * Compression ratio: bytes of the WAV files over bytes of the compressed files, headers included on both sides.
 *
 * @param wavBytes - sum over the corpus
 * @param compressedBytes - sum over the corpus, above 0
 */
export function compressionRatio(wavBytes: number, compressedBytes: number): number {
  return wavBytes / compressedBytes;
}

/**
 * Compression ratio against samples packed in the digitizer's own bits: of 10-bit codes ten sixteenths of
 * {@link compressionRatio}.
 *
 * @param wavBytes - sum over the corpus
 * @param compressedBytes - sum over the corpus, above 0
 * @param bits - of the digitizer: `corpus.bits`
 */
export function compressionRatioPacked(wavBytes: number, compressedBytes: number, bits: number): number {
  return (compressionRatio(wavBytes, compressedBytes) * bits) / WAV_BITS;
}

/**
 * Bits per sample, 8·bytes / samples.
 *
 * @param compressedBytes - sum over the corpus
 * @param samples - sum over the corpus, above 0
 */
export function bitsPerSample(compressedBytes: number, samples: number): number {
  return (8 * compressedBytes) / samples;
}
