import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatManifest } from '../../lib/recordings/manifest';
import { projectRoot } from '../../lib/files/project-root';
import { tinyDataset } from './dataset';
import { zipArchive } from '../../tools/fuzz/zip-archive';

// A project of its own, so that the recordings of this one are left alone.
const project = mkdtempSync(join(tmpdir(), 'data-command-'));
const recordings = join(project, 'data', 'neuralink');
const partial = join(project, '.cache', 'data.zip.part');
const archiveFile = join(project, 'copy.zip');
const { manifest, files } = tinyDataset(30);
const archive = zipArchive(files);
writeFileSync(join(project, 'package.json'), '{"name": "neurobasis"}');
mkdirSync(join(project, 'data'));
writeFileSync(join(project, 'data', 'neuralink.manifest.tsv'), formatManifest(manifest));

let answer: (start: number, response: ServerResponse) => void = () => {};
let starts: number[] = [];
const server = createServer((request, response) => {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  starts.push(start);
  const headers = { etag: '"one"', 'content-length': archive.length - start };
  const range = { 'content-range': `bytes ${start}-${archive.length - 1}/${archive.length}` };
  response.writeHead(start > 0 ? 206 : 200, start > 0 ? { ...headers, ...range } : headers);
  answer(start, response);
});
const url = new Promise<string>((resolve) =>
  server.listen(0, '127.0.0.1', () =>
    resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/d.zip`),
  ),
);

after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(project, { recursive: true });
});

beforeEach(() => {
  rmSync(recordings, { recursive: true, force: true });
  rmSync(join(project, '.cache'), { recursive: true, force: true });
  writeFileSync(archiveFile, archive);
  starts = [];
});

function start(...options: string[]): ChildProcess {
  const root = projectRoot();
  return spawn(
    process.execPath,
    ['--require', join(root, 'tools', 'loader.cjs'), join(root, 'tools', 'data.ts'), ...options],
    {
      cwd: project,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
}

async function run(...options: string[]): Promise<{ code: number; output: string }> {
  const child = start(...options);
  let output = '';
  child.stdout!.on('data', (text) => (output += text));
  child.stderr!.on('data', (text) => (output += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}

function assertAllInPlace(): void {
  assert.deepEqual(readdirSync(recordings).sort(), manifest.map(({ name }) => name).sort());
  for (const { name, content } of files) {
    assert.ok(readFileSync(join(project, name.replace('data/', 'data/neuralink/'))).equals(content), name);
  }
}

test('a copy of the archive is imported, and a second run does nothing', async () => {
  const first = await run('--from', archiveFile);
  assert.equal(first.code, 0, first.output);
  assert.match(first.output, /30 of 30 recordings are missing/);
  assert.match(first.output, /30 recordings imported, 0 were there/);
  assertAllInPlace();
  const second = await run('--from', archiveFile);
  assert.equal(second.code, 0);
  assert.match(second.output, /^All 30 recordings are in /);
});

test('the archive is downloaded though the connection drops midway, imported and removed', async () => {
  answer = (from, response) => {
    if (from > 0) response.end(archive.subarray(from));
    else
      response.write(archive.subarray(0, archive.length >> 1), () =>
        setTimeout(() => response.destroy(), 50),
      );
  };
  const { code, output } = await run('--url', await url);
  assert.equal(code, 0, output);
  assert.match(output, /Interrupted: .+ Trying again in 0\.5 s/);
  assert.equal(starts.length, 2);
  assert.ok(starts[1]! > 0);
  assertAllInPlace();
  assert.equal(existsSync(partial) || existsSync(`${partial}.json`), false);
});

test('a run that is killed midway leaves nothing half-written, and the next one goes on', async () => {
  const half = archive.length >> 1;
  answer = (from, response) => {
    if (from > 0) response.end(archive.subarray(from));
    else response.write(archive.subarray(0, half));
  };
  const child = start('--url', await url);
  const closed = once(child, 'close');
  while ((statSync(partial, { throwIfNoEntry: false })?.size ?? 0) < half) {
    assert.equal(child.exitCode, null, 'the command ended early');
    await sleep(10);
  }
  child.kill('SIGKILL');
  await closed;
  assert.equal(existsSync(recordings), false);

  const { code, output } = await run('--url', await url);
  assert.equal(code, 0, output);
  assert.deepEqual(starts, [0, half]);
  assertAllInPlace();
});

test('an archive with an altered recording fails by name, and what was downloaded is not kept', async () => {
  const altered = Buffer.from(archive);
  // Within the compressed samples of the first file.
  altered[600]! ^= 0xff;
  answer = (_, response) => response.end(altered);
  const { code, output } = await run('--url', await url);
  assert.equal(code, 1);
  assert.match(output, /does not give every recording of the manifest; 0 missing, 1 altered/);
  assert.match(output, /recording-0\.wav: /);
  assert.equal(readdirSync(recordings).length, 29);
  assert.equal(existsSync(partial), false);

  const repaired = await run('--from', archiveFile);
  assert.match(repaired.output, /1 recordings imported, 29 were there/);
  assertAllInPlace();
});

test('an archive that is none is an error even when nothing is left to import', async () => {
  await run('--from', archiveFile);
  writeFileSync(join(project, 'no-archive.wav'), Buffer.alloc(1000, 7));
  for (const [from, said] of [
    ['nowhere.zip', /nowhere\.zip does not exist/],
    ['.cache', /\.cache is a folder without WAV files in it/],
    ['no-archive.wav', /cannot be read as a zip archive/],
  ] as const) {
    const { code, output } = await run('--from', from);
    assert.equal(code, 1, output);
    assert.match(output, said);
  }
  const both = await run('--from', archiveFile, '--url', 'https://a.invalid');
  assert.match(both.output, /give one of them/);
});

test('two imports at once do not write into one file', async () => {
  const lock = join(project, '.cache', 'data.lock');
  mkdirSync(join(project, '.cache'), { recursive: true });
  writeFileSync(lock, String(process.pid));
  const { code, output } = await run('--from', archiveFile);
  assert.equal(code, 1, output);
  assert.match(output, /is already importing the recordings: wait for it, or end it/);
  assert.equal(existsSync(recordings), false);
});

test('what is there is verified when asked for', async () => {
  await run('--from', archiveFile);
  const victim = join(recordings, manifest[3]!.name);
  writeFileSync(victim, Buffer.alloc(manifest[3]!.bytes));
  assert.match((await run('--from', archiveFile)).output, /^All 30/);
  const { code, output } = await run('--from', archiveFile, '--verify');
  assert.equal(code, 0, output);
  assert.match(output, /1 of 30 recordings are missing or altered/);
  assertAllInPlace();
});

test('a truncated copy, a missing one and a wrong option fail with a message and no stack', async () => {
  writeFileSync(archiveFile, archive.subarray(0, 9000));
  for (const [options, message] of [
    [['--from', archiveFile], /^\/.+copy\.zip cannot be read as a zip archive/m],
    [['--from', 'nowhere.zip'], /^\/.+nowhere\.zip does not exist/m],
    [['--form', archiveFile], /There is no option --form\. Did you mean "--from"\?/],
    [['--write-manifest'], /needs --from/],
  ] as const) {
    const { code, output } = await run(...options);
    assert.equal(code, 1, output);
    assert.match(output, message);
    assert.doesNotMatch(output, /^ {4}at /m);
  }
});

test('the help names every option', async () => {
  const { code, output } = await run('--help');
  assert.equal(code, 0);
  for (const option of ['--from', '--url', '--verify', '--sample', '--write-manifest']) {
    assert.ok(output.includes(option), option);
  }
});

test('the manifest is written as it was from the same recordings', async () => {
  const file = join(project, 'data', 'neuralink.manifest.tsv');
  const before = readFileSync(file, 'utf8');
  rmSync(file);
  const { code, output } = await run('--from', archiveFile, '--write-manifest');
  assert.equal(code, 0, output);
  assert.equal(readFileSync(file, 'utf8'), before);
  assertAllInPlace();
});
