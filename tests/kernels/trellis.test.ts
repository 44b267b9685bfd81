import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MEAN_RATES } from '../../lib/coding/entropy/magnitude-expectation';
import { QUANTIZER_STATES, STATE_MACHINES } from '../../lib/coding/quantizers/trellis';
import {
  decideAlong,
  decideEach,
  predecessorsOf,
  RATE_LEVELS,
  RATE_MAGNITUDES,
  RATE_ROW,
  type SearchArrays,
} from '../../lib/kernels/reference/trellis';
import { KernelQuantizerSearch, type SearchedCoefficients } from '../../lib/kernels/trellis';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';

const skip = simdAvailable ? false : 'SIMD WebAssembly cannot run here';

const ROWS = 2 * RATE_LEVELS;

function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** Rates that differ from magnitude to magnitude by up to three steps². */
function anyRates(random: () => number): Float32Array {
  return Float32Array.from({ length: ROWS * RATE_ROW }, () => 3 * random() * random());
}

/** Mostly small, with zeros, halves and values far out. */
function anyTargets(count: number, random: () => number): Float32Array {
  return Float32Array.from({ length: count }, () => {
    const kind = random();
    if (kind < 0.1) return Math.round(4 * random()) / 2;
    if (kind < 0.12) return 2 ** 24 * random();
    return (kind < 0.3 ? 30 : 2.5) * random();
  });
}

/** One subband, so that the order of coding is that of the arrays. */
function searched(targets: Float32Array, magnitudes: Uint32Array): SearchedCoefficients {
  const subbands = Uint32Array.of(0, targets.length, 1);
  return { targets, magnitudes, subbands, hops: targets.length, single: true, meanRates: MEAN_RATES };
}

/** Levels that the search expects where all magnitudes before were 0. */
function levelsOfSilence(count: number): Uint8Array {
  // level((0.5·0.002)·(2/2)·4096) of the first; the mean then falls to nothing, so it stays.
  return new Uint8Array(count).fill(4);
}

function arraysFor(targets: Float32Array, levels: Uint8Array, rates: Float32Array): SearchArrays {
  const magnitudes = new Uint32Array(targets.length);
  return { targets, levels, rates, magnitudes, counts: new Uint32Array(ROWS * RATE_MAGNITUDES) };
}

for (const states of QUANTIZER_STATES) {
  const machine = STATE_MACHINES[states];

  test(`${states} states: the kernel decides as the plain version does, whatever the rates`, { skip }, () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.nat(40), fc.nat(700)),
        fc.nat(10_000),
        fc.constantFrom(
          { length: 7168, lookAhead: 1024 },
          { length: 50, lookAhead: 30 },
          { length: 1, lookAhead: 9 },
        ),
        (count, seed, window) => {
          const random = numbers(seed);
          const targets = anyTargets(count, random);
          const rates = anyRates(random);
          const expected = arraysFor(targets, levelsOfSilence(count), rates);
          const cost = states === 1 ? decideEach(expected) : decideAlong(expected, machine, window);
          const search = new KernelQuantizerSearch(
            searched(targets, new Uint32Array(count)),
            machine,
            window,
          );
          const found = search.pass(rates);
          assert.deepEqual(search.magnitudes(), expected.magnitudes);
          assert.deepEqual(found.counts, expected.counts);
          assert.ok(Math.abs(found.cost - cost) <= 1e-9 * cost);
          search.release();
        },
      ),
      { numRuns: states === 256 ? 30 : 100 },
    );
  });

  test(`${states} states: a search leaves nothing behind in the memory of the kernels`, { skip }, () => {
    const before = kernelMemory.allocatedBytes;
    new KernelQuantizerSearch(searched(new Float32Array(100), new Uint32Array(100)), machine).release();
    assert.equal(kernelMemory.allocatedBytes, before);
  });

  if (states === 1) continue;

  test(`${states} states: the best of all sequences is found, as trying them all finds it`, () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(10_000), (count, seed) => {
        const random = numbers(seed);
        const targets = Float32Array.from({ length: count }, () => 3 * random());
        const rates = anyRates(random);
        const arrays = arraysFor(targets, levelsOfSilence(count), rates);
        const cost = decideAlong(arrays, machine, { length: 100, lookAhead: 10 });
        const priceOf = (i: number, magnitude: number, set: number): number => {
          const nearest = Math.trunc(targets[i]! + 0.5 * set);
          const first = nearest > 0 ? nearest - 1 : 0;
          if (magnitude < first || magnitude > first + 3) return Infinity;
          const amplitude = Math.max(0, magnitude - 0.5 * set);
          return (targets[i]! - amplitude) ** 2 + rates[(set * RATE_LEVELS + 4) * RATE_ROW + magnitude]!;
        };
        let least = Infinity;
        const visit = (i: number, state: number, sum: number): void => {
          if (sum >= least) return;
          if (i === count) least = sum;
          else {
            for (let magnitude = 0; magnitude < 8; magnitude++) {
              const next = machine.next[2 * state + (magnitude & 1)]!;
              visit(i + 1, next, sum + priceOf(i, magnitude, state & 1));
            }
          }
        };
        visit(0, 0, 0);
        // Costs of paths are integers of 1/512 step².
        assert.ok(
          cost >= least - count / 1024 - 1e-5 && cost <= least + count / 256,
          `${cost}, least ${least}`,
        );
      }),
      { numRuns: 60 },
    );
  });

  test(`${states} states: windows decide as one search over all does`, () => {
    const random = numbers(5);
    const targets = anyTargets(1500, random).map((target) => Math.min(target, 30));
    const rates = anyRates(random);
    const whole = arraysFor(targets, levelsOfSilence(1500), rates);
    const inParts = arraysFor(targets, levelsOfSilence(1500), rates);
    decideAlong(whole, machine, { length: 1500, lookAhead: 1 });
    decideAlong(inParts, machine, { length: 200, lookAhead: 150 });
    assert.deepEqual(inParts.magnitudes, whole.magnitudes);
  });

  test(`${states} states: both states before a state are those that lead to it`, () => {
    const from = predecessorsOf(machine);
    for (let state = 0; state < states; state++) {
      assert.equal(machine.next[2 * from[2 * state]! + 1], state);
      assert.equal(machine.next[2 * from[2 * state + 1]!], state);
    }
  });
}
