import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BenchCase } from '../../bench/case';
import { DisagreementError, measureCase } from '../../bench/measure';
import type { Peer } from '../../bench/peer';

/** A kernel with these results that counts its calls. */
function caseOf(
  result: readonly number[],
  tolerance: number,
): BenchCase & { runs: number; released: number } {
  return {
    kernel: 'doubling',
    type: 'float64',
    size: '3 samples',
    peer: 'a peer',
    peerFunction: 'double',
    parameters: {},
    samples: 3,
    target: 2,
    tolerance,
    runs: 0,
    released: 0,
    prepare() {
      return {
        inputs: [],
        run: () => {
          this.runs++;
          const end = performance.now() + 1;
          while (performance.now() < end);
        },
        result: () => result,
        release: () => {
          this.released++;
        },
      };
    },
  };
}

/** A peer that gives these numbers, and takes so many seconds for each run. */
function peerOf(result: readonly number[], seconds: number): Peer {
  return {
    prepare: () => Promise.resolve(),
    run: (repeats: number) => Promise.resolve(seconds * repeats),
    result: () => Promise.resolve(Float64Array.from(result)),
  } as unknown as Peer;
}

test('the ratio is the time of the peer over that of the kernel, for one run of each', async () => {
  const bench = caseOf([2, 4, 6], 0);
  const { ratio, ratioLow, ratioHigh, maxError, target } = await measureCase(
    bench,
    peerOf([2, 4, 6], 0.01),
    3,
  );
  // The kernel takes a millisecond, or more where the machine is busy.
  assert.ok(ratio > 1 && ratio <= 10, `${ratio}`);
  assert.ok(ratioLow <= ratio && ratio <= ratioHigh);
  assert.equal(maxError, 0);
  assert.equal(target, 2);
  assert.equal(bench.released, 1);
});

test('errors are relative to the largest value, and one above the tolerance ends the measurement', async () => {
  const within = await measureCase(caseOf([2, 4, 6.003], 1e-3), peerOf([2, 4, 6], 0.1), 1);
  assert.equal(within.maxError, 0.0005);
  const bench = caseOf([2.012, 4, 6], 1e-3);
  await assert.rejects(measureCase(bench, peerOf([2, 4, 6], 0.1), 1), (error: Error) => {
    assert.ok(error instanceof DisagreementError);
    assert.match(
      error.message,
      /doubling \(float64, 3 samples\) differs from a peer by 0\.002.* of the largest/,
    );
    return true;
  });
  assert.equal(bench.released, 1);
});

test('results of other lengths, and what is no number, never agree', async () => {
  for (const result of [
    [2, 4],
    [2, 4, 6, 8],
    [2, NaN, 6],
  ]) {
    await assert.rejects(measureCase(caseOf(result, 1), peerOf([2, 4, 6], 0.1), 1), DisagreementError);
  }
});
