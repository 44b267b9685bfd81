/** Finds the quantizer step at which a recording reaches a compression ratio. */
import { preparedRecording, type Codec } from '../coding/codec';

/** Number of bisections of the logarithm of the step: enough for three digits. */
const BISECTIONS = 12;

/** The same on the sample: the step is met within 2%, and pictures say which ratio that is. */
const SAMPLE_BISECTIONS = 9;
const SMALLEST_STEP = 0.25;
const LARGEST_STEP = 1000;

/** The same for codes of more than ten bits. */
const LARGEST_WIDE_STEP = 2 ** 18;
const TEN_BITS = 1024;

/** A recording coded at a compression ratio. */
export interface RecordingAtRatio {
  readonly step: number;
  readonly compressionRatio: number;
  readonly decoded: Uint16Array;
}

/** What is wanted of {@link codeAtRatios}. */
export interface RatioSearch {
  /** Of the WAV file. */
  readonly wavBytes: number;
  readonly ratios: readonly number[];
  /** Whether the recording is one of the synthetic sample, of which a coarser search will do. */
  readonly synthetic: boolean;
}

/**
 * Codes a recording with compression ratios just above the wanted ones. Where even the largest step does not
 * reach one, the largest step is used: a short recording cannot become smaller than its header.
 *
 * @param codes - ADC codes
 * @returns in the order of the ratios
 */
export function codeAtRatios(
  codec: Codec,
  codes: Uint16Array,
  { wavBytes, ratios, synthetic }: RatioSearch,
): RecordingAtRatio[] {
  const prepared = preparedRecording(codec, codes);
  const largest = codes.some((code) => code >= TEN_BITS) ? LARGEST_WIDE_STEP : LARGEST_STEP;
  // Searches for several ratios begin with the same steps.
  const coded = new Map<number, Uint8Array>();
  const encode = (step: number): Uint8Array => {
    const bytes = coded.get(step) ?? prepared.encode(step).bytes;
    coded.set(step, bytes);
    return bytes;
  };
  return ratios.map((ratio) => {
    let low = Math.log(SMALLEST_STEP);
    let high = Math.log(largest);
    for (let i = 0; i < (synthetic ? SAMPLE_BISECTIONS : BISECTIONS); i++) {
      const middle = (low + high) / 2;
      if (wavBytes / encode(Math.exp(middle)).length < ratio) low = middle;
      else high = middle;
    }
    const step = Math.exp(high);
    const bytes = encode(step);
    return { step, compressionRatio: wavBytes / bytes.length, decoded: codec.decode(bytes) };
  });
}

/** {@link codeAtRatios} at one ratio, as finely as on recordings. */
export function codeAtRatio(
  codec: Codec,
  codes: Uint16Array,
  wavBytes: number,
  compressionRatio: number,
): RecordingAtRatio {
  const search = { wavBytes, ratios: [compressionRatio], synthetic: false };
  return codeAtRatios(codec, codes, search)[0]!;
}
