import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseModel } from '../../lib/models/model';
import { modelsFolder, saveModel } from '../../lib/models/model-store';
import { projectRoot } from '../../lib/files/project-root';
import { settleStale } from '../../tools/check/awaited-run';
import { findModelProblems } from '../../tools/check/models';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-model-check-'));
after(() => rmSync(folder, { recursive: true }));

test('models that are missing, altered, stale or strays are found; those that are committed are well', async () => {
  cpSync(modelsFolder(), folder, { recursive: true });
  const committed = await findModelProblems();
  assert.deepEqual(settleStale(committed, 'models', join(projectRoot(), 'figures/neuralink')).problems, []);

  const nameOf = (start: string): string => readdirSync(folder).find((name) => name.startsWith(start))!;
  rmSync(join(folder, nameOf('klt-16.fold-0')));
  const altered = join(folder, nameOf('klt-16.fold-1'));
  const bytes = readFileSync(altered);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(altered, bytes);
  const { arrays, ...facts } = parseModel(readFileSync(join(folder, nameOf('klt-32.fold-0'))), 'here');
  saveModel({ ...facts, code: 'other' }, arrays, folder);
  saveModel({ ...facts, fold: 1, corpus: { name: 'sample', sha256: '' } }, arrays, folder);
  saveModel({ ...facts, basis: 'klt-17' }, arrays, folder);
  const found = await findModelProblems(folder);
  const problems = [...found.problems, ...found.stale].join('\n');
  for (const said of [
    /0 models of klt-16, fold 0/,
    /klt-16\.fold-1.* was altered/,
    /klt-32, fold 0, was learned by other code: npm run learn -- --basis klt-32/,
    /klt-32, fold 1, was learned from other recordings/,
    /klt-17.*belongs to no basis/,
  ]) {
    assert.match(problems, said);
  }
  assert.equal(found.problems.length, 4);
});
