/**
 * The scale on which the digitizer is linear: the edges of its codes, whose widths are unequal, and the middle of
 * each code.
 */
import { ADC_CODES, MAX_ADC_CODE } from '../../recordings/adc';

/** Widths are given in units of 1/4096. */
export const WIDTH_UNIT = 1 / 4096;

/** The code whose lower edge is 0 on the scale, near the baseline of recordings. */
export const ORIGIN_CODE = 526;

/** Least width that a code can be learned to have. */
const LEAST_WIDTH = 1 / 1024;

/** Weight of the given widths while learning: each counts as this many observations. */
const FIRMNESS = 300;

/** Edges of codes, and the middles between them. */
export class LinearScale {
  /** edges[k] and edges[k + 1] enclose code k, 0…1023. The first and the last are −∞ and ∞. */
  readonly edges = new Float64Array(ADC_CODES + 1);
  /** The middle of each code. The outermost codes are unbounded; theirs are placed as if they had width 1. */
  readonly levels = new Float64Array(ADC_CODES);
  /** 1/width. */
  readonly reciprocals = new Float64Array(ADC_CODES);
  /** Expected count of each code if its width were 1. The caller adds to it. */
  readonly expected = new Float64Array(ADC_CODES);
  private readonly seen = new Float64Array(ADC_CODES);
  private readonly given: Float64Array;
  private readonly widths: Float64Array;

  /** @param widths - of the codes, in 1/4096; those of the outermost do not matter */
  constructor(widths: ArrayLike<number>) {
    this.given = Float64Array.from(widths, (width) => width * WIDTH_UNIT);
    this.given[0] = 1;
    this.given[MAX_ADC_CODE] = 1;
    this.widths = this.given.slice();
    this.place();
  }

  /** Counts a code that was seen; {@link expected} is counted by the caller. */
  count(code: number): void {
    this.seen[code]! += 1;
  }

  /** Updates the widths of all codes except the outermost from the counts. */
  learn(): void {
    const { seen, expected, given, widths } = this;
    for (let k = 1; k < MAX_ADC_CODE; k++) {
      const width = (seen[k]! + FIRMNESS * given[k]!) / (expected[k]! + FIRMNESS);
      widths[k] = width < LEAST_WIDTH ? LEAST_WIDTH : width;
    }
    this.place();
  }

  private place(): void {
    const { edges, levels, widths, reciprocals } = this;
    edges[ORIGIN_CODE] = 0;
    for (let k = ORIGIN_CODE; k < ADC_CODES; k++) edges[k + 1] = edges[k]! + widths[k]!;
    for (let k = ORIGIN_CODE - 1; k >= 0; k--) edges[k] = edges[k + 1]! - widths[k]!;
    for (let k = 0; k < ADC_CODES; k++) {
      levels[k] = 0.5 * (edges[k]! + edges[k + 1]!);
      reciprocals[k] = 1 / widths[k]!;
    }
    edges[0] = -Infinity;
    edges[ADC_CODES] = Infinity;
  }
}
