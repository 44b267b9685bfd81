/**
 * The section of a notebook that chooses parameters: measured, shown as a figure or table, and told.
 */
import { showFigure, showTable } from '../../figures/display';
import { parameterStudy, type ParameterStudyOptions } from '../../figures/charts/parameter-study';
import { lineStyle, type AxisName } from '../../figures/theme';
import type { Corpus } from '../../recordings/corpus';
import { chooseParameters, STUDY_RATIOS, type ParameterChoice, type StudiedBasis } from '../study-bases';
import { psnrColumns } from './psnr-columns';
import { standsForFamily, studiedValues, studyTitle } from './study-extent';

/** A notebook asks for a basis that its study did not name. */
export class NotStudiedError extends RangeError {
  override readonly name = 'NotStudiedError';
}

/** A choice among some bases, with others beside them that cannot be chosen. */
export interface ParameterSection extends ParameterChoice {
  /** Ids that cannot be chosen, measured to compare with. */
  readonly beside: readonly StudiedBasis[];
  /**
   * PSNR in dB of a basis at equal compression ratio, the mean over recordings; NaN where the sample was spared it.
   *
   * @throws NotStudiedError when the study did not name the basis
   */
  psnr(id: string, compressionRatio: number): number;
  /** Mean of {@link psnr} over {@link STUDY_RATIOS}. */
  mean(id: string): number;
}

/**
 * Measures bases on some recordings and chooses the best of them. On the synthetic sample two of them are measured alone,
 * and of `beside` those at the same positions; the first one where `beside` is not as long as `ids`.
 *
 * @param ids - codecs to choose from, at least one
 * @param subset - see `studySubset`
 * @param beside - codecs to compare with
 */
export async function studyParameters(
  ids: readonly string[],
  subset: Corpus,
  beside: readonly string[] = [],
): Promise<ParameterSection> {
  const kept = studiedValues(subset, ids, standsForFamily);
  const paired = beside.length === ids.length;
  const keptBeside = subset.synthetic
    ? beside.filter((_, i) => (paired ? kept.includes(ids[i]!) : i === 0))
    : beside;
  const choice = await chooseParameters(kept, subset);
  const others = keptBeside.length > 0 ? (await chooseParameters(keptBeside, subset)).bases : [];
  const measured = new Map([...choice.bases, ...others].map((basis) => [basis.id, basis]));
  const named = new Set([...ids, ...beside]);
  const psnr = (id: string, ratio: number): number => {
    if (!named.has(id)) throw new NotStudiedError(`${id} was not studied here: name it in studyParameters.`);
    return measured.get(id)?.psnr(ratio) ?? NaN;
  };
  return {
    ...choice,
    beside: others,
    psnr,
    psnrs: (ratio) => ids.map((id) => psnr(id, ratio)),
    mean: (id) => STUDY_RATIOS.reduce((sum, ratio) => sum + psnr(id, ratio), 0) / STUDY_RATIOS.length,
  };
}

/** The table of a study: PSNR of every basis at equal compression ratios, those beside it last. */
export function showStudy(
  studies: ParameterSection | readonly ParameterSection[],
  { label = 'Basis', digits = 2, mean = false }: { label?: string; digits?: number; mean?: boolean } = {},
): void {
  const all = 'best' in studies ? [studies] : studies;
  const rows = [
    ...all.flatMap((study) => study.bases.map((basis) => ({ ...basis, study }))),
    ...all.flatMap((study) => study.beside.map((basis) => ({ ...basis, study }))),
  ];
  showTable(rows, [
    { label, value: ({ id }) => id },
    ...psnrColumns(digits),
    ...(mean
      ? [{ label: 'Mean', value: ({ id, study }: (typeof rows)[number]) => study.mean(id), digits: 3 }]
      : []),
  ]);
}

/** Prints what was chosen on each fold, and what it costs to choose on the other one. */
export function tellChoice({ best, bestOfFold, lossOnOtherFold }: ParameterChoice): void {
  console.log(
    `Best: ${best}. Best on fold 0: ${bestOfFold[0]}, on fold 1: ${bestOfFold[1]}; each fold loses ` +
      `${lossOnOtherFold.map((loss) => loss.toFixed(3)).join(' and ')} dB by the choice of the other.`,
  );
}

/** A parameter and the values that were asked for. */
export type StudiedParameter = AxisName & { readonly values: readonly number[] };

/**
 * The figure of a study: a line for each compression ratio over the values of a parameter.
 *
 * @param valuesAt - dB for each value of the parameter; NaN where nothing was measured
 * @param title - what was found; on the sample another title says that nothing is
 * @param measured - what the lines show; PSNR where it is left out
 */
export async function showParameterStudy(
  subset: Corpus,
  parameter: StudiedParameter,
  valuesAt: (compressionRatio: number) => readonly number[],
  { title, measured = 'PSNR', ...options }: { title: string; measured?: string } & ParameterStudyOptions,
): Promise<void> {
  const lines = STUDY_RATIOS.map((ratio, i) => ({
    label: `CR ${ratio}`,
    values: valuesAt(ratio).map((value) => (Number.isFinite(value) ? value : null)),
    style: lineStyle(i),
  }));
  await showFigure(
    parameterStudy(
      parameter,
      lines,
      { quantity: measured, unit: 'dB' },
      { title: studyTitle(subset, parameter.quantity, title), corpus: subset.label },
      { best: 'highest', ...options },
    ),
  );
}
