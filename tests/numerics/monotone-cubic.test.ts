import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { integralOfCubic, monotoneCubic, valueOfCubic } from '../../lib/numerics/monotone-cubic';

const rising = fc
  .array(fc.tuple(fc.double({ min: 0.1, max: 5, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true })), {
    minLength: 2,
    maxLength: 8,
  })
  .map((steps) => {
    let [x, y] = [0, 0];
    const points = steps.map(([dx, dy]) => [(x += dx), (y += dy)] as const);
    return monotoneCubic(
      Float64Array.from(points, ([at]) => at),
      Float64Array.from(points, ([, value]) => value),
    );
  });

test('the curve goes through its points, and rises where they rise', () => {
  fc.assert(
    fc.property(rising, (cubic) => {
      cubic.x.forEach((at, i) => assert.ok(Math.abs(valueOfCubic(cubic, at) - cubic.y[i]!) < 1e-9));
      let before = -Infinity;
      for (let i = 0; i <= 100; i++) {
        const at = cubic.x[0]! + (i / 100) * (cubic.x[cubic.x.length - 1]! - cubic.x[0]!);
        const value = valueOfCubic(cubic, at);
        assert.ok(value >= before - 1e-9);
        before = value;
      }
    }),
  );
});

test('straight lines stay straight, beyond their ends too, and have the area of a trapezoid', () => {
  const cubic = monotoneCubic(Float64Array.of(1, 2, 4, 7), Float64Array.of(3, 5, 9, 15));
  for (const at of [-2, 1, 1.3, 3, 6.9, 11])
    assert.ok(Math.abs(valueOfCubic(cubic, at) - (2 * at + 1)) < 1e-12);
  assert.ok(Math.abs(integralOfCubic(cubic, 1.5, 5) - (25 + 5 - 1.5 ** 2 - 1.5)) < 1e-12);
});
