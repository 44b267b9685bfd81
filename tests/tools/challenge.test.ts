import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { encodeFile } from '../../lib/codecs/files/any-file';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav } from '../../lib/recordings/wav';
import { projectRoot } from '../../lib/files/project-root';
import { buildChallenge, buildStandalone } from '../../tools/challenge/build';

// A folder outside of the project, since the kit must need no file of the project.
const folder = mkdtempSync(join(tmpdir(), 'neurobasis-programs-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const WAV = Buffer.from(
  canonicalWav(
    pcm16FromCodes(
      new Uint16Array(5000).map((_, i) => Math.round(520 + 70 * Math.sin(i / 25) + ((i * 7) % 5))),
    ),
    SAMPLE_RATE,
  ),
);

before(async () => {
  await buildChallenge(folder, () => {});
  writeFileSync(at('in.wav'), WAV);
});

function run(program: string, args: readonly string[], input?: Uint8Array): SpawnSyncReturns<Buffer> {
  return spawnSync(at(program), args, {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    ...(input && { input }),
  });
}

test('the programs give a file back, with the bytes of the library in between', () => {
  for (const options of [[], ['--fast']]) {
    assert.equal(run('encode', ['in.wav', 'out', ...options]).status, 0);
    assert.ok(readFileSync(at('out')).equals(encodeFile(WAV, options.length > 0 ? 'fast' : 'best')));
    assert.equal(run('decode', ['out', 'back.wav']).status, 0);
    assert.ok(readFileSync(at('back.wav')).equals(WAV));
  }
});

test('through pipes too, whatever the bytes are', () => {
  for (const bytes of [WAV, Buffer.alloc(0), Buffer.from('no WAV file'), Buffer.alloc(300_000, 'abcdefg')]) {
    const encoded = run('encode', ['-', '-'], bytes);
    assert.equal(encoded.status, 0, encoded.stderr.toString());
    assert.ok(run('decode', ['-', '-'], encoded.stdout).stdout.equals(bytes));
  }
});

test('the programs carry all that they need, and are small', () => {
  for (const program of ['encode', 'decode']) {
    const { length } = readFileSync(at(program));
    assert.ok(length < 50_000, `${program} has ${length} bytes`);
    assert.ok(!readFileSync(at(program), 'latin1').includes(projectRoot()));
  }
});

test('the same sources give the same programs', async () => {
  const again = mkdtempSync(join(folder, 'again-'));
  await buildChallenge(again, () => {});
  for (const program of ['encode', 'decode']) {
    assert.ok(readFileSync(join(again, program)).equals(readFileSync(at(program))));
  }
});

test('a damaged or missing file is named, and nothing is written', () => {
  const file = Buffer.from(encodeFile(WAV, 'fast'));
  file[100]! ^= 1;
  writeFileSync(at('broken'), file);
  const broken = run('decode', ['broken', 'never.wav']);
  assert.equal(broken.status, 1);
  assert.match(broken.stderr.toString(), /^[^:]*damaged/);
  const missing = run('encode', ['absent.wav', 'never.wav']);
  assert.equal(missing.status, 1);
  assert.match(missing.stderr.toString(), /absent\.wav/);
  const alone = run('encode', ['in.wav']);
  assert.equal(alone.status, 2);
  assert.match(alone.stderr.toString(), /encode IN\.wav OUT/);
  assert.ok(!existsSync(at('never.wav')));
  assert.ok(readdirSync(folder).every((name) => !name.endsWith('.part')));
});

test('as applications of their own they need no Node, and do the same', () => {
  buildStandalone(folder, () => {});
  const none = { cwd: folder, env: {} };
  assert.equal(spawnSync(at('encode-standalone'), ['in.wav', 'alone'], none).status, 0);
  assert.ok(readFileSync(at('alone')).equals(encodeFile(WAV, 'best')));
  assert.equal(spawnSync(at('decode-standalone'), ['alone', 'alone.wav'], none).status, 0);
  assert.ok(readFileSync(at('alone.wav')).equals(WAV));
});

test('a folder in the place of a file is said to be one', () => {
  const { status, stderr } = run('encode', ['.', 'never.wav']);
  assert.equal(status, 1);
  assert.equal(stderr.toString(), 'A folder was given in the place of a file.\n');
});

test('the programs do not write over what they read', () => {
  writeFileSync(at('own.wav'), WAV);
  for (const program of ['encode', 'decode']) {
    const { status, stderr } = run(program, ['own.wav', './own.wav']);
    assert.equal(status, 1);
    assert.match(stderr.toString(), /give the output another name/);
  }
  assert.ok(readFileSync(at('own.wav')).equals(WAV));
});
