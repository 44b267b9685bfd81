/**
 * Columns that many tables of the notebooks share.
 */
import { psnrAt } from '../../results/curve-at-ratio';
import type { TableColumn } from '../../figures/table';
import type { Interval } from '../../numerics/statistics';
import type { Curve } from '../../results/results';
import { STUDY_RATIOS } from '../study-bases';

/** Compression ratios of tables of whole curves. */
const CURVE_RATIOS: readonly number[] = [5, 10, 20, 50, 100, 200];

/** PSNR in dB at each compression ratio of a study, of rows that know theirs. */
export function psnrColumns(digits = 2): TableColumn<{ psnr(compressionRatio: number): number }>[] {
  return STUDY_RATIOS.map((ratio) => ({
    label: `PSNR at CR ${ratio}, dB`,
    value: ({ psnr }) => psnr(ratio),
    digits,
  }));
}

/** PSNR in dB of a curve at each compression ratio from 5 to 200; a dash where the curve has ended. */
export function curveColumns(digits = 2): TableColumn<Curve>[] {
  return CURVE_RATIOS.map((ratio) => ({
    label: `PSNR at CR ${ratio}, dB`,
    value: (curve) => psnrAt(curve, ratio),
    digits,
  }));
}

/**
 * An estimate and its 95% interval in three columns, two decimals each; dashes where there is none.
 *
 * @param label - of the estimate, with its unit
 */
export function intervalColumns<Row>(
  label: string,
  intervalOf: (row: Row) => Interval | null | undefined,
): TableColumn<Row>[] {
  return [
    { label, value: (row) => intervalOf(row)?.estimate, digits: 2 },
    { label: 'from (95%)', value: (row) => intervalOf(row)?.lower, digits: 2 },
    { label: 'to', value: (row) => intervalOf(row)?.upper, digits: 2 },
  ];
}
