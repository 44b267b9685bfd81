/**
 * The search for the best conventional codec: the families that are best with rounding, each with every quantizer. All is
 * measured on the recordings of parameter studies; only the few that are best there are measured on the whole corpus.
 */
import type { CatalogEntry } from '../catalog/family';
import { codecFromId, parseCodecId } from '../codecs/codec-from-id';
import { FoldedCodec } from '../measuring/curve-codec';
import { OPERATING_STEPS, SAMPLE_STEPS } from '../measuring/steps';
import { addedSums, stepSumsOf } from '../measuring/step-sums';
import { sweep, type RecordingMeasurement, type SweepResult } from '../measuring/sweep';
import type { Corpus } from '../recordings/corpus';
import type { Fold } from '../recordings/folds';
import type { FamilyStudy } from './family-choices';
import { chooseForFolds, scoresForFolds, type FoldChoice } from './parameter-choice';
import { studyBasis, STUDY_RATIOS, type StudiedBasis } from './study-bases';

/** Families that go on from rounding to the other quantizers, for each fold. */
const FAMILIES = 8;

/** Bases of a family that go on: a quantizer may prefer another parameter than rounding does. */
const BASES_OF_FAMILY = 2;

/** Families of which the best codec is measured on the whole corpus, for each fold. */
const MEASURED_FAMILIES = 3;

/** Quantizers beside rounding. */
const QUANTIZERS = ['rdoq', 'trellis'] as const;

/** A codec of the search. */
export interface SearchedCodec {
  readonly id: string;
  readonly entry: CatalogEntry;
  /** dB below the best codec for fold 0 and for fold 1, each on the recordings of the other; 0 for the best. */
  readonly below: readonly [number, number];
}

/** Result of {@link searchBases}. */
export interface BasisSearch {
  /** All codecs that were measured with every quantizer, best first by the mean of both folds. */
  readonly codecs: readonly SearchedCodec[];
  /** The best codec for each fold, with how stable it is. */
  readonly best: readonly FoldChoice[];
  /** Ids of the best codec of each of the best families, of either fold: those to be measured on the whole corpus. */
  readonly measured: readonly string[];
}

/**
 * Searches all families for the codec that is best for each fold on the recordings of the other.
 *
 * @param studies - families with their bases under rounding; of the sample the first two are searched
 * @param subset - the recordings of these studies
 */
export async function searchBases(studies: readonly FamilyStudy[], subset: Corpus): Promise<BasisSearch> {
  const quantizable = studies
    .flatMap(({ entry, study }) => study.bases.map((basis) => ({ entry, basis })))
    .filter(({ basis }) => parseCodecId(`${basis.id}+trellis`) !== undefined);
  const pool = subset.synthetic ? quantizable.slice(0, 2) : quantizable;
  const kept = goingOn(pool);
  const candidates: { readonly entry: CatalogEntry; readonly basis: StudiedBasis }[] = [...kept];
  for (const { entry, basis } of kept) {
    for (const quantizer of QUANTIZERS) {
      candidates.push({ entry, basis: await studyBasis(`${basis.id}+${quantizer}`, subset) });
    }
  }
  const bases = candidates.map(({ basis }) => basis);
  const scores = scoresForFolds(bases, STUDY_RATIOS);
  const highest = scores.map((ofFold) => Math.max(...ofFold));
  const codecs = candidates
    .map(({ entry, basis: { id } }, c): SearchedCodec => {
      const below = (fold: Fold): number => highest[fold]! - scores[fold][c]!;
      return { id, entry, below: [below(0), below(1)] };
    })
    .sort((a, b) => a.below[0] + a.below[1] - (b.below[0] + b.below[1]));
  const best = chooseForFolds(bases, STUDY_RATIOS);
  const ofFamilies = ([0, 1] as const).flatMap((fold) => {
    const ranked = bestOfFamilies(codecs, ({ below }) => -below[fold]);
    return [best[fold]!.chosen, ...ranked.slice(0, MEASURED_FAMILIES).map(({ id }) => id)];
  });
  return { codecs, best, measured: [...new Set(ofFamilies)] };
}

/** The bases that go on to other quantizers: of the best families of either fold the best of each fold. */
function goingOn<T extends { readonly entry: CatalogEntry; readonly basis: StudiedBasis }>(
  pool: readonly T[],
): T[] {
  const scores = scoresForFolds(
    pool.map(({ basis }) => basis),
    STUDY_RATIOS,
  );
  const kept = new Set<T>();
  for (const ofFold of scores) {
    const scored = pool.map((one, i) => ({ one, entry: one.entry, score: ofFold[i]! }));
    const families = bestOfFamilies(scored, ({ score }) => score).slice(0, FAMILIES);
    for (const { entry } of families) {
      scored
        .filter((candidate) => candidate.entry === entry)
        .sort((a, b) => b.score - a.score)
        .slice(0, BASES_OF_FAMILY)
        .forEach(({ one }) => kept.add(one));
    }
  }
  return pool.filter((one) => kept.has(one));
}

/** The best of each family, best family first. */
function bestOfFamilies<T extends { readonly entry: CatalogEntry }>(
  codecs: readonly T[],
  score: (codec: T) => number,
): T[] {
  const ranked = [...codecs].sort((a, b) => score(b) - score(a));
  return ranked.filter(({ entry }, i) => ranked.findIndex((other) => other.entry === entry) === i);
}

/** Sweeps over all recordings: each fold with its best codec, and every recording with the best for itself. */
export interface SearchedSweeps {
  /** By id, one for each of {@link BasisSearch.measured}. */
  readonly sweeps: ReadonlyMap<string, SweepResult>;
  /** Each recording with the codec that is best for its fold. */
  readonly bestOfFolds: SweepResult;
  /** Each recording with the codec that is best for it, the bits that name this codec counted. */
  readonly bestOfRecordings: SweepResult;
  /** For each step the number of recordings that a codec is best for, by its id. */
  readonly wins: readonly ReadonlyMap<string, number>[];
  /** Bits for the name of one of the codecs. */
  readonly bitsOfName: number;
}

/**
 * Measures the few best codecs of a search on a whole corpus, at all steps that lose something.
 *
 * @param corpus - all recordings, not only those of the search
 */
export async function sweepSearched(
  { best, measured }: BasisSearch,
  corpus: Corpus,
): Promise<SearchedSweeps> {
  const steps = (corpus.synthetic ? SAMPLE_STEPS : OPERATING_STEPS).filter((step) => step > 0);
  const sweeps = new Map<string, SweepResult>();
  for (const id of measured) sweeps.set(id, await sweep(codecFromId(id), corpus, steps));
  const [first, second] = best.map(({ chosen }) => codecFromId(chosen));
  const bestOfFolds = await sweep(new FoldedCodec('best of each fold', [first!, second!]), corpus, steps);
  return { sweeps, bestOfFolds, ...bestOfEach([...sweeps.values()]) };
}

/**
 * Each recording with one of several codecs: that with the least squared error plus the slope of the corpus's curve
 * times its bytes. An encoder can do the same, as it has the recording and tries all of them.
 *
 * @param results - sweeps over the same recordings and steps, one or more; the first one's curve gives the slope
 */
export function bestOfEach(
  results: readonly SweepResult[],
): Pick<SearchedSweeps, 'bestOfRecordings' | 'wins' | 'bitsOfName'> {
  const [first] = results as [SweepResult];
  const bitsOfName = Math.log2(results.length);
  const slopes = slopesOf(first);
  const wins = first.steps.map(() => new Map<string, number>());
  const recordings = first.recordings.map((one, r): RecordingMeasurement => {
    const points = first.steps.map((_, i) => {
      const cost = ({ recordings: all }: SweepResult): number => {
        const { compressedBytes, comparison } = all[r]!.points[i]!;
        return comparison.squaredError + slopes[i]! * compressedBytes;
      };
      const cheapest = results.reduce((a, b) => (cost(b) < cost(a) ? b : a));
      const { id } = cheapest.codec;
      wins[i]!.set(id, (wins[i]!.get(id) ?? 0) + 1);
      const point = cheapest.recordings[r]!.points[i]!;
      return { ...point, compressedBytes: point.compressedBytes + bitsOfName / 8 };
    });
    return { ...one, points };
  });
  const codec = { ...first.codec, id: 'best of each recording' };
  return { bestOfRecordings: { ...first, codec, recordings }, wins, bitsOfName };
}

/** Squared error for a byte, along the curve of all recordings together, at each step. */
function slopesOf({ recordings }: SweepResult): number[] {
  const { bytes, squaredError } = addedSums(recordings.map(stepSumsOf));
  return Array.from(bytes, (rate, i) => {
    const [before, after] = [Math.max(0, i - 1), Math.min(bytes.length - 1, i + 1)];
    const exponent =
      Math.log(squaredError[before]! / squaredError[after]!) / Math.log(bytes[after]! / bytes[before]!);
    return Number.isFinite(exponent) ? (exponent * squaredError[i]!) / rate : 0;
  });
}
