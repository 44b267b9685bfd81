/**
 * Estimates the ADC code of a sample from its decoded value before rounding. The codes of the digitizer have unequal
 * widths, the same in every recording, so a wide code is more probable than a narrow one even where the narrow one is
 * nearer. For codes q of width w and a Gaussian error of standard deviation σ, the estimate of least squared error at
 * the value y is the mean of q with the weights w·e^(−(q − y)²/2σ²).
 *
 * Decoders round with it, so a change of the arithmetic breaks decoding; it is specified exactly (`docs/format.md`).
 */
import { MAX_ADC_CODE } from '../recordings/adc';
import { DEVIATION_UNIT, MIN_DEVIATION } from '../coding/bitstream';
import { LEARNED } from './lossless/learned-constants';

/**
 * Largest step at which the widths of codes are tried. At longer steps the error hides them, and the search would only
 * cost time.
 */
export const MAX_WIDTHS_STEP = 16;

/** Table entries per code; between them the mean is interpolated linearly. */
const PER_CODE = 8;
const ENTRIES = PER_CODE * MAX_ADC_CODE + 1;

/** Widths of the codes, in 1/4096: part of the format. The outermost codes are unbounded and count as width 1. */
const WIDTHS: Float64Array = Float64Array.from(LEARNED.widths);
WIDTHS[0] = 4096;
WIDTHS[MAX_ADC_CODE] = 4096;

/** Terms of the series of e^(−x) for x up to 1/2. */
const SERIES_TERMS = 14;

/** Largest deviation at which the widths still improve rounding: 4 ADC codes. */
const MAX_DEVIATION = 4 / DEVIATION_UNIT;

/** Neighbors on each side with which the width of a code is compared. */
const WIDTH_NEIGHBORS = 8;

/** Expected codes for one standard deviation of the error. */
export class CodeEstimate {
  /** e^(−d²/2σ²) at the distance d = i / {@link PER_CODE}. */
  private readonly weights: Float64Array;
  /** Codes on each side with a weight above 0. */
  private readonly reach: number;

  /** @param deviation - σ in 1/32 ADC code, {@link MIN_DEVIATION} at least */
  constructor(deviation: number) {
    const sigma = deviation * DEVIATION_UNIT;
    this.reach = (deviation >> 3) + 2;
    const exponent = 1 / (2 * PER_CODE * PER_CODE * sigma * sigma);
    let ratio = 1;
    for (let i = SERIES_TERMS; i > 0; i--) ratio = 1 - (exponent / i) * ratio;
    const square = ratio * ratio;
    this.weights = new Float64Array(PER_CODE * (this.reach + 1));
    let weight = 1;
    for (let i = 0; i < this.weights.length; i++) {
      this.weights[i] = weight;
      weight *= ratio;
      ratio *= square;
    }
  }

  /**
   * Replaces values by expected codes.
   *
   * @param values - 0…1023
   */
  apply(values: Float64Array): void {
    let least: number = MAX_ADC_CODE;
    let largest = 0;
    for (let i = 0; i < values.length; i++) {
      least = Math.min(least, values[i]!);
      largest = Math.max(largest, values[i]!);
    }
    const means = this.meansBetween(lineAt(least * PER_CODE), lineAt(largest * PER_CODE) + 1);
    for (let i = 0; i < values.length; i++) {
      const place = values[i]! * PER_CODE;
      const entry = lineAt(place);
      const mean = means[entry]!;
      values[i] = mean + (place - entry) * (means[entry + 1]! - mean);
    }
  }

  /** The mean code of each table entry from `first` to `last`, both included. */
  private meansBetween(first: number, last: number): Float64Array {
    const { weights, reach } = this;
    const means = new Float64Array(ENTRIES);
    for (let entry = first; entry <= last; entry++) {
      const middle = Math.trunc(entry / PER_CODE);
      const to = Math.min(MAX_ADC_CODE, middle + reach);
      let sum = 0;
      let moment = 0;
      for (let code = Math.max(0, middle - reach); code <= to; code++) {
        const weight = WIDTHS[code]! * weights[Math.abs(PER_CODE * code - entry)]!;
        sum += weight;
        moment += weight * code;
      }
      means[entry] = moment / sum;
    }
    return means;
  }
}

/** Index of the table entry at which the line segment around a position starts; the last entry starts none. */
function lineAt(place: number): number {
  const entry = place | 0;
  return entry < ENTRIES - 1 ? entry : ENTRIES - 2;
}

/**
 * The deviation for the header, or 0 if rounding by the widths of codes gains nothing.
 *
 * @param meanSquaredError - before rounding, codes²
 */
export function codedDeviation(meanSquaredError: number): number {
  const deviation = Math.round(Math.sqrt(meanSquaredError) / DEVIATION_UNIT);
  return deviation >= MIN_DEVIATION && deviation <= MAX_DEVIATION ? deviation : 0;
}

/** Logarithm of the width of each code relative to its neighbors; 0 for the outermost. */
const RELATIVE_WIDTHS: Float64Array = relativeWidths();

function relativeWidths(): Float64Array {
  return Float64Array.from(WIDTHS, (width, code) => {
    if (code === 0 || code === MAX_ADC_CODE) return 0;
    const first = Math.max(1, code - WIDTH_NEIGHBORS);
    const last = Math.min(MAX_ADC_CODE - 1, code + WIDTH_NEIGHBORS);
    let sum = 0;
    for (let i = first; i <= last; i++) sum += WIDTHS[i]!;
    return Math.log((width * (last - first + 1)) / sum);
  });
}

/** Samples that suffice to recognize the digitizer. */
const SAMPLES_LOOKED_AT = 16384;

/**
 * Whether a recording comes from the digitizer of these widths: its codes are then more probable under them than under
 * equal widths. Those of another digitizer or of a simulation are not.
 *
 * @param codes - ADC codes; long recordings are sampled at equal distances
 */
export function showsWidths(codes: ArrayLike<number>): boolean {
  const stride = Math.ceil(codes.length / SAMPLES_LOOKED_AT);
  let likelihood = 0;
  for (let i = 0; i < codes.length; i += stride) likelihood += RELATIVE_WIDTHS[codes[i]!] ?? 0;
  return likelihood > 0;
}
