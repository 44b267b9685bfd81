import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { after, test } from 'node:test';
import { BINARY_FILES, bytesToHash } from '../../lib/files/line-ends';
import { projectRoot } from '../../lib/files/project-root';
import { hashFile } from '../../tools/reproduce/provenance';

const root = projectRoot();
const folder = mkdtempSync(join(tmpdir(), 'line-ends-'));
after(() => rmSync(folder, { recursive: true }));

function git(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

const tracked = git(root, 'ls-files', '-z')
  .split('\0')
  .filter((path) => path !== '');

test('.gitattributes says of every file whether it is text', () => {
  const { stdout } = spawnSync('git', ['check-attr', '-z', '--stdin', 'text', 'eol'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    input: tracked.join('\0'),
  });
  const fields = stdout.split('\0');
  const said = new Map<string, Record<string, string>>();
  for (let i = 0; i + 2 < fields.length; i += 3) {
    said.set(fields[i]!, { ...said.get(fields[i]!), [fields[i + 1]!]: fields[i + 2]! });
  }
  assert.equal(said.size, tracked.length);
  for (const [path, { text, eol }] of said) {
    // Recordings in the formats of laboratories are bytes, even where they look like text.
    if (BINARY_FILES.includes(extname(path)) || path.startsWith('tests/fixtures/recordings/'))
      assert.equal(text, 'unset', path);
    else assert.deepEqual([text, eol], ['set', 'lf'], `${path}: name what it is in .gitattributes`);
  }
});

test('a clone of someone who has git change line ends has the same bytes', () => {
  const source = join(folder, 'source');
  // One of each kind, and all models: whether git takes one for text depends on its numbers.
  const kinds = new Map(tracked.map((path) => [extname(path), path]));
  const chosen = [...new Set([...kinds.values(), '.gitattributes', '.ci/run', 'LICENSE'])];
  const models = tracked.filter((path) => path.endsWith('.model'));
  for (const path of [...chosen, ...models]) {
    mkdirSync(dirname(join(source, path)), { recursive: true });
    copyFileSync(join(root, path), join(source, path));
  }
  git(source, 'init', '--quiet');
  git(source, 'add', '--all', '--force');
  git(source, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--message', 'all');
  const clone = join(folder, 'clone');
  git(
    folder,
    '-c',
    'core.autocrlf=true',
    'clone',
    '--quiet',
    '--config',
    'core.autocrlf=true',
    source,
    clone,
  );
  for (const path of [...chosen, ...models]) {
    assert.ok(readFileSync(join(clone, path)).equals(readFileSync(join(root, path))), path);
  }
});

test('the hash of a text does not depend on its line ends, that of anything else on every byte', () => {
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('unix.svg'), 'a\nb\r\n\nc\rd');
  writeFileSync(at('dos.svg'), 'a\r\nb\r\n\r\nc\rd');
  assert.equal(hashFile(at('dos.svg')), hashFile(at('unix.svg')));
  assert.equal(Buffer.from(bytesToHash(at('dos.svg'))).toString(), 'a\nb\n\nc\rd');
  writeFileSync(at('unix.png'), 'a\nb');
  writeFileSync(at('dos.png'), 'a\r\nb');
  assert.notEqual(hashFile(at('dos.png')), hashFile(at('unix.png')));
});
