/** SNR of a codec at a rate in bits a sample, for comparisons with published numbers. */
import { valueOfCubic } from '../numerics/monotone-cubic';
import { median } from '../numerics/statistics';
import { cubicOverCost, type CostQuality } from '../results/curve-at-ratio';
import { recordingSnr } from '../measuring/summarize';
import type { SweepResult } from '../measuring/sweep';

/** Result of {@link snrAtRate}. */
export interface SnrAtRate {
  /** dB, median over recordings when each of them has the rate. */
  readonly everyRecording: number;
  /** dB, median over recordings when all have the same step and the rate is that of all together. */
  readonly oneStep: number;
}

/**
 * Median SNR over recordings at a rate. Between the steps of a sweep, the SNR is a monotone cubic over the bits a
 * sample, a straight line where there are two steps; it goes on as a straight line where all steps of a recording take
 * more bits, or all take fewer. Recordings that take the same bits at every step are left out.
 *
 * @param result - a sweep with at least two lossy steps
 * @param bitsPerSample - above 0
 * @returns undefined when no recording has samples
 */
export function snrAtRate({ recordings, steps }: SweepResult, bitsPerSample: number): SnrAtRate | undefined {
  const measured = recordings.filter(({ facts }) => facts.samples > 0 && facts.variance > 0);
  const lossy = steps.flatMap((step, i) => (step > 0 ? [i] : []));
  const ofRecordings = measured.map(({ facts, points }) =>
    lossy.map((i): CostQuality => ({
      cost: (8 * points[i]!.compressedBytes) / facts.samples,
      quality: recordingSnr(facts, points[i]!),
    })),
  );
  const samples = measured.reduce((sum, { facts }) => sum + facts.samples, 0);
  const together = lossy.map((i, k): CostQuality => ({
    cost: (8 * measured.reduce((sum, { points }) => sum + points[i]!.compressedBytes, 0)) / samples,
    quality: median(ofRecordings.map((points) => points[k]!.quality)) ?? NaN,
  }));
  const everyRecording = median(ofRecordings.flatMap((points) => snrOn(points, bitsPerSample) ?? []));
  const oneStep = snrOn(together, bitsPerSample);
  return everyRecording === null || oneStep === undefined ? undefined : { everyRecording, oneStep };
}

/** SNR at a rate; undefined where fewer than two points differ in bits. */
function snrOn(points: readonly CostQuality[], bitsPerSample: number): number | undefined {
  const cubic = cubicOverCost(points, (bits) => bits);
  return cubic && valueOfCubic(cubic, bitsPerSample);
}
