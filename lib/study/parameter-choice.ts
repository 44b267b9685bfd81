/**
 * Which of several candidates is chosen on a set of recordings, and how stable that is. One recording with errors so
 * large that they are most of the corpus's must not decide, and neither must the many small ones alone.
 */
import { meanSquaredError, peakSignalToNoiseRatio } from '../metrics/distortion';
import { monotoneCubic, valueOfCubic } from '../numerics/monotone-cubic';
import { median } from '../numerics/statistics';
import { uniformNumbers } from '../numerics/random';
import { MAX_ADC_CODE } from '../recordings/adc';
import { foldOf, groupsOfEqualLength, type Fold } from '../recordings/folds';

/** One recording under one candidate: totals at each step. */
export interface CandidateRecording {
  readonly samples: number;
  readonly wavBytes: number;
  readonly bytes: readonly number[];
  /** codes², over all samples. */
  readonly squaredError: readonly number[];
}

/** A candidate with its recordings, which are the same ones in the same order for all candidates. */
export interface Candidate {
  readonly id: string;
  readonly recordings: readonly CandidateRecording[];
}

/** What is chosen on a set of recordings. */
export interface Choice {
  readonly id: string;
  /**
   * Whether leaving one recording out changes what is best by median and total together: then the median alone has
   * decided.
   */
  readonly byMedianAlone: boolean;
  /** dB by which each candidate stays below the best in median and total together, in their order; 0 for the best. */
  readonly below: readonly number[];
}

/** A choice for one fold, made on the recordings of the other. */
export interface FoldChoice {
  /** The fold that it is for. */
  readonly fold: Fold;
  /** Id, from the other fold. */
  readonly chosen: string;
  /** Id of what is best on the fold itself, and the dB by which the chosen one stays below it there. */
  readonly ownBest: string;
  readonly loss: number;
  readonly byMedianAlone: boolean;
  /** dB from the chosen one to the next on the fold that it was chosen on; below 0 where the median alone decided. */
  readonly margin: number;
  /** Share of corpora, groups of recordings of equal length drawn again, on which the same one is best. */
  readonly stability: number;
}

/** Corpora that are drawn to tell how stable a choice is. */
const REPLICATES = 200;

/**
 * PSNR in dB at compression ratios, on a monotone cubic over the logarithm of the ratio that goes on straight at its
 * ends; not a number without two steps at which something is lost.
 *
 * @param fullScale - of the PSNR, in codes; choices do not depend on it
 */
export function psnrsAtRatios(
  { samples, wavBytes, bytes, squaredError }: CandidateRecording,
  ratios: readonly number[],
  fullScale: number,
): number[] {
  const at = bytes
    .map((size, i) => ({
      logRatio: Math.log(wavBytes / size),
      psnr: peakSignalToNoiseRatio(meanSquaredError(squaredError[i]!, samples), fullScale),
    }))
    .filter(({ psnr }) => Number.isFinite(psnr))
    .sort((a, b) => a.logRatio - b.logRatio)
    .filter(({ logRatio }, i, all) => logRatio !== all[i - 1]?.logRatio);
  if (at.length < 2) return ratios.map(() => at[0]?.psnr ?? NaN);
  const cubic = monotoneCubic(
    Float64Array.from(at, ({ logRatio }) => logRatio),
    Float64Array.from(at, ({ psnr }) => psnr),
  );
  return ratios.map((ratio) => valueOfCubic(cubic, Math.log(ratio)));
}

/** Full scale of PSNRs that are compared with each other alone: any other one gives the same differences. */
const ANY_SCALE = MAX_ADC_CODE;

/** Scores of candidates on any of their recordings. */
class Scores {
  /** dB, mean over the ratios: each recording's own PSNR under each candidate, less the mean over candidates. */
  private readonly gains: readonly Float64Array[];

  constructor(
    private readonly candidates: readonly Candidate[],
    private readonly ratios: readonly number[],
  ) {
    const psnrs = candidates.map(({ recordings }) =>
      Float64Array.from(recordings, (one) => mean(psnrsAtRatios(one, ratios, ANY_SCALE))),
    );
    this.gains = psnrs.map((own) =>
      own.map((psnr, r) => psnr - mean(psnrs.map((ofCandidate) => ofCandidate[r]!))),
    );
  }

  /** dB for each candidate: the median gain over recordings; those that no step changes do not count. */
  medians(chosen: readonly number[]): number[] {
    return this.gains.map((gains) => median(chosen.map((r) => gains[r]!).filter(Number.isFinite)) ?? NaN);
  }

  /** dB for each candidate: half the median and half the PSNR of all recordings as one. */
  together(chosen: readonly number[]): number[] {
    const medians = this.medians(chosen);
    return this.candidates.map(
      ({ recordings }, c) =>
        (medians[c]! +
          mean(psnrsAtRatios(pooled(chosen.map((r) => recordings[r]!)), this.ratios, ANY_SCALE))) /
        2,
    );
  }
}

/**
 * Chooses on all recordings: the highest sum of the median gain over recordings and the PSNR of all recordings as one,
 * the mean over compression ratios. If that choice hangs on a single recording, the highest median alone.
 *
 * @param candidates - at least one
 * @param ratios - compression ratios at which PSNRs decide
 */
export function choose(candidates: readonly Candidate[], ratios: readonly number[]): Choice {
  return chooseOn(candidates, new Scores(candidates, ratios), allOf(candidates));
}

function chooseOn(candidates: readonly Candidate[], scores: Scores, recordings: readonly number[]): Choice {
  const together = scores.together(recordings);
  const first = highest(together);
  const byMedianAlone =
    recordings.length > 2 &&
    recordings.some((left) => highest(scores.together(recordings.filter((r) => r !== left))) !== first);
  const best = byMedianAlone ? highest(scores.medians(recordings)) : first;
  return {
    id: candidates[best]!.id,
    byMedianAlone,
    below: together.map((score) => Math.max(...together) - score),
  };
}

/**
 * Chooses for each fold on the recordings of the other, so that nothing is judged by what it was chosen on.
 *
 * @param candidates - at least one; a fold without recordings chooses as all recordings do
 * @param ratios - as for {@link choose}
 * @returns for fold 0 and fold 1
 */
export function chooseForFolds(candidates: readonly Candidate[], ratios: readonly number[]): FoldChoice[] {
  const scores = new Scores(candidates, ratios);
  const { recordings } = candidates[0]!;
  return ([0, 1] as const).map((fold): FoldChoice => {
    const own = ofFold(candidates, fold);
    const other = ofFold(candidates, fold === 0 ? 1 : 0);
    const choice = chooseOn(candidates, scores, other);
    const chosen = candidates.findIndex(({ id }) => id === choice.id);
    const ownChoice = chooseOn(candidates, scores, own);
    const ownBest = candidates.findIndex(({ id }) => id === ownChoice.id);
    const rivals = choice.below.filter((_, c) => c !== chosen);
    return {
      fold,
      chosen: choice.id,
      ownBest: ownChoice.id,
      loss: ownChoice.below[chosen]! - ownChoice.below[ownBest]!,
      byMedianAlone: choice.byMedianAlone,
      margin: rivals.length > 0 ? Math.min(...rivals) - choice.below[chosen]! : 0,
      stability: shareOfDraws(scores, other, recordings, chosen, choice.byMedianAlone),
    };
  });
}

/**
 * dB for each candidate, half the median gain over recordings and half the PSNR of all as one: for fold 0 on the
 * recordings of fold 1, and the other way round. Only their differences within a fold mean anything.
 *
 * @param candidates - at least one; a fold without recordings is scored on all
 * @param ratios - as for {@link choose}
 */
export function scoresForFolds(
  candidates: readonly Candidate[],
  ratios: readonly number[],
): readonly [number[], number[]] {
  const scores = new Scores(candidates, ratios);
  return [scores.together(ofFold(candidates, 1)), scores.together(ofFold(candidates, 0))];
}

/** How often drawn corpora have the same candidate on top. */
function shareOfDraws(
  scores: Scores,
  chosenOn: readonly number[],
  recordings: readonly CandidateRecording[],
  candidate: number,
  byMedianAlone: boolean,
): number {
  const groups = groupsOfEqualLength(chosenOn.map((r) => ({ r, samples: recordings[r]!.samples })));
  const random = uniformNumbers(1);
  let same = 0;
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    const drawn = groups.flatMap(() => groups[Math.floor(random() * groups.length)]!.map(({ r }) => r));
    const values = byMedianAlone ? scores.medians(drawn) : scores.together(drawn);
    if (highest(values) === candidate) same++;
  }
  return same / REPLICATES;
}

function pooled(recordings: readonly CandidateRecording[]): CandidateRecording {
  const steps = recordings[0]?.bytes.length ?? 0;
  const sumAt = (value: (one: CandidateRecording) => number): number =>
    recordings.reduce((sum, one) => sum + value(one), 0);
  return {
    samples: sumAt(({ samples }) => samples),
    wavBytes: sumAt(({ wavBytes }) => wavBytes),
    bytes: Array.from({ length: steps }, (_, i) => sumAt(({ bytes }) => bytes[i]!)),
    squaredError: Array.from({ length: steps }, (_, i) => sumAt(({ squaredError }) => squaredError[i]!)),
  };
}

function allOf(candidates: readonly Candidate[]): number[] {
  return candidates[0]!.recordings.map((_, r) => r);
}

/** The recordings of a fold; all where it has none. */
function ofFold(candidates: readonly Candidate[], fold: Fold): number[] {
  const { recordings } = candidates[0]!;
  const all = allOf(candidates);
  const own = all.filter((r) => foldOf(recordings[r]!.samples) === fold);
  return own.length > 0 ? own : all;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Position of the highest; the first where none is a number. */
function highest(values: readonly number[]): number {
  let best = 0;
  values.forEach((value, i) => {
    if (value > values[best]! || Number.isNaN(values[best]!)) best = i;
  });
  return best;
}
