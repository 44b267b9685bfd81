import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findBrowser } from '../../lib/figures/browser';
import { MeasurementCache } from '../../lib/measuring/cache';
import type { CodesMeasurement } from '../../lib/measuring/measure';
import { createTemporaryProject, type CommandResult, type TemporaryProject } from './temporary-project';

let project: TemporaryProject | undefined;
let missing = '';
before(async () => {
  try {
    const browser = await findBrowser();
    project = createTemporaryProject({ ...browser.environment, CHROME: browser.executable });
  } catch (error) {
    if (process.env['NEUROBASIS_REQUIRE_ALL'] === '1') throw error;
    missing = (error as Error).message;
  }
});
after(() => project?.remove());

const reproduce = (...args: string[]): Promise<CommandResult> =>
  project!.run('reproduce', ['--recordings', '2', ...args]);

test('an audit measures anew, finds what is the same, and names what is not', async (context) => {
  if (!project) return context.skip(missing);
  const figures = join(project.folder, 'figures', 'sample-2');
  assert.match((await reproduce('--audit', '2')).output, /There are no results of .*npm run reproduce\./);

  project.writeNotebook('01-samples.ipynb', [
    `import { closingAnalysis } from './lib/study/closing-analysis';
import { openCorpus } from './lib/recordings/corpus';
await closingAnalysis('identity', openCorpus());`,
  ]);
  const made = await reproduce();
  assert.equal(made.code, 0, made.output);
  const sound = await reproduce('--audit', '2');
  assert.equal(sound.code, 0, sound.output);
  assert.match(sound.output, /identity: 2 the same to the last bit\n/);

  const path = join(figures, 'identity.measured.tsv');
  const kept = readFileSync(path, 'utf8');
  const last = kept.trimEnd().slice(-1);
  writeFileSync(path, `${kept.trimEnd().slice(0, -1)}${last === '0' ? '1' : '0'}\n`);
  const changed = await reproduce('--audit', '2');
  assert.equal(changed.code, 1, changed.output);
  assert.match(changed.output, /identity: 1 the same to the last bit, 1 DIFFERENT \(/);
  assert.match(changed.output, /1 of 1 curves differ: identity/);

  // The cache must not be where the audit gets its numbers from, and is compared too.
  writeFileSync(path, kept);
  const sweeps = join(project.folder, '.cache', 'sweeps');
  for (const file of readdirSync(sweeps)) {
    const cache = new MeasurementCache(join(sweeps, file));
    for (const [, json] of readFileSync(cache.path, 'utf8').matchAll(/"row":(.*)\}$/gm)) {
      const row = JSON.parse(json!) as CodesMeasurement & { readonly recording: string };
      // Rows of the same recording that come later count.
      const points = row.points.map((point) => ({ ...point, nonzero: point.nonzero + 1 }));
      cache.add(row.recording, { facts: row.facts, points });
    }
  }
  // The last rows of the recordings differ: nothing is adopted. With one recording more than is measured anew, and all
  // rows right, it is.
  const [file] = readdirSync(sweeps);
  const text = readFileSync(join(sweeps, file!), 'utf8');
  const other = new MeasurementCache(join(sweeps, `identity.${'0'.repeat(32)}.jsonl`));
  const rows = [...text.matchAll(/"row":(.*)\}$/gm)].map(
    ([, json]) => JSON.parse(json!) as CodesMeasurement & { readonly recording: string },
  );
  for (const { recording, facts, points } of rows) other.add(recording, { facts, points });
  rmSync(join(sweeps, file!));
  const refused = await reproduce('--adopt', '1');
  assert.match(refused.output, /identity: the code as it is measures otherwise, so nothing is adopted\n/);
  for (const { recording, facts, points } of rows.slice(0, 2)) other.add(recording, { facts, points });
  const adopted = await reproduce('--adopt', '1');
  assert.match(adopted.output, /identity: 1 the same to the last bit, 2 recordings adopted\n/);
  assert.equal((await reproduce('--audit', '2')).code, 0);
  writeFileSync(join(sweeps, file!), text);

  const poisoned = await reproduce('--audit', '2');
  assert.equal(poisoned.code, 1, poisoned.output);
  assert.match(poisoned.output, /identity: 2 the same to the last bit, cache DIFFERENT \(/);
  rmSync(sweeps, { recursive: true });

  rmSync(path);
  const older = await reproduce('--audit', '1');
  assert.equal(older.code, 2, older.output);
  assert.match(older.output, /identity: 1 measured, nothing kept to compare with/);
});
