/**
 * Gain of a basis on each recording by itself, since a mean over a corpus may be due to a single recording.
 */
import { codecFromId } from '../codecs/codec-from-id';
import { meanSquaredError, peakSignalToNoiseRatio } from '../metrics/distortion';
import type { Corpus, Recording } from '../recordings/corpus';
import { bjontegaardDeltaRate, type RatePoint } from '../numerics/bjontegaard';
import { OPERATING_STEPS } from '../measuring/steps';
import { sweep, type RecordingMeasurement } from '../measuring/sweep';

/** One recording under two codecs. */
export interface RecordingGain {
  readonly recording: Recording;
  /** Bjøntegaard delta rate in percent against the reference, negative where bytes are saved. */
  readonly deltaRate: number;
}

/**
 * Compares two codecs of the catalog recording by recording, at the operating points of the notebooks;
 * measurements of earlier sweeps are reused. Recordings whose curves have no PSNR in common are left out.
 *
 * @param reference - id of the reference codec
 * @param id - id of the compared codec
 * @returns gains sorted from the largest saving to the largest loss
 */
export async function gainByRecording(
  reference: string,
  id: string,
  corpus: Corpus,
): Promise<RecordingGain[]> {
  const steps = OPERATING_STEPS.filter((step) => step > 0);
  const ofReference = await sweep(codecFromId(reference), corpus, steps);
  const ofOther = await sweep(codecFromId(id), corpus, steps);
  return ofReference.recordings
    .flatMap((first, i): RecordingGain[] => {
      const curves = [ratePoints(first), ratePoints(ofOther.recordings[i]!)] as const;
      // A recording that decodes to zeros at most steps has too few points for a curve.
      if (curves.some(({ length }) => length < 4)) return [];
      const deltaRate = bjontegaardDeltaRate(...curves);
      return deltaRate === null ? [] : [{ recording: first.recording, deltaRate }];
    })
    .sort((a, b) => a.deltaRate - b.deltaRate);
}

/** Among steps with the same PSNR, as where all coefficients are zero, only the cheapest is kept. */
function ratePoints({ facts, points }: RecordingMeasurement): RatePoint[] {
  const rates = new Map<number, number>();
  for (const { compressedBytes, comparison } of points) {
    const psnr = peakSignalToNoiseRatio(meanSquaredError(comparison.squaredError, facts.samples));
    if (Number.isFinite(psnr)) rates.set(psnr, Math.min(compressedBytes, rates.get(psnr) ?? Infinity));
  }
  return Array.from(rates, ([psnr, rate]) => ({ rate, psnr }));
}
