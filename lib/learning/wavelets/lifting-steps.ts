/**
 * Learns lifting steps for which recordings cost the fewest bits. The wavelets are biorthogonal, so
 * coefficients are first multiplied by the norms of their synthesis functions: an error of one step is then
 * equally large in the signal for all subbands, and equal steps give equal distortion. This is the ½·log₂ of
 * the noise gains in the rate.
 *
 * The gradient is taken back through the lifting steps, each undone on the way. Through the norms, which do
 * not depend on recordings, it is taken by central differences.
 */
import { liftPhase, Phase, stepsOf, SymmetricLifting } from '../../kernels/symmetric-lifting';
import { estimatedRate, RATE_STEPS } from './estimated-rate';
import type { Learned, Learner, LearningContext } from '../learner';
import type { Differentiable } from '../../numerics/quasi-newton';
import { EXCERPT, lowestRate } from './lowest-rate';
import type { Start } from './several-starts';

/** Length of the first step. */
const FIRST_STEP = 0.05;

/** Change of the factors in the central differences of the norms. */
const DIFFERENCE = 1e-5;

/** Factors of the CDF 9/7 wavelet. */
const FACTORS_97 = [-1.586134342059924, -0.052980118572961, 0.882911075530934, 0.443506852043971];

/**
 * Weights of the neighbors that interpolate the middle of 2, 4, 6 or 8 points by a polynomial (Deslauriers
 * and Dubuc, 1989).
 */
const INTERPOLATION = [
  [1 / 2],
  [9 / 16, -1 / 16],
  [150 / 256, -25 / 256, 3 / 256],
  [1225 / 2048, -245 / 2048, 49 / 2048, -5 / 2048],
];

/**
 * Factors of known wavelets as starts: CDF 9/7 for four steps, 5/3 for two, and interpolating wavelets.
 *
 * @param steps - 2 or 4
 * @param pairs - 1 … 4
 */
export function liftingStarts(steps: number, pairs: number): Start[] {
  const padded = (name: string, rows: readonly (readonly number[])[]): Start => ({
    name,
    point: Float64Array.from(
      { length: steps * pairs },
      (_, i) => rows[Math.floor(i / pairs)]?.[i % pairs] ?? 0,
    ),
  });
  const weights = INTERPOLATION[pairs - 1]!;
  return [
    steps > 2
      ? padded(
          '9/7',
          FACTORS_97.map((factor) => [factor]),
        )
      : padded('5/3', [[-1 / 2], [1 / 4]]),
    ...(steps > 2 || pairs > 1
      ? [padded('interpolating', [weights.map((x) => -x), weights.map((x) => x / 2)])]
      : []),
  ];
}

/** The estimated rate of excerpts as a function of the factors. */
export function rateOfFactors(
  excerpts: Float64Array,
  length: number,
  pairs: number,
  levels: number,
): Differentiable {
  return (factors) => {
    const steps = stepsOf(factors, pairs);
    const norms = new SymmetricLifting(steps, levels).norms();
    const gradient = new Float64Array(factors.length);
    /** Derivatives with respect to the logarithms of the norms. */
    const byNorm = new Float64Array(levels + 1);
    let bits = 0;
    const phases = Array.from({ length: levels }, (_, l) => [
      phasePair(length >> l, pairs),
      phasePair(length >> l, pairs),
    ]);
    /** Rate of one subband; derivatives replace its coefficients in place. */
    const charge = (phase: Phase, derivatives: Phase, band: number): void => {
      const values = derivatives.data.subarray(phase.margin, phase.margin + phase.length);
      const norm = norms[band]!;
      const scaled = phase.data.slice(phase.margin, phase.margin + phase.length);
      for (let i = 0; i < scaled.length; i++) scaled[i]! *= norm;
      bits += estimatedRate(scaled, values);
      for (let i = 0; i < scaled.length; i++) {
        byNorm[band]! += values[i]! * scaled[i]!;
        values[i]! *= norm;
      }
    };
    for (let start = 0; start < excerpts.length; start += length) {
      let from = excerpts.subarray(start, start + length);
      for (let l = 0; l < levels; l++) {
        const [[even, odd], [evenDerivatives, oddDerivatives]] = phases[l] as [
          [Phase, Phase],
          [Phase, Phase],
        ];
        for (let i = 0; i < even.length; i++) {
          even.data[even.margin + i] = from[2 * i]!;
          odd.data[odd.margin + i] = from[2 * i + 1]!;
        }
        steps.forEach((step, s) =>
          s % 2 === 0 ? liftPhase(odd, even, step, 1) : liftPhase(even, odd, step, 1),
        );
        evenDerivatives.data.fill(0);
        oddDerivatives.data.fill(0);
        charge(odd, oddDerivatives, levels - l);
        if (l === levels - 1) charge(even, evenDerivatives, 0);
        from = even.data.subarray(even.margin, even.margin + even.length);
      }
      for (let l = levels - 1; l >= 0; l--) {
        const [[even, odd], [evenDerivatives, oddDerivatives]] = phases[l] as [
          [Phase, Phase],
          [Phase, Phase],
        ];
        for (let s = steps.length - 1; s >= 0; s--) {
          const byFactor = gradient.subarray(s * pairs, (s + 1) * pairs);
          if (s % 2 === 0)
            unliftWithDerivatives(odd, even, oddDerivatives, evenDerivatives, steps[s]!, byFactor);
          else unliftWithDerivatives(even, odd, evenDerivatives, oddDerivatives, steps[s]!, byFactor);
        }
        if (l === 0) continue;
        // Derivatives with respect to the approximation that this level was made from.
        const approximation = phases[l - 1]![1]![0]!;
        for (let i = 0; i < even.length; i++) {
          approximation.data[approximation.margin + 2 * i] = evenDerivatives.data[even.margin + i]!;
          approximation.data[approximation.margin + 2 * i + 1] = oddDerivatives.data[odd.margin + i]!;
        }
      }
    }
    factors.forEach((_, p) => {
      const normsAt = (change: number): number[] => {
        const changed = factors.slice();
        changed[p]! += change;
        return new SymmetricLifting(stepsOf(changed, pairs), levels).norms();
      };
      const [above, below] = [normsAt(DIFFERENCE), normsAt(-DIFFERENCE)];
      byNorm.forEach((derivative, band) => {
        gradient[p]! += (derivative * Math.log(above[band]! / below[band]!)) / (2 * DIFFERENCE);
      });
    });
    const scale = 1 / excerpts.length;
    return { value: bits * scale, gradient: gradient.map((x) => x * scale) };
  };
}

function phasePair(total: number, margin: number): [Phase, Phase] {
  return [new Phase(0, total, margin), new Phase(1, total, margin)];
}

/** Undoes a lifting step, and takes derivatives back through it. */
function unliftWithDerivatives(
  target: Phase,
  source: Phase,
  targetDerivatives: Phase,
  sourceDerivatives: Phase,
  factors: Float64Array,
  byFactor: Float64Array,
): void {
  liftPhase(target, source, factors, -1);
  const { margin, length, parity } = target;
  const [from, derivatives, back] = [source.data, targetDerivatives.data, sourceDerivatives.data];
  for (let k = 0; k < factors.length; k++) {
    const factor = factors[k]!;
    let left = margin - k - 1 + parity;
    let right = left + 2 * k + 1;
    let sum = 0;
    for (let i = margin; i < margin + length; i++, left++, right++) {
      const derivative = derivatives[i]!;
      sum += derivative * (from[left]! + from[right]!);
      back[left]! += factor * derivative;
      back[right]! += factor * derivative;
    }
    byFactor[k]! += sum;
  }
  sourceDerivatives.fold();
}

async function learn(
  [stepCount, pairCount, levelCount]: readonly (number | string)[],
  context: LearningContext,
): Promise<Learned> {
  const [steps, pairs, levels] = [Number(stepCount), Number(pairCount), Number(levelCount)];
  const { point, hyperparameters, history } = await lowestRate(
    {
      starts: liftingStarts(steps, pairs),
      firstStep: FIRST_STEP,
      rateOn: (excerpts) => rateOfFactors(excerpts, EXCERPT, pairs, levels),
    },
    context,
  );
  return {
    arrays: { factors: Float32Array.from(point) },
    hyperparameters: { steps, pairs, levels, rateSteps: RATE_STEPS.join(', '), ...hyperparameters },
    history,
  };
}

export const liftingSteps: Learner = {
  family: 'learnedlifting',
  module: 'lib/learning/wavelets/lifting-steps.ts',
  learn,
};
