import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createTemporaryProject } from '../tools/temporary-project';
import { contents } from './kills';

const MODELS = 'own-models';
const project = createTemporaryProject({ NEUROBASIS_MODELS: MODELS });
const { folder } = project;
after(() => project.remove());

/** Runs a command that must succeed. */
async function run(command: string, args: readonly string[]): Promise<string> {
  const { code, output } = await project.run(command, args);
  assert.equal(code, 0, output);
  return output;
}

/** The only file below a folder of the project whose name ends so, or the first of several. */
function fileIn(place: string, ending: string): string {
  const names = readdirSync(join(folder, place), { recursive: true, encoding: 'utf8' }).sort();
  const found = names.find((name) => name.endsWith(ending));
  assert.ok(found !== undefined, `${place}: ${names.join()}`);
  return join(folder, place, found);
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 1;
  writeFileSync(path, bytes);
}

/** Flips a bit in the second row of a file of measurements. @returns the row as it was */
function flipInRow(path: string): string {
  const row = linesOf(path)[1];
  assert.ok(row !== undefined);
  flip(path, readFileSync(path).indexOf(row) + row.indexOf('"points"') + 20);
  return row;
}

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').filter(Boolean);

/** All rows that are kept, wherever. */
function keptLines(): string[] {
  const sweeps = join(folder, '.cache', 'sweeps');
  return readdirSync(sweeps, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(jsonl|journal)$/.test(name))
    .flatMap((name) => linesOf(join(sweeps, name)));
}

const SWEEP = ['--dataset', 'sample', '--basis', 'haar-6', '--steps', '0,8'];

test('a bit of the cache that flips costs its row, and all others stay as they were measured', async () => {
  const output = join(folder, 'measured.jsonl');
  await run('sweep', [...SWEEP, '--output', output]);
  const expected = readFileSync(output);
  const cache = fileIn('.cache/sweeps', '.jsonl');
  const before = linesOf(cache);
  // Rows have the durations that were measured, so a row that was made anew shows.
  const row = flipInRow(cache);
  rmSync(output);
  assert.match(await run('sweep', [...SWEEP, '--output', output]), /damaged row/);
  assert.deepEqual(readFileSync(output), expected);
  const kept = new Set(linesOf(cache));
  assert.deepEqual(
    before.filter((line) => !kept.has(line)),
    [row],
  );
  // The damaged row may stay where it is.
  assert.ok(kept.size <= before.length + 1);
});

test('a bit of a result of a shard that flips costs its row', async () => {
  rmSync(join(folder, '.cache', 'sweeps'), { recursive: true });
  const output = join(folder, 'joined.jsonl');
  for (const number of [1, 2]) await run('sweep', [...SWEEP, '--shard', `${number}/2`]);
  await run('sweep', [...SWEEP, '--output', output]);
  const expected = readFileSync(output);
  const before = new Set(keptLines());
  const result = fileIn('.cache/sweeps', '.jsonl');
  flipInRow(result);
  rmSync(output);
  assert.match(await run('sweep', [...SWEEP, '--output', output]), /damaged row/);
  assert.deepEqual(readFileSync(output), expected);
  // The damaged row, and the one that was made anew.
  assert.ok(keptLines().filter((line) => !before.has(line)).length <= 2);
});

test('a bit of a model that flips is an error that says how to learn it again, and that gives the same bytes', async () => {
  const learn = ['--dataset', 'sample', '--basis', 'klt-16'];
  await run('learn', learn);
  const expected = contents(folder, [MODELS]);
  const model = join(folder, Object.keys(expected)[0]!);
  flip(model, readFileSync(model).length - 3);
  const sweep = ['--dataset', 'sample', '--basis', 'klt-16', '--steps', '8'];
  const { code, output } = await project.run('sweep', sweep);
  assert.equal(code, 1, output);
  assert.match(output, /was altered: its SHA-256[^]*npm run learn -- --basis klt-16[^]*--replace/);
  await run('learn', [...learn, '--replace']);
  assert.deepEqual(contents(folder, [MODELS]), expected);
  await run('sweep', sweep);
});
