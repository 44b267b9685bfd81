/**
 * The SNR that a codec has at a rate in bits a sample: for comparisons with what others report.
 */
import { median } from '../numerics/statistics';
import { recordingSnr } from '../measuring/summarize';
import type { SweepResult } from '../measuring/sweep';

/** What {@link snrAtRate} found. */
export interface SnrAtRate {
  /** dB, the median of recordings each of which takes the rate. */
  readonly everyRecording: number;
  /** dB, the median of recordings that all have the step with which they take the rate together. */
  readonly oneStep: number;
}

interface RatePoint {
  readonly bitsPerSample: number;
  readonly snr: number;
}

/**
 * Medians over recordings at a rate, between the steps of a sweep linear over the bits a sample; so also beyond them,
 * where a recording takes more bits or fewer at all steps.
 *
 * @param result - with at least two lossy steps
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

/** Of points from the most to the fewest bits. */
function snrOn(points: readonly RatePoint[], bitsPerSample: number): number {
  let i = 1;
  while (i < points.length - 1 && points[i]!.bitsPerSample > bitsPerSample) i++;
  const [a, b] = [points[i - 1]!, points[i]!];
  return a.snr + ((b.snr - a.snr) * (bitsPerSample - a.bitsPerSample)) / (b.bitsPerSample - a.bitsPerSample);
}
