import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { codedFamilies } from '../../tools/fuzz/coded-files';
import type { FuzzFamily, Outcome } from '../../tools/fuzz/family';
import { otherFamilies } from '../../tools/fuzz/other-files';
import { FuzzProcess } from '../../tools/fuzz/processes';
import { ProcessEndedError, runFamilies } from '../../tools/fuzz/run-families';
import { newTally, readTallies, tableOf, writeTallies, type Tally } from '../../tools/fuzz/tallies';
import { tryHere, type TryTurn } from '../../tools/fuzz/try-turn';

const scratch = mkdtempSync(join(tmpdir(), 'fuzz-test-'));
after(() => rmSync(scratch, { recursive: true }));

const counts = (tallies: ReadonlyMap<string, Tally>): unknown =>
  Array.from(tallies, ([name, { inputs, refused, equal, decoded, broken }]) => [
    ...[name, inputs, refused, equal, decoded],
    broken,
  ]);

test('a run that stops and goes on finds what one run finds, and nothing breaks a rule', async () => {
  const all = [...codedFamilies(), ...otherFamilies(scratch)];
  const names = ['nbz, haar', 'nbz, groups', 'WAV', 'reader, two-rates.edf', 'notebook', 'model', 'archive'];
  const families = all.filter(({ name }) => names.includes(name));
  assert.equal(families.length, names.length);
  const here = [tryHere(families)];
  const whole = join(scratch, 'whole.json');
  await runFamilies(families, new Map(), whole, here, { inputs: 30, seconds: Infinity });
  const parts = join(scratch, 'parts.json');
  for (const inputs of [7, 30]) {
    await runFamilies(families, readTallies(parts), parts, here, { inputs, seconds: Infinity });
  }
  assert.deepEqual(counts(readTallies(parts)), counts(readTallies(whole)));
  for (const [name, { inputs, broken, refused }] of readTallies(whole)) {
    assert.deepEqual([inputs, ...broken.map(({ says }) => says)], [30], name);
    assert.ok(refused > 0, name);
  }
  const before = readTallies(parts);
  await runFamilies(families, before, parts, here, { inputs: 60, seconds: 0 });
  assert.deepEqual(counts(readTallies(parts)), counts(readTallies(whole)));
});

const OUTCOMES: Readonly<Record<number, () => Outcome>> = {
  1: () => {
    throw new TypeError('no name');
  },
  2: () => {
    for (;;);
  },
};

test('two processes find what one finds', async () => {
  const families = [...codedFamilies(), ...otherFamilies(scratch)].filter(({ name }) =>
    ['nbz, haar', 'reader, saved.zarr', 'notebook'].includes(name),
  );
  const processes = [new FuzzProcess(), new FuzzProcess()];
  after(() => processes.forEach((one) => one.end()));
  const places = processes.map(({ tryTurn }) => tryTurn);
  const path = join(scratch, 'processes.json');
  const extent = { inputs: 450, seconds: Infinity };
  await runFamilies(families, new Map(), path, places, extent);
  const here = join(scratch, 'here.json');
  await runFamilies(families, new Map(), here, [tryHere(families)], extent);
  assert.deepEqual(counts(readTallies(path)), counts(readTallies(here)));
});

test('an input that ends its process is found, and the run goes on', async () => {
  const made: FuzzFamily = { name: 'made', share: 0.5, tryInput: () => 'equal' };
  const turns: number[] = [];
  const place: TryTurn = (turn) => {
    turns.push(turn.count);
    const end = turn.first + turn.count;
    if (turn.first <= 3 && end > 3) return Promise.reject(new ProcessEndedError('it ended its process'));
    return tryHere([made])(turn);
  };
  const path = join(scratch, 'ended.json');
  await runFamilies([made], new Map(), path, [place], { inputs: 500, seconds: Infinity });
  const tally = readTallies(path).get('made')!;
  assert.deepEqual([tally.inputs, tally.equal, tally.broken.map(({ number }) => number)], [250, 249, [3]]);
  assert.deepEqual([turns[0], turns[1], turns.at(-1)], [100, 1, 50]);
});

test('what has no name or no end is listed with its number, and the run goes on', async () => {
  const made: FuzzFamily = { name: 'made', tryInput: (number) => OUTCOMES[number]?.() ?? 'equal' };
  const path = join(scratch, 'made.json');
  // Slowness is of the processor, the end is of the clock: a busy machine gives the loop a part of it.
  const bounds = { slowMs: 50, mostMs: 1500, mostBytes: 2 ** 40 };
  await runFamilies([made], readTallies(path), path, [tryHere([made], bounds)], {
    inputs: 5,
    seconds: Infinity,
  });
  const tally = readTallies(path).get('made')!;
  assert.deepEqual([tally.inputs, tally.equal, tally.broken.map(({ number }) => number)], [5, 3, [1, 2]]);
  assert.match(tally.broken[0]!.says, /^TypeError: no name at /);
  assert.match(tally.broken[1]!.says, /timed out after 1500ms/);
  assert.deepEqual(
    tally.slow.map(({ number }) => number),
    [2],
  );
  assert.match(tableOf(readTallies(path)), /^made +5 +0 +0 +3 .* 1 +2$/m);
});

test('counts that are damaged are begun anew', () => {
  const path = join(scratch, 'damaged.json');
  writeTallies(path, new Map([['made', { ...newTally(), inputs: 5 }]]));
  const whole = readFileSync(path);
  assert.equal(readTallies(path).get('made')?.inputs, 5);
  // In the number of inputs, among others.
  for (let at = 0; at < whole.length; at++) {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1;
    writeFileSync(path, bytes);
    assert.equal(readTallies(path).size, 0, `byte ${at}`);
  }
  writeFileSync(path, '{"tallies": {"a": 3}}');
  assert.equal(readTallies(path).size, 0);
  assert.ok(!existsSync(join(scratch, 'none.json')));
  assert.equal(readTallies(join(scratch, 'none.json')).size, 0);
});
