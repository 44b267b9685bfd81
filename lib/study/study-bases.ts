/**
 * Several bases over the same range of compression ratios, to choose a parameter by: chosen on one half of the
 * recordings, confirmed on the other, so that no choice is judged by what it was made on.
 */
import { findBasis, namedParameters } from '../bases/catalog';
import { codecFromId } from '../coding/codec-from-id';
import { psnrAt } from '../figures/rate-distortion';
import { stratifiedSubset, type Corpus } from '../recordings/corpus';
import { foldOf, type Fold } from '../recordings/folds';
import type { Curve } from './results';
import { summarize } from './summarize';
import { sweep, type SweepResult } from './sweep';

/** Steps of a study: from below CR 5 to above CR 200, no closer than the curve bends. */
const STUDY_STEPS = [2, 8, 32, 96];

/** Compression ratios whose mean PSNR decides. */
export const STUDY_RATIOS = [5, 20, 50, 200] as const;

/** Recordings of a study of a whole corpus. */
const STUDY_RECORDINGS = 16;

/** The recordings that parameters are chosen on: 16 of the corpus, stratified, or a third of a small one. */
export function studySubset(corpus: Corpus): Corpus {
  const { length } = corpus.recordings;
  const count = Math.min(STUDY_RECORDINGS, Math.max(2, Math.floor(length / 3)), length);
  return {
    ...corpus,
    label: `${count} of ${corpus.label}`,
    recordings: stratifiedSubset(corpus.recordings, count),
  };
}

/**
 * The curves of several bases of the catalog; they are not part of the results.
 *
 * @param ids - `["dct-64", "dct-128"]`
 */
export async function studyBases(ids: readonly string[], corpus: Corpus): Promise<Curve[]> {
  const curves: Curve[] = [];
  for (const id of ids) curves.push(curveOf(id, await sweepOf(id, corpus)));
  return curves;
}

/** One basis of a study. */
export interface StudiedBasis {
  readonly id: string;
  /** Of all recordings of the study. */
  readonly curve: Curve;
  /** Of each fold; undefined where a fold has no recordings. */
  readonly folds: readonly [Curve | undefined, Curve | undefined];
}

/** What a study found. */
export interface ParameterChoice {
  /** In the order in which they were named. */
  readonly bases: readonly StudiedBasis[];
  /** PSNR in dB of each basis at a compression ratio, all recordings; null where it was not reached. */
  psnrs(compressionRatio: number): (number | null)[];
  /** Id of the basis that is best on all recordings. */
  readonly best: string;
  /** Id of the basis that is best on each fold. */
  readonly bestOfFold: readonly [string, string];
  /**
   * dB that each fold loses when it is given the basis that is best on the other fold instead of its own best: what
   * the choice owes to the recordings that it was made on.
   */
  readonly lossOnOtherFold: readonly [number, number];
}

/**
 * Measures bases and chooses the one with the highest PSNR, the mean over {@link STUDY_RATIOS}.
 *
 * @param ids - at least one, each of the catalog
 * @param corpus - see {@link studySubset}
 */
export async function chooseParameters(ids: readonly string[], corpus: Corpus): Promise<ParameterChoice> {
  const bases: StudiedBasis[] = [];
  for (const id of ids) {
    const result = await sweepOf(id, corpus);
    bases.push({
      id,
      curve: curveOf(id, result),
      folds: [curveOfFold(id, result, 0), curveOfFold(id, result, 1)],
    });
  }
  const scores = bases.map(({ curve }) => score(curve));
  const foldScores = ([0, 1] as const).map((fold) => bases.map(({ folds }) => score(folds[fold])));
  const best = scores.indexOf(Math.max(...scores));
  const [first, second] = foldScores.map((values) => values.indexOf(Math.max(...values))) as [number, number];
  const loss = (fold: Fold, own: number, other: number): number => {
    const difference = foldScores[fold]![own]! - foldScores[fold]![other]!;
    return Number.isFinite(difference) ? difference : 0;
  };
  return {
    bases,
    psnrs: (ratio) => bases.map(({ curve }) => psnrAt(curve, ratio) ?? null),
    best: ids[best]!,
    bestOfFold: [ids[first] ?? ids[best]!, ids[second] ?? ids[best]!],
    lossOnOtherFold: [loss(0, first, second), loss(1, second, first)],
  };
}

/** Mean PSNR in dB over the ratios of a study; minus infinity where one of them is not reached. */
function score(curve: Curve | undefined): number {
  if (!curve) return -Infinity;
  const psnrs = STUDY_RATIOS.map((ratio) => psnrAt(curve, ratio) ?? -Infinity);
  return psnrs.reduce((sum, psnr) => sum + psnr, 0) / psnrs.length;
}

async function sweepOf(id: string, corpus: Corpus): Promise<SweepResult> {
  return sweep(codecFromId(id), corpus, STUDY_STEPS);
}

function curveOf(id: string, result: SweepResult): Curve {
  const named = findBasis(id);
  const { family, learned, notebook } = named.entry;
  return summarize(result, { parameters: namedParameters(named), family, learned, notebook });
}

function curveOfFold(id: string, result: SweepResult, fold: Fold): Curve | undefined {
  const recordings = result.recordings.filter(({ facts }) => foldOf(facts.samples) === fold);
  return recordings.length === 0 ? undefined : curveOf(id, { ...result, recordings });
}
