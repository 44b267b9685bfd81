/** Finds the quantizer step at which a recording reaches a compression ratio. */
import { preparedRecording, type Codec } from '../coding/codec';

/** Number of bisections of the logarithm of the step: enough for three digits. */
const BISECTIONS = 12;

/** On the sample a ratio is met within 3%, and pictures say which one it is. */
const SAMPLE_EXCESS = Math.log(1.03);

/** Steps that are tried for it at most; the later ones halve what is left, where ratios jump. */
const SAMPLE_TRIES = 14;
const HALVING_FROM = 6;

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
  const ratioAt = (logStep: number): number => wavBytes / encode(Math.exp(logStep)).length;
  const find = synthetic ? logStepNear : logStepByBisection;
  return ratios.map((ratio) => {
    const step = Math.exp(find(ratioAt, ratio, Math.log(largest)));
    const bytes = encode(step);
    return { step, compressionRatio: wavBytes / bytes.length, decoded: codec.decode(bytes) };
  });
}

/** Compression ratio at the logarithm of a step. */
type RatioAt = (logStep: number) => number;

function logStepByBisection(ratioAt: RatioAt, ratio: number, largest: number): number {
  let low = Math.log(SMALLEST_STEP);
  let high = largest;
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (ratioAt(middle) < ratio) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The same with a third of the tries: ratios are nearly powers of the step, so a line between the logarithms leads close
 * (regula falsi; where the same end stays, its excess is halved, as M. Dowell and P. Jarratt do, BIT 11, 1971).
 */
function logStepNear(ratioAt: RatioAt, ratio: number, largest: number): number {
  const excessAt = (logStep: number): number => Math.log(ratioAt(logStep) / ratio);
  let low = Math.log(SMALLEST_STEP);
  let high = largest;
  let [below, above] = [excessAt(low), excessAt(high)];
  if (below >= 0) return low;
  let excess = above;
  let stayed = 0;
  for (let i = 0; i < SAMPLE_TRIES && excess > SAMPLE_EXCESS; i++) {
    // A little beyond, since the ratio is to be just above.
    const aimed = low + ((high - low) * (SAMPLE_EXCESS / 2 - below)) / (above - below);
    const tried = i < HALVING_FROM && aimed > low && aimed < high ? aimed : (low + high) / 2;
    const found = excessAt(tried);
    if (found < 0) {
      [low, below] = [tried, found];
      if (stayed > 0) above /= 2;
      stayed = 1;
    } else {
      [high, above, excess] = [tried, found, found];
      if (stayed < 0) below /= 2;
      stayed = -1;
    }
  }
  return high;
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
