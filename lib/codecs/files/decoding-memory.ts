/**
 * Memory that a decoder takes for a file whose samples are one code. Files in chunks, as `npm run encode` writes long
 * recordings, are decoded chunk by chunk and take none of this.
 */

/** Bytes that a decoder holds for each sample: integers, coefficients, signal, samples, the WAV file. */
const BYTES_A_SAMPLE = 32;

/** The samples of a file take more memory at once than there is. */
export class DecodingMemoryError extends Error {
  override readonly name = 'DecodingMemoryError';
}

/**
 * Makes sure that samples which are one code can be decoded.
 *
 * @param available - bytes of memory that this process may still take
 * @throws DecodingMemoryError when there is not enough
 */
export function requireDecodingMemory(samples: number, available = process.availableMemory()): void {
  const bytes = BYTES_A_SAMPLE * samples;
  if (bytes <= available) return;
  const gigabytes = (count: number): string => (count / 2 ** 30).toFixed(1);
  throw new DecodingMemoryError(
    `The ${samples} samples of this .nbz file are one code, which takes ${gigabytes(bytes)} GB to decode, and ` +
      `${gigabytes(available)} GB are free: decode it on a machine with more memory. To decode in little memory, ` +
      'encode the recording itself (npm run encode -- in out.nbz): it is then coded in chunks.',
  );
}
