import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { FirFilter, ZeroPhaseSections } from '../../lib/kernels/filters';
import { designButterworthBandpass, ZeroPhaseFilter, type SecondOrderSection } from '../../lib/kernels/iir';
import { convolveSignal } from '../../lib/kernels/reference/filters';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';
import { largestDifference } from './fixtures';

interface ConvolutionCase {
  readonly signal: readonly number[];
  readonly taps: readonly number[];
  readonly full: readonly number[];
  readonly same: readonly number[];
}
interface ZeroPhaseCase {
  /** b0, b1, b2, 1, a1, a2. */
  readonly sections: readonly (readonly number[])[];
  readonly length: number;
  readonly signals: readonly number[];
  readonly filtered: readonly number[];
}
const fixtures = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'kernels-filters.json'), 'utf8'),
) as { convolutions: readonly ConvolutionCase[]; zeroPhase: readonly ZeroPhaseCase[] };

const TYPES = [
  { type: 'float32', View: Float32Array, digits: 1e-6 },
  { type: 'float64', View: Float64Array, digits: 1e-15 },
] as const;
const VERSIONS = simdAvailable ? [false, true] : [false];

/** Numbers about ±1, the same for the same seed. */
function numbers(length: number, seed: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function sectionsOf(rows: ZeroPhaseCase['sections']): SecondOrderSection[] {
  return rows.map(([b0, b1, b2, , a1, a2]) => ({ b0: b0!, b1: b1!, b2: b2!, a1: a1!, a2: a2! }));
}

for (const { type, View, digits } of TYPES) {
  for (const simd of VERSIONS) {
    const version = `${type} ${simd ? 'kernel' : 'reference'}`;

    test(`${version}: full and same convolutions are those of NumPy`, () => {
      for (const { signal, taps, full, same } of fixtures.convolutions) {
        for (const [part, expected] of [
          ['full', full],
          ['same', same],
        ] as const) {
          const plan = new FirFilter(View.from(taps) as never, type, part, simd);
          const output = new View(plan.outputLength(signal.length)).fill(NaN);
          plan.apply(View.from(signal) as never, output as never);
          plan.release();
          assert.ok(largestDifference(output, expected) <= digits * 200);
        }
      }
    });
  }

  test(`the ${type} kernel convolves as the reference does, for any lengths, and leaves nothing behind`, () => {
    const before = kernelMemory.allocatedBytes;
    const lengths = fc.oneof(fc.nat(40), fc.constantFrom(0, 1, 8191, 8192, 8193), fc.nat(20_000));
    const tapCounts = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(1, 31, 64, 127));
    fc.assert(
      fc.property(lengths, tapCounts, fc.boolean(), fc.nat(), (length, tapCount, full, seed) => {
        const signal = View.from(numbers(length, seed));
        const taps = View.from(numbers(tapCount, seed + 1));
        const plan = new FirFilter(taps as never, type, full ? 'full' : 'same');
        const output = new View(plan.outputLength(length)).fill(NaN);
        const expected = output.slice();
        plan.apply(signal as never, output as never);
        plan.release();
        const first = full ? 0 : Math.floor((Math.min(length, tapCount) - 1) / 2);
        convolveSignal(signal, taps, first, expected);
        const tolerance = type === 'float64' ? 0 : digits * tapCount;
        assert.ok(largestDifference(output, expected) <= tolerance);
      }),
      { numRuns: 30 },
    );
    assert.equal(kernelMemory.allocatedBytes, before);
  });
}

test('more taps than a chunk has outputs are no exception', () => {
  const taps = Float64Array.from(numbers(9001, 1));
  const signal = Float64Array.of(1, 0, -2);
  const plan = new FirFilter(taps, 'float64', 'full');
  const output = new Float64Array(plan.outputLength(3));
  plan.apply(signal, output);
  plan.release();
  const expected = output.map((_, i) => (taps[i] ?? 0) - 2 * (taps[i - 2] ?? 0));
  assert.equal(largestDifference(output, expected), 0);
});

test('no taps and outputs of another length are refused by name', () => {
  assert.throws(() => new FirFilter(new Float32Array(0), 'float32', 'full'), { name: 'FilterDesignError' });
  const plan = new FirFilter(Float32Array.of(1, 2), 'float32', 'full');
  const name = { name: 'FilterLengthError' };
  assert.throws(() => plan.apply(new Float32Array(5), new Float32Array(5)), name);
  assert.throws(() => plan.apply(new Float32Array(0), new Float32Array(1)), name);
  plan.release();
});

for (const simd of VERSIONS) {
  const version = simd ? 'kernel' : 'reference';

  test(`${version}: zero-phase filters of several signals are those of SciPy`, () => {
    for (const { sections, length, signals, filtered } of fixtures.zeroPhase) {
      const plan = new ZeroPhaseSections(sectionsOf(sections), simd);
      const output = new Float64Array(signals.length);
      plan.apply(Float64Array.from(signals), length, output);
      assert.ok(largestDifference(output, filtered) < 1e-10);
      const single = Float32Array.from(signals);
      plan.apply(single, length, single);
      plan.release();
      assert.ok(largestDifference(single, filtered) < 1e-4);
    }
  });
}

test('the kernel filters each signal as the reference does, to the last bit, and leaves nothing behind', () => {
  const before = kernelMemory.allocatedBytes;
  const section = fc.tuple(fc.nat(), fc.double({ min: -0.95, max: 0.95, noNaN: true }));
  const cascades = fc.oneof(
    fc.constantFrom(2, 4, 6).map((order) => designButterworthBandpass(order, 300, 5000, 19531)),
    fc.array(section, { minLength: 1, maxLength: 9 }).map((list) =>
      list.map(([seed, pole]): SecondOrderSection => {
        const [b0, b1, b2] = numbers(3, seed);
        return { b0: b0!, b1: b1!, b2: seed % 3 === 0 ? 0 : b2!, a1: -pole, a2: seed % 2 === 0 ? 0 : 0.2 };
      }),
    ),
  );
  const lengths = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constantFrom(1023, 1024, 1025, 4099));
  fc.assert(
    fc.property(cascades, lengths, fc.nat(5), fc.nat(), (sections, length, count, seed) => {
      // Silence behind a beat lets the memory of a filter decay.
      const signals = Float64Array.from(numbers(length * count, seed), (value, i) =>
        i % length < 40 ? value : 0,
      );
      const expected = new Float64Array(signals.length);
      const reference = new ZeroPhaseFilter(sections);
      for (let start = 0; start < signals.length; start += length) {
        reference.apply(signals.subarray(start, start + length), expected.subarray(start, start + length));
      }
      const plan = new ZeroPhaseSections(sections);
      plan.apply(signals.subarray(0, Math.min(count, 1)), 1, new Float64Array(Math.min(count, 1)));
      plan.apply(signals, length, signals);
      plan.release();
      assert.equal(largestDifference(signals, expected), 0);
    }),
    { numRuns: 50 },
  );
  assert.equal(kernelMemory.allocatedBytes, before);
});

test('no sections and parts of signals are refused by name', () => {
  assert.throws(() => new ZeroPhaseSections([]), { name: 'FilterDesignError' });
  const plan = new ZeroPhaseSections(designButterworthBandpass(2, 300, 5000, 19531));
  const name = { name: 'FilterLengthError' };
  assert.throws(() => plan.apply(new Float64Array(5), 2, new Float64Array(5)), name);
  assert.throws(() => plan.apply(new Float64Array(4), 2, new Float64Array(2)), name);
  assert.throws(() => plan.apply(new Float64Array(4), 0, new Float64Array(4)), name);
  plan.release();
});
