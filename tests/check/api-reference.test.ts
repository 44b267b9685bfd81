import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';
import { API_FILE, apiReference } from '../../tools/check/api-reference';
import { exportsOf } from '../../tools/uses/exports';
import { createTemporaryProject } from '../tools/temporary-project';

const root = projectRoot();

test('all that a module exports is listed with a description, and what notebooks call with a call from one', async () => {
  const { text, problems } = await apiReference();
  assert.deepEqual(problems, []);
  for (const { name } of exportsOf(join('lib', 'metrics', 'distortion.ts'))) {
    assert.match(text, new RegExp(`^- \\*\\*\`(new )?${name}\\b.*\`\\*\\*: \\S`, 'm'));
  }
  const line = /^- \*\*`meanSquaredError\(squaredError, samples\)`\*\*: .* `(meanSquaredError\(.*\))`$/m;
  const [, call] = line.exec(text)!;
  const notebooks = readdirSync(join(root, 'notebooks')).filter((name) => name.endsWith('.ipynb'));
  assert.ok(
    notebooks.some((name) =>
      readFileSync(join(root, 'notebooks', name), 'utf8').includes(JSON.stringify(call).slice(1, -1)),
    ),
    call,
  );
  assert.doesNotMatch(text, /\]\(\.\.\/lib\/figures\/page\//);
});

const project = createTemporaryProject();
after(() => project.remove());

test('a description that changes makes the page out of date, and one that is missing is named', async () => {
  cpSync(join(root, '.prettierrc.json'), join(project.folder, '.prettierrc.json'));
  cpSync(join(root, 'notebooks'), join(project.folder, 'notebooks'), { recursive: true });
  mkdirSync(join(project.folder, 'docs'));
  cpSync(join(root, API_FILE), join(project.folder, API_FILE));
  const current = await project.run('check', ['--only', 'api']);
  assert.equal(current.code, 0, current.output);
  const module = join(project.folder, 'lib', 'metrics', 'rate.ts');
  const source = readFileSync(module, 'utf8');
  writeFileSync(module, source.replace('Bits per sample,', 'Bits of a sample,'));
  const changed = await project.run('check', ['--only', 'api']);
  assert.equal(changed.code, 1);
  assert.match(changed.output, /docs\/api\.md is not what the sources give: npm run format writes it/);
  writeFileSync(module, source.replace(/\/\*\*(?:(?!\*\/)[^])*Bits per sample,[^]*?\*\/\n/, ''));
  const missing = await project.run('check', ['--only', 'api']);
  assert.match(missing.output, /lib\/metrics\/rate\.ts: bitsPerSample has no description/);
  rmSync(join(project.folder, API_FILE));
  writeFileSync(module, source);
  assert.match((await project.run('check', ['--only', 'api'])).output, /docs\/api\.md is not/);
});
