import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import type * as Zarrita from 'zarrita';
import { decodeRecordingFile, openContainer } from '../../lib/codecs/files/recording-encoder';
import { encodeWav } from '../../lib/codecs/files/wav-file';
import { isContainer } from '../../lib/codecs/files/recording-container';
import { readBitstream } from '../../lib/coding/bitstream';
import { projectRoot } from '../../lib/files/project-root';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav, parseWav } from '../../lib/recordings/wav';
import type * as Codec from '../../packages/neurobasis-codec/src/index';
import type { Samples } from '../../packages/neurobasis-codec/src/types';
import { installCodec, type InstalledCodec } from './installed-codec';
import { channelsOf, randomRecording } from './random-recordings';

const FIXTURES = join(projectRoot(), 'tests', 'fixtures');
const RANDOM_FILES = 2000;
const MOST_BYTES = 450_000;

let installed: InstalledCodec;
before(async () => {
  installed = await installCodec();
});
after(() => installed.remove());

/** Families of learned bases; their models are not in the package. */
function isLearned(bytes: Uint8Array): boolean {
  const { family } = readBitstream(bytes).header;
  return (family >= 32 && family < 64 && family !== 36) === true;
}

test('an empty project imports the package and runs it', () => {
  const printed = installed.run(`
    import { decode, encode } from 'neurobasis-codec';
    const samples = Int16Array.from({ length: 1000 }, (_, i) => Math.round(100 * Math.sin(i / 9)) + (i * 7) % 5);
    const [channel] = decode(encode(samples, { sampleRate: 30000 }));
    console.log(channel.samples.every((value, i) => value === samples[i]), channel.sampleRate);
  `);
  assert.equal(printed, 'true 30000\n');
  assert.ok(installed.codeBytes < MOST_BYTES, `${installed.codeBytes} bytes`);
});

test('golden files give the samples and the WAV files of the library; learned bases are named', () => {
  const hashes = JSON.parse(readFileSync(join(FIXTURES, 'golden', 'golden.json'), 'utf8')) as Record<
    string,
    string
  >;
  let decoded = 0;
  for (const [name, hash] of Object.entries(hashes)) {
    const bytes = readFileSync(join(FIXTURES, 'golden', `${name}.nbz`));
    if (isLearned(bytes)) {
      assert.throws(() => installed.codec.decode(bytes), { name: 'MissingModelError' }, name);
      continue;
    }
    const wav = installed.codec.original(bytes);
    assert.equal(createHash('sha256').update(wav).digest('hex'), hash, name);
    const [channel] = installed.codec.decode(bytes);
    const expected = parseWav(wav, name);
    assert.deepEqual(channel!.samples, expected.samples, name);
    assert.equal(channel!.sampleRate, expected.sampleRate);
    decoded++;
  }
  assert.ok(decoded > 50, `${decoded} files`);
});

test('golden files of many channels give the channels of the library', () => {
  const folder = join(FIXTURES, 'golden-channels');
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name));
    const expected = openContainer(bytes);
    const channels = installed.codec.decode(bytes);
    assert.equal(channels.length, expected.channels.length);
    channels.forEach(({ samples, ...facts }, i) => {
      const { name: of, sampleRate, unit, gain, offset, samples: length } = expected.channels[i]!;
      assert.deepEqual(facts, { name: of, sampleRate, unit, gain, offset, length });
      assert.deepEqual(samples, expected.readRange(i, 0, length), `${name}, channel ${i}`);
    });
    assert.deepEqual(installed.codec.original(bytes), new Uint8Array(decodeRecordingFile(bytes)), name);
  }
});

test('thousands of random recordings come back by the package and by the library, whole and in part', () => {
  for (let seed = 1; seed <= RANDOM_FILES; seed++) {
    const recording = randomRecording(seed, 160, true);
    const expected = channelsOf(recording);
    const preset = seed % 5 === 0 ? 'lossless-fast' : 'lossless-best';
    const bytes = installed.codec.encode(recording.samples, { codec: preset, channels: recording.channels });
    const channels = installed.codec.decode(bytes);
    assert.deepEqual(
      channels.map(({ samples }) => samples),
      expected,
      `recording ${seed}`,
    );
    const container = openContainer(bytes);
    expected.forEach((samples, i) => assert.deepEqual(container.readRange(i, 0, samples.length), samples));
    const length = expected[0]!.length;
    const [from, to] = [Math.floor(length / 3), Math.ceil(length / 2)];
    const last = expected.length - 1;
    assert.deepEqual(installed.codec.decodeRange(bytes, { channels: [last, 0], from, to }), [
      expected[last]!.slice(from, to),
      expected[0]!.slice(from, to),
    ]);
  }
});

test('chunks are joined in long recordings, and only those that are asked for are decoded', () => {
  const samples = new Int16Array(2 * 100_000).map(
    (_, i) => Math.round(90 * Math.sin(i / 31)) + ((i * 13) % 7),
  );
  const bytes = installed.codec.encode(samples, { codec: 'lossless-fast', channels: 2, sampleRate: 40_000 });
  const expected = channelsOf({ samples, channels: 2 });
  assert.deepEqual(
    installed.codec.decode(bytes).map((channel) => channel.samples),
    expected,
  );
  // The last third is damaged: what lies before is read all the same.
  const damaged = bytes.slice();
  damaged[Math.floor(bytes.length * 0.8)]! ^= 1;
  assert.deepEqual(installed.codec.decodeRange(damaged, { from: 39_990, to: 40_010 }), [
    expected[0]!.slice(39_990, 40_010),
    expected[1]!.slice(39_990, 40_010),
  ]);
  assert.throws(() => installed.codec.decode(damaged), { name: 'BitstreamError', chunk: 3 });
  assert.throws(() => installed.codec.decodeRange(bytes, { to: 100_001 }), RangeError);
  assert.throws(() => installed.codec.decodeRange(bytes, { channels: [2] }), RangeError);
  assert.throws(() => installed.codec.encode(new Int16Array(0)), { name: 'EncodeError' });
});

test('a recording of the challenge becomes the file that the library makes of it, with and without loss', () => {
  const codes = new Uint16Array(6000).map((_, i) =>
    Math.round(520 + 60 * Math.sin(i / 40) + ((i * 31) % 11)),
  );
  const samples = pcm16FromCodes(codes);
  const wav = canonicalWav(samples, SAMPLE_RATE);
  for (const [codec, step] of [
    ['lossless-best', 0],
    ['lossless-fast', 0],
    ['mdct-256-sine+trellis', 12],
    ['dct-64', 5],
  ] as const) {
    const expected = encodeWav(wav, 'samples', codec, step);
    assert.deepEqual(
      Buffer.from(installed.codec.encode(samples, { codec, step, sampleRate: SAMPLE_RATE })),
      Buffer.from(expected),
    );
  }
});

/** Globals that Node has and browsers have not; a page has an object of its own for all of them. */
const OF_NODE = new Set([
  'Buffer',
  'process',
  'global',
  'globalThis',
  'require',
  'setImmediate',
  'clearImmediate',
]);

/** The package as a page has it: in one script, and without what Node alone has. */
async function codecOfPage(): Promise<typeof Codec> {
  const { outputFiles } = await build({
    ...{
      entryPoints: [join(installed.project, 'node_modules', 'neurobasis-codec', 'index.js')],
      bundle: true,
    },
    ...{ write: false, format: 'iife', globalName: 'codec', platform: 'browser' },
  });
  const names = Object.getOwnPropertyNames(globalThis).filter((name) => !OF_NODE.has(name));
  const globals = Object.fromEntries(names.map((name) => [name, globalThis[name as never] as unknown]));
  return runInNewContext(`${outputFiles[0]!.text};codec`, globals) as typeof Codec;
}

/** Channels as objects of this script, whichever made them. */
const own = (channels: Iterable<Codec.Channel>): Codec.Channel[] =>
  Array.from(channels, (channel) => ({ ...channel }));

test('a page, which has nothing of Node, decodes all files and encodes as Node does', async () => {
  const page = await codecOfPage();
  const golden = join(FIXTURES, 'golden');
  let decoded = 0;
  for (const name of readdirSync(golden).filter((file) => file.endsWith('.nbz'))) {
    const bytes = readFileSync(join(golden, name));
    if (!isContainer(bytes) && isLearned(bytes)) {
      assert.throws(() => page.decode(bytes), { name: 'MissingModelError' }, name);
      continue;
    }
    assert.deepEqual(Buffer.from(page.original(bytes)), Buffer.from(installed.codec.original(bytes)), name);
    assert.deepEqual(own(page.decode(bytes)), own(installed.codec.decode(bytes)), name);
    decoded++;
  }
  assert.ok(decoded > 30, `${decoded} files`);
  const silence = installed.codec.encode(new Int16Array(100_000), { sampleRate: SAMPLE_RATE });
  assert.deepEqual(own(page.decode(silence)), own(installed.codec.decode(silence)));
  for (const [codec, step] of [
    ['lossless-best', 0],
    ['mdct-256-sine+trellis', 16],
  ] as const) {
    for (const [channels, sampleRate] of [
      [1, SAMPLE_RATE],
      [1, 30_000],
      [3, 30_000],
    ] as const) {
      const samples = new Int16Array(6000).map(
        (_, i) => 64 * Math.round(9 * Math.sin(i / 40) + ((i * 31) % 5)),
      );
      const options = { codec, step, channels, sampleRate };
      const bytes = page.encode(samples, options);
      assert.deepEqual(Buffer.from(bytes), Buffer.from(installed.codec.encode(samples, options)));
      assert.deepEqual(own(page.decode(bytes)), own(installed.codec.decode(bytes)));
      assert.deepEqual(Buffer.from(page.original(bytes)), Buffer.from(installed.codec.original(bytes)));
    }
  }
});

test('a basis codes channels of other digitizers, as the library decodes them', () => {
  const samples = new Int16Array(3 * 5000).map(
    (_, i) => Math.round(900 * Math.sin(i / 300)) + ((i * 17) % 23),
  );
  const options = { codec: 'mdct-256-sine+trellis', step: 8, channels: 3, sampleRate: 30_000 };
  const bytes = installed.codec.encode(samples, options);
  const container = openContainer(bytes);
  const channels = installed.codec.decode(bytes);
  const exact = channelsOf({ samples, channels: 3 });
  channels.forEach((channel, i) => {
    assert.deepEqual(channel.samples, container.readRange(i, 0, 5000));
    const worst = Math.max(...Array.from(channel.samples, (value, t) => Math.abs(value - exact[i]![t]!)));
    assert.ok(worst > 0 && worst < 40, `off by ${worst}`);
  });
  assert.ok(bytes.length < samples.byteLength / 5);
  assert.throws(() => installed.codec.encode(samples, { codec: 'dct-64', channels: 3 }), {
    name: 'EncodeError',
  });
});

test('no sample is further off than was promised', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const recording = randomRecording(seed, 300, false);
    const maxError = [1, 2, 5, 40, 1000][seed % 5]!;
    const { channels } = recording;
    const bytes = installed.codec.encode(recording.samples, { codec: 'lossless-fast', channels, maxError });
    const decoded = installed.codec.decode(bytes);
    channelsOf(recording).forEach((samples, i) => {
      samples.forEach((value, t) => {
        const error = Math.abs(decoded[i]!.samples[t]! - value);
        assert.ok(error <= maxError, `recording ${seed}: off by ${error} of ${maxError}`);
      });
    });
  }
  const noise = new Int16Array(20_000).map((_, i) => ((i * 7919) % 2003) - 1000);
  const sizes = [0, 10].map((maxError) => installed.codec.encode(noise, { maxError }).length);
  assert.ok(sizes[1]! < 0.75 * sizes[0]!, `${sizes[1]} bytes of ${sizes[0]}`);
  assert.throws(() => installed.codec.encode(noise, { maxError: 0.5 }), { name: 'ErrorBoundError' });
  assert.throws(() => installed.codec.encode(Float32Array.of(1), { maxError: 1 }), {
    name: 'ErrorBoundError',
  });
});

test('zarrita writes and reads an array of 32 channels, and a chunk is a file that the library reads', async () => {
  const module = join(projectRoot(), 'node_modules', 'zarrita', 'dist', 'src', 'index.js');
  const zarr = (await import(pathToFileURL(module).href)) as typeof Zarrita;
  installed.zarrita.registerNeurobasis(zarr.registry);
  const shape = [700, 32];
  const samples = new Int16Array(700 * 32).map(
    (_, i) => Math.round(300 * Math.sin(i / 900)) + ((i * 11) % 9),
  );
  const store = new Map<string, Uint8Array>();
  for (const preset of ['best', 'fast']) {
    store.clear();
    const array = await zarr.create(store as never, {
      shape,
      chunkShape: [300, 32],
      dtype: 'int16',
      codecs: [{ name: 'neurobasis', configuration: { preset } }],
    });
    const stride = [32, 1];
    await zarr.set(array, null, { data: samples, shape, stride });
    const back = await zarr.get(await zarr.open(store as never, { kind: 'array' }));
    assert.deepEqual(back.data as Samples, samples);
    const chunk = [...store].find(([key]) => key.endsWith('c/1/0'))![1];
    assert.ok(isContainer(chunk) && chunk.length < (300 * 32 * 2) / 2);
    const bytes = decodeRecordingFile(chunk);
    assert.deepEqual(
      new Int16Array(bytes.buffer, bytes.byteOffset, 300 * 32),
      samples.slice(300 * 32, 600 * 32),
    );
  }
});
