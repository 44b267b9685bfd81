import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { MeasurementCache } from '../../lib/measuring/cache';
import type { CodesMeasurement } from '../../lib/measuring/measure';
import { listenToWarnings } from '../../lib/files/warnings';
import { EXAMPLE_FACTS, examplePoint } from './example-measurement';

const folder = mkdtempSync(join(tmpdir(), 'measurement-cache-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = (): string => join(folder, 'not-there-yet', `${files++}.jsonl`);

function measurement(steps: readonly number[], bytes = 100): CodesMeasurement {
  return { facts: EXAMPLE_FACTS, points: steps.map((step) => examplePoint(step, bytes, 0.001, 0.002)) };
}

test('what was kept is found by the next process, digit by digit', () => {
  const path = newPath();
  const kept = measurement([0, 2.5]);
  new MeasurementCache(path).add('a', kept);
  const { facts, points, missing } = new MeasurementCache(path).find('a', [0, 2.5]);
  assert.deepEqual({ facts, points }, kept);
  assert.deepEqual(missing, []);
});

test('only the steps that were not measured are missing', () => {
  const path = newPath();
  const cache = new MeasurementCache(path);
  cache.add('a', measurement([0, 4]));
  cache.add('a', measurement([8]));
  const again = new MeasurementCache(path);
  assert.deepEqual(again.find('a', [0, 2, 4, 8, 16]).missing, [2, 16]);
  assert.deepEqual(
    again.find('a', [8, 0]).points.map(({ step }) => step),
    [8, 0],
  );
  assert.deepEqual(again.find('b', [0]), { facts: undefined, points: [], missing: [0] });
});

test('a line torn anywhere is passed over, and those added after it are not lost', () => {
  const whole = newPath();
  new MeasurementCache(whole).add('torn', measurement([1]));
  const line = readFileSync(whole, 'utf8').trim();
  for (let length = 1; length < line.length; length += 7) {
    const path = newPath();
    const cache = new MeasurementCache(path);
    cache.add('before', measurement([1]));
    appendFileSync(path, line.slice(0, length));
    new MeasurementCache(path).add('after', measurement([1]));
    const again = new MeasurementCache(path);
    assert.equal(again.find('before', [1]).missing.length, 0);
    assert.equal(again.find('after', [1]).missing.length, 0);
    assert.deepEqual(again.find('torn', [1]).missing, [1]);
    assert.match(again.damage!, /1 damaged row is passed over/);
  }
});

test('several processes can add to the same file at once', async () => {
  const path = newPath();
  const script = (process: number): string => `
    const { MeasurementCache } = require('./lib/measuring/cache.ts');
    const cache = new MeasurementCache(${JSON.stringify(path)});
    for (let i = 0; i < 200; i++) cache.add('${process}-' + i, ${JSON.stringify(measurement([0, 1, 2, 3]))});`;
  await Promise.all(
    [1, 2, 3].map((n) =>
      promisify(execFile)(process.execPath, ['--require', './tools/loader.cjs', '-e', script(n)]),
    ),
  );
  const cache = new MeasurementCache(path);
  for (const n of [1, 2, 3]) {
    for (let i = 0; i < 200; i++) assert.deepEqual(cache.find(`${n}-${i}`, [0, 1, 2, 3]).missing, []);
  }
});

test('a row with any bit flipped is passed over, and said', () => {
  const path = newPath();
  new MeasurementCache(path).add('a', measurement([0, 2.5]));
  const whole = readFileSync(path);
  assert.equal(new MeasurementCache(path).damage, undefined);
  const { points } = measurement([0, 2.5]);
  for (let at = 0; at < whole.length; at++) {
    for (const bit of [0, 3, 6]) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1 << bit;
      writeFileSync(path, damaged);
      const cache = new MeasurementCache(path);
      const found = cache.find('a', [0, 2.5]);
      if (found.missing.length === 0) {
        // Only the line breaks about the row can change without a trace.
        assert.deepEqual(found.points, points);
        assert.equal(String.fromCharCode(whole[at]!), '\n');
      } else {
        assert.ok(cache.damage?.includes(path), `byte ${at}`);
      }
    }
  }
});

test('rows of another file, without a check, and JSON of another shape are passed over, and the file is named', () => {
  const other = newPath();
  new MeasurementCache(other).add('a', measurement([1]));
  const foreign = readFileSync(other, 'utf8').trim();
  const unchecked = JSON.stringify({ recording: 'a', ...measurement([1]) });
  for (const line of [foreign, unchecked, '{}', '[]', 'null', '3', '{"recording":"a"}', '"text"']) {
    const path = newPath();
    new MeasurementCache(path).add('b', measurement([1]));
    appendFileSync(path, `${line}\n`);
    const cache = new MeasurementCache(path);
    assert.deepEqual(cache.find('a', [1]).missing, [1]);
    assert.deepEqual(cache.find('b', [1]).missing, []);
    assert.ok(cache.damage?.includes(path));
  }
});

test('a cache that cannot be read or written costs a warning, not the measurement', () => {
  const warnings: string[] = [];
  listenToWarnings((text) => warnings.push(text));
  try {
    const path = newPath();
    mkdirSync(path, { recursive: true });
    const cache = new MeasurementCache(path);
    assert.match(cache.damage!, /cannot be read \(EISDIR.*remove it/);
    cache.add('a', measurement([1]));
    cache.add('b', measurement([1]));
    assert.deepEqual(cache.find('a', [1]).missing, []);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /cannot be written \(EISDIR.*are not kept.*make \.cache writable/);
  } finally {
    listenToWarnings(undefined);
  }
});
