/**
 * Learned lifting steps: biorthogonal wavelets whose predictions and updates were learned from other recordings
 * (`lib/learning/wavelets/lifting-steps.ts`).
 */
import { stepsOf, SymmetricLifting, type SymmetricSteps } from '../../kernels/symmetric-lifting';
import { allowedParameter, type Basis, type CoefficientLayout, type Coefficients } from '../basis';
import { LEARNED_WAVELET_LEVELS } from './lattice';
import { levelSubbands } from '../parts/wavelet-layout';
import { LearnedBasis } from '../learned';

/** Numbers of lifting steps: one or two predictions, as many updates. */
export const LIFTING_STEP_COUNTS: readonly number[] = [2, 4];

/** Pairs of neighbors that a lifting step sums. */
export const LIFTING_PAIRS: readonly number[] = [1, 2, 3, 4];

/**
 * The layout of {@link BiorthogonalBasis}, with as many coefficients as samples; each coefficient is multiplied by the
 * norm of its function, so that one step serves all subbands.
 */
export class LearnedLiftingBasis extends LearnedBasis {
  /**
   * @param steps - one of {@link LIFTING_STEP_COUNTS}
   * @param pairs - factors of a step, one of {@link LIFTING_PAIRS}
   * @param levels - 1…10
   * @throws BasisParameterError
   */
  constructor(
    readonly steps: number,
    readonly pairs: number,
    readonly levels: number,
  ) {
    allowedParameter('number of learned lifting steps', steps, LIFTING_STEP_COUNTS);
    allowedParameter('number of pairs of neighbors of a lifting step', pairs, LIFTING_PAIRS);
    allowedParameter('number of levels of a learned wavelet', levels, LEARNED_WAVELET_LEVELS);
    const id = `learnedlifting-${steps}-${pairs}-${levels}`;
    // A step reaches 2·pairs − 1 samples to each side.
    const delay = 2 * steps * (2 * pairs - 1) * (2 ** levels - 1);
    const multiplyAddsPerSample = (1 - 2 ** -levels) * 2 * steps * pairs + 1;
    const facts = { id, delay, multiplyAddsPerSample, losslessStep: 32 };
    super({ ...facts, arrays: { factors: steps * pairs } }, ({ arrays, sha256 }) => {
      return new SymmetricLiftingBasis(`${id}/${sha256}`, stepsOf(arrays['factors']!, pairs), levels, facts);
    });
  }
}

/** The wavelet basis of given symmetric lifting steps. */
class SymmetricLiftingBasis implements Basis {
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly losslessStep: number;
  readonly orthonormal = false;
  private readonly transform: SymmetricLifting;
  private readonly norms: readonly number[];

  constructor(
    readonly id: string,
    steps: SymmetricSteps,
    private readonly levels: number,
    facts: { readonly delay: number; readonly multiplyAddsPerSample: number; readonly losslessStep: number },
  ) {
    this.delay = facts.delay;
    this.multiplyAddsPerSample = facts.multiplyAddsPerSample;
    this.losslessStep = facts.losslessStep;
    this.transform = new SymmetricLifting(steps, levels);
    this.norms = this.transform.norms();
  }

  layout(length: number): CoefficientLayout {
    return {
      signalLength: length,
      coefficientCount: length,
      hop: 2 ** this.levels,
      subbands: levelSubbands(this.transform.bands(length), this.levels),
    };
  }

  analyze(signal: Float64Array): Coefficients {
    const layout = this.layout(signal.length);
    const values = new Float64Array(signal.length);
    this.transform.forward(signal, values);
    layout.subbands.forEach(({ offset, length }, b) => {
      const norm = this.norms[b]!;
      for (let i = offset; i < offset + length; i++) values[i]! *= norm;
    });
    return { values, layout };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const coefficients = new Float64Array(values.length);
    layout.subbands.forEach(({ offset, length }, b) => {
      const norm = this.norms[b]!;
      for (let i = offset; i < offset + length; i++) coefficients[i] = values[i]! / norm;
    });
    const signal = new Float64Array(layout.signalLength);
    this.transform.inverse(coefficients, signal);
    return signal;
  }
}
