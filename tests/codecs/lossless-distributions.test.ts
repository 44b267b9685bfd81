import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  GAUSSIAN,
  interpolate,
  POSITION_CENTER,
  STEPS_PER_SIGMA,
  STUDENT,
} from '../../lib/codecs/lossless/distributions';
import { LEARNED } from '../../lib/codecs/lossless/learned-constants';
import { LinearScale, ORIGIN_CODE } from '../../lib/codecs/lossless/linear-scale';

const fixture = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'coding-distributions.json'), 'utf8'),
) as Record<'z' | 'gaussian' | 'student', number[]>;

const at = (table: Float64Array, z: number): number =>
  interpolate(table, z * STEPS_PER_SIGMA + POSITION_CENTER);

for (const [name, table] of [
  ['gaussian', GAUSSIAN],
  ['student', STUDENT],
] as const) {
  test(`the ${name} table is SciPy's distribution to 3e-5`, () => {
    for (const [i, z] of fixture.z.entries()) {
      assert.ok(Math.abs(at(table, z) - fixture[name][i]!) < 3e-5, `at ${z}`);
    }
  });

  test(`the ${name} table never falls, also between its entries, and ends at 0 and 1`, () => {
    let last = at(table, -20);
    assert.equal(last, 0);
    for (let z = -17; z <= 17; z += 0.00371) {
      const next = at(table, z);
      assert.ok(next >= last);
      last = next;
    }
    assert.equal(at(table, 20), 1);
    assert.equal(at(table, -Infinity), 0);
    assert.equal(at(table, Infinity), 1);
    assert.equal(at(table, 0), 0.5);
  });
}

test('the tables are the same to the last bit everywhere', () => {
  const hash = createHash('sha256');
  for (const table of [GAUSSIAN, STUDENT]) {
    // Entries are multiples of 2⁻³².
    for (const entry of table) hash.update(String(entry * 2 ** 32)).update('\n');
  }
  assert.equal(hash.digest('hex'), 'cd9f8985456cabe206a154b5fd667f6cdae6d257d2932a208b2b084ac116c1f0');
});

test('edges ascend by the widths, and levels lie between them', () => {
  const { edges, levels } = new LinearScale(LEARNED.widths);
  assert.equal(edges[ORIGIN_CODE], 0);
  for (let k = 0; k < 1024; k++) {
    assert.ok(edges[k]! < edges[k + 1]!);
    assert.ok(levels[k]! > edges[k]! && levels[k]! < edges[k + 1]!);
  }
});

test('learned widths are those that the codes seen ask for', () => {
  const scale = new LinearScale(new Array<number>(1024).fill(4096));
  for (let k = 1; k < 1023; k++) {
    for (let i = 0; i < (k % 2 === 0 ? 1500 : 500); i++) scale.count(k);
    scale.expected[k] = 1000;
  }
  scale.learn();
  const width = (k: number): number => scale.edges[k + 1]! - scale.edges[k]!;
  assert.ok(Math.abs(width(600) - 1800 / 1300) < 1e-9);
  assert.ok(Math.abs(width(601) - 800 / 1300) < 1e-9);
});
