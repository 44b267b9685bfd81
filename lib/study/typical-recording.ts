/**
 * The recording that stands for a corpus where one has to be shown.
 */
import { createRecordingMetrics, type RecordingMetrics } from '../metrics/recording-metrics';
import { readCodes, stratifiedSubset, type Corpus, type Recording } from '../recordings/corpus';

/** Recordings among which it is looked for. */
const CANDIDATES = 24;

/** Threshold crossings a second that it should have. */
const SPIKING = 2;

/** A recording with a spike to look at. */
export interface TypicalRecording {
  readonly recording: Recording;
  /** ADC codes. */
  readonly codes: Uint16Array;
  readonly metrics: RecordingMetrics;
  /** Sample of its deepest threshold crossing; the middle when it has no spikes. */
  readonly spikeAt: number;
}

/** Of the recordings with spikes, the one of middle standard deviation; without any, the middle one. */
export function typicalRecording(corpus: Corpus): TypicalRecording {
  const ordered = stratifiedSubset(corpus.recordings, CANDIDATES).sort(
    (a, b) => a.standardDeviation - b.standardDeviation,
  );
  const middle = ordered.length >> 1;
  const byDistance = ordered
    .map((_, i) => i)
    .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle) || a - b);
  for (const i of byDistance) {
    const candidate = describeRecording(ordered[i]!);
    if (candidate.metrics.crossings.length >= SPIKING * candidate.metrics.duration) return candidate;
  }
  return describeRecording(ordered[middle]!);
}

/** A recording with its deepest spike, whether it is typical or not. */
export function describeRecording(recording: Recording): TypicalRecording {
  const codes = readCodes(recording);
  const metrics = createRecordingMetrics(codes);
  return { recording, codes, metrics, spikeAt: deepestCrossing(metrics) ?? codes.length >> 1 };
}

/** Samples after a threshold crossing in which its trough is looked for: 0.5 ms. */
const TROUGH = 10;

function deepestCrossing({ crossings, inBand }: RecordingMetrics): number | undefined {
  let deepest: number | undefined;
  let depth = Infinity;
  for (const crossing of crossings) {
    for (let i = crossing; i < Math.min(crossing + TROUGH, inBand.length); i++) {
      if (inBand[i]! >= depth) continue;
      depth = inBand[i]!;
      deepest = crossing;
    }
  }
  return deepest;
}
