import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../../lib/files/project-root';
import { thisProcess } from '../../lib/files/process-identity';
import { Claims } from '../../lib/measuring/claims';

const folder = mkdtempSync(join(tmpdir(), 'claims-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = (): string => join(folder, 'not-there-yet', String(files++));

test('of two sweeps the first has a recording until it is done, then the second', () => {
  const path = newPath();
  const [first, second] = [new Claims(path), new Claims(path)];
  assert.equal(first.claim('a'), true);
  assert.equal(second.claim('a'), false);
  assert.equal(second.claim('b'), true);
  assert.equal(first.claim('b'), false);
  first.release('a');
  assert.equal(second.isOwn('a'), true);
  assert.equal(first.isOwn('b'), false);
  second.end();
  assert.equal(first.isOwn('b'), true);
  assert.ok(existsSync(path), 'the first still needs it');
  first.end();
  assert.equal(existsSync(path), false);
});

test('a journal that is gone, damaged or cannot be written stops nobody', () => {
  const path = newPath();
  const [first, second] = [new Claims(path), new Claims(path)];
  first.claim('a');
  second.claim('a');
  appendFileSync(path, '{"pid":1,"sweep"\n{}\nnull\n{"sweep":"x","recording":"b","state":"claimed"}\n');
  assert.equal(second.claim('b'), true);
  assert.equal(second.isOwn('a'), false);
  rmSync(path);
  assert.equal(second.isOwn('a'), true);
  const inTheWay = newPath();
  mkdirSync(inTheWay, { recursive: true });
  assert.equal(new Claims(inTheWay).claim('a'), true);
});

test('claims of a process that was killed, or that is elsewhere, are passed over', async () => {
  const path = newPath();
  const script = `
    const { Claims } = require('./lib/measuring/claims');
    new Claims(${JSON.stringify(path)}).claim('a');
    setInterval(() => {}, 1000);
  `;
  const other = spawn(process.execPath, ['--require', './tools/loader.cjs', '-e', script], {
    cwd: projectRoot(),
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    stdio: 'ignore',
  });
  while (!existsSync(path) || !readFileSync(path, 'utf8').includes('claimed')) await sleep(20);
  const claims = new Claims(path);
  assert.equal(claims.claim('a'), false);
  const ended = new Promise((resolve) => other.on('exit', resolve));
  other.kill('SIGKILL');
  await ended;
  await sleep(600);
  assert.equal(claims.isOwn('a'), true);
  const elsewhere = { ...thisProcess(), host: 'another', sweep: 'x', recording: 'c', state: 'claimed' };
  appendFileSync(path, `${JSON.stringify(elsewhere)}\n`);
  assert.equal(claims.claim('c'), true);
});
