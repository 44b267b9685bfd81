/**
 * Several bases over the same range of compression ratios, to choose a parameter by: chosen on one half of the
 * recordings, confirmed on the other, so that no choice is judged by what it was made on.
 */
import { codecFromId } from '../codecs/codec-from-id';
import { showTable } from '../figures/display';
import { stratifiedSubset, type Corpus } from '../recordings/corpus';
import { curveOf } from '../measuring/measured-curve';
import type { Curve } from '../results/results';
import { sweep, type RecordingMeasurement, type SweepResult } from '../measuring/sweep';
import {
  choose,
  chooseForFolds,
  psnrsAtRatios,
  type CandidateRecording,
  type FoldChoice,
} from './parameter-choice';

/** Steps of a study: from below CR 5 to above CR 200, no closer than the curve bends. */
export const STUDY_STEPS: readonly number[] = [2, 8, 32, 96];

/** Compression ratios at which PSNRs decide. */
export const STUDY_RATIOS = [5, 20, 50, 200] as const;

/** Recordings of a study of a whole corpus: about half of them in each fold. */
const STUDY_RECORDINGS = 96;

/** The recordings that parameters are chosen on: 96 of the corpus, stratified, or a fifth of one that has not as many. */
export function studySubset(corpus: Corpus): Corpus {
  const { length } = corpus.recordings;
  const count =
    length >= STUDY_RECORDINGS ? STUDY_RECORDINGS : Math.min(length, Math.max(2, Math.floor(length / 5)));
  return {
    ...corpus,
    label: `${count} of ${corpus.label}`,
    recordings: stratifiedSubset(corpus.recordings, count),
  };
}

/** One basis of a study. */
export interface StudiedBasis {
  readonly id: string;
  /** Of all recordings of the study. */
  readonly curve: Curve;
  /**
   * PSNR in dB when each recording has this compression ratio: the mean over recordings of each one's own, so that
   * the few with the largest errors (rails, drift) do not decide alone, as they do in the PSNR of a small corpus.
   */
  psnr(compressionRatio: number): number;
}

/** What a study found. */
export interface ParameterChoice {
  /** In the order in which they were named. */
  readonly bases: readonly StudiedBasis[];
  /** {@link StudiedBasis.psnr} of each basis. */
  psnrs(compressionRatio: number): number[];
  /** Id of the basis that is best on all recordings. */
  readonly best: string;
  /** For fold 0 and fold 1: what the other fold chooses for it, and how stable that is. */
  readonly folds: readonly FoldChoice[];
  /** Id of the basis that is best on each fold. */
  readonly bestOfFold: readonly [string, string];
  /**
   * dB that each fold loses when it is given the basis that is best on the other fold instead of its own best: what
   * the choice owes to the recordings that it was made on.
   */
  readonly lossOnOtherFold: readonly [number, number];
}

/**
 * Measures bases and chooses by the median over recordings and by all recordings as one together, at
 * {@link STUDY_RATIOS}: see `choose`.
 *
 * @param ids - at least one, each of the catalog
 * @param corpus - see {@link studySubset}
 */
export async function chooseParameters(ids: readonly string[], corpus: Corpus): Promise<ParameterChoice> {
  const bases: StudiedBasis[] = [];
  const candidates: { readonly id: string; readonly recordings: readonly CandidateRecording[] }[] = [];
  for (const id of ids) {
    const result = await sweepOf(id, corpus);
    const { recordings } = result;
    bases.push({ id, curve: curveOf(id, result), psnr: (ratio) => meanPsnr(recordings, ratio) });
    candidates.push({ id, recordings: recordings.map(totalsOf) });
  }
  const folds = chooseForFolds(candidates, STUDY_RATIOS);
  const [first, second] = folds as [FoldChoice, FoldChoice];
  return {
    bases,
    psnrs: (ratio) => bases.map((basis) => basis.psnr(ratio)),
    best: choose(candidates, STUDY_RATIOS).id,
    folds,
    bestOfFold: [first.ownBest, second.ownBest],
    lossOnOtherFold: [first.loss, second.loss],
  };
}

/** The table of a study: what each fold is given, and how much to trust it. */
export function showStability(
  studies: readonly { readonly name: string; readonly study: ParameterChoice }[],
): void {
  showTable(
    studies.flatMap(({ name, study }) => study.folds.map((choice) => ({ name, ...choice }))),
    [
      { label: 'Family', value: (row) => row.name },
      { label: 'For fold', value: (row) => String(row.fold) },
      { label: 'Chosen on the other', value: (row) => row.chosen },
      { label: 'Ahead of the next, dB', value: (row) => row.margin, digits: 3 },
      { label: 'Chosen by drawn corpora, %', value: (row) => 100 * row.stability, digits: 0 },
      {
        label: 'One recording would change it',
        value: (row) => (row.byMedianAlone ? 'yes: median alone' : 'no'),
      },
      { label: 'Best on the fold itself', value: (row) => row.ownBest },
      { label: 'Loss by the choice, dB', value: (row) => row.loss, digits: 3 },
    ],
  );
}

/** See {@link StudiedBasis.psnr}; over the recordings that lossy coding changes at all. */
export function meanPsnr(recordings: readonly RecordingMeasurement[], compressionRatio: number): number {
  const psnrs = recordings
    .map((one) => psnrsAtRatios(totalsOf(one), [compressionRatio])[0]!)
    .filter(Number.isFinite);
  return psnrs.reduce((sum, psnr) => sum + psnr, 0) / psnrs.length;
}

/** What a choice needs of a recording. */
function totalsOf({ recording, facts, points }: RecordingMeasurement): CandidateRecording {
  return {
    samples: facts.samples,
    wavBytes: recording.wavBytes,
    bytes: points.map(({ compressedBytes }) => compressedBytes),
    squaredError: points.map(({ comparison }) => comparison.squaredError),
  };
}

async function sweepOf(id: string, corpus: Corpus): Promise<SweepResult> {
  return sweep(codecFromId(id), corpus, STUDY_STEPS);
}
