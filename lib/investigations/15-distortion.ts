/**
 * Where in the spectrum codecs put their error, and the thresholds that their decoded signals have.
 */
import { isAdaptive } from '../bases/basis';
import { frequencyEdges } from '../bases/parts/frequency-bands';
import { SPIKE_WEIGHT, spikeBandBytes, spikeBandFrom } from '../bases/parts/frequency-weight';
import { basisFromId } from '../catalog/ids';
import { codecFromId } from '../codecs/codec-from-id';
import type { SpectrumSummary } from '../figures/charts/spectrum';
import { bandFilter, leastNoise, SPIKE_BAND } from '../metrics/spike-band';
import { spikeThreshold } from '../metrics/spikes';
import { SpectrumEstimator } from '../metrics/spectrum';
import { median } from '../numerics/statistics';
import { corpusRange, readCodes, type Corpus } from '../recordings/corpus';
import { sampleRangeOf } from '../recordings/recording';
import { codeAtRatio } from '../study/step-for-ratio';
import type { TypicalRecording } from '../study/typical-recording';

/** Samples of the signal whose layout is drawn. */
const LAYOUT_SAMPLES = 2 ** 15;

/** Samples of a segment: 19 Hz from one density to the next at 19,531 Hz. */
const SEGMENT = 1024;

/** A recording and the errors of codecs at one compression ratio. */
export interface ErrorSpectra {
  readonly spectra: readonly SpectrumSummary[];
  /** Compression ratio that each codec reached. */
  readonly ratios: readonly number[];
}

/**
 * Power spectral densities of a recording and of the errors of codecs.
 *
 * @param labels - how the picture names the recording, and then each error
 */
export function errorSpectra(
  { recording, codes }: Pick<TypicalRecording, 'recording' | 'codes'>,
  ids: readonly string[],
  ratio: number,
  labels: readonly string[],
): ErrorSpectra {
  const range = sampleRangeOf(recording);
  const estimator = new SpectrumEstimator(SEGMENT, recording.sampleRate);
  const summary = (label: string, signal: Float64Array): SpectrumSummary => {
    const { density, frequencyStep } = estimator.estimate(signal);
    return {
      label,
      frequencies: Float64Array.from(density, (_, k) => k * frequencyStep).subarray(1),
      median: density.subarray(1),
    };
  };
  const coded = ids.map((id) => codeAtRatio(codecFromId(id, range), codes, recording.wavBytes, ratio));
  return {
    spectra: [
      summary(labels[0]!, Float64Array.from(codes)),
      ...coded.map(({ decoded }, i) =>
        summary(
          labels[i + 1]!,
          Float64Array.from(codes, (code, k) => code - decoded[k]!),
        ),
      ),
    ],
    ratios: coded.map(({ compressionRatio }) => compressionRatio),
  };
}

/** Lowest frequency of the picture of steps, Hz, and longest step: beyond both steps only grow. */
const LOWEST = 60;
const LONGEST_STEP = 1000;

/**
 * The step of each subband under the weight of the spike band, over the step of the file: two points a subband, at its
 * edges.
 *
 * @param id - of a basis that is the same for all recordings
 * @param sampleRate - Hz
 */
export function weightSteps(id: string, sampleRate: number): Pick<SpectrumSummary, 'frequencies' | 'median'> {
  const basis = basisFromId(id);
  const layout = isAdaptive(basis) ? undefined : basis.layout(LAYOUT_SAMPLES);
  const edges = layout ? frequencyEdges(layout, id) : new Float64Array(0);
  const band = spikeBandBytes(sampleRate);
  const weight = band ? spikeBandFrom(band).weight : SPIKE_WEIGHT;
  const points = Array.from(edges.subarray(1)).flatMap((high, k) => {
    const low = edges[k]!;
    const step = 1 / weight.weightOf(low, high);
    return [low, high].map((edge) => ({ frequency: Math.max(LOWEST, edge * sampleRate), step, high }));
  });
  const drawn = points.filter(({ high, step }) => high * sampleRate > LOWEST && step < LONGEST_STEP);
  return { frequencies: drawn.map(({ frequency }) => frequency), median: drawn.map(({ step }) => step) };
}

/** Thresholds of decoded signals over those of the recordings. */
export interface ThresholdPoint {
  readonly step: number;
  readonly compressionRatio: number;
  /** Median over recordings, of the signal as it is decoded. */
  readonly silent: number;
  /** Median over recordings, of the signal with noise in place of zeros. */
  readonly filled: number;
}

/**
 * The detection threshold of decoded signals, with and without noise, as parts of that of the recordings.
 *
 * @param id - of a codec whose zeros stand for noise
 */
export function decodedThresholds(id: string, corpus: Corpus, steps: readonly number[]): ThresholdPoint[] {
  const { recordings, sampleRate } = corpus;
  const codec = codecFromId(id, corpusRange(corpus));
  const filter = bandFilter(SPIKE_BAND, sampleRate);
  const thresholdOf = (codes: Uint16Array): number => {
    const inBand = Float64Array.from(codes);
    filter.apply(inBand, inBand);
    return spikeThreshold(inBand, leastNoise(sampleRate), new Float64Array(codes.length));
  };
  const sums = steps.map(() => ({ bytes: 0, silent: [] as number[], filled: [] as number[] }));
  let wavBytes = 0;
  for (const recording of recordings) {
    const codes = readCodes(recording);
    const original = thresholdOf(codes);
    wavBytes += recording.wavBytes;
    steps.forEach((step, i) => {
      const { bytes } = codec.encode(codes, step);
      const decoded = codec.decode(bytes);
      sums[i]!.bytes += bytes.length;
      sums[i]!.silent.push(thresholdOf(decoded) / original);
      sums[i]!.filled.push(thresholdOf(codec.decodeViews?.(bytes).background ?? decoded) / original);
    });
  }
  return sums.map(({ bytes, silent, filled }, i) => ({
    step: steps[i]!,
    compressionRatio: wavBytes / bytes,
    silent: median(silent)!,
    filled: median(filled)!,
  }));
}
