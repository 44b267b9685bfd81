import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';

const folder = mkdtempSync(join(tmpdir(), 'evaluate-'));
after(() => rmSync(folder, { recursive: true }));

test('where a program fails, evaluate says so after the others have ended, and leaves nothing', () => {
  const program = (name: string, lines: readonly string[]): string => {
    writeFileSync(join(folder, name), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
    return join(folder, name);
  };
  // Of two at a time the first fails, and the second takes a while.
  const encode = program('encode', [
    `if mkdir "${folder}/first"; then echo wrong input >&2; exit 3; fi`,
    'sleep 1',
    `cp "$1" "$2" && mkdir "${folder}/ended"`,
  ]);
  const decode = program('decode', ['cp "$1" "$2"']);
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  const options = ['--encode', encode, '--decode', decode];
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      ...['--require', './tools/loader.cjs', join('tools', 'evaluate.ts'), ...options],
      ...['--dataset', 'sample', '--recordings', '2', '--jobs', '2'],
    ],
    { cwd: projectRoot(), encoding: 'utf8', env: { ...process.env, TMPDIR: temporary } },
  );
  assert.equal(status, 1);
  assert.match(stderr, /encode .* failed with exit code 3: wrong input/);
  assert.ok(readdirSync(folder).includes('ended'), 'the second program has come to its end');
  assert.deepEqual(
    readdirSync(temporary).filter((name) => name.startsWith('neurobasis-evaluate')),
    [],
  );
});
