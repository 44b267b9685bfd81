/**
 * Columns of tables of octave bands, as a wavelet transform has them.
 */
import type { CoefficientLayout, Subband } from '../../coding/layout';
import type { TableColumn } from '../../figures/table';

/**
 * Band in Hz, share of the coefficients and standard deviation of each subband.
 *
 * @param layout - subbands from the lowest on, each an octave above the one before
 * @param variances - of the coefficients of each subband, ADC codes squared
 * @param sampleRate - Hz
 */
export function octaveColumns(
  layout: CoefficientLayout,
  variances: ArrayLike<number>,
  sampleRate: number,
): TableColumn<Subband>[] {
  const hertz = (frequency: number): string => (frequency * sampleRate).toFixed(0);
  const indexOf = (subband: Subband): number => layout.subbands.indexOf(subband);
  const [lowest] = layout.subbands;
  return [
    {
      label: 'Subband, Hz',
      value: (subband) => {
        const { timeStep } = subband;
        return subband === lowest
          ? `0–${hertz(0.5 / timeStep)}`
          : `${hertz(0.5 / timeStep)}–${hertz(1 / timeStep)}`;
      },
    },
    {
      label: 'Coefficients, %',
      value: ({ length }) => (100 * length) / layout.coefficientCount,
      digits: 1,
    },
    {
      label: 'Standard deviation, ADC codes',
      value: (subband) => Math.sqrt(variances[indexOf(subband)]!),
      digits: 1,
    },
  ];
}
