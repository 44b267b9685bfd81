import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uniformNumbers } from '../../lib/numerics/random';
import { foldOf } from '../../lib/recordings/folds';
import {
  choose,
  chooseForFolds,
  type Candidate,
  type CandidateRecording,
} from '../../lib/study/parameter-choice';

const RATIOS = [5, 20];

/** A recording whose error is 2^(−2R) of its variance, better by some dB. */
function recordingOf(samples: number, variance: number, gain: number): CandidateRecording {
  const ratios = [4, 8, 16, 32];
  return {
    samples,
    wavBytes: 2 * samples,
    bytes: ratios.map((ratio) => (2 * samples) / ratio),
    squaredError: ratios.map((ratio) => samples * variance * 2 ** (-32 / ratio) * 10 ** (-gain / 10)),
  };
}

/** Candidates with a gain for each recording. */
function candidatesOf(
  gains: Record<string, (r: number) => number>,
  lengths: number[],
  variances: number[],
): Candidate[] {
  return Object.entries(gains).map(([id, gain]) => ({
    id,
    recordings: lengths.map((length, r) => recordingOf(length, variances[r]!, gain(r))),
  }));
}

const lengths = Array.from({ length: 40 }, (_, r) => 1000 + r);
const variances = lengths.map((_, r) => (r === 7 ? 1e6 : 100));

test('one recording with most of the error does not decide', () => {
  // Better by 3 dB on one recording, which has nearly all of the error, and worse on 39 others.
  const candidates = candidatesOf(
    { plain: () => 0, jumpy: (r) => (r === 7 ? 3 : -0.05) },
    lengths,
    variances,
  );
  const { id, byMedianAlone, below } = choose(candidates, RATIOS);
  assert.equal(id, 'plain');
  assert.ok(byMedianAlone);
  assert.equal(below[1], 0, 'by median and total together it would be the other');
});

test('where no recording decides, the total counts as the median does', () => {
  // Worse by a little on most, better by much on a third of the recordings, which are the loud ones.
  const loud = lengths.map((_, r) => (r % 3 === 0 ? 10_000 : 100));
  const candidates = candidatesOf({ plain: () => 0, loud: (r) => (r % 3 === 0 ? 2 : -0.05) }, lengths, loud);
  const { id, byMedianAlone } = choose(candidates, RATIOS);
  assert.equal(id, 'loud');
  assert.ok(!byMedianAlone);
});

test('each fold is given what is best on the other', () => {
  const candidates = candidatesOf(
    {
      even: (r) => (foldOf(lengths[r]!) === 0 ? 1 : 0),
      odd: (r) => (foldOf(lengths[r]!) === 1 ? 0.5 : 0),
    },
    lengths,
    lengths.map(() => 100),
  );
  const [zero, one] = chooseForFolds(candidates, RATIOS) as [
    ReturnType<typeof chooseForFolds>[number],
    ReturnType<typeof chooseForFolds>[number],
  ];
  assert.deepEqual([zero.fold, zero.chosen, zero.ownBest], [0, 'odd', 'even']);
  assert.deepEqual([one.fold, one.chosen, one.ownBest], [1, 'even', 'odd']);
  assert.ok(Math.abs(zero.loss - 1) < 1e-9 && Math.abs(one.loss - 0.5) < 1e-9);
  assert.ok(Math.abs(zero.margin - 0.5) < 1e-9 && Math.abs(one.margin - 1) < 1e-9);
  assert.equal(zero.stability, 1);
});

test('a choice among equals is called unstable', () => {
  const random = uniformNumbers(5);
  const noise = lengths.map(() => random() - 0.5);
  const candidates = candidatesOf(
    { one: (r) => noise[r]!, other: (r) => -noise[r]! },
    lengths,
    lengths.map(() => 100),
  );
  for (const { stability } of chooseForFolds(candidates, RATIOS)) assert.ok(stability < 0.97, `${stability}`);
});
