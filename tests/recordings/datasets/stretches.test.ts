import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LEAST_SAMPLES, planStretches, TooShortError } from '../../../lib/recordings/datasets/stretches';
import { foldOf, groupsOfEqualLength } from '../../../lib/recordings/folds';

const blocksArbitrary = fc.array(
  fc.record({
    samples: fc.integer({ min: 1, max: 200_000 }),
    gaps: fc.array(fc.nat(200_000), { maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 5 },
);

test('stretches lie within runs without gaps, in halves with a gap between, and lengths tell fold and group', () => {
  fc.assert(
    fc.property(
      blocksArbitrary,
      fc.integer({ min: 500, max: 40_000 }),
      fc.double({ min: 0.05, max: 6, noNaN: true }),
      fc.integer({ min: 1, max: 20 }),
      fc.double({ min: 0, max: 0.4, noNaN: true }),
      (given, sampleRate, pieceSeconds, mostOfFold, skipped) => {
        const blocks = given.map(({ samples, gaps }) => ({
          samples,
          breaks: [...new Set(gaps.filter((at) => at < samples))].sort((a, b) => a - b),
        }));
        const total = blocks.reduce((sum, { samples }) => sum + samples, 0);
        const fromSecond = (skipped * total) / sampleRate;
        const options = { sampleRate, fromSecond, seconds: undefined, pieceSeconds, mostOfFold };
        let stretches;
        try {
          stretches = planStretches(blocks, options);
        } catch (error) {
          assert.ok(error instanceof TooShortError, String(error));
          return;
        }
        const starts = blocks.map((_, i) =>
          blocks.slice(0, i).reduce((sum, { samples }) => sum + samples, 0),
        );
        const place = stretches.map(({ block, from, samples }) => [
          starts[block]! + from,
          starts[block]! + from + samples,
        ]);
        stretches.forEach(({ block, from, samples, fold }, i) => {
          const { samples: all, breaks } = blocks[block]!;
          assert.ok(samples >= LEAST_SAMPLES / 2 && from >= 0 && from + samples <= all);
          assert.ok(
            breaks.every((at) => at <= from || at >= from + samples),
            'a gap within',
          );
          assert.ok(place[i]![0]! >= Math.round(fromSecond * sampleRate));
          assert.equal(foldOf(samples), fold);
          assert.ok(samples <= Math.round(pieceSeconds * sampleRate));
        });
        // None overlap.
        const ordered = [...place].sort((a, b) => a[0]! - b[0]!);
        for (let i = 1; i < ordered.length; i++) assert.ok(ordered[i]![0]! >= ordered[i - 1]![1]!);
        const ends = (fold: number): number[][] => place.filter((_, i) => stretches[i]!.fold === fold);
        const gap = Math.min(sampleRate, 0.05 * (total - Math.round(fromSecond * sampleRate)));
        const [before, after] = [
          Math.max(...ends(0).map(([, end]) => end!)),
          Math.min(...ends(1).map(([start]) => start!)),
        ];
        assert.ok(after - before >= gap - 1, `${after - before} of ${gap}`);
        for (const fold of [0, 1]) assert.ok(ends(fold).length >= 1 && ends(fold).length <= mostOfFold);
        // No two stretches have the same length, so that groups of equal length are stretches.
        assert.equal(groupsOfEqualLength(stretches).length, stretches.length);
      },
    ),
    { numRuns: 500 },
  );
});

test('a long recording gives as many stretches as are wanted, spread over all of it', () => {
  const hour = 3600 * 30_000;
  const options = { sampleRate: 30_000, fromSecond: 0, seconds: undefined, pieceSeconds: 5, mostOfFold: 10 };
  const stretches = planStretches([{ samples: hour, breaks: [] }], options);
  assert.equal(stretches.length, 20);
  const starts = stretches.map(({ from }) => from / hour);
  starts.forEach((start, i) => assert.ok(Math.abs(start - (i + 0.5) / 20) < 0.03, `${start}`));
  // The last ones of a fold are 18 samples shorter than the first.
  assert.ok(stretches.every(({ samples }) => samples > 149_970 && samples <= 150_000));
});

test('seconds cut a recording, and what is too short says so', () => {
  const block = { samples: 100_000, breaks: [] };
  const options = { sampleRate: 10_000, fromSecond: 2, seconds: 3, pieceSeconds: 5, mostOfFold: 4 };
  const stretches = planStretches([block], options);
  assert.equal(stretches.length, 2);
  assert.ok(stretches[0]!.from >= 20_000 && stretches[1]!.from + stretches[1]!.samples <= 50_000);
  assert.throws(() => planStretches([block], { ...options, fromSecond: 11 }), {
    name: 'TooShortError',
    message: /From second 11 on there is nothing: the recording has 10\.00 s/,
  });
  assert.throws(() => planStretches([{ samples: 400, breaks: [] }], { ...options, fromSecond: 0 }), {
    name: 'TooShortError',
    message: /no 256 samples without a gap/,
  });
});
