/**
 * Each recording with the codec that suits it best, among the best of every kind of basis: what that saves, and what it
 * costs to name the codec.
 */
import { bestOfKinds, type KindCurve } from '../../figures/readme-figure';
import { curveCodec } from '../../measuring/curve-codec';
import { operatingSteps } from '../../measuring/measured-curve';
import { sweep, type SweepResult } from '../../measuring/sweep';
import type { Interval } from '../../numerics/statistics';
import { corpusRange, type Corpus } from '../../recordings/corpus';
import type { Results } from '../../results/results';
import { bestOfEach } from '../../study/basis-search';
import { compareSweeps, type RatioRange } from '../../study/rate-comparison';

/** Result of {@link bestOfEachRecording}. */
export interface BestOfEach {
  /** What is chosen from. */
  readonly candidates: readonly KindCurve[];
  /** Bits in each file that name the codec. */
  readonly bitsOfName: number;
  /** The codec that is best for the whole corpus, which the choice is compared with. */
  readonly against: string;
  /** % of bytes at equal PSNR for each range: with the name counted, and without. */
  readonly named: readonly (Interval | null)[];
  readonly unnamed: readonly (Interval | null)[];
  /** For each candidate the share of the recordings that choose it, at the middle step of each range. */
  readonly shares: ReadonlyMap<string, readonly number[]>;
}

/**
 * Chooses for each recording among the best codecs of all kinds.
 *
 * @param ranges - of compression ratios
 */
export async function bestOfEachRecording(
  results: Results,
  corpus: Corpus,
  ranges: readonly RatioRange[],
): Promise<BestOfEach> {
  const candidates = bestOfKinds(results);
  const sweeps: SweepResult[] = [];
  for (const { curve } of candidates) {
    const steps = operatingSteps(curve.basis, corpus).filter((step) => step > 0);
    sweeps.push(await sweep(curveCodec(curve.basis, corpusRange(corpus)), corpus, steps));
  }
  const [first] = sweeps as [SweepResult];
  const { bestOfRecordings, wins, bitsOfName } = bestOfEach(sweeps);
  const withoutName: SweepResult = {
    ...bestOfRecordings,
    recordings: bestOfRecordings.recordings.map((one) => ({
      ...one,
      points: one.points.map((point) => ({
        ...point,
        compressedBytes: point.compressedBytes - bitsOfName / 8,
      })),
    })),
  };
  const ratioAt = (step: number): number =>
    candidates[0]!.curve.points.find((point) => point.step === step)?.compressionRatio ?? NaN;
  const middles = ranges.map(({ from, to }) => {
    const distance = (step: number): number => Math.abs(Math.log(ratioAt(step) ** 2 / (from * to)));
    return first.steps.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  });
  return {
    candidates,
    bitsOfName,
    against: candidates[0]!.curve.basis,
    named: compareSweeps(first, bestOfRecordings, ranges),
    unnamed: compareSweeps(first, withoutName, ranges),
    shares: new Map(
      candidates.map(({ curve: { basis } }) => [
        basis,
        middles.map((step) => (wins[first.steps.indexOf(step)]!.get(basis) ?? 0) / corpus.recordings.length),
      ]),
    ),
  };
}
