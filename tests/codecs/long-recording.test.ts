import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { PagedTarget } from '../../lib/codecs/files/paged-target';
import { putBytes, putPlaced } from '../../lib/codecs/files/placed-samples';
import { isContainer } from '../../lib/codecs/files/recording-container';
import { decodeRecordingTo, encodeRecordingTo } from '../../lib/codecs/files/long-recording';
import {
  decodeRecordingFile,
  encodeRecordingFile,
  openContainer,
} from '../../lib/codecs/files/recording-encoder';
import { FileInPieces } from '../../lib/files/file-in-pieces';
import { projectRoot } from '../../lib/files/project-root';
import { uniformNumbers } from '../../lib/numerics/random';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { FileBytes } from '../../lib/recordings/formats/parts/file-bytes';
import { canonicalWav, parseWav } from '../../lib/recordings/wav';
import { wavFront, wavOfChannels } from '../../lib/recordings/wav-of-channels';

const folder = mkdtempSync(join(tmpdir(), 'long-recording-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

function walk(length: number, seed: number, scale = 1): Float64Array {
  const random = uniformNumbers(seed);
  let level = 0;
  return Float64Array.from({ length }, () => {
    level = 0.95 * level + 12 * (random() - 0.5);
    return Math.round(level) * scale;
  });
}

/** A file of 2²² samples and more in Neuralink's own form. */
const LONG_SAMPLES = 2 ** 22 + 5000;
const longCodes = (): Uint16Array => {
  const short = walk(50_000, 3);
  return Uint16Array.from({ length: LONG_SAMPLES }, (_, i) => 512 + short[i % short.length]!);
};

test('the same bytes as from the whole file in memory, for every layout and both kinds of codec', async () => {
  const interleaved = wavOfChannels(
    [1, 2, 3].map((seed) => Int16Array.from(walk(70_000, seed))),
    'int16',
    30_000,
  );
  const floats = wavOfChannels(
    [Float32Array.from(walk(40_000, 4), (value, i) => value / (1 + (i % 977)))],
    'float32',
    24_000,
  );
  // A NaN has bits that its value does not tell.
  new DataView(floats.buffer, floats.byteOffset).setUint32(1000, 0x7fa12345, true);
  const separate = Buffer.concat([
    Buffer.from('eight by'),
    ...[5, 6].map((seed) => Buffer.from(Int16Array.from(walk(50_001, seed)).buffer)),
  ]);
  const sidecar = { type: 'int16', sampleRate: 25_000, channels: 2, order: 'channels', headerBytes: 8 };
  const files = {
    'interleaved.wav': interleaved,
    'floats.wav': floats,
    'short.wav': canonicalWav(pcm16FromCodes(longCodes().subarray(0, 30_000)), SAMPLE_RATE),
    'separate.raw': separate,
  };
  writeFileSync(at('separate.raw.json'), JSON.stringify(sidecar));
  for (const [name, contents] of Object.entries(files)) {
    writeFileSync(at(name), contents);
    for (const choice of [
      { codecId: 'lossless-fast', step: 0 },
      { codecId: 'lossless-best', step: 0, signalOnly: true },
      { codecId: 'mdct-256-sine+trellis', step: 8 },
      { codecId: 'lossless-fast', step: 0, maxError: 3 },
    ]) {
      if (name === 'floats.wav' && (choice.step > 0 || choice.maxError !== undefined)) continue;
      const expected = await encodeRecordingFile(at(name), contents, choice);
      const sizes = await encodeRecordingTo(at(name), at('out.nbz'), choice);
      assert.deepEqual(sizes, { from: contents.length, to: expected.length });
      assert.ok(readFileSync(at('out.nbz')).equals(expected), `${name} with ${choice.codecId}`);
      const decoded = await decodeRecordingTo(at('out.nbz'), at('back'));
      assert.ok(readFileSync(at('back')).equals(decodeRecordingFile(expected)), name);
      assert.equal(decoded, readFileSync(at('back')).length);
      if (choice.step === 0 && choice.signalOnly !== true && choice.maxError === undefined)
        assert.ok(readFileSync(at('back')).equals(contents));
    }
  }
});

test('a long recording of Neuralink comes back byte for byte, and a stretch of it without the rest', async () => {
  const codes = longCodes();
  const wav = canonicalWav(pcm16FromCodes(codes), SAMPLE_RATE);
  writeFileSync(at('long.wav'), wav);
  const { to } = await encodeRecordingTo(at('long.wav'), at('long.nbz'), {
    codecId: 'lossless-fast',
    step: 0,
  });
  assert.ok(isContainer(readFileSync(at('long.nbz'))));
  await decodeRecordingTo(at('long.nbz'), at('long-back.wav'));
  assert.ok(readFileSync(at('long-back.wav')).equals(wav));
  const file = new FileBytes(at('long.nbz'));
  let read = 0;
  const counted = {
    size: file.size,
    read: (offset: number, length: number): Uint8Array => {
      const bytes = file.read(offset, length);
      read += bytes.length;
      return bytes;
    },
  };
  const samples = openContainer(counted).readRange(0, 2_000_000, 1000);
  assert.deepEqual(samples, pcm16FromCodes(codes.subarray(2_000_000, 2_001_000)));
  assert.ok(read < to / 20, `${read} of ${to} bytes were read`);
  await decodeRecordingTo(at('long.nbz'), at('part.wav'), { fromSecond: 100, seconds: 0.5 });
  const part = parseWav(readFileSync(at('part.wav')), 'part.wav');
  const first = 100 * SAMPLE_RATE;
  assert.deepEqual(part.samples, pcm16FromCodes(codes.subarray(first, first + Math.round(SAMPLE_RATE / 2))));
});

test('channels of a stream become a WAV file of their own', async () => {
  const channels = [7, 8, 9, 10].map((seed) => Int16Array.from(walk(45_000, seed)));
  writeFileSync(at('four.wav'), wavOfChannels(channels, 'int16', 20_000));
  await encodeRecordingTo(at('four.wav'), at('four.nbz'), { codecId: 'lossless-fast', step: 0 });
  await decodeRecordingTo(at('four.nbz'), at('two.wav'), {
    channels: [1, 3],
    fromSecond: 1.5,
    seconds: 0.25,
  });
  const expected = [1, 3].map((i) => channels[i]!.subarray(30_000, 35_000));
  assert.ok(readFileSync(at('two.wav')).equals(wavOfChannels(expected, 'int16', 20_000)));
  const refused = decodeRecordingTo(at('four.nbz'), at('none.wav'), { channels: [4] });
  await assert.rejects(refused, /There is no channel 4: this stream has channels 0…3/);
  await assert.rejects(
    decodeRecordingTo(at('four.nbz'), at('none.wav'), { fromSecond: 9 }),
    /nothing from second 9 on/,
  );
  assert.ok(!existsSync(at('none.wav')));
});

test('a damaged chunk is an error by name, and leaves what was there before', async () => {
  const file = readFileSync(at('four.nbz'));
  file[file.length >> 1]! ^= 1;
  writeFileSync(at('damaged.nbz'), file);
  writeFileSync(at('kept'), 'an earlier output');
  const before = readdirSync(folder).sort();
  await assert.rejects(
    decodeRecordingTo(at('damaged.nbz'), at('kept')),
    /is damaged; the others can be read/,
  );
  assert.deepEqual(readdirSync(folder).sort(), before);
  assert.equal(readFileSync(at('kept'), 'utf8'), 'an earlier output');
});

test('pages that are put aside and come back hold what was put, wherever samples lie', async () => {
  const [channels, samples, stride] = [3, 40_000, 8];
  const placed = {
    ...{ type: 'int24' as const, littleEndian: true, sampleRate: 1000, stride },
    offsets: [0, 5 + samples * stride, 10 + 2 * samples * stride],
    runs: [{ start: 1, blockBytes: 2 ** 24, blockSamples: samples, samples }],
    channels: Array.from({ length: channels }, () => ({ name: '', unit: '', gain: 1, offset: 0 })),
  };
  const size = 3 * samples * stride + 20;
  const values = [1, 2, 3].map((seed) => Int32Array.from(walk(samples, seed, 999)));
  const file = new FileInPieces(at('paged'));
  const target = new PagedTarget(file, size, 2);
  putPlaced(target, placed, 0, values);
  putBytes(target, size - 3, Uint8Array.of(1, 2, 3));
  assert.throws(() => target.pageAt(size), /outside of the file/);
  assert.throws(() => target.pageAt(-1), /outside of the file/);
  target.flush();
  await file.finish();
  const whole = readFileSync(at('paged'));
  assert.equal(whole.length, size);
  assert.deepEqual([...whole.subarray(size - 3)], [1, 2, 3]);
  values.forEach((channel, c) => {
    for (let i = 0; i < samples; i++)
      assert.equal(whole.readIntLE(1 + placed.offsets[c]! + i * stride, 3), channel[i]!);
  });
});

/** A WAV file of silence that takes no room on the disk. */
function sparseWav(path: string, channels: number, samples: number, sampleRate: number): void {
  const front = wavFront(channels, samples, 'int16', sampleRate).bytes;
  const descriptor = openSync(path, 'w');
  writeSync(descriptor, front);
  // Something to code in the middle, of every channel.
  const some = new Int16Array(64 * channels).map((_, i) => (i * 7919) % 251);
  writeSync(
    descriptor,
    Buffer.from(some.buffer),
    0,
    some.byteLength,
    front.length + 2 * channels * (samples >> 1),
  );
  ftruncateSync(descriptor, front.length + 2 * channels * samples);
  closeSync(descriptor);
}

const MEASURED = `
const { encodeRecordingTo, decodeRecordingTo } = require('./lib/codecs/files/long-recording');
const [what, from, to] = process.argv.slice(1);
const [codecId, maxError = '0'] = what.split(' within ');
const choice = { codecId, step: codecId.startsWith('lossless') ? 0 : 8, maxError: Number(maxError) };
const work = what === 'decode' ? decodeRecordingTo(from, to) : encodeRecordingTo(from, to, choice);
work.then(() => console.log(process.resourceUsage().maxRSS));
`;

/** Most resident memory of a process that does this alone, in bytes. */
function memoryOf(what: string, from: string, to: string): number {
  const args = ['--require', './tools/loader.cjs', '-e', MEASURED, what, from, to];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: projectRoot(), encoding: 'utf8' });
  assert.match(stdout, /^\d+\n$/, stderr);
  return Number(stdout) * 1024;
}

/** How much more memory twelve times the samples may take: collections of garbage come when they come. */
const MOST_MORE = 80e6;

for (const [codec, samples] of [
  ['lossless-fast', 1_500_000],
  ['lossless-fast within 3', 3_000_000],
  // A search holds a chunk.
  ['mdct-256-sine+trellis', 150_000],
] as const) {
  test(`memory does not grow with a file: ${codec}, and back`, () => {
    sparseWav(at('short-one.wav'), 16, samples / 12, 1000);
    sparseWav(at('long-one.wav'), 16, samples, 1000);
    for (const [what, from, to] of [
      [codec, 'wav', 'nbz'],
      ['decode', 'nbz', 'back'],
    ] as const) {
      const [short, long] = ['short', 'long'].map((name) =>
        memoryOf(what, at(`${name}-one.${from}`), at(`${name}-one.${to}`)),
      );
      assert.ok(long! - short! < MOST_MORE, `${what}: ${short} and ${long} bytes`);
    }
    if (codec !== 'lossless-fast') return;
    assert.ok(readFileSync(at('long-one.back')).equals(readFileSync(at('long-one.wav'))));
  });
}

test('an encode that is killed leaves no output, and an earlier one as it was; what it left is removed later', async () => {
  writeFileSync(at('earlier.nbz'), 'an earlier output');
  for (const [signal, output] of [
    ['SIGKILL', 'never.nbz'],
    ['SIGKILL', 'earlier.nbz'],
    ['SIGTERM', 'never.nbz'],
  ] as const) {
    const args = [
      '--require',
      './tools/loader.cjs',
      '-e',
      MEASURED,
      'lossless-best',
      at('long-one.wav'),
      at(output),
    ];
    const child = spawn(process.execPath, args, { cwd: projectRoot(), stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
    const partial = (): string[] =>
      readdirSync(folder).filter((name) => /^(never|earlier)\.nbz\..*\.part$/.test(name));
    while (partial().length === 0 && child.exitCode === null) await wait(20);
    child.kill(signal);
    assert.equal(await ended, signal);
    assert.ok(!existsSync(at('never.nbz')));
    assert.equal(readFileSync(at('earlier.nbz'), 'utf8'), 'an earlier output');
    assert.equal(partial().length, signal === 'SIGKILL' ? 1 : 0);
    const old = new Date(Date.now() - 3_600_000);
    for (const name of partial()) utimesSync(at(name), old, old);
    if (output === 'never.nbz' && signal === 'SIGKILL') {
      await encodeRecordingTo(at('four.wav'), at('never.nbz'), { codecId: 'lossless-fast', step: 0 });
      rmSync(at('never.nbz'));
      assert.deepEqual(partial(), []);
    }
    for (const name of partial()) rmSync(at(name));
  }
});
