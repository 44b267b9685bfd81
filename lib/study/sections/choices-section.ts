/**
 * The sections of notebook 90 that choose over families: how stable each family's parameters are, and which codec is
 * best of all.
 */
import { basisId } from '../../catalog/ids';
import { codecLook } from '../../figures/codec-look';
import { barComparison } from '../../figures/charts/bar-comparison';
import { showFigure, showTable } from '../../figures/display';
import type { Interval } from '../../numerics/statistics';
import type { SweepResult } from '../../measuring/sweep';
import type { Corpus } from '../../recordings/corpus';
import { searchBases, sweepSearched, type BasisSearch, type SearchedSweeps } from '../basis-search';
import { chooseForFamilies, familiesWithChoices, saveChoices, type FamilyStudy } from '../family-choices';
import { compareSweeps, HIGH_RATE, LOW_RATE, type RatioRange } from '../rate-comparison';
import { showStability, studySubset } from '../study-bases';
import { intervalColumns } from './psnr-columns';
import { fixed, percentWithInterval } from './verdict-numbers';

/** Rows of the table of a search. */
const SHOWN_CODECS = 12;

/** Ranges of compression ratios in which searched codecs are compared. */
const RANGES: readonly RatioRange[] = [HIGH_RATE, LOW_RATE, { from: 50, to: 200 }];

/**
 * Chooses the parameters of every conventional family for each fold on the other, shows how stable each choice is, and
 * keeps the choices for the catalog's check.
 *
 * @param corpus - all recordings; a stratified subset is chosen on
 */
export async function showFamilyChoices(corpus: Corpus): Promise<FamilyStudy[]> {
  const studies = await chooseForFamilies(familiesWithChoices(), studySubset(corpus));
  saveChoices(studies);
  showStability(studies.map(({ entry, study }) => ({ name: entry.title, study })));
  tellChoices(studies);
  return studies;
}

/** Prints for how many families both folds choose alike, and where a choice costs most. */
function tellChoices(studies: readonly FamilyStudy[]): void {
  const alike = studies.filter(({ study: { folds } }) => folds[0]!.chosen === folds[1]!.chosen);
  const losses = studies.flatMap(({ study }) => study.folds).sort((a, b) => b.loss - a.loss);
  const alone = studies.filter(({ study: { folds } }) => folds.some(({ byMedianAlone }) => byMedianAlone));
  console.log(
    `Both folds choose alike in ${alike.length} of ${studies.length} families. The largest loss by the choice of the other ` +
      `fold is ${losses[0]!.loss.toFixed(3)} dB, of ${losses[0]!.chosen}. In ${alone.length} families a single recording would ` +
      'change a choice, so the median alone has decided there.',
  );
  const differing = studies.filter(({ entry, study: { folds } }) =>
    folds.some(({ chosen }) => chosen !== basisId(entry)),
  );
  for (const { entry, study } of differing) {
    console.log(
      `${entry.title}: ${study.folds.map(({ chosen, fold }) => `${chosen} for fold ${fold}`).join(', ')}.`,
    );
  }
}

/** Result of {@link showBasisSearch}. */
export interface ShownSearch extends BasisSearch, SearchedSweeps {
  /** Id of the codec that all others are compared with. */
  readonly reference: string;
  /** Bytes against the reference in %, one for each of three ranges of compression ratios. */
  readonly savings: ReadonlyMap<string, readonly (Interval | null)[]>;
}

/**
 * Searches for the best codec over families and quantizers and compares what it finds with a reference on all
 * recordings.
 *
 * @param studies - see {@link showFamilyChoices}
 * @param reference - id of a codec
 */
export async function showBasisSearch(
  studies: readonly FamilyStudy[],
  corpus: Corpus,
  reference: string,
): Promise<ShownSearch> {
  const search = await searchBases(studies, studySubset(corpus));
  showTable(search.codecs.slice(0, SHOWN_CODECS), [
    { label: 'Codec', value: ({ id }) => id },
    ...([0, 1] as const).map((fold) => ({
      label: `Below the best for fold ${fold}, dB`,
      value: ({ below }: { readonly below: readonly [number, number] }) => below[fold],
      digits: 3,
    })),
  ]);
  const measured = [...new Set([reference, ...search.measured])];
  const found = await sweepSearched({ ...search, measured }, corpus);
  const ofReference = found.sweeps.get(reference)!;
  const compared = [
    ...[...found.sweeps.values()].filter((result) => result !== ofReference),
    found.bestOfFolds,
    found.bestOfRecordings,
  ];
  const savings = new Map(
    compared.map((result) => [result.codec.id, compareSweeps(ofReference, result, RANGES)] as const),
  );
  showTable(
    [...savings],
    [
      { label: `Codec against ${reference}`, value: ([id]) => id },
      ...RANGES.flatMap(({ from, to }, i) =>
        intervalColumns<[string, readonly (Interval | null)[]]>(
          `Bytes, CR ${from} to ${to}, %`,
          ([, ranges]) => ranges[i],
        ),
      ),
    ],
  );
  showTable(
    [...found.sweeps.keys()],
    [
      { label: 'Codec', value: (id) => id },
      ...(corpus.synthetic ? ofReference.steps.slice(0, 3) : [4, 16, 64]).map((step) => ({
        label: `Best of recordings at step ${step}, %`,
        value: (id: string) => {
          const wins = found.wins[ofReference.steps.indexOf(step)]?.get(id) ?? 0;
          return (100 * wins) / corpus.recordings.length;
        },
        digits: 1,
      })),
    ],
  );
  await showSavings(savings, reference, corpus);
  return { ...search, ...found, reference, savings };
}

/** Prints which codec each fold was given, and what it saves on recordings that did not choose it. */
export function tellSearch({
  best,
  bestOfFolds,
  bestOfRecordings,
  reference,
  sweeps,
  savings,
  bitsOfName,
}: ShownSearch): void {
  const changes = ({ codec }: SweepResult): string =>
    RANGES.map(
      ({ from, to }, i) => `by ${percentWithInterval(savings.get(codec.id)?.[i])} from CR ${from} to ${to}`,
    ).join(', ');
  const [zero, one] = best;
  console.log(
    `The recordings of fold 0 are given ${zero!.chosen}, those of fold 1 ${one!.chosen}, each chosen on the other fold. Against ` +
      `${reference} that changes the bytes ${changes(bestOfFolds)}.\n` +
      `With the best of ${sweeps.size} codecs for each recording, ${bitsOfName.toFixed(1)} bits for its name counted, they change ` +
      `${changes(bestOfRecordings)}.`,
  );
}

async function showSavings(
  savings: ReadonlyMap<string, readonly (Interval | null)[]>,
  reference: string,
  corpus: Corpus,
): Promise<void> {
  const shown = [...savings].flatMap(([id, ranges]) => {
    const interval = ranges[RANGES.length - 1];
    return interval ? [{ id, interval }] : [];
  });
  if (shown.length === 0) return;
  const least = shown.reduce((a, b) => (b.interval.estimate < a.interval.estimate ? b : a));
  const { from, to } = RANGES[RANGES.length - 1]!;
  await showFigure(
    barComparison(
      shown.map(({ id, interval }) => ({
        label: id,
        value: interval.estimate,
        interval: [interval.lower, interval.upper],
        color: id.startsWith('best of') ? codecLook('identity').style.color : codecLook(id).style.color,
      })),
      { quantity: `Bytes against ${reference} at equal PSNR`, unit: '%' },
      {
        title: `CR ${from} to ${to}: ${least.id} changes the bytes of ${reference} by ${fixed(least.interval.estimate)}%`,
        corpus: corpus.label,
        detail: '95% intervals, paired',
      },
      { name: 'search', digits: 2 },
    ),
  );
}
