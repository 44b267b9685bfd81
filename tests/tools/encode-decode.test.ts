import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav } from '../../lib/recordings/wav';
import { projectRoot } from '../../lib/project-root';

const folder = mkdtempSync(join(tmpdir(), 'encode-decode-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const WAV = canonicalWav(
  pcm16FromCodes(new Uint16Array(3000).map((_, i) => Math.round(510 + 90 * Math.sin(i / 50)))),
  SAMPLE_RATE,
);
writeFileSync(at('in.wav'), WAV);

function run(command: string, ...args: string[]): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join('tools', `${command}.ts`), ...args],
    { cwd: projectRoot(), encoding: 'utf8' },
  );
  return { code: status, output: stdout + stderr };
}

test('encode and decode give the file back, and say what they did', () => {
  const encoded = run('encode', at('in.wav'), at('a.nbz'), '--basis', 'dct-64');
  assert.equal(encoded.code, 0, encoded.output);
  assert.match(encoded.output, /a\.nbz/);
  const decoded = run('decode', at('a.nbz'), at('a.wav'));
  assert.equal(decoded.code, 0, decoded.output);
  assert.ok(readFileSync(at('a.wav')).equals(Buffer.from(WAV)));
});

test('a larger step gives a smaller file', () => {
  for (const step of ['4', '40']) {
    assert.equal(run('encode', at('in.wav'), at(`${step}.nbz`), '--basis', 'dct-64', '--step', step).code, 0);
  }
  assert.ok(readFileSync(at('40.nbz')).length < readFileSync(at('4.nbz')).length);
});

test('bad input ends with a message, not a stack, and leaves no file behind', () => {
  writeFileSync(at('bad.nbz'), readFileSync(at('4.nbz')).subarray(0, -1));
  const before = readdirSync(folder).sort();
  const cases: readonly (readonly [RegExp, string, ...string[]])[] = [
    [/missing\.wav/, 'encode', at('missing.wav'), at('x.nbz')],
    [/--step x: give a number/, 'encode', at('in.wav'), at('x.nbz'), '--step', 'x'],
    [/There is no basis "sine"/, 'encode', at('in.wav'), at('x.nbz'), '--basis', 'sine'],
    [/npm run encode -- in\.wav out\.nbz/, 'encode', at('in.wav')],
    [/WAV|RIFF/, 'encode', at('4.nbz'), at('x.nbz')],
    [/damaged or truncated/, 'decode', at('bad.nbz'), at('x.wav')],
    [/does not start with "NBZ"/, 'decode', at('in.wav'), at('x.wav')],
    [/npm run decode -- in\.nbz out\.wav/, 'decode'],
  ];
  for (const [message, command, ...args] of cases) {
    const { code, output } = run(command, ...args);
    assert.equal(code, 1, output);
    assert.match(output, message);
    assert.doesNotMatch(output, /^ +at /m);
  }
  assert.deepEqual(readdirSync(folder).sort(), before);
});
