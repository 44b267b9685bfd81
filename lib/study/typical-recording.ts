/**
 * Recordings that represent a corpus where one has to be shown: a typical one, a quiet one, one with many
 * spikes.
 */
import { linearPrediction } from '../learning/lossless/linear-prediction';
import { histogramEntropy } from '../metrics/entropy';
import { createRecordingMetrics, MOST_AT_RAILS, type RecordingMetrics } from '../metrics/recording-metrics';
import { spikePeaks, spikeTimes } from '../metrics/spikes';
import { corpusHash, readCodes, stratifiedSubset, type Corpus, type Recording } from '../recordings/corpus';
import { signalOf } from '../recordings/signal';
import { median, quantile } from '../numerics/statistics';

/** Number of candidate recordings; each takes 10 ms. */
const CANDIDATES = 96;

/** Order of the linear prediction whose residual measures the noise of a recording. */
const PREDICTION_ORDER = 12;

/** Kinds of representative recordings. */
export type RecordingKind = 'typical' | 'quiet' | 'spiking';

/** Least threshold crossings a second of a recording of each kind. */
const LEAST_RATE: Readonly<Record<RecordingKind, number>> = { typical: 1, quiet: 0, spiking: 20 };

/** Quantile of each kind among the candidates, the same in every feature. */
const PLACE: Readonly<Record<RecordingKind, number>> = { typical: 0.5, quiet: 0.1, spiking: 0.5 };

/** A recording with its metrics and its largest spike. */
export interface TypicalRecording {
  readonly recording: Recording;
  /** ADC codes. */
  readonly codes: Uint16Array;
  readonly metrics: RecordingMetrics;
  /** Sample of the peak of its largest spike, of either polarity; the middle when it has no spikes. */
  readonly spikeAt: number;
}

/**
 * First sample of the stretch of a recording about its largest spike, moved inside where the spike is near an end.
 *
 * @param length - samples of the stretch
 */
export function startAroundSpike(
  { codes, spikeAt }: Pick<TypicalRecording, 'codes' | 'spikeAt'>,
  length: number,
): number {
  return Math.max(0, Math.min(codes.length - length, spikeAt - (length >> 1)));
}

/**
 * Features of a recording's coding cost, in bits a sample: the order-0 entropy of the linear-prediction
 * residual (lossless coding), and the logarithms of the standard deviations of the residual and of the
 * recording.
 */
type RecordingFeatures = readonly [losslessBits: number, residual: number, deviation: number];

interface Candidate {
  readonly recording: Recording;
  readonly features: RecordingFeatures;
}

/** Least standard deviation in ADC codes; recordings below it hold a single code. */
const LEAST_DEVIATION = 1e-3;

/** The features of ADC codes; takes about 6 ms for a recording. */
export function recordingFeatures(codes: Uint16Array, standardDeviation: number): RecordingFeatures {
  const signal = signalOf(codes).signal;
  const { coefficients, residualVariance } = linearPrediction(signal, PREDICTION_ORDER);
  const range = 4096;
  const counts = new Uint32Array(2 * range + 1);
  for (let i = PREDICTION_ORDER; i < signal.length; i++) {
    let prediction = 0;
    for (let k = 0; k < PREDICTION_ORDER; k++) prediction += coefficients[k]! * signal[i - 1 - k]!;
    const residual = Math.round(signal[i]! - prediction);
    counts[Math.max(0, Math.min(2 * range, residual + range))]!++;
  }
  const logarithm = (deviation: number): number => Math.log2(Math.max(deviation, LEAST_DEVIATION));
  return [histogramEntropy(counts), logarithm(Math.sqrt(residualVariance)), logarithm(standardDeviation)];
}

/** Candidates of each corpus, kept as long as the thread lives, because notebooks ask several times. */
const known = new Map<string, readonly Candidate[]>();

function candidatesOf(corpus: Corpus): readonly Candidate[] {
  const key = corpusHash(corpus);
  let candidates = known.get(key);
  if (candidates === undefined) {
    candidates = stratifiedSubset(corpus.recordings, CANDIDATES).map((recording) => ({
      recording,
      features: recordingFeatures(readCodes(recording), recording.standardDeviation),
    }));
    known.set(key, candidates);
  }
  return candidates;
}

/**
 * Candidates sorted by their distance from the quantile of a kind, in all features together, the nearest
 * first.
 */
function byDistance(candidates: readonly Candidate[], place: number): Recording[] {
  const axes = [0, 1, 2].map((axis) => {
    const values = candidates.map(({ features }) => features[axis]!);
    const center = quantile(values, place)!;
    // Distances are in median absolute deviations, so that all features count alike.
    const middle = median(values)!;
    const spread = median(values.map((value) => Math.abs(value - middle)))! || 1;
    return { axis, center, spread };
  });
  const distance = ({ features }: Candidate): number =>
    axes.reduce((sum, { axis, center, spread }) => sum + ((features[axis]! - center) / spread) ** 2, 0);
  return candidates
    .map((candidate) => ({ candidate, distance: distance(candidate) }))
    .sort(
      (a, b) => a.distance - b.distance || (a.candidate.recording.name < b.candidate.recording.name ? -1 : 1),
    )
    .map(({ candidate }) => candidate.recording);
}

/**
 * The representative recording of a kind: among recordings with enough spikes that are not at the rails, the
 * nearest to the medians of lossless bits, residual and standard deviation together (quiet: to their lowest
 * tenths). Where none has enough spikes, the nearest of all.
 *
 * @param corpus - a corpus with one recording or more
 */
export function recordingOfKind(corpus: Corpus, kind: RecordingKind): TypicalRecording {
  const nearest = byDistance(candidatesOf(corpus), PLACE[kind]);
  for (const recording of nearest) {
    const described = describeRecording(recording);
    const { railFraction, crossings, duration, sortedSpikes } = described.metrics;
    if (railFraction > MOST_AT_RAILS || crossings.length < LEAST_RATE[kind] * duration) continue;
    // A recording shown for its spikes must have spikes of more than one cell.
    if (kind !== 'spiking' || sortedSpikes > 0) return described;
  }
  return describeRecording(nearest[0]!);
}

/** The representative recording of a corpus: {@link recordingOfKind} `"typical"`. */
export function typicalRecording(corpus: Corpus): TypicalRecording {
  return recordingOfKind(corpus, 'typical');
}

/** A recording with its largest spike, whether it is typical or not. */
export function describeRecording(recording: Recording): TypicalRecording {
  const codes = readCodes(recording);
  const metrics = createRecordingMetrics(codes, recording);
  return {
    recording,
    codes,
    metrics,
    spikeAt: largestSpike(metrics, spikeTimes(recording.sampleRate).dead) ?? codes.length >> 1,
  };
}

/**
 * The largest peak of all spikes. Peaks are compared, not values at crossings: the filter swings before a spike
 * and may cross the threshold there.
 */
function largestSpike({ crossings, inBand }: RecordingMetrics, deadSamples: number): number | undefined {
  let largest: number | undefined;
  for (const peak of spikePeaks(inBand, crossings, deadSamples)) {
    if (largest === undefined || Math.abs(inBand[peak]!) > Math.abs(inBand[largest]!)) largest = peak;
  }
  return largest;
}
