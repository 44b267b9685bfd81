/**
 * Gain of a basis on each recording by itself, since a mean over a corpus may be due to a single recording.
 */
import { curveCodec } from '../measuring/curve-codec';
import type { Corpus, Recording } from '../recordings/corpus';
import { bjontegaardDeltaRate } from '../numerics/bjontegaard';
import { operatingStepsFor } from '../measuring/steps';
import { ratePoints, stepSumsOf } from '../measuring/step-sums';
import { sweep } from '../measuring/sweep';

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
  const steps = operatingStepsFor(corpus).filter((step) => step > 0);
  const ofReference = await sweep(curveCodec(reference), corpus, steps);
  const ofOther = await sweep(curveCodec(id), corpus, steps);
  return ofReference.recordings
    .flatMap((first, i): RecordingGain[] => {
      const fullScale = corpus.fullScale.codes;
      const curves = [
        ratePoints(stepSumsOf(first), fullScale),
        ratePoints(stepSumsOf(ofOther.recordings[i]!), fullScale),
      ] as const;
      // What is all zeros at most steps has no curve.
      if (curves.some(({ length }) => length < 4)) return [];
      const deltaRate = bjontegaardDeltaRate(...curves);
      return deltaRate === null ? [] : [{ recording: first.recording, deltaRate }];
    })
    .sort((a, b) => a.deltaRate - b.deltaRate);
}
