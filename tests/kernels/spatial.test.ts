import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SignalRotation, SignalSums } from '../../lib/kernels/reference/spatial';
import { rotateSignals, sumSignals } from '../../lib/kernels/spatial';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';

/** Around tiles of 16 samples and chunks of 512. */
const LENGTHS = [0, 1, 2, 15, 16, 17, 31, 511, 512, 513, 1025, 1100];

/** Numbers with all bits of a double, the same for the same seed; some are zeros of either sign. */
function numbers(length: number, seed: number): Float64Array {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return Float64Array.from({ length }, () => {
    const value = next() + next() / 2 ** 20;
    return value > 0.49 ? 0 : value < -0.49 ? -0 : value * 1000;
  });
}

const signalsOf = (count: number, length: number, seed: number): Float64Array[] =>
  Array.from({ length: count }, (_, c) => numbers(length, seed + 7919 * c));

const emptySignals = (count: number, length: number): Float64Array[] =>
  Array.from({ length: count }, () => new Float64Array(length).fill(NaN));

/** Some signals of each sum, in any order, twice too, and none. */
const sumsOf = (signals: number): fc.Arbitrary<SignalSums> =>
  fc
    .array(
      fc.array(fc.tuple(fc.nat(signals - 1), fc.double({ min: -2, max: 2, noNaN: true })), { maxLength: 9 }),
      {
        maxLength: 6,
      },
    )
    .map((lists) => {
      const terms = lists.flat();
      const starts = Uint32Array.from([0, ...lists.map((_, k) => lists.slice(0, k + 1).flat().length)]);
      return {
        starts,
        signals: Uint32Array.from(terms, ([signal]) => signal),
        weights: Float64Array.from(terms, ([, weight]) => weight),
      };
    });

const cases = fc.record({
  count: fc.integer({ min: 1, max: 7 }),
  length: fc.constantFrom(...LENGTHS),
  seed: fc.nat(),
});

for (const simd of simdAvailable ? [false, true] : [false]) {
  const version = simd ? 'kernel' : 'plain version';

  test(`${version}: each sum is that of its terms, to the last bit, and signals stay as they are`, () => {
    const before = kernelMemory.allocatedBytes;
    fc.assert(
      fc.property(
        cases.chain((one) => fc.tuple(fc.constant(one), sumsOf(one.count))),
        ([{ count, length, seed }, sums]) => {
          const signals = signalsOf(count, length, seed);
          const targets = emptySignals(sums.starts.length - 1, length);
          sumSignals(signals, sums, targets, simd);
          assert.deepEqual(signals, signalsOf(count, length, seed));
          targets.forEach((target, k) => {
            for (let i = 0; i < length; i++) {
              let expected = 0;
              for (let term = sums.starts[k]!; term < sums.starts[k + 1]!; term++) {
                expected += sums.weights[term]! * signals[sums.signals[term]!]![i]!;
              }
              assert.ok(
                Object.is(target[i], expected),
                `sample ${i} of sum ${k}: ${target[i]}, not ${expected}`,
              );
            }
          });
        },
      ),
    );
    assert.equal(kernelMemory.allocatedBytes, before);
  });

  test(`${version}: rotations follow one another, to the last bit, in place or not`, () => {
    const before = kernelMemory.allocatedBytes;
    fc.assert(
      fc.property(
        cases.chain((one) =>
          fc.tuple(
            fc.constant({ ...one, count: one.count + 1 }),
            fc.array(
              fc.tuple(fc.nat(one.count), fc.nat(one.count), fc.double({ min: -4, max: 4, noNaN: true })),
              {
                maxLength: 8,
              },
            ),
          ),
        ),
        ([{ count, length, seed }, list]) => {
          const rotations: SignalRotation[] = list
            .filter(([first, second]) => first !== second)
            .map(([first, second, angle]) => {
              return { first, second, cosine: Math.cos(angle), sine: Math.sin(angle) };
            });
          const signals = signalsOf(count, length, seed);
          const targets = emptySignals(count, length);
          rotateSignals(signals, rotations, targets, simd);
          assert.deepEqual(signals, signalsOf(count, length, seed));
          for (let i = 0; i < length; i++) {
            const sample = signals.map((signal) => signal[i]!);
            for (const { first, second, cosine, sine } of rotations) {
              const [a, b] = [sample[first]!, sample[second]!];
              sample[first] = cosine * a + sine * b;
              sample[second] = cosine * b - sine * a;
            }
            sample.forEach((value, c) => assert.ok(Object.is(targets[c]![i], value)));
          }
          rotateSignals(signals, rotations, signals, simd);
          assert.deepEqual(signals, targets);
        },
      ),
    );
    assert.equal(kernelMemory.allocatedBytes, before);
  });
}
