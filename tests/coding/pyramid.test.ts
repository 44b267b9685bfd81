import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Pyramid } from '../../lib/coding/entropy/pyramid';
import { RangeDecoder, RangeEncoder } from '../../lib/coding/entropy/range-coder';

/** All integer vectors of a dimension with so many pulses, by brute force. */
function allVectors(dimension: number, pulses: number): number[][] {
  if (dimension === 0) return pulses === 0 ? [[]] : [];
  const vectors: number[][] = [];
  for (let value = -pulses; value <= pulses; value++) {
    for (const rest of allVectors(dimension - 1, pulses - Math.abs(value))) vectors.push([value, ...rest]);
  }
  return vectors;
}

const pyramidShape = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 6 }));

test('a pyramid has as many points as there are', () => {
  fc.assert(
    fc.property(pyramidShape, ([dimension, pulses]) => {
      assert.equal(new Pyramid(dimension, 8).vectors(pulses), allVectors(dimension, pulses).length);
    }),
  );
  // Fischer (1986), table I.
  assert.equal(new Pyramid(8, 16).vectors(4), 2816);
  assert.equal(new Pyramid(16, 16).vectors(2), 512);
});

test('vectors of known pulses come back, for as many bits as name one of them', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 2, 4, 8, 16, 32),
      fc.array(fc.array(fc.integer({ min: -12, max: 12 }), { minLength: 32, maxLength: 32 }), {
        maxLength: 40,
      }),
      (dimension, rows) => {
        const pyramid = new Pyramid(dimension, 400);
        const vectors = rows.map((row) => Int32Array.from(row.slice(0, dimension)));
        const pulses = vectors.map((vector) => vector.reduce((sum, value) => sum + Math.abs(value), 0));
        const encoder = new RangeEncoder();
        vectors.forEach((vector, i) => pyramid.code(encoder, vector.slice(), pulses[i]!));
        const bytes = encoder.finish();
        const decoder = new RangeDecoder(bytes, 0, bytes.length);
        vectors.forEach((vector, i) => {
          const decoded = new Int32Array(dimension);
          pyramid.code(decoder, decoded, pulses[i]!);
          assert.deepEqual(decoded, vector);
        });
        decoder.finish();
      },
    ),
  );
});

test('random points of a pyramid cost the logarithm of their number', () => {
  const pyramid = new Pyramid(4, 8);
  const vectors = allVectors(4, 5);
  const encoder = new RangeEncoder();
  for (const vector of vectors) pyramid.code(encoder, Int32Array.from(vector), 5);
  const bits = 8 * encoder.finish().length;
  const ideal = vectors.length * Math.log2(vectors.length);
  assert.ok(bits >= ideal - 1 && bits < 1.001 * ideal + 40, `${bits} bits, ideally ${ideal}`);
});

test('the shape that is found points nearly as well as the best one, and never has another number of pulses', () => {
  const direction = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(direction, fc.integer({ min: 1, max: 6 }), (list, pulses) => {
      const norm = Math.hypot(...list);
      fc.pre(norm > 1e-3);
      const found = new Int32Array(4);
      const product = new Pyramid(4, 8).nearest(Float64Array.from(list), 0, pulses, found);
      assert.equal(
        found.reduce((sum, value) => sum + Math.abs(value), 0),
        pulses,
      );
      const cosineOf = (vector: ArrayLike<number>): number =>
        list.reduce((sum, value, i) => sum + value * vector[i]!, 0) /
        norm /
        Math.hypot(...Array.from(vector));
      assert.ok(Math.abs(product / norm / Math.hypot(...found) - cosineOf(found)) < 1e-9);
      const best = Math.max(...allVectors(4, pulses).map(cosineOf));
      assert.ok(cosineOf(found) > best - 0.1, `${cosineOf(found)} where ${best} is possible`);
      assert.ok(pulses > 2 || cosineOf(found) > best - 0.06);
    }),
  );
});
