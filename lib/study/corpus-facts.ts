/** Facts of the recordings of a corpus that need no codec: spectra, amplitudes, entropies, spikes. */
import { signalOf } from '../recordings/signal';
import { setImmediate } from 'node:timers/promises';
import { linearPrediction } from '../learning/lossless/linear-prediction';
import { codeHistogram, differenceHistogram, histogramEntropy } from '../metrics/entropy';
import { createRecordingMetrics } from '../metrics/recording-metrics';
import { SpectrumEstimator } from '../metrics/spectrum';
import { readCodes, type Corpus, type Recording } from '../recordings/corpus';
import { reportProgress } from '../files/progress';
import { median, quantileOfSorted } from '../numerics/statistics';

/** Order of the linear prediction. */
export const PREDICTION_ORDER = 16;

const SEGMENT = 4096;

/** Facts of one recording. */
export interface RecordingDescription {
  readonly recording: Recording;
  /** Variance of the ADC codes, codes². */
  readonly variance: number;
  /** Threshold crossings a second. */
  readonly spikesPerSecond: number;
  /** Order-0 entropy of the ADC codes, bits a sample. */
  readonly codeEntropy: number;
  /** Order-0 entropy of the first differences, bits a difference. */
  readonly differenceEntropy: number;
  /** Residual variance of linear prediction of order {@link PREDICTION_ORDER}, codes². */
  readonly predictionVariance: number;
  /** Share of the samples at either end of the digitizer's range; 0 where that is not known. */
  readonly railFraction: number;
}

/** Power spectral density over recordings, codes²/Hz. */
export interface SpectrumQuartiles {
  /** Hz. */
  readonly frequencies: Float64Array;
  readonly lowerQuartile: Float64Array;
  readonly median: Float64Array;
  readonly upperQuartile: Float64Array;
}

/** Facts of a corpus. */
export interface CorpusDescription {
  readonly recordings: readonly RecordingDescription[];
  /** Number of occurrences of each code, all recordings together. */
  readonly codeCounts: Uint32Array;
  /** Number of occurrences of each first difference, −largest code … largest code. */
  readonly differenceCounts: Uint32Array;
  readonly spectrum: SpectrumQuartiles;
  /** Share of the power below a frequency in Hz, median over recordings. */
  powerBelow(frequency: number): number;
}

/** Reads every recording once; takes about 25 ms for each. */
export async function describeCorpus(corpus: Corpus): Promise<CorpusDescription> {
  const estimator = new SpectrumEstimator(SEGMENT, corpus.sampleRate);
  const most = Math.max(...corpus.recordings.map(({ digitizer }) => digitizer.codes));
  const codeCounts = new Uint32Array(most);
  const differenceCounts = new Uint32Array(2 * most - 1);
  const recordings: RecordingDescription[] = [];
  const densities: Float64Array[] = [];
  const started = performance.now();
  for (const recording of corpus.recordings) {
    const codes = readCodes(recording);
    const counts = codeHistogram(codes, most);
    const differences = differenceHistogram(codes, most);
    for (let i = 0; i < counts.length; i++) codeCounts[i]! += counts[i]!;
    for (let i = 0; i < differences.length; i++) differenceCounts[i]! += differences[i]!;
    const { crossings, duration, railFraction, variance } = createRecordingMetrics(codes, recording);
    densities.push(estimator.estimate(codes).density);
    recordings.push({
      recording,
      variance,
      spikesPerSecond: duration > 0 ? crossings.length / duration : 0,
      codeEntropy: histogramEntropy(counts),
      differenceEntropy: histogramEntropy(differences),
      predictionVariance: linearPrediction(signalOf(codes).signal, PREDICTION_ORDER).residualVariance,
      // Of a range that is only what was used, some sample is always at the ends.
      railFraction: corpus.fullScale.known ? railFraction : 0,
    });
    const done = recordings.length;
    const total = corpus.recordings.length;
    reportProgress({
      task: `facts of ${corpus.label}`,
      done,
      total,
      reused: 0,
      secondsLeft: (((performance.now() - started) / done) * (total - done)) / 1000,
      finished: done === total,
    });
    // Lets interrupts and progress messages through.
    await setImmediate();
  }
  return {
    recordings,
    codeCounts,
    differenceCounts,
    spectrum: quartiles(densities, corpus.sampleRate),
    powerBelow: (frequency) => medianPowerBelow(densities, frequency, corpus.sampleRate),
  };
}

function quartiles(densities: readonly Float64Array[], sampleRate: number): SpectrumQuartiles {
  const bins = SEGMENT / 2 + 1;
  const result = {
    frequencies: Float64Array.from({ length: bins }, (_, i) => (i * sampleRate) / SEGMENT),
    lowerQuartile: new Float64Array(bins),
    median: new Float64Array(bins),
    upperQuartile: new Float64Array(bins),
  };
  const column = new Float64Array(densities.length);
  for (let bin = 0; bin < bins; bin++) {
    for (let i = 0; i < densities.length; i++) column[i] = densities[i]![bin]!;
    column.sort();
    result.lowerQuartile[bin] = quantileOfSorted(column, 0.25) ?? 0;
    result.median[bin] = quantileOfSorted(column, 0.5) ?? 0;
    result.upperQuartile[bin] = quantileOfSorted(column, 0.75) ?? 0;
  }
  return result;
}

function medianPowerBelow(densities: readonly Float64Array[], frequency: number, sampleRate: number): number {
  const shares = densities.map((density) => {
    let below = 0;
    let all = 0;
    for (let bin = 0; bin < density.length; bin++) {
      all += density[bin]!;
      if ((bin * sampleRate) / SEGMENT < frequency) below += density[bin]!;
    }
    return all > 0 ? below / all : 0;
  });
  return median(shares) ?? 0;
}
