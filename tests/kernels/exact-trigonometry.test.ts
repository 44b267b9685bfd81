import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cosineOfTurn, sineOfTurn } from '../../lib/kernels/exact-trigonometry';

const turns = fc.tuple(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), fc.integer({ min: 1, max: 2 ** 20 }));

test('cosine and sine agree with those of the engine as far as its argument is exact', () => {
  fc.assert(
    fc.property(turns, ([numerator, denominator]) => {
      // Reduced first: in many turns the engine's argument would lose digits. It is still off by 2⁻⁵⁰ in the last one.
      const angle = (2 * Math.PI * (numerator % denominator)) / denominator;
      assert.ok(Math.abs(cosineOfTurn(numerator, denominator) - Math.cos(angle)) <= 2e-15);
      assert.ok(Math.abs(sineOfTurn(numerator, denominator) - Math.sin(angle)) <= 2e-15);
    }),
    { numRuns: 2000 },
  );
});

test('they are right to within 2 units in the last place of 1', () => {
  // Folded to an eighth of a turn by integers first: there the engine's own functions are good to the last digit.
  const engineCosine = (numerator: number, denominator: number): number => {
    let eighths = (8 * numerator) % (8 * denominator);
    if (eighths < 0) eighths += 8 * denominator;
    if (eighths > 4 * denominator) eighths = 8 * denominator - eighths;
    const sign = eighths > 2 * denominator ? -1 : 1;
    if (sign < 0) eighths = 4 * denominator - eighths;
    return eighths <= denominator
      ? sign * Math.cos((eighths / denominator) * (Math.PI / 4))
      : sign * Math.sin(((2 * denominator - eighths) / denominator) * (Math.PI / 4));
  };
  fc.assert(
    fc.property(turns, ([numerator, denominator]) => {
      const tolerance = 2 * Number.EPSILON;
      const cosine = engineCosine(numerator, denominator);
      const sine = engineCosine(4 * numerator - denominator, 4 * denominator);
      assert.ok(Math.abs(cosineOfTurn(numerator, denominator) - cosine) <= tolerance);
      assert.ok(Math.abs(sineOfTurn(numerator, denominator) - sine) <= tolerance);
    }),
    { numRuns: 5000 },
  );
});

test('sine is odd, and half and quarter turns exchange signs and names, to the last bit', () => {
  fc.assert(
    fc.property(turns, ([numerator, denominator]) => {
      const [cosine, sine] = [cosineOfTurn(numerator, denominator), sineOfTurn(numerator, denominator)];
      // Sums with 0 do not tell the two zeros apart.
      assert.equal(sineOfTurn(-numerator, denominator) + 0, -sine + 0);
      assert.equal(cosineOfTurn(2 * numerator + denominator, 2 * denominator) + 0, -cosine + 0);
      assert.equal(sineOfTurn(denominator - 4 * numerator, 4 * denominator) + 0, cosine + 0);
      assert.ok(Math.abs(cosine * cosine + sine * sine - 1) <= 4 * Number.EPSILON);
    }),
  );
});

test('quarter turns are exact, and the symmetries hold to the last bit', () => {
  for (const denominator of [4, 12, 4096]) {
    const quarter = denominator / 4;
    assert.equal(cosineOfTurn(0, denominator), 1);
    assert.equal(Math.abs(cosineOfTurn(quarter, denominator)), 0);
    assert.equal(cosineOfTurn(2 * quarter, denominator), -1);
    assert.equal(sineOfTurn(quarter, denominator), 1);
    assert.equal(sineOfTurn(3 * quarter, denominator), -1);
  }
  fc.assert(
    fc.property(turns, ([numerator, denominator]) => {
      const cosine = cosineOfTurn(numerator, denominator);
      assert.equal(cosineOfTurn(-numerator, denominator), cosine);
      assert.equal(cosineOfTurn(numerator + denominator, denominator), cosine);
    }),
  );
});
