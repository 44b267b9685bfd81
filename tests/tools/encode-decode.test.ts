import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isContainer } from '../../lib/codecs/files/recording-container';
import { readBitstream } from '../../lib/coding/bitstream';
import { encodeWav } from '../../lib/codecs/files/wav-file';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav } from '../../lib/recordings/wav';
import { wavOfChannels } from '../../lib/recordings/wav-of-channels';
import { projectRoot } from '../../lib/files/project-root';
import { commandsInProcess } from './commands-in-process';

const folder = mkdtempSync(join(tmpdir(), 'encode-decode-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const WAV = canonicalWav(
  pcm16FromCodes(new Uint16Array(3000).map((_, i) => Math.round(510 + 90 * Math.sin(i / 50)))),
  SAMPLE_RATE,
);
writeFileSync(at('in.wav'), WAV);

writeFileSync(
  at('off-grid.wav'),
  canonicalWav(
    Int16Array.from({ length: 300 }, (_, i) => 5 * i),
    SAMPLE_RATE,
  ),
);

function run(command: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--require', './tools/loader.cjs', join('tools', `${command}.ts`), ...args],
      {
        cwd: projectRoot(),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** The same in this process, which takes a twentieth of the time. */
let bundled: ReturnType<typeof commandsInProcess> | undefined;
async function runHere(command: string, ...args: string[]): Promise<{ code: number; output: string }> {
  bundled ??= commandsInProcess(projectRoot(), ['tools/encode.ts', 'tools/decode.ts']);
  const { code, stdout, stderr } = await (await bundled)[command]!({ args });
  return { code, output: stdout + stderr };
}

/** @returns the output of the command */
async function succeed(command: string, ...args: string[]): Promise<string> {
  const { code, output } = await run(command, ...args);
  assert.equal(code, 0, output);
  return output;
}

test('encode and decode give the file back, and say what they did', async () => {
  const encoded = await succeed('encode', at('in.wav'), at('a.nbz'), '--basis', 'dct-64');
  const { length } = readFileSync(at('a.nbz'));
  assert.ok(encoded.includes(`a.nbz: ${length} bytes, ratio ${(WAV.length / length).toFixed(3)}`), encoded);
  const decoded = await succeed('decode', at('a.nbz'), at('a.wav'));
  assert.ok(decoded.includes(`a.wav: ${WAV.length} bytes`), decoded);
  assert.ok(readFileSync(at('a.wav')).equals(Buffer.from(WAV)));
});

test('without options a file is encoded losslessly, without a basis, on the ADC grid or off it', async () => {
  await Promise.all(
    ['in', 'off-grid'].map(async (name) => {
      await succeed('encode', at(`${name}.wav`), at(`${name}.nbz`));
      const file = readFileSync(at(`${name}.nbz`));
      if (name === 'in') {
        const { header } = readBitstream(file);
        assert.deepEqual([header.family, header.lossless], [0, true]);
      } else assert.ok(isContainer(file));
      await succeed('decode', at(`${name}.nbz`), at(`${name}-again.wav`));
      assert.ok(readFileSync(at(`${name}-again.wav`)).equals(readFileSync(at(`${name}.wav`))));
    }),
  );
});

test('--max-error promises an error, by itself or beside --lossless', async () => {
  for (const options of [
    ['--max-error', '200'],
    ['--max-error=200', '--lossless', 'fast'],
  ]) {
    const { code, output } = await runHere('encode', at('in.wav'), at('near.nbz'), ...options);
    assert.equal(code, 0, output);
    assert.equal((await runHere('decode', at('near.nbz'), at('near.wav'))).code, 0);
    const near = readFileSync(at('near.wav'));
    let largest = 0;
    for (let i = 44; i < WAV.length; i += 2) {
      const error = near.readInt16LE(i) - Buffer.from(WAV).readInt16LE(i);
      largest = Math.max(largest, Math.abs(error));
    }
    assert.ok(largest > 0 && largest <= 200, `${largest}`);
  }
  for (const options of [
    ['--max-error', '0.5'],
    ['--max-error', '2', '--basis', 'dct-64'],
  ]) {
    const { code, output } = await runHere('encode', at('in.wav'), at('none.nbz'), ...options);
    assert.notEqual(code, 0);
    assert.match(output, /--max-error/);
  }
});

test('--space codes the channels of a file together, beside a basis or a lossless preset', async () => {
  const samples = Int16Array.from({ length: 4000 }, (_, i) => Math.round(900 * Math.sin(i / 60)));
  const both = wavOfChannels([samples, samples.map((value) => value - (value >> 3))], 'int16', 20_000);
  writeFileSync(at('two.wav'), both);
  const sizeOf = async (...options: string[]): Promise<number> => {
    const { code, output } = await runHere('encode', at('two.wav'), at('two.nbz'), ...options);
    assert.equal(code, 0, output);
    assert.equal((await runHere('decode', at('two.nbz'), at('two-back.wav'))).code, 0);
    if (!options.includes('--step')) assert.ok(readFileSync(at('two-back.wav')).equals(both));
    return readFileSync(at('two.nbz')).length;
  };
  const lossy = ['--basis', 'dct-64', '--step', '40'];
  assert.ok((await sizeOf(...lossy, '--space', 'klt')) < (await sizeOf(...lossy)));
  await sizeOf('--lossless', 'fast', '--space', 'several');
  for (const [options, message] of [
    [['--basis', 'dct-64', '--space', 'kltt'], /write|none, dct/],
    [['--lossless', 'best', '--space', 'klt'], /keep integers/],
    [['--max-error', '2', '--space', 'several'], /lossless codecs alone/],
  ] as const) {
    const { code, output } = await runHere('encode', at('two.wav'), at('no.nbz'), ...options);
    assert.notEqual(code, 0);
    assert.match(output, message);
  }
});

test('a larger step gives a smaller file, and step and basis are those that were asked for', async () => {
  const sizes = await Promise.all(
    [4, 40.5].map(async (step) => {
      const path = at(`${step}.nbz`);
      await succeed('encode', at('in.wav'), path, '--basis', 'dct-64', `--step=${step}`);
      const file = readFileSync(path);
      const { header } = readBitstream(file);
      assert.deepEqual([header.family, header.parameter, header.step, header.lossless], [1, 6, step, false]);
      return file.length;
    }),
  );
  assert.ok(sizes[1]! < sizes[0]!);
});

test('an earlier output is replaced, and folders that are missing are made', async () => {
  const path = at('new/folder/out.nbz');
  await succeed('encode', at('in.wav'), path);
  writeFileSync(path, 'an earlier output, longer than what replaces it\n'.repeat(1000));
  await succeed('encode', at('in.wav'), path);
  assert.deepEqual(readdirSync(at('new/folder')), ['out.nbz']);
  await succeed('decode', path, at('new/folder/out.wav'));
  assert.ok(readFileSync(at('new/folder/out.wav')).equals(Buffer.from(WAV)));
});

test('the input is no output, under its own name or another, or by a link', async () => {
  for (const name of ['own.wav', 'far.wav']) writeFileSync(at(name), WAV);
  symlinkSync('own.wav', at('soft.wav'));
  linkSync(at('own.wav'), at('hard.wav'));
  for (const output of ['own.wav', 'soft.wav', 'hard.wav', join('folder-of-none', '..', 'own.wav')]) {
    for (const command of ['encode', 'decode']) {
      const { code, output: said } = await runHere(command, at('own.wav'), at(output));
      assert.equal(code, 1, said);
      assert.match(said, /give the output another name/);
    }
  }
  assert.ok(readFileSync(at('own.wav')).equals(Buffer.from(WAV)));
  // Equal contents make no input of another file.
  await succeed('encode', at('own.wav'), at('far.wav'));
  for (const name of ['own.wav', 'far.wav', 'soft.wav', 'hard.wav']) rmSync(at(name));
});

test('--help says how each is called', async () => {
  assert.match(await succeed('encode', '--help'), /in out\.nbz[^]*--basis[^]*--step[^]*--signal-only/);
  assert.match(await succeed('decode', '--help'), /in\.nbz out/);
});

test('bad input ends with a message, not a stack; no file is left behind and an earlier output stays', async () => {
  const good = encodeWav(WAV, 'in.wav', 'dct-64', 4);
  const flipped = good.slice();
  flipped[30]! ^= 4;
  writeFileSync(at('good.nbz'), good);
  writeFileSync(at('truncated.nbz'), good.subarray(0, -1));
  writeFileSync(at('flipped.nbz'), flipped);
  writeFileSync(at('empty'), '');
  writeFileSync(at('kept'), 'an earlier output');
  mkdirSync(at('folder'));
  const before = readdirSync(folder).sort();
  const cases: readonly (readonly [RegExp, string, ...string[]])[] = [
    [/There is no file or folder .*missing\.wav/, 'encode', at('missing.wav'), at('kept')],
    [/folder is a folder, not a file/, 'encode', at('folder'), at('kept')],
    [/empty: it is empty/, 'encode', at('empty'), at('kept')],
    [/good\.nbz.*no known format/, 'encode', at('good.nbz'), at('kept')],
    [/--step x: give a number/, 'encode', at('in.wav'), at('kept'), '--step', 'x'],
    [/--step -1: give a number/, 'encode', at('in.wav'), at('kept'), '--step=-1'],
    [/--step : give a number/, 'encode', at('in.wav'), at('kept'), '--step', ''],
    [/at most 1023.98\d* ADC codes, not 2000/, 'encode', at('in.wav'), at('kept'), '--step', '2000'],
    [
      /There is no basis "dtc-64\+trellis"\. Did you mean "dct-64\+trellis"\?/,
      'encode',
      at('in.wav'),
      at('kept'),
      '--basis',
      'dtc-64+trellis',
    ],
    [/There is no basis "sine"/, 'encode', at('in.wav'), at('kept'), '--basis', 'sine'],
    [/must be one of 2, 4, 8, .*, not 100/, 'encode', at('in.wav'), at('kept'), '--basis', 'dct-100'],
    [/--bogus/, 'encode', at('in.wav'), at('kept'), '--bogus'],
    [/npm run encode -- in out\.nbz/, 'encode', at('in.wav')],
    [/npm run encode -- in out\.nbz/, 'encode', at('in.wav'), at('kept'), at('third')],
    [/folder is a folder, not a file/, 'encode', at('in.wav'), at('folder')],
    [/missing\.nbz/, 'decode', at('missing.nbz'), at('kept')],
    [/damaged or truncated/, 'decode', at('truncated.nbz'), at('kept')],
    [/damaged or truncated/, 'decode', at('flipped.nbz'), at('kept')],
    [/does not start with "NBZ"/, 'decode', at('empty'), at('kept')],
    [/does not start with "NBZ"/, 'decode', at('in.wav'), at('kept')],
    [/npm run decode -- in\.nbz out/, 'decode'],
  ];
  const check = async (
    how: typeof run,
    [message, command, ...args]: (typeof cases)[number],
  ): Promise<void> => {
    const { code, output } = await how(command, ...args);
    assert.equal(code, 1, output);
    assert.match(output, message);
    assert.doesNotMatch(output, /^ +at /m);
  };
  for (const one of cases) await check(runHere, one);
  // Of each command one in a process of its own, where nothing is replaced.
  const damaged = cases.find(([, command, input]) => command === 'decode' && input === at('flipped.nbz'))!;
  await Promise.all([check(run, cases[0]!), check(run, damaged)]);
  assert.deepEqual(readdirSync(folder).sort(), before);
  assert.deepEqual(readdirSync(at('folder')), []);
  assert.equal(readFileSync(at('kept'), 'utf8'), 'an earlier output');
});

test('without a basis, all lossless presets give the file back; a step beside them is refused', async () => {
  for (const preset of ['fast', 'best', 'live']) {
    await succeed('encode', at('in.wav'), at(`${preset}.nbz`), '--lossless', preset);
    await succeed('decode', at(`${preset}.nbz`), at(`${preset}.wav`));
    assert.ok(readFileSync(at(`${preset}.wav`)).equals(Buffer.from(WAV)));
  }
  const both = await run('encode', at('in.wav'), at('none.nbz'), '--lossless', 'best', '--step', '4');
  assert.equal(both.code, 1);
  assert.match(both.output, /--lossless takes the place of --basis and --step/);
  const unknown = await run('encode', at('in.wav'), at('none.nbz'), '--lossless', 'worst');
  assert.match(unknown.output, /give fast, best or live/);
});
