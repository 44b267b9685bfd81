/**
 * Numbers as the verdicts of notebooks print them. What was not measured is a dash: a parameter that was left out on
 * the sample, a compression ratio beyond the end of a curve.
 */
import type { Interval } from '../../numerics/statistics';
import type { Curve } from '../../results/results';

/** A number with so many decimals and a true minus sign; a dash where there is none. */
export function fixed(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const text = value.toFixed(digits);
  // What rounds to zero has no sign.
  return Number(text) === 0 ? text.replace(/^-/, '') : text.replace(/^-/, '−');
}

/** A change with its sign: `"+0.12"`, `"−0.12"`. */
export function signed(value: number | null | undefined, digits = 2): string {
  const text = fixed(value, digits);
  return /^[0-9]/.test(text) ? `+${text}` : text;
}

/** `"0.12 dB below"`, `"0.12 dB above"`: a difference of PSNRs as a distance. */
export function aboveOrBelow(decibels: number, digits = 2): string {
  if (!Number.isFinite(decibels)) return 'not measured';
  return `${fixed(Math.abs(decibels), digits)} dB ${decibels < 0 ? 'below' : 'above'}`;
}

/** A number with its 95% interval: `"0.91 (0.85 to 0.97)"`; a dash where there is none. */
export function withInterval(interval: Interval | null | undefined, digits = 2): string {
  if (!interval) return '–';
  const [estimate, lower, upper] = [interval.estimate, interval.lower, interval.upper].map((value) =>
    fixed(value, digits),
  );
  return `${estimate} (${lower} to ${upper})`;
}

/** A change in percent with its 95% interval: `"−0.94% (−1.02 to −0.86)"`. */
export function percentWithInterval(interval: Interval | null | undefined): string {
  if (!interval) return '–';
  return `${fixed(interval.estimate)}% (${fixed(interval.lower)} to ${fixed(interval.upper)})`;
}

/**
 * Where a curve ends: `"its curve ends at CR 8.1 (49.7 dB) and at CR 312 (21.0 dB)"`. A range of compression ratios that
 * begins before is cut there, and has to say so.
 */
export function curveEnd({ points }: Curve): string {
  const byRatio = [...points].sort((a, b) => a.compressionRatio - b.compressionRatio);
  const text = ({ compressionRatio, psnr }: Curve['points'][number]): string =>
    `at CR ${fixed(compressionRatio, 1)} (${fixed(psnr, 1)} dB)`;
  return byRatio.length === 0
    ? 'it has no curve'
    : `its curve ends ${text(byRatio[0]!)} and ${text(byRatio.at(-1)!)}`;
}

/** The two numbers that most verdicts give at a compression ratio. */
export interface VerdictNumbers {
  /** PSNR, dB. */
  at(compressionRatio: number): string;
  /** dB below the stationary Gaussian bound. */
  below(compressionRatio: number): string;
}

/** What a closing analysis found, ready to be printed. */
export function verdictNumbers(
  {
    psnrAt,
    distanceFromBound,
  }: Record<'psnrAt' | 'distanceFromBound', (compressionRatio: number) => number | undefined>,
  digits = 1,
): VerdictNumbers {
  return {
    at: (ratio) => fixed(psnrAt(ratio), digits),
    below: (ratio) => fixed(distanceFromBound(ratio), digits),
  };
}
