/**
 * Distance of quantizers from the theoretical limit, on a source where that limit is known: white Gaussian
 * noise, whose rate–distortion function is D = σ²·2^(−2R) (T. M. Cover and J. A. Thomas, Elements of
 * Information Theory, 2nd ed., 2006, eq. 10.36).
 */
import { codecFromId } from '../codecs/codec-from-id';
import type { QuantizerName } from '../codecs/transform-codec';
import { meanSquaredError, squaredError, variance } from '../metrics/distortion';
import { bitsPerSample } from '../metrics/rate';
import { valueAt, type CostQuality } from '../results/curve-at-ratio';
import type { Corpus } from '../recordings/corpus';
import { gaussianCodes } from '../study/gaussian-codes';

/** How much noise a loss is measured on. */
export interface NoiseExtent {
  /** Each gives a loss of its own. */
  readonly seeds: readonly number[];
  /** Of each noise. */
  readonly samples: number;
  /** Student's t for 95% intervals of the mean over the seeds. */
  readonly student: number;
}

/** Learning their statistics costs the coder 0.02 dB less than with 60,000 samples. */
const WHOLE: NoiseExtent = { seeds: [1, 2, 3, 4, 5], samples: 100_000, student: 2.776 };

/** What a first look takes. */
const SHORT: NoiseExtent = { seeds: [1, 2, 3], samples: 8000, student: 4.303 };

/** The noise for a corpus: of the synthetic sample, on which nothing is to be concluded, a short one. */
export function noiseExtent({ synthetic }: Pick<Corpus, 'synthetic'>): NoiseExtent {
  return synthetic ? SHORT : WHOLE;
}

/**
 * Standard deviation of the noise, ADC codes: large enough that rounding to codes does not matter, small
 * enough that hardly any sample is out of range.
 */
const DEVIATION = 100;

/**
 * Steps in standard deviations. They cover rates from below 0.15 to above 4 bits a sample with each quantizer. Between
 * 2.4 and 3.8 they lie close: there the trellis and the search for integers go from half a bit to nearly none.
 */
const STEPS = [
  0.2, 0.3, 0.45, 0.7, 1, 1.4, 1.8, 2.2, 2.4, 2.5, 2.6, 2.7, 2.8, 3, 3.2, 3.3, 3.4, 3.5, 3.6, 3.7, 3.8, 4,
];

/** The noise that {@link quantizerLoss} measures on, in words. */
export function noiseMeasured({ seeds, samples }: NoiseExtent): string {
  return `mean over ${seeds.length} times ${samples.toLocaleString('en-US')} samples`;
}

/** Loss of a quantizer at one rate, dB. */
export interface NoiseLoss {
  readonly mean: number;
  /** Half the width of the 95% interval of the mean. */
  readonly margin: number;
}

/** No step gives the rate: a loss there would be extrapolated. */
export class RateNotMeasuredError extends Error {
  override readonly name = 'RateNotMeasuredError';
}

/**
 * Error of a quantizer above the rate–distortion function of the noise at the same rate; rates are of real bytes. The
 * function is that of the variance that the noise has, which differs from seed to seed by 0.02 dB.
 *
 * @param rates - rates in bits a sample, 0.2…4
 * @throws RateNotMeasuredError when a rate lies beyond those measured
 */
export function quantizerLoss(
  quantizer: QuantizerName,
  rates: readonly number[],
  { seeds, samples, student } = WHOLE,
): NoiseLoss[] {
  const losses = seeds.map((seed) => lossesOf(quantizer, gaussianCodes(samples, DEVIATION, seed), rates));
  return rates.map((_, i) =>
    meanOf(
      losses.map((ofSeed) => ofSeed[i]!),
      student,
    ),
  );
}

/** Losses at the rates on one noise. */
function lossesOf(quantizer: QuantizerName, noise: Uint16Array, rates: readonly number[]): number[] {
  const codec = codecFromId(quantizer === 'dead-zone' ? 'identity' : `identity+${quantizer}`);
  const power = variance(Float64Array.from(noise));
  const points = STEPS.map((step): CostQuality => {
    const { bytes } = codec.encode(noise, step * DEVIATION);
    const rate = bitsPerSample(bytes.length, noise.length);
    const error = meanSquaredError(squaredError(noise, codec.decode(bytes)), noise.length);
    return { cost: rate, quality: 10 * Math.log10((error / power) * 2 ** (2 * rate)) };
  });
  return rates.map((rate) => {
    const loss = valueAt(points, rate);
    if (loss === undefined) {
      throw new RateNotMeasuredError(
        `No step of ${quantizer} gives ${rate} bits a sample: add one to STEPS in lib/investigations/14-quantizer-loss.ts.`,
      );
    }
    return loss;
  });
}

function meanOf(losses: readonly number[], student: number): NoiseLoss {
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const squares = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
  return { mean, margin: student * Math.sqrt(squares / (losses.length - 1) / losses.length) };
}
