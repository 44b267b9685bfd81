import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { projectRoot } from '../../lib/files/project-root';
import { holmCorrected } from '../../lib/numerics/holm';
import { signedRankTest } from '../../lib/numerics/signed-rank';

interface Reference {
  readonly cases: readonly { readonly differences: readonly number[]; readonly p: number }[];
}

const reference = JSON.parse(
  readFileSync(join(projectRoot(), 'tests/fixtures/numerics-signed-rank.json'), 'utf8'),
) as Reference;

test('probabilities of signed ranks are those of SciPy, counted out and by the normal distribution', () => {
  for (const { differences, p } of reference.cases) {
    const { p: own } = signedRankTest(differences);
    assert.ok(
      Math.abs(own - p) <= 3e-7 * p,
      `${differences.length} differences: ${own} where SciPy has ${p}`,
    );
  }
});

test('a test of signed ranks does not depend on which of two codecs comes first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 80 }), (differences) => {
      const there = signedRankTest(differences);
      const back = signedRankTest(differences.map((value) => -value));
      assert.equal(there.pairs, back.pairs);
      assert.ok(Math.abs(there.p - back.p) < 1e-12);
      assert.ok(there.p > 0 && there.p <= 1);
    }),
  );
});

test('without any difference nothing is found', () => {
  assert.deepEqual(signedRankTest([0, 0, NaN]), { pairs: 0, p: 1 });
});

test('corrected probabilities are those of the example of Holm’s procedure', () => {
  // 0.005 · 4, 0.01 · 3, 0.03 · 2, and 0.04 · 1, which is not below the one before.
  const corrected = holmCorrected([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((expected, i) => assert.ok(Math.abs(corrected[i]! - expected) < 1e-12));
});

test('corrected probabilities keep the order and are neither smaller than they were nor above 1', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (probabilities) => {
      const corrected = holmCorrected(probabilities);
      corrected.forEach((value, i) => {
        assert.ok(value >= Math.min(1, probabilities[i]!) && value <= 1);
        corrected.forEach((other, k) => {
          if (probabilities[i]! < probabilities[k]!) assert.ok(value <= other);
        });
      });
    }),
  );
});
