/**
 * Excerpts of a few recordings, original and decoded at each operating point. The gallery shows them when a
 * point is clicked.
 */
import type { Excerpt } from '../results/curve-details';
import { type Codec, LOSSLESS } from '../coding/codec';
import { packCodes, packIntegers } from '../results/packed-integers';
import { meanSquaredError, signalToNoiseRatio } from '../metrics/distortion';
import type { Corpus } from '../recordings/corpus';
import { roundedOrNull } from '../measuring/summarize';
import type { SweepResult } from '../measuring/sweep';
import { codedAtSteps } from './coded-at-steps';
import {
  recordingOfKind,
  startAroundSpike,
  type RecordingKind,
  type TypicalRecording,
} from './typical-recording';

/** Seconds of an excerpt. */
const EXCERPT = 0.05;

/** The recordings of the excerpts, each once; in a small corpus fewer than three, of the sample one. */
function shownRecordings(corpus: Corpus): { kind: RecordingKind; shown: TypicalRecording }[] {
  const kinds: readonly RecordingKind[] = corpus.synthetic ? ['typical'] : ['typical', 'quiet', 'spiking'];
  const all = kinds.map((kind) => ({ kind, shown: recordingOfKind(corpus, kind) }));
  return all.filter(
    ({ shown }, i) => all.findIndex((earlier) => earlier.shown.recording.name === shown.recording.name) === i,
  );
}

/**
 * Excerpts of 50 ms around the largest spike of a typical, a quiet and a spiking recording. The recordings
 * are coded and decoded as a whole; their errors are those that the sweep has measured.
 *
 * @param result - sweep of the codec; its lossless point is left out
 */
export function excerptsOf(codec: Codec, { corpus, recordings }: SweepResult): Excerpt[] {
  return shownRecordings(corpus).map(({ kind, shown }) => {
    const { recording, codes } = shown;
    const { facts, points } = recordings.find((measured) => measured.recording.name === recording.name)!;
    const length = Math.round(EXCERPT * recording.sampleRate);
    const from = startAroundSpike(shown, length);
    const original = codes.subarray(from, from + length);
    const lossy = points.filter(({ step }) => step !== LOSSLESS);
    const coded = codedAtSteps(
      codec,
      recording,
      codes,
      lossy.map(({ step }) => step),
    );
    return {
      recording: recording.name,
      kind,
      from,
      codes: packCodes(original),
      points: lossy.map(({ step, comparison: { squaredError, inBandSquaredError } }, p) => {
        const { compressionRatio, decoded } = coded[p]!;
        const snr = (variance: number, error: number): number | null =>
          roundedOrNull(signalToNoiseRatio(variance, meanSquaredError(error, codes.length)));
        return {
          step,
          compressionRatio: Number(compressionRatio.toPrecision(6)),
          snr: snr(facts.variance, squaredError),
          inBandSnr: snr(facts.inBandVariance, inBandSquaredError),
          error: packIntegers(Array.from(original, (code, i) => decoded[from + i]! - code)),
        };
      }),
    };
  });
}
