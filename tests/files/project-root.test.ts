import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'project-root-')));
after(() => rmSync(folder, { recursive: true }));
const inner = join(folder, 'project', 'notebooks', 'deep');
mkdirSync(inner, { recursive: true });
writeFileSync(join(folder, 'project', 'package.json'), '{"name": "neurobasis"}');
// A package of another name on the way up is not the project.
writeFileSync(join(folder, 'project', 'notebooks', 'package.json'), '{"name": "something-else"}');

const module = join(process.cwd(), 'lib', 'files', 'project-root.ts');
const loader = join(process.cwd(), 'tools', 'loader.cjs');

/** Result of `projectRoot()` in a process started in this folder. */
function rootFrom(start: string): string {
  const code = `const { projectRoot } = require(${JSON.stringify(module)});
try { console.log(projectRoot()); } catch (error) { console.log(error.name + ': ' + error.message); }`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--require', loader, '-e', code], {
    cwd: start,
    encoding: 'utf8',
  });
  return stdout.trim() || stderr;
}

test('the project is found from its own folder and from every folder in it', () => {
  for (const start of [join(folder, 'project'), inner])
    assert.equal(rootFrom(start), join(folder, 'project'));
});

test('outside of the project, that is said with what to do', () => {
  const said = rootFrom(folder);
  assert.ok(said.startsWith(`ProjectRootError: ${folder} is not inside the neurobasis project`), said);
  assert.match(said, /start the command from the folder of the repository/);
});
