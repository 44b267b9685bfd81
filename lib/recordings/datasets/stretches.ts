/**
 * Which stretches of time of a long recording are studied, and to which fold each belongs.
 *
 * Folds are halves of the time with a gap between them, so that what is learned on one is judged at another time.
 * All electrodes of a stretch are in the same fold. Lengths carry both facts: no two stretches have the same number
 * of samples, and the parity of the number is the fold. So the rules of `folds.ts` hold for any dataset, and an
 * encoder that sees the samples alone knows which model may code them.
 */
import { evenlySpread } from '../evenly-spread';
import type { Fold } from '../folds';

/** Samples that follow one another on one time axis: a segment of a recording. */
export interface TimeBlock {
  readonly samples: number;
  /** Samples before which time is missing, ascending. */
  readonly breaks: readonly number[];
}

/** A stretch of all electrodes of a block. */
export interface Stretch {
  /** Index of the block. */
  readonly block: number;
  /** First sample, within the block. */
  readonly from: number;
  readonly samples: number;
  readonly fold: Fold;
}

/** What is wanted of a recording. Blocks are taken as following one another. */
export interface StretchOptions {
  readonly sampleRate: number;
  readonly fromSecond: number;
  /** Undefined for all from there on. */
  readonly seconds: number | undefined;
  readonly pieceSeconds: number;
  /** Most stretches of each fold. */
  readonly mostOfFold: number;
}

/** There is too little of a recording to learn on one part and judge on another. */
export class TooShortError extends RangeError {
  override readonly name = 'TooShortError';
}

/** Fewest samples of a stretch. */
export const LEAST_SAMPLES = 256;

/** The gap between the folds: a second, or this part of a recording that is shorter than twenty. */
const GAP_SECONDS = 1;
const GAP_PART = 0.05;

/** A stretch without a gap on the common time axis, in samples. */
interface Run {
  readonly block: number;
  /** Where the run starts within the block, and on the common axis. */
  readonly from: number;
  readonly at: number;
  readonly samples: number;
}

/**
 * The stretches: the first half of the time is fold 0, the second fold 1. In each, as many stretches as are wanted,
 * evenly spaced; where a half is shorter than a stretch, the longest part of it without a gap is one.
 *
 * @throws TooShortError
 */
export function planStretches(blocks: readonly TimeBlock[], options: StretchOptions): Stretch[] {
  const { sampleRate, fromSecond, seconds } = options;
  const total = blocks.reduce((sum, { samples }) => sum + samples, 0);
  const start = Math.round(fromSecond * sampleRate);
  const end = seconds === undefined ? total : Math.min(total, start + Math.round(seconds * sampleRate));
  if (start >= end) {
    throw new TooShortError(
      `From second ${fromSecond} on there is nothing: the recording has ${(total / sampleRate).toFixed(2)} s.`,
    );
  }
  const gap = Math.min(GAP_SECONDS * sampleRate, GAP_PART * (end - start));
  const middle = (start + end) / 2;
  const halves: [number, number][] = [
    [start, Math.floor(middle - gap / 2)],
    [Math.ceil(middle + gap / 2), end],
  ];
  const runs = runsOf(blocks);
  return halves.flatMap(([from, to], fold) => stretchesOfFold(fold as Fold, cut(runs, from, to), options));
}

/** The parts of all blocks without a gap. */
function runsOf(blocks: readonly TimeBlock[]): Run[] {
  const runs: Run[] = [];
  let at = 0;
  blocks.forEach(({ samples, breaks }, block) => {
    const edges = [0, ...breaks.filter((edge) => edge > 0 && edge < samples), samples];
    for (let i = 1; i < edges.length; i++) {
      const from = edges[i - 1]!;
      runs.push({ block, from, at: at + from, samples: edges[i]! - from });
    }
    at += samples;
  });
  return runs;
}

function cut(runs: readonly Run[], from: number, to: number): Run[] {
  return runs.flatMap((run) => {
    const first = Math.max(from, run.at);
    const last = Math.min(to, run.at + run.samples);
    if (last <= first) return [];
    return [{ block: run.block, from: run.from + first - run.at, at: first, samples: last - first }];
  });
}

function stretchesOfFold(fold: Fold, runs: readonly Run[], options: StretchOptions): Stretch[] {
  const { sampleRate, pieceSeconds, mostOfFold } = options;
  const wanted = Math.round(pieceSeconds * sampleRate);
  const longest = Math.max(0, ...runs.map(({ samples }) => samples));
  const length = Math.min(wanted, longest);
  if (length < LEAST_SAMPLES) {
    throw new TooShortError(
      `Half ${fold + 1} of the recording has no ${LEAST_SAMPLES} samples without a gap (${longest}): ` +
        'take more of it, or longer pieces.',
    );
  }
  const places = runs.flatMap(({ block, from, samples }) =>
    Array.from({ length: Math.floor(samples / length) }, (_, i) => ({ block, from: from + i * length })),
  );
  // Each further stretch is two samples shorter, which may not become a part that matters.
  const count = Math.min(places.length, mostOfFold, Math.max(1, Math.floor(length / 16)));
  const odd: number = fold;
  const first = length - ((length + odd) % 2);
  return evenlySpread(places, count).map((place, i) => ({
    ...place,
    samples: first - 2 * i,
    fold,
  }));
}
