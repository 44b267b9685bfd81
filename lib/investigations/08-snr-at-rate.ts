/** SNR of a codec at a rate in bits a sample, for comparisons with published numbers. */
import { median } from '../numerics/statistics';
import { recordingSnr } from '../measuring/summarize';
import type { SweepResult } from '../measuring/sweep';

/** Result of {@link snrAtRate}. */
export interface SnrAtRate {
  /** dB, median over recordings when each of them has the rate. */
  readonly everyRecording: number;
  /** dB, median over recordings when all have the same step and the rate is that of all together. */
  readonly oneStep: number;
}

interface RatePoint {
  readonly bitsPerSample: number;
  readonly snr: number;
}

/**
 * Median SNR over recordings at a rate. Between the steps of a sweep, the SNR is linear over the bits a
 * sample; it is extrapolated in the same way where all steps of a recording take more bits, or all take
 * fewer.
 *
 * @param result - a sweep with at least two lossy steps
 * @param bitsPerSample - above 0
 * @returns undefined when no recording has samples
 */
export function snrAtRate({ recordings, steps }: SweepResult, bitsPerSample: number): SnrAtRate | undefined {
  const measured = recordings.filter(({ facts }) => facts.samples > 0 && facts.variance > 0);
  const lossy = steps.flatMap((step, i) => (step > 0 ? [i] : []));
  const ofRecordings = measured.map(({ facts, points }) =>
    lossy.map((i): RatePoint => ({
      bitsPerSample: (8 * points[i]!.compressedBytes) / facts.samples,
      snr: recordingSnr(facts, points[i]!),
    })),
  );
  const samples = measured.reduce((sum, { facts }) => sum + facts.samples, 0);
  const together = lossy.map((i, k): RatePoint => ({
    bitsPerSample: (8 * measured.reduce((sum, { points }) => sum + points[i]!.compressedBytes, 0)) / samples,
    snr: median(ofRecordings.map((points) => points[k]!.snr)) ?? NaN,
  }));
  const everyRecording = median(ofRecordings.map((points) => snrOn(points, bitsPerSample)));
  return everyRecording === null ? undefined : { everyRecording, oneStep: snrOn(together, bitsPerSample) };
}

/** SNR at a rate, from points ordered from the most to the fewest bits. */
function snrOn(points: readonly RatePoint[], bitsPerSample: number): number {
  let i = 1;
  while (i < points.length - 1 && points[i]!.bitsPerSample > bitsPerSample) i++;
  const [a, b] = [points[i - 1]!, points[i]!];
  return a.snr + ((b.snr - a.snr) * (bitsPerSample - a.bitsPerSample)) / (b.bitsPerSample - a.bitsPerSample);
}
