/**
 * The codes of an imported recording as samples of a WAV file, so that other programs can read and compress what is
 * studied: codes about the middle of their range.
 */

/** Code that becomes sample 0. */
function middleOf(codes: number): number {
  return codes >> 1;
}

/**
 * 16-bit samples of codes.
 *
 * @param codes - number of codes of the digitizer, 1 to 65,536
 */
export function pcmOfCodes(values: Uint16Array, codes: number): Int16Array {
  const middle = middleOf(codes);
  return Int16Array.from(values, (code) => code - middle);
}

/**
 * Codes of 16-bit samples; null where one is none of the digitizer's.
 *
 * @param codes - number of codes of the digitizer, 1 to 65,536
 */
export function codesOfPcm(samples: Int16Array, codes: number): Uint16Array | null {
  const middle = middleOf(codes);
  const result = new Uint16Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const code = samples[i]! + middle;
    if (code < 0 || code >= codes) return null;
    result[i] = code;
  }
  return result;
}
