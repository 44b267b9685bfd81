import type { ElectrodeFacts } from './recording';

/**
 * The electrode's digitizer gives 10-bit ADC codes; the published WAV files hold them stretched to 16 bits. Undoing the
 * stretch restores the measured codes; it is exact in both directions.
 */

/** Number of ADC codes: a code is 0…1023. */
export const ADC_CODES = 1024;

/** Largest ADC code, the full scale of the PSNR. */
export const MAX_ADC_CODE = ADC_CODES - 1;

/** Samples per second of the recordings. */
export const SAMPLE_RATE = 19531;

/** What is known of every electrode of the challenge, and of the sample. */
export const NEURALINK_ELECTRODE: ElectrodeFacts = {
  sampleRate: SAMPLE_RATE,
  digitizer: {
    kind: 'stretched',
    lowest: -32768,
    highest: 32767,
    step: 65535 / MAX_ADC_CODE,
    codes: ADC_CODES,
    bits: 10,
    used: ADC_CODES,
  },
  unit: '',
  gain: 1,
  offset: 0,
};

/**
 * Standard deviation of the noise of the Neuralink recordings in ADC codes: that of the 300–5000 Hz band by its median
 * absolute deviation, median over the 743 recordings. Operating points of other datasets are in units of their noise
 * what those of the Neuralink recordings are in units of this.
 */
export const NEURALINK_NOISE = 6.46133;

/** The 16-bit sample of each code: `v = trunc(q · 65535 / 1023 − 32768)`, strictly ascending. */
const PCM_OF_CODE = Int16Array.from({ length: ADC_CODES }, (_, code) =>
  Math.trunc((code * 65535) / 1023 - 32768),
);

/**
 * ADC codes of 16-bit samples, `q = floor(v / 64) + 512`.
 *
 * @param pcm - 16-bit samples as a WAV file holds them
 * @returns codes 0…1023, one a sample; or null when some sample is none of the 1,024 values that the stretch
 *   gives ("off the ADC grid"), so that codes alone could not give the samples back
 */
export function codesFromPcm16(pcm: Int16Array): Uint16Array | null {
  const codes = new Uint16Array(pcm.length);
  for (let i = 0; i < pcm.length; i++) {
    const sample = pcm[i]!;
    const code = (sample >> 6) + 512;
    if (PCM_OF_CODE[code] !== sample) return null;
    codes[i] = code;
  }
  return codes;
}

/**
 * 16-bit samples of ADC codes, `v = trunc(q · 65535 / 1023 − 32768)`.
 *
 * @param codes - ADC codes
 * @throws RangeError when a code is above 1023
 */
export function pcm16FromCodes(codes: Uint16Array): Int16Array {
  const pcm = new Int16Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code > MAX_ADC_CODE) {
      throw new RangeError(`Sample ${i} has ADC code ${code}: codes are 0…${MAX_ADC_CODE}.`);
    }
    pcm[i] = PCM_OF_CODE[code]!;
  }
  return pcm;
}

/**
 * Standard deviation of a recording in ADC codes (population, mean taken out); 0 for no samples. Exact sums of
 * integers, so it is the same number on every machine.
 *
 * @param codes - ADC codes, fewer than 2^33 of them
 */
export function standardDeviation(codes: Uint16Array): number {
  if (codes.length === 0) return 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    sum += code;
    squares += code * code;
  }
  const mean = sum / codes.length;
  return Math.sqrt(Math.max(0, squares / codes.length - mean * mean));
}
