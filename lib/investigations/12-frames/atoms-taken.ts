/** Atoms that a pursuit uses beside its basis, and their gain. */
import type { PursuitBasis } from '../../bases/parts/pursuit';
import { countNonzero } from '../../metrics/sparsity';
import { quantize } from '../../coding/quantizers/quantizer';
import { codeRecording } from '../../study/code-recording';
import type { ElectrodeFacts } from '../../recordings/recording';
import { signalOf } from '../../recordings/signal';

/** One recording at one step. */
export interface AtomsTaken {
  readonly step: number;
  /** Nonzero coefficients of atoms. */
  readonly atoms: number;
  /** Nonzero coefficients with the basis alone. */
  readonly nonzerosAlone: number;
  /** Nonzero coefficients of basis and atoms together. */
  readonly nonzeros: number;
  /** Bytes with atoms divided by bytes without. */
  readonly bytesRatio: number;
  /** Squared error with atoms divided by squared error without. */
  readonly errorRatio: number;
}

/**
 * Codes a recording with and without the atoms of a pursuit.
 *
 * @param codes - ADC codes
 * @param steps - quantizer steps, ADC codes
 * @param electrode - what digitized them, such as the recording
 */
export function atomsTaken(
  basis: PursuitBasis,
  codes: Uint16Array,
  steps: readonly number[],
  electrode: Pick<ElectrodeFacts, 'digitizer'>,
): AtomsTaken[] {
  const signal = signalOf(codes).signal;
  return steps.map((step) => {
    const [both, alone] = [
      codeRecording(basis, codes, step, electrode),
      codeRecording(basis.basis, codes, step, electrode),
    ];
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
