/** A quantizer step, and the ratio that a codec has with it on an excerpt. */
export interface StepRatio {
  readonly step: number;
  readonly ratio: number;
}

/**
 * The step that gives a ratio: between the two measured ones around it on a straight line of logarithms, beyond them on
 * that of the two nearest.
 *
 * @param measured - of rising steps and ratios, two at least
 */
export function stepForRatio(measured: readonly StepRatio[], ratio: number): number {
  const after = measured.findIndex((one) => one.ratio >= ratio);
  const right = Math.min(measured.length - 1, Math.max(1, after < 0 ? measured.length - 1 : after));
  const [a, b] = [measured[right - 1]!, measured[right]!];
  const part = Math.log(ratio / a.ratio) / Math.log(b.ratio / a.ratio);
  return a.step * (b.step / a.step) ** part;
}
