/**
 * The price of a bounded delay: codecs whose search looks a few hops ahead, against those that search the whole recording.
 */
import { codecFromId } from '../../codecs/codec-from-id';
import { addedSums, ratePoints, stepSumsOf } from '../../measuring/step-sums';
import { summarize } from '../../measuring/summarize';
import { sweep, type SweepResult } from '../../measuring/sweep';
import { bjontegaardDeltaRate } from '../../numerics/bjontegaard';
import { bootstrapInterval, type Interval } from '../../numerics/statistics';
import { SAMPLE_RATE } from '../../recordings/adc';
import type { Corpus } from '../../recordings/corpus';
import { groupsOfEqualLength } from '../../recordings/folds';
import { psnrAt } from '../../results/curve-at-ratio';

/** Steps that cover compression ratios from 15 to 250. */
const STEPS: readonly number[] = [12, 16, 24, 32, 48, 64, 96];

/** Corpora drawn for an interval. */
const REPLICATES = 1000;

/** A codec of bounded delay. */
export interface WindowCost {
  readonly id: string;
  /** The codec that searches the whole recording. */
  readonly against: string;
  /** Delay of transform and search, ms. */
  readonly delay: number;
  /** Bytes that it needs more at equal PSNR, percent, for each range; null where curves have no PSNR in common. */
  readonly bytes: readonly (Interval | null)[];
}

/**
 * Measures codecs of bounded delay on a corpus, at steps of their own: the search takes some ten times as long as that of
 * the whole recording.
 *
 * @param pairs - ids: of bounded delay, and of the codec that it is compared with
 * @param ranges - of the compression ratio of the latter
 */
export async function windowCosts(
  pairs: readonly (readonly [id: string, against: string])[],
  corpus: Corpus,
  ranges: readonly { readonly from: number; readonly to: number }[],
): Promise<WindowCost[]> {
  const costs: WindowCost[] = [];
  for (const [id, against] of pairs) {
    const codec = codecFromId(id);
    const bounded = await sweep(codec, corpus, STEPS);
    const whole = await sweep(codecFromId(against), corpus, STEPS);
    const groups = groupsOfEqualLength(sumsOf(whole, bounded));
    const curve = summarize(whole, { parameters: {}, family: '', learned: false, notebook: '' });
    const bytes = ranges.map(({ from, to }) => {
      const [high, low] = [psnrAt(curve, from), psnrAt(curve, to)];
      if (high === undefined || low === undefined) return null;
      return bootstrapInterval(
        groups,
        (drawn) =>
          bjontegaardDeltaRate(
            ratePoints(addedSums(drawn.map(({ whole: sums }) => sums))),
            ratePoints(addedSums(drawn.map(({ bounded: sums }) => sums))),
            [low, high],
          ),
        { replicates: REPLICATES },
      );
    });
    costs.push({ id, against, delay: (1000 * codec.delay) / SAMPLE_RATE, bytes });
  }
  return costs;
}

function sumsOf(whole: SweepResult, bounded: SweepResult) {
  return whole.recordings.map((one, i) => ({
    samples: one.facts.samples,
    whole: stepSumsOf(one),
    bounded: stepSumsOf(bounded.recordings[i]!),
  }));
}
