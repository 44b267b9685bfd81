/**
 * Learns the orthogonal wavelet for which recordings cost the fewest bits: gradient descent on the estimated
 * rate as a function of its lattice angles (`lib/kernels/lattice.ts`). Since the transform is orthonormal,
 * equal steps give equal distortion, so the rate alone is minimized.
 *
 * The gradient is exact: derivatives with respect to coefficients are taken back through the levels by
 * synthesis, the adjoint of analysis. At each level, their correlation with the input of the analysis gives
 * the derivatives with respect to taps, and from these follow those with respect to angles.
 */
import { latticeDerivatives, latticeLowpass, rotationsOf } from '../../kernels/lattice';
import { WaveletTransform } from '../../kernels/wavelet';
import { orthogonalFilters, waveletFilters } from '../../kernels/filters/wavelet-filters';
import { estimatedRate, RATE_STEPS } from './estimated-rate';
import { latticeAngles } from './lattice-angles';
import type { Learned, Learner, LearningContext } from '../learner';
import type { Differentiable } from '../../numerics/quasi-newton';
import { EXCERPT, lowestRate } from './lowest-rate';
import type { Start } from './several-starts';

/** Length of the first step, radians. */
const FIRST_STEP = 0.1;

/** The estimated rate of excerpts as a function of the taps of an orthogonal wavelet. */
export class WaveletRate {
  /**
   * @param excerpts - excerpts, one after another
   * @param length - samples of an excerpt, a multiple of 2^levels
   */
  constructor(
    private readonly excerpts: Float64Array,
    private readonly length: number,
    private readonly levels: number,
  ) {}

  /**
   * @param lowpass - reconstruction filter, orthogonal to its shifts by two
   * @returns bits per sample, and their derivatives with respect to the taps; the highpass is the mirror
   *   image of the lowpass
   */
  of(lowpass: Float64Array): { value: number; gradient: Float64Array } {
    const { excerpts, length, levels } = this;
    const gradient = new Float64Array(lowpass.length);
    const level = new WaveletTransform(orthogonalFilters(lowpass), 'periodic', 1, 'float64');
    let bits = 0;
    try {
      const inputs = Array.from({ length: levels }, (_, l) => new Float64Array(length >> l));
      const bands = inputs.map(({ length: samples }) => new Float64Array(samples));
      const derivatives = inputs.map(({ length: samples }) => new Float64Array(samples));
      for (let start = 0; start < excerpts.length; start += length) {
        inputs[0]!.set(excerpts.subarray(start, start + length));
        for (let l = 0; l < levels; l++) {
          const half = length >> (l + 1);
          level.forward(inputs[l]!, bands[l]!);
          bits += estimatedRate(bands[l]!.subarray(half), derivatives[l]!.subarray(half));
          if (l + 1 < levels) inputs[l + 1]!.set(bands[l]!.subarray(0, half));
          else bits += estimatedRate(bands[l]!.subarray(0, half), derivatives[l]!.subarray(0, half));
        }
        for (let l = levels - 1; l >= 0; l--) {
          addTapDerivatives(inputs[l]!, derivatives[l]!, gradient);
          if (l > 0) {
            level.inverse(derivatives[l]!, derivatives[l - 1]!.subarray(0, length >> l));
          }
        }
      }
    } finally {
      level.release();
    }
    const scale = 1 / excerpts.length;
    return { value: bits * scale, gradient: gradient.map((x) => x * scale) };
  }
}

/**
 * Adds the contribution of one level to the derivatives with respect to taps: low[o] = Σ h[t]·x[2o + 1 − T/2
 * + t], high[o] = Σ (−1)^(T − t)·h[T − 1 − t]·x[…].
 */
function addTapDerivatives(input: Float64Array, derivatives: Float64Array, gradient: Float64Array): void {
  const taps = gradient.length;
  const half = input.length / 2;
  const first = 1 - taps / 2;
  // Even and odd samples in separate arrays, continued periodically.
  const phases = [0, 1].map((parity) => {
    const phase = new Float64Array(half + taps / 2);
    for (let i = 0; i < phase.length; i++) {
      const at = (2 * i + parity + first) % input.length;
      phase[i] = input[at < 0 ? at + input.length : at]!;
    }
    return phase;
  });
  const [even, odd] = phases as [Float64Array, Float64Array];
  const low = new Float64Array(taps);
  const high = new Float64Array(taps);
  for (let t = 0; t < taps; t += 2) {
    let [lowEven, lowOdd, highEven, highOdd] = [0, 0, 0, 0];
    for (let o = 0, i = t / 2; o < half; o++, i++) {
      const byLow = derivatives[o]!;
      const byHigh = derivatives[half + o]!;
      lowEven += byLow * even[i]!;
      lowOdd += byLow * odd[i]!;
      highEven += byHigh * even[i]!;
      highOdd += byHigh * odd[i]!;
    }
    low.set([lowEven, lowOdd], t);
    high.set([highEven, highOdd], t);
  }
  for (let t = 0; t < taps; t++) gradient[t]! += low[t]! + (t % 2 === 0 ? -1 : 1) * high[taps - 1 - t]!;
}

/** The estimated rate as a function of the angles of a lattice. */
export function rateOfAngles(rate: WaveletRate): Differentiable {
  return (angles) => {
    const { value, gradient } = rate.of(latticeLowpass(rotationsOf(angles)));
    const derivatives = latticeDerivatives(angles);
    return {
      value,
      gradient: Float64Array.from(derivatives, (taps) =>
        taps.reduce((sum, tap, t) => sum + tap * gradient[t]!, 0),
      ),
    };
  };
}

/**
 * Starts of learning: Daubechies' wavelet, the symlet where it is another wavelet, and Haar's wavelet with
 * small turns, which do not decay from stage to stage.
 */
export function latticeStarts(taps: number): Start[] {
  const moments = taps / 2;
  const named = [`db${moments}`, ...(moments > 3 ? [`sym${moments}`] : [])].map((name) => ({
    name,
    point: latticeAngles(waveletFilters(name).reconstructionLow),
  }));
  const haar = new Float64Array(moments).map((_, i) => 0.2 * Math.sin(1 + 2.4 * i));
  const sum = haar.reduce((a, b) => a + b, 0);
  haar[0]! += Math.PI / 4 - sum;
  return [...named, { name: 'haar', point: haar }];
}

async function learn(
  [tapCount, levelCount]: readonly (number | string)[],
  context: LearningContext,
): Promise<Learned> {
  const taps = Number(tapCount);
  const levels = Number(levelCount);
  const { point, hyperparameters, history } = await lowestRate(
    {
      starts: latticeStarts(taps),
      firstStep: FIRST_STEP,
      rateOn: (excerpts) => rateOfAngles(new WaveletRate(excerpts, EXCERPT, levels)),
    },
    context,
  );
  return {
    arrays: { rotations: Float32Array.from(rotationsOf(point)) },
    hyperparameters: { taps, levels, steps: RATE_STEPS.join(', '), ...hyperparameters },
    history,
  };
}

export const latticeWavelet: Learner = {
  family: 'lattice',
  module: 'lib/learning/wavelets/lattice-wavelet.ts',
  learn,
};
