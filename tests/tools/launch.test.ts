/** What the launcher takes for installed: packages that it has installed itself, or that npm says it has. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';

const folder = mkdtempSync(join(tmpdir(), 'neurobasis-launch-'));
after(() => rmSync(folder, { recursive: true }));

const WANTED = { version: '1.0.0', integrity: 'sha512-a' };
const LOCKED = {
  '': { name: 'project' },
  'node_modules/wanted': WANTED,
  'node_modules/for-another-system': { version: '1.0.0', integrity: 'sha512-b', optional: true },
  'node_modules/for-tests': { version: '1.0.0', integrity: 'sha512-c', dev: true },
};

/** A project whose packages npm has installed, by its hidden lockfile; `true` where the launcher asks npm again. */
function installsAgain(installed: Readonly<Record<string, object>> | undefined, there = true): boolean {
  const project = mkdtempSync(join(folder, 'project-'));
  const programs = join(project, 'programs');
  for (const path of ['tools', 'node_modules/wanted', 'programs'])
    mkdirSync(join(project, path), { recursive: true });
  copyFileSync(join(projectRoot(), 'tools', 'launch.mjs'), join(project, 'tools', 'launch.mjs'));
  writeFileSync(join(project, 'tools', 'loader.cjs'), '');
  writeFileSync(join(project, 'tools', 'nothing.ts'), 'console.log("ran");\n');
  writeFileSync(join(project, 'package.json'), JSON.stringify({ devDependencies: {} }));
  writeFileSync(join(project, 'package-lock.json'), JSON.stringify({ packages: LOCKED }));
  if (there) writeFileSync(join(project, 'node_modules', 'wanted', 'package.json'), '{}');
  if (installed) {
    const hidden = join(project, 'node_modules', '.package-lock.json');
    writeFileSync(hidden, JSON.stringify({ packages: installed }));
  }
  const asked = join(project, 'npm-was-asked');
  writeFileSync(join(programs, 'npm'), `#!/bin/sh\ntouch ${asked}\nexit 0\n`, { mode: 0o755 });
  const run = spawnSync(process.execPath, [join(project, 'tools', 'launch.mjs'), 'nothing'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${programs}${delimiter}${process.env['PATH']}` },
  });
  assert.match(run.stdout, /ran/, run.stderr);
  assert.ok(existsSync(join(project, 'node_modules', '.neurobasis-installed')));
  return existsSync(asked);
}

test('what npm has installed from this lockfile is not installed again', () => {
  assert.equal(installsAgain({ 'node_modules/wanted': WANTED }), false);
});

test('what is missing, or is of another lockfile, is installed', () => {
  assert.equal(installsAgain(undefined), true);
  assert.equal(installsAgain({}), true);
  assert.equal(installsAgain({ 'node_modules/wanted': { ...WANTED, integrity: 'sha512-x' } }), true);
  assert.equal(installsAgain({ 'node_modules/wanted': WANTED }, false), true);
  assert.equal(
    installsAgain({
      'node_modules/wanted': WANTED,
      'node_modules/for-another-system': { version: '0.9.0', integrity: 'sha512-y' },
    }),
    true,
  );
});
