/**
 * The price of a bounded delay: codecs whose search looks a few hops ahead, against those that search the whole recording.
 */
import { codecFromId } from '../../codecs/codec-from-id';
import { sweep } from '../../measuring/sweep';
import { stepsFor } from '../../measuring/steps';
import type { Interval } from '../../numerics/statistics';
import { corpusRange, type Corpus } from '../../recordings/corpus';
import { compareSweeps, type RatioRange } from '../../study/rate-comparison';

/** Steps that cover compression ratios from 15 to 250. */
const STEPS: readonly number[] = [12, 16, 24, 32, 48, 64, 96];

/** Of the sample every other one: the cost is shown, and is no evidence. */
const SAMPLE_STEPS: readonly number[] = [12, 24, 48, 96];

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
  ranges: readonly RatioRange[],
): Promise<WindowCost[]> {
  const steps = stepsFor(corpus, corpus.synthetic ? SAMPLE_STEPS : STEPS);
  const range = corpusRange(corpus);
  const costs: WindowCost[] = [];
  for (const [id, against] of pairs) {
    const codec = codecFromId(id, range);
    const bounded = await sweep(codec, corpus, steps);
    const whole = await sweep(codecFromId(against, range), corpus, steps);
    const bytes = compareSweeps(whole, bounded, ranges);
    costs.push({ id, against, delay: (1000 * codec.delay) / corpus.sampleRate, bytes });
  }
  return costs;
}
