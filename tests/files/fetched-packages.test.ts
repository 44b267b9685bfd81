import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  fetchImported,
  fetchPackages,
  lockedVersion,
  PackageFetchError,
  placesOf,
} from '../../lib/files/fetched-packages';
import { projectRoot } from '../../lib/files/project-root';

const folder = mkdtempSync(join(tmpdir(), 'fetched-packages-'));
after(() => rmSync(folder, { recursive: true }));

interface Lockfile {
  readonly packages: Record<string, { readonly dev?: boolean; readonly version?: string }>;
}

function lockfile(): Lockfile {
  return JSON.parse(readFileSync(join(projectRoot(), 'package-lock.json'), 'utf8')) as Lockfile;
}

/** A folder with a lockfile and no packages. */
function emptyProject(name: string, packages: Lockfile['packages']): string {
  const root = join(folder, name);
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
  return root;
}

test('what a package depends on is found as Node finds it: in it, beside it, above it', () => {
  const packages = {
    'node_modules/a': { dependencies: { b: '1', c: '1' } },
    'node_modules/a/node_modules/b': { dependencies: { c: '1' }, optionalDependencies: { absent: '1' } },
    'node_modules/b': { dependencies: { d: '1' } },
    'node_modules/c': { peerDependencies: { '@s/e': '1', a: '1' } },
    'node_modules/d': {},
    'node_modules/@s/e': {},
  };
  assert.deepEqual(placesOf(['a'], packages), [
    'node_modules/@s/e',
    'node_modules/a',
    'node_modules/a/node_modules/b',
    'node_modules/c',
  ]);
  assert.deepEqual(placesOf(['b'], packages), ['node_modules/b', 'node_modules/d']);
});

test('the development dependencies reach all that the set-up leaves out', () => {
  const { packages } = lockfile();
  const { devDependencies } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const reached = new Set(placesOf(Object.keys(devDependencies), packages));
  const left = Object.keys(packages).filter((place) => packages[place]!.dev === true);
  assert.ok(left.length > 50);
  assert.deepEqual(
    left.filter((place) => !reached.has(place)),
    [],
  );
});

test('what the lockfile names has a version, installed or not', () => {
  assert.equal(lockedVersion('postject'), lockfile().packages['node_modules/postject']!.version);
  assert.equal(lockedVersion('node:fs'), undefined);
});

test('what is there is not fetched, nor are modules of Node', () => {
  const root = emptyProject('nothing', {});
  fetchImported(['node:fs', 'fs/promises', './near'], 'by a test', root);
  fetchPackages([], 'by a test', root);
  fetchPackages(['esbuild'], 'by a test');
  assert.deepEqual(readdirSync(join(root, 'node_modules')), []);
});

test('a package that npm cannot get is a named error that says what to type, and leaves nothing', () => {
  // No registry is asked: nothing listens at this address.
  const resolved = 'http://127.0.0.1:9/absent/-/absent-1.2.3.tgz';
  const entry = { version: '1.2.3', resolved, integrity: `sha512-${'A'.repeat(86)}==` };
  const root = emptyProject('offline', { 'node_modules/absent': entry });
  const before = { ...process.env };
  Object.assign(process.env, {
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_fetch_retries: '0',
    npm_config_offline: 'true',
  });
  try {
    assert.throws(
      () => fetchImported(['absent/inner'], 'by a test', root),
      (error) =>
        error instanceof PackageFetchError &&
        /absent 1\.2\.3: needed by a test, and npm could not fetch it \(.+\)/.test(error.message) &&
        error.message.endsWith('npm ci --ignore-scripts'),
    );
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
  assert.deepEqual(readdirSync(join(root, 'node_modules')), []);
});

test('a package that is in no lockfile is named, with how to add it', () => {
  const root = emptyProject('unknown', {});
  assert.throws(
    () => fetchPackages(['unheard-of'], 'by a test', root),
    (error) => error instanceof PackageFetchError && /npm install --save-dev unheard-of/.test(error.message),
  );
  assert.ok(!existsSync(join(root, 'node_modules', 'unheard-of')));
});
