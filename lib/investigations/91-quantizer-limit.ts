/**
 * The quantizer limit: rate and error of a codec with the usual quantizer and entropy coder, applied to
 * independent Gaussian coefficients of known variance, one for each frequency of a recording's spectrum. For
 * a stationary Gaussian process, no basis can do better than make its coefficients independent. The distance
 * of a codec from this limit is therefore the loss of its basis and of learning the spectrum; the distance of
 * the limit from the rate–distortion function is the loss of the quantizer.
 */
import { codecFromId } from '../codecs/codec-from-id';
import { curveCodec } from '../measuring/curve-codec';
import { LOSSLESS } from '../coding/codec';
import { meanSquaredError, peakSignalToNoiseRatio, squaredError } from '../metrics/distortion';
import { compressionRatio } from '../metrics/rate';
import { roundedError } from '../metrics/rounded-error';
import { logarithmBias, SpectrumEstimator, type Spectrum } from '../metrics/spectrum';
import { MAX_ADC_CODE } from '../recordings/adc';
import { readCodes, type Corpus } from '../recordings/corpus';
import { groupsOfEqualLength } from '../recordings/folds';
import { bjontegaardDeltaRate } from '../numerics/bjontegaard';
import type { CorpusBoundPoint } from '../results/curve-details';
import { bootstrapInterval, type Interval } from '../numerics/statistics';
import { addedSums, ratePoints, stepSumsOf, type StepSums } from '../measuring/step-sums';
import { operatingStepsFor, stepsFor } from '../measuring/steps';
import { sweep } from '../measuring/sweep';
import { gaussianCodes } from '../study/gaussian-codes';

/** Samples of a segment of the spectral estimate, as for the Gaussian bound. */
const SEGMENT = 4096;

/** Samples of noise that the quantizer is measured on. */
const NOISE_SAMPLES = 200_000;

/** Standard deviation of the noise, ADC codes: as large as the range allows. */
const NOISE_DEVIATION = 100;

/** Error added by rounding to ADC codes when other errors are large, codes². */
const ROUNDING = 1 / 12;

/** Range of measurements in octaves of deviation over step, and measurements in an octave. */
const LOWEST_OCTAVE = -3;
const HIGHEST_OCTAVE = 4;
const PER_OCTAVE = 4;

/** Quantizer steps at which the limit is drawn. */
const DRAWN_STEPS: readonly number[] = Array.from({ length: 26 }, (_, i) => 1.5 * 2 ** (i / 4));

/**
 * Rate and error of a quantizer on white Gaussian noise, as functions of log₂ of the noise's deviation in
 * steps.
 */
export class QuantizerOnNoise {
  /** Bits a sample, and log₂ of error over variance. */
  private readonly rates: Float64Array;
  private readonly errors: Float64Array;

  /**
   * Measures a quantizer from real bytes, less those of an empty file.
   *
   * @param quantizer - name as in the id of a codec
   */
  constructor(quantizer: 'rdoq' | 'trellis') {
    const codec = codecFromId(`identity+${quantizer}`);
    const noise = gaussianCodes(NOISE_SAMPLES, NOISE_DEVIATION);
    const silence = new Uint16Array(NOISE_SAMPLES).fill(MAX_ADC_CODE >> 1);
    const count = (HIGHEST_OCTAVE - LOWEST_OCTAVE) * PER_OCTAVE + 1;
    this.rates = new Float64Array(count);
    this.errors = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const step = NOISE_DEVIATION / 2 ** (LOWEST_OCTAVE + i / PER_OCTAVE);
      const { bytes } = codec.encode(noise, step);
      const empty = codec.encode(silence, step).bytes.length;
      const error = meanSquaredError(squaredError(noise, codec.decode(bytes)), NOISE_SAMPLES) - ROUNDING;
      this.rates[i] = (8 * (bytes.length - empty)) / NOISE_SAMPLES;
      this.errors[i] = Math.min(0, Math.log2(error / NOISE_DEVIATION ** 2));
    }
  }

  /**
   * @param variance - variance of the Gaussian coefficients
   * @param step - quantizer step, in the unit of their deviation
   * @returns bits and squared error of one coefficient
   */
  at(variance: number, step: number): { readonly bits: number; readonly error: number } {
    const { rates, errors } = this;
    const octave = 0.5 * Math.log2(variance / (step * step));
    if (octave < LOWEST_OCTAVE) return { bits: 0, error: variance };
    const position = (octave - LOWEST_OCTAVE) * PER_OCTAVE;
    const last = rates.length - 1;
    if (position >= last) {
      // At finer steps, each octave costs one more bit, and the error depends on the step alone.
      const finer = octave - HIGHEST_OCTAVE;
      return { bits: rates[last]! + finer, error: variance * 2 ** (errors[last]! - 2 * finer) };
    }
    const below = Math.floor(position);
    const part = position - below;
    const bits = rates[below]! + part * (rates[below + 1]! - rates[below]!);
    return { bits, error: variance * 2 ** (errors[below]! + part * (errors[below + 1]! - errors[below]!)) };
  }
}

/** The quantizer limit of a corpus. */
export interface QuantizerLimit {
  /** Points by ascending compression ratio, for `boundAt`. */
  readonly points: readonly CorpusBoundPoint[];
  /** Recordings at the lossy operating points, in the order of the corpus. */
  readonly recordings: readonly StepSums[];
}

function lossySteps(corpus: Corpus): readonly number[] {
  return operatingStepsFor(corpus).filter((step) => step !== LOSSLESS);
}

/** Quantizer limit of all bases on a corpus. Takes some seconds for all recordings. */
export function quantizerLimit(quantizer: 'rdoq' | 'trellis', corpus: Corpus): QuantizerLimit {
  const onNoise = new QuantizerOnNoise(quantizer);
  const { sampleRate, fullScale } = corpus;
  const estimator = new SpectrumEstimator(SEGMENT, sampleRate);
  const [steps, drawnSteps] = [lossySteps(corpus), stepsFor(corpus, DRAWN_STEPS)];
  const drawn = drawnSteps.map(() => ({ bytes: 0, squaredError: 0 }));
  let samples = 0;
  const recordings = corpus.recordings.map((recording): StepSums => {
    const spectrum = estimator.estimate(Float64Array.from(readCodes(recording)));
    const at = (step: number): { readonly bytes: number; readonly squaredError: number } =>
      totals(spectrum, onNoise, step, recording.samples, sampleRate);
    drawnSteps.forEach((step, i) => {
      const { bytes, squaredError: error } = at(step);
      drawn[i]!.bytes += bytes;
      drawn[i]!.squaredError += error;
    });
    samples += recording.samples;
    const points = steps.map(at);
    return {
      samples: recording.samples,
      bytes: Float64Array.from(points, ({ bytes }) => bytes),
      squaredError: Float64Array.from(points, ({ squaredError: error }) => error),
    };
  });
  const wavBytes = corpus.recordings.reduce((sum, recording) => sum + recording.wavBytes, 0);
  const points = drawn.map(({ bytes, squaredError: error }) => ({
    compressionRatio: compressionRatio(wavBytes, bytes),
    psnr: peakSignalToNoiseRatio(meanSquaredError(error, samples), fullScale.codes),
  }));
  return { points, recordings };
}

/**
 * Bytes and squared error of a recording at a step; the error is that of samples rounded to ADC codes. Bits follow the
 * logarithm of the spectrum and are freed of its bias, errors do not: as in `gaussianBoundAtLevel`.
 */
function totals(
  spectrum: Spectrum,
  onNoise: QuantizerOnNoise,
  step: number,
  samples: number,
  sampleRate: number,
): { readonly bytes: number; readonly squaredError: number } {
  const { density } = spectrum;
  const last = density.length - 1;
  let bits = 0;
  let error = 0;
  for (let k = 0; k <= last; k++) {
    // The bins at both ends of the axis are half as wide and have no negative frequencies added.
    const end = k === 0 || k === last;
    const variance = density[k]! * (sampleRate / 2) * (end ? 2 : 1);
    if (variance === 0) continue;
    const share = (end ? 0.5 : 1) / last;
    bits += share * onNoise.at(variance * Math.exp(-logarithmBias(spectrum, k)), step).bits;
    error += share * onNoise.at(variance, step).error;
  }
  return { bytes: (bits * samples) / 8, squaredError: roundedError(error) * samples };
}

/**
 * Savings of a codec at equal PSNR if it reached the limit: percent of its bytes, negative for savings, with
 * the 95% interval of the bootstrap over groups of recordings of equal length.
 *
 * @param id - id of the codec
 * @param ranges - ranges of PSNR, given by the codec's PSNRs at these compression ratios
 */
export async function leftToBases(
  id: string,
  limit: QuantizerLimit,
  corpus: Corpus,
  ranges: readonly (readonly [highest: number, lowest: number])[],
): Promise<(Interval | null)[]> {
  const fullScale = corpus.fullScale.codes;
  const { recordings } = await sweep(curveCodec(id), corpus, lossySteps(corpus));
  const pairs = recordings.map((one, i) => ({
    samples: one.facts.samples,
    codec: stepSumsOf(one),
    limit: limit.recordings[i]!,
  }));
  // Recordings of a group are always drawn together, so their sums are sufficient.
  const groups = groupsOfEqualLength(pairs).map((group) => [
    { codec: addedSums(group.map(({ codec }) => codec)), limit: addedSums(group.map((pair) => pair.limit)) },
  ]);
  return ranges.map(([highest, lowest]) =>
    bootstrapInterval(groups, (drawn) =>
      bjontegaardDeltaRate(
        ratePoints(addedSums(drawn.map(({ codec }) => codec)), fullScale),
        ratePoints(addedSums(drawn.map((pair) => pair.limit)), fullScale),
        [lowest, highest],
      ),
    ),
  );
}
