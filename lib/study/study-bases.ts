/**
 * Chooses a parameter by comparing several bases over the same compression ratios. The choice is made on one
 * half of the recordings and confirmed on the other, so that no choice is judged on the recordings that it
 * was made on.
 */
import { codecFromId } from '../codecs/codec-from-id';
import { showTable } from '../figures/display';
import { stratifiedSubset, type Corpus } from '../recordings/corpus';
import { curveOf } from '../measuring/measured-curve';
import type { Curve } from '../results/results';
import { stepsFor } from '../measuring/steps';
import { sweep, type RecordingMeasurement, type SweepResult } from '../measuring/sweep';
import {
  choose,
  chooseForFolds,
  psnrsAtRatios,
  type Candidate,
  type CandidateRecording,
  type FoldChoice,
} from './parameter-choice';

/**
 * Quantizer steps of a study, from below CR 5 to above CR 200; they are dense enough for the bends of the
 * curve.
 */
export const STUDY_STEPS: readonly number[] = [2, 8, 32, 96];

/** Compression ratios whose PSNRs decide. */
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

/** One basis of a study, with what its recordings cost and lose at each of {@link STUDY_STEPS}. */
export interface StudiedBasis extends Candidate {
  /** Curve over all recordings of the study. */
  readonly curve: Curve;
  /**
   * PSNR in dB when each recording has this compression ratio: the mean of the recordings' own PSNRs. In the
   * PSNR of a small corpus, the few recordings with the largest errors (rails, drift) would decide alone.
   */
  psnr(compressionRatio: number): number;
}

/** Result of a study. */
export interface ParameterChoice {
  /** Bases in the given order. */
  readonly bases: readonly StudiedBasis[];
  /** {@link StudiedBasis.psnr} of each basis. */
  psnrs(compressionRatio: number): number[];
  /** Id of the best basis on all recordings. */
  readonly best: string;
  /** For fold 0 and fold 1: what the other fold chooses for it, and how stable that is. */
  readonly folds: readonly FoldChoice[];
  /** Id of the basis that is best on each fold. */
  readonly bestOfFold: readonly [string, string];
  /**
   * Loss in dB of each fold with the best basis of the other fold in place of its own: the part of the choice
   * that depends on the recordings that it was made on.
   */
  readonly lossOnOtherFold: readonly [number, number];
}

/**
 * Measures bases and chooses by the median over recordings and by all recordings as one together, at
 * {@link STUDY_RATIOS}: see `choose`.
 *
 * @param ids - ids of the catalog, at least one
 * @param corpus - see {@link studySubset}
 */
export async function chooseParameters(ids: readonly string[], corpus: Corpus): Promise<ParameterChoice> {
  const bases: StudiedBasis[] = [];
  for (const id of ids) bases.push(await studyBasis(id, corpus));
  const folds = chooseForFolds(bases, STUDY_RATIOS);
  const [first, second] = folds as [FoldChoice, FoldChoice];
  return {
    bases,
    psnrs: (ratio) => bases.map((basis) => basis.psnr(ratio)),
    best: choose(bases, STUDY_RATIOS).id,
    folds,
    bestOfFold: [first.ownBest, second.ownBest],
    lossOnOtherFold: [first.loss, second.loss],
  };
}

/**
 * Measures one codec at {@link STUDY_STEPS}.
 *
 * @param id - of a codec
 * @param corpus - see {@link studySubset}
 */
export async function studyBasis(id: string, corpus: Corpus): Promise<StudiedBasis> {
  const result = await sweep(codecFromId(id), corpus, stepsFor(corpus, STUDY_STEPS));
  const { recordings } = result;
  return {
    id,
    recordings: recordings.map(totalsOf),
    curve: curveOf(id, result),
    psnr: (ratio) => meanPsnr(result, ratio),
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

/** Mean PSNR (see {@link StudiedBasis.psnr}) over the recordings that lossy coding changes. */
export function meanPsnr({ recordings, corpus }: SweepResult, compressionRatio: number): number {
  const psnrs = recordings
    .map((one) => psnrsAtRatios(totalsOf(one), [compressionRatio], corpus.fullScale.codes)[0]!)
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
