/**
 * Several bases over the same range of compression ratios, to choose a parameter by: chosen on one half of the
 * recordings, confirmed on the other, so that no choice is judged by what it was made on.
 */
import { codecFromId } from '../codecs/codec-from-id';
import { meanSquaredError, peakSignalToNoiseRatio } from '../metrics/distortion';
import { valueOfCubic } from '../numerics/monotone-cubic';
import { cubicOverCost } from '../results/curve-at-ratio';
import { stratifiedSubset, type Corpus } from '../recordings/corpus';
import { foldOf, type Fold } from '../recordings/folds';
import { curveOf } from '../measuring/measured-curve';
import type { Curve } from '../results/results';
import { sweep, type RecordingMeasurement, type SweepResult } from '../measuring/sweep';

/** Steps of a study: from below CR 5 to above CR 200, no closer than the curve bends. */
export const STUDY_STEPS: readonly number[] = [2, 8, 32, 96];

/** Compression ratios at which PSNRs decide. */
export const STUDY_RATIOS = [5, 20, 50, 200] as const;

/** Recordings of a study of a whole corpus. */
const STUDY_RECORDINGS = 16;

/** The recordings that parameters are chosen on: 16 of the corpus, stratified, or a fifth of a small one. */
export function studySubset(corpus: Corpus): Corpus {
  const { length } = corpus.recordings;
  const count = Math.min(STUDY_RECORDINGS, Math.max(2, Math.floor(length / 5)), length);
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
  const scores: number[] = [];
  const foldScores: [number[], number[]] = [[], []];
  for (const id of ids) {
    const result = await sweepOf(id, corpus);
    const { recordings } = result;
    bases.push({ id, curve: curveOf(id, result), psnr: (ratio) => meanPsnr(recordings, ratio) });
    scores.push(score(recordings));
    for (const fold of [0, 1] as const) {
      foldScores[fold].push(score(recordings.filter(({ facts }) => foldOf(facts.samples) === fold)));
    }
  }
  const best = scores.indexOf(Math.max(...scores));
  // A fold without recordings has scores that are not numbers, and chooses nothing.
  const [first, second] = foldScores.map((values) => values.indexOf(Math.max(...values))) as [number, number];
  const loss = (fold: Fold, own: number, other: number): number => {
    const difference = foldScores[fold][own]! - foldScores[fold][other]!;
    return Number.isFinite(difference) ? difference : 0;
  };
  return {
    bases,
    psnrs: (ratio) => bases.map((basis) => basis.psnr(ratio)),
    best: ids[best]!,
    bestOfFold: [ids[first] ?? ids[best]!, ids[second] ?? ids[best]!],
    lossOnOtherFold: [loss(0, first, second), loss(1, second, first)],
  };
}

/** Mean PSNR in dB over the ratios of a study; not a number without recordings. */
function score(recordings: readonly RecordingMeasurement[]): number {
  return STUDY_RATIOS.reduce((sum, ratio) => sum + meanPsnr(recordings, ratio), 0) / STUDY_RATIOS.length;
}

/** See {@link StudiedBasis.psnr}; over the recordings that lossy coding changes at all. */
export function meanPsnr(recordings: readonly RecordingMeasurement[], compressionRatio: number): number {
  const psnrs = recordings.map((one) => recordingPsnr(one, compressionRatio)).filter(Number.isFinite);
  return psnrs.reduce((sum, psnr) => sum + psnr, 0) / psnrs.length;
}

/** PSNR of one recording, on a monotone cubic over the logarithm of the ratio that goes on straight at its ends. */
function recordingPsnr({ recording, facts, points }: RecordingMeasurement, compressionRatio: number): number {
  const at = points
    .map(({ compressedBytes, comparison }) => ({
      cost: recording.wavBytes / compressedBytes,
      quality: peakSignalToNoiseRatio(meanSquaredError(comparison.squaredError, facts.samples)),
    }))
    .filter(({ quality }) => Number.isFinite(quality));
  const cubic = cubicOverCost(at);
  return cubic ? valueOfCubic(cubic, Math.log(compressionRatio)) : (at[0]?.quality ?? NaN);
}

async function sweepOf(id: string, corpus: Corpus): Promise<SweepResult> {
  return sweep(codecFromId(id), corpus, STUDY_STEPS);
}
