/** Finds the quantizer step at which a recording reaches a compression ratio. */
import type { Codec } from '../coding/codec';

/** Number of bisections of the logarithm of the step: enough for three digits. */
const BISECTIONS = 12;
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

/**
 * Codes a recording with a compression ratio just above the wanted one. Where even the largest step does not
 * reach it, the largest step is used: a short recording cannot become smaller than its header.
 *
 * @param codes - ADC codes
 * @param wavBytes - bytes of the WAV file
 */
export function codeAtRatio(
  codec: Codec,
  codes: Uint16Array,
  wavBytes: number,
  compressionRatio: number,
): RecordingAtRatio {
  let low = Math.log(SMALLEST_STEP);
  let high = Math.log(codes.some((code) => code >= TEN_BITS) ? LARGEST_WIDE_STEP : LARGEST_STEP);
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    const { bytes } = codec.encode(codes, Math.exp(middle));
    if (wavBytes / bytes.length < compressionRatio) low = middle;
    else high = middle;
  }
  const step = Math.exp(high);
  const { bytes } = codec.encode(codes, step);
  return { step, compressionRatio: wavBytes / bytes.length, decoded: codec.decode(bytes) };
}
