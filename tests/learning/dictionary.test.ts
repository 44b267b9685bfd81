import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DictionaryLearning, overcompleteCosines } from '../../lib/learning/dictionaries/dictionary';
import { DICTIONARY_METHODS } from '../../lib/bases/frames/dictionary';
import { uniformNumbers } from '../../lib/numerics/random';

/** Output of `tests/fixtures/learning-dictionary.py`, learned by scikit-learn from the same blocks. */
const fixture = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'learning-dictionary.json'), 'utf8'),
) as {
  readonly length: number;
  readonly atoms: number;
  readonly blocks: readonly number[];
  readonly error: number;
};

const normalized = (rows: Float64Array, length: number): Float64Array => {
  for (let start = 0; start < rows.length; start += length) {
    const norm = Math.hypot(...rows.subarray(start, start + length));
    for (let n = start; n < start + length; n++) rows[n] = rows[n]! / norm;
  }
  return rows;
};

for (const method of DICTIONARY_METHODS) {
  test(`${method}: as few atoms leave no more over than those of scikit-learn do`, () => {
    const { length, atoms, blocks, error } = fixture;
    const learning = new DictionaryLearning(
      Float64Array.from(blocks),
      length,
      overcompleteCosines(length, atoms),
      method,
    );
    let last = learning.next();
    const first = last.error;
    for (let round = 1; round < 40; round++) last = learning.next();
    assert.ok(last.error < 0.9 * first, `${last.error} after ${first}`);
    assert.ok(last.error < 1.1 * error, `${last.error}, scikit-learn ${error}`);
    for (let start = 0; start < last.atoms.length; start += length) {
      assert.ok(Math.abs(Math.hypot(...last.atoms.subarray(start, start + length)) - 1) < 1e-9);
    }
  });

  test(`${method}: the atoms that blocks were made of are found again`, () => {
    const [length, count] = [16, 24];
    const next = uniformNumbers(11);
    const hidden = normalized(
      new Float64Array(length * count).map(() => next() + next() + next() - 1.5),
      length,
    );
    const blocks = new Float64Array(length * 4000);
    for (let start = 0; start < blocks.length; start += length) {
      for (let i = 0; i < 2; i++) {
        const atom = Math.floor(next() * count) * length;
        const factor = (next() < 0.5 ? -1 : 1) * (1 + next());
        for (let n = 0; n < length; n++) blocks[start + n] = blocks[start + n]! + factor * hidden[atom + n]!;
      }
    }
    // From blocks: nothing is known of the atoms.
    const from = normalized(blocks.slice(0, length * count), length);
    const learning = new DictionaryLearning(blocks, length, from, method);
    for (let round = 0; round < 40; round++) learning.next();
    let found = 0;
    for (let k = 0; k < count; k++) {
      let best = 0;
      for (let j = 0; j < count; j++) {
        let product = 0;
        for (let n = 0; n < length; n++) product += hidden[k * length + n]! * learning.atoms[j * length + n]!;
        best = Math.max(best, Math.abs(product));
      }
      if (best > 0.99) found++;
    }
    assert.ok(found >= 0.8 * count, `${found} of ${count}`);
  });
}
