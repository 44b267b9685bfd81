/**
 * What a pursuit takes beside its basis, and whether it pays.
 */
import type { PursuitBasis } from '../../bases/parts/pursuit';
import { countNonzero } from '../../metrics/sparsity';
import { quantize } from '../../coding/quantizers/quantizer';
import { codeRecording } from '../../study/code-recording';
import { withoutMean } from '../../study/corpus-facts';

/** One recording at one step. */
export interface AtomsTaken {
  readonly step: number;
  /** Nonzero coefficients of atoms. */
  readonly atoms: number;
  /** Nonzero coefficients of the basis without atoms. */
  readonly nonzerosAlone: number;
  /** Nonzero coefficients of both. */
  readonly nonzeros: number;
  /** Bytes with atoms over bytes without. */
  readonly bytesRatio: number;
  /** Squared error with atoms over that without. */
  readonly errorRatio: number;
}

/**
 * Codes a recording with the atoms of a pursuit and without.
 *
 * @param codes - ADC codes
 * @param steps - of the quantizer, ADC codes
 */
export function atomsTaken(basis: PursuitBasis, codes: Uint16Array, steps: readonly number[]): AtomsTaken[] {
  const signal = withoutMean(codes).map(Math.round);
  return steps.map((step) => {
    const [both, alone] = [codeRecording(basis, codes, step), codeRecording(basis.basis, codes, step)];
    const { values } = basis.analyze(signal, step);
    const { coefficientCount } = basis.basis.layout(signal.length);
    return {
      step,
      atoms: countNonzero(quantize(values.subarray(coefficientCount), step)),
      nonzerosAlone: alone.nonzeros,
      nonzeros: both.nonzeros,
      bytesRatio: both.bytes / alone.bytes,
      errorRatio: both.squaredError / alone.squaredError,
    };
  });
}
