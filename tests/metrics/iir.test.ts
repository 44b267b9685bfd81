import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { designButterworthBandpass, FilterDesignError, ZeroPhaseFilter } from '../../lib/kernels/iir';
import type { SecondOrderSection } from '../../lib/kernels/iir';

interface FilterCase {
  signal: number[];
  filtered: number[];
}
interface Fixture {
  sampleRate: number;
  designs: { order: number; low: number; high: number; sections: number[][]; cases: FilterCase[] }[];
  lowpass: FilterCase & { sections: number[][] };
}
const fixture = JSON.parse(readFileSync('tests/fixtures/metrics-filters.json', 'utf8')) as Fixture;

function filter(sections: readonly SecondOrderSection[], signal: ArrayLike<number>): Float64Array {
  const output = new Float64Array(signal.length);
  new ZeroPhaseFilter(sections).apply(Float64Array.from(signal), output);
  return output;
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    assert.ok(difference <= tolerance, `sample ${i}: ${actual[i]} is not ${expected[i]}`);
  }
}

const spikeBand = designButterworthBandpass(2, 300, 5000, 19531);

for (const { order, low, high, sections, cases } of fixture.designs) {
  test(`The Butterworth band-pass of order ${order}, ${low}–${high} Hz, has SciPy's sections.`, () => {
    const designed = designButterworthBandpass(order, low, high, fixture.sampleRate);
    assert.equal(designed.length, sections.length);
    designed.forEach((section, i) => {
      const row = [section.b0, section.b1, section.b2, 1, section.a1, section.a2];
      assertClose(row, sections[i]!, 1e-12);
    });
  });

  test(`Zero-phase filtering of order ${order}, ${low}–${high} Hz, gives SciPy's samples, short signals too.`, () => {
    const designed = designButterworthBandpass(order, low, high, fixture.sampleRate);
    for (const { signal, filtered } of cases) assertClose(filter(designed, signal), filtered, 1e-9);
  });
}

test("A cascade with an odd number of sections gives SciPy's samples.", () => {
  const { sections, signal, filtered } = fixture.lowpass;
  const cascade = sections.map((row) => ({
    b0: row[0]!,
    b1: row[1]!,
    b2: row[2]!,
    a1: row[4]!,
    a2: row[5]!,
  }));
  assertClose(filter(cascade, signal), filtered, 1e-9);
});

test('Filtering no samples gives none.', () => {
  assert.equal(filter(spikeBand, []).length, 0);
});

test('A band-pass takes a constant out, whatever its length.', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 1023 }), (length, value) => {
      assertClose(filter(spikeBand, new Float64Array(length).fill(value)), new Float64Array(length), 1e-9);
    }),
    { numRuns: 30 },
  );
});

test('Zero-phase filtering is linear.', () => {
  const samples = fc.array(fc.integer({ min: 0, max: 1023 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(samples, samples, (first, second) => {
      const length = Math.min(first.length, second.length);
      const sum = first.slice(0, length).map((value, i) => value - 2 * second[i]!);
      const together = filter(spikeBand, sum);
      const a = filter(spikeBand, first.slice(0, length));
      const b = filter(spikeBand, second.slice(0, length));
      assertClose(
        together,
        a.map((value, i) => value - 2 * b[i]!),
        1e-9,
      );
    }),
  );
});

test('A filter object gives the same samples whatever it filtered before.', () => {
  const reused = new ZeroPhaseFilter(spikeBand);
  const long = Float64Array.from({ length: 2000 }, (_, i) => (i * i) % 1024);
  reused.apply(long, new Float64Array(2000));
  const short = long.slice(500, 800);
  const output = new Float64Array(300);
  reused.apply(short, output);
  assert.deepEqual(output, filter(spikeBand, short));
});

test('The memory of a filter dies in a long silence instead of lingering among denormal numbers.', () => {
  const signal = new Float64Array(50_000);
  signal[150] = 512;
  for (const highEdge of [1000, 5000]) {
    const output = filter(designButterworthBandpass(2, 300, highEdge, 19531), signal);
    assert.ok(Math.abs(output[150]!) > 1);
    for (let i = 25_000; i < output.length; i++) assert.equal(output[i], 0);
    const backward = filter(designButterworthBandpass(2, 300, highEdge, 19531), signal.slice().reverse());
    for (let i = 0; i < 25_000; i++) assert.equal(backward[i], 0);
  }
});

test('A band that cannot be is refused by name.', () => {
  assert.throws(() => designButterworthBandpass(3, 300, 5000, 19531), FilterDesignError);
  assert.throws(() => designButterworthBandpass(2, 5000, 300, 19531), FilterDesignError);
  assert.throws(() => designButterworthBandpass(2, 300, 9800, 19531), FilterDesignError);
  assert.throws(() => designButterworthBandpass(2, 0, 5000, 19531), FilterDesignError);
  assert.throws(() => new ZeroPhaseFilter([]), FilterDesignError);
});
