/**
 * Chooses a parameter by comparing several bases over the same compression ratios. The choice is made on one
 * half of the recordings and confirmed on the other, so that no choice is judged on the recordings that it
 * was made on.
 */
import { codecFromId } from '../codecs/codec-from-id';
import { meanSquaredError, peakSignalToNoiseRatio } from '../metrics/distortion';
import { monotoneCubic, valueOfCubic } from '../numerics/monotone-cubic';
import { stratifiedSubset, type Corpus } from '../recordings/corpus';
import { foldOf, type Fold } from '../recordings/folds';
import { curveOf } from '../measuring/measured-curve';
import type { Curve } from '../results/results';
import { sweep, type RecordingMeasurement, type SweepResult } from '../measuring/sweep';

/**
 * Quantizer steps of a study, from below CR 5 to above CR 200; they are dense enough for the bends of the
 * curve.
 */
export const STUDY_STEPS: readonly number[] = [2, 8, 32, 96];

/** Compression ratios whose PSNRs decide. */
export const STUDY_RATIOS = [5, 20, 50, 200] as const;

/** Number of recordings in a study of a whole corpus. */
const STUDY_RECORDINGS = 16;

/** Recordings on which parameters are chosen: 16 of the corpus, stratified, or a fifth of a small corpus. */
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
  /** Id of the best basis on each fold. */
  readonly bestOfFold: readonly [string, string];
  /**
   * Loss in dB of each fold with the best basis of the other fold in place of its own: the part of the choice
   * that depends on the recordings that it was made on.
   */
  readonly lossOnOtherFold: readonly [number, number];
}

/**
 * Measures bases and chooses the one with the highest PSNR, the mean over {@link STUDY_RATIOS}.
 *
 * @param ids - ids of the catalog, at least one
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
  // A fold without recordings has NaN scores and chooses nothing.
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

/** Mean PSNR in dB over the ratios of a study; NaN without recordings. */
function score(recordings: readonly RecordingMeasurement[]): number {
  return STUDY_RATIOS.reduce((sum, ratio) => sum + meanPsnr(recordings, ratio), 0) / STUDY_RATIOS.length;
}

/** Mean PSNR (see {@link StudiedBasis.psnr}) over the recordings that lossy coding changes. */
export function meanPsnr(recordings: readonly RecordingMeasurement[], compressionRatio: number): number {
  const psnrs = recordings.map((one) => recordingPsnr(one, compressionRatio)).filter(Number.isFinite);
  return psnrs.reduce((sum, psnr) => sum + psnr, 0) / psnrs.length;
}

/**
 * PSNR of one recording, by a monotone cubic over the logarithm of the ratio, continued straight beyond its
 * ends.
 */
function recordingPsnr({ recording, facts, points }: RecordingMeasurement, compressionRatio: number): number {
  const at = points
    .map(({ compressedBytes, comparison }) => ({
      logRatio: Math.log(recording.wavBytes / compressedBytes),
      psnr: peakSignalToNoiseRatio(meanSquaredError(comparison.squaredError, facts.samples)),
    }))
    .filter(({ psnr }) => Number.isFinite(psnr))
    .sort((a, b) => a.logRatio - b.logRatio)
    .filter(({ logRatio }, i, all) => logRatio !== all[i - 1]?.logRatio);
  if (at.length < 2) return at[0]?.psnr ?? NaN;
  const cubic = monotoneCubic(
    Float64Array.from(at, ({ logRatio }) => logRatio),
    Float64Array.from(at, ({ psnr }) => psnr),
  );
  return valueOfCubic(cubic, Math.log(compressionRatio));
}

async function sweepOf(id: string, corpus: Corpus): Promise<SweepResult> {
  return sweep(codecFromId(id), corpus, STUDY_STEPS);
}
