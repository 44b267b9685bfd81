/**
 * How far from Gaussian the coefficients of bases are, and how unequal their variances.
 */
import { basisFor } from '../../bases/basis';
import { basisFromId } from '../../catalog/ids';
import { showTable } from '../../figures/display';
import { codingGain, subbandVariances } from '../../metrics/sparsity';
import { median } from '../../numerics/statistics';

/** Step at which bases that look at it are asked, ADC codes. */
const STEP = 8;

/** One basis on one recording. */
export interface Gaussianity {
  readonly id: string;
  /** Median over subbands; 3 for a Gaussian. */
  readonly kurtosis: number | null;
  /** Arithmetic over geometric mean of the variances of subbands, dB: the coding gain of an orthonormal basis. */
  readonly gain: number | null;
}

/**
 * Shows kurtosis and inequality of variances of the coefficients of some bases.
 *
 * @param signal - ADC codes without their mean
 */
export function showGaussianity(ids: readonly string[], signal: Float64Array): Gaussianity[] {
  const rows = ids.map((id): Gaussianity => {
    const { values, layout } = basisFor(basisFromId(id), signal, STEP).analyze(signal, STEP);
    const bands = layout.subbands.map(({ offset, length }) => values.subarray(offset, offset + length));
    const gain = codingGain(
      subbandVariances(values, layout),
      layout.subbands.map(({ length }) => length),
    );
    return { id, kurtosis: median(bands.map(kurtosisOf)), gain };
  });
  showTable(rows, [
    { label: 'Basis', value: ({ id }) => id },
    { label: 'Kurtosis of its coefficients, median', value: ({ kurtosis }) => kurtosis, digits: 2 },
    { label: 'Arithmetic over geometric mean of variances, dB', value: ({ gain }) => gain, digits: 2 },
  ]);
  return rows;
}

/** Fourth moment over the squared second one. */
function kurtosisOf(values: Float64Array): number {
  const second = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
  return values.reduce((sum, value) => sum + value ** 4, 0) / values.length / second ** 2;
}
