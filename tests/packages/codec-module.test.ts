import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { encodeContainer } from '../../lib/codecs/files/recording-container';
import { decodeRecordingFile, openContainer } from '../../lib/codecs/files/recording-encoder';
import { decodeWav } from '../../lib/codecs/files/wav-file';
import { readBitstream, writeBitstream } from '../../lib/coding/bitstream';
import { engine } from '../../lib/kernels/runtime/engine';
import { projectRoot } from '../../lib/files/project-root';
import { uniformNumbers } from '../../lib/numerics/random';
import { parseWav } from '../../lib/recordings/wav';
import { compileModule } from '../../tools/build-packages/module';
import { CodecModule, ModuleFault } from './codec-module';
import { channelsOf, randomRecording, type RandomRecording } from './random-recordings';

const FIXTURES = join(projectRoot(), 'tests', 'fixtures');
const RANDOM_FILES = 2000;
const MOST_BYTES = 100_000;
const UNSUPPORTED = -2;

let bytes: Uint8Array;
let module: CodecModule;
before(() => {
  bytes = compileModule();
  module = new CodecModule(bytes);
});

/** A file that the library makes of samples, interleaved. */
function encodedByLibrary(
  { samples, channels }: RandomRecording,
  preset: 'fast' | 'best',
  rate = 0,
): Uint8Array {
  const width = samples.BYTES_PER_ELEMENT;
  const length = samples.length / channels;
  const type = samples.constructor.name.replace('Array', '').toLowerCase() as 'int16';
  const file = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const run = { start: 0, blockBytes: file.length, blockSamples: length, samples: length };
  const facts = { unit: 'µV', gain: 0.195, offset: -1.5e-7 };
  const placed = {
    type,
    littleEndian: true,
    offsets: Array.from({ length: channels }, (_, i) => i * width),
    stride: channels * width,
    runs: [run],
    sampleRate: rate,
    channels: Array.from({ length: channels }, (_, i) => ({ name: `AP${i}`, ...facts })),
  };
  return encodeContainer(file, [placed], preset);
}

/** Payloads of the chunks of a file of many channels, one after another. */
function chunksOf(file: Uint8Array): Buffer {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const table = view.getUint32(5, true);
  const index = file.length - 12 - view.getUint32(file.length - 12, true);
  return Buffer.from(file.subarray(5 + 8 + table, index));
}

test('the module has no imports and is small', () => {
  assert.deepEqual(
    (engine.Module as unknown as { imports(of: object): object[] }).imports(new engine.Module(bytes)),
    [],
  );
  assert.ok(bytes.length < MOST_BYTES, `${bytes.length} bytes`);
});

test('golden files give the samples of the library, where the module has the basis', () => {
  const decoded: string[] = [];
  for (const name of readdirSync(join(FIXTURES, 'golden'))) {
    if (!name.endsWith('.nbz')) continue;
    const file = readFileSync(join(FIXTURES, 'golden', name));
    const { family } = readBitstream(file).header;
    if (![0, 6, 128].includes(family)) {
      assert.throws(() => module.open(file), { number: UNSUPPORTED }, name);
      continue;
    }
    const expected = parseWav(decodeWav(file), name);
    module.open(file);
    assert.deepEqual(module.read(0), [expected.samples], name);
    assert.equal(module.channels(0)[0]!.sampleRate, expected.sampleRate, name);
    decoded.push(name);
  }
  for (const kind of ['identity', 'mdct', 'lossless', 'off-grid', 'widths', 'trellis256']) {
    assert.ok(
      decoded.some((name) => name.includes(kind)),
      kind,
    );
  }
});

test('golden files of many channels give the channels of the library', () => {
  for (const name of readdirSync(join(FIXTURES, 'golden-channels'))) {
    const file = readFileSync(join(FIXTURES, 'golden-channels', name));
    const container = openContainer(file);
    const streams = module.open(file);
    let at = 0;
    for (let stream = 0; stream < streams; stream++) {
      const facts = module.channels(stream);
      module.read(stream).forEach((samples, i) => {
        const channel = container.channels[at]!;
        assert.deepEqual(samples, container.readRange(at, 0, channel.samples), `${name}, channel ${at}`);
        const { name: of, sampleRate, unit, gain, offset } = channel;
        assert.deepEqual(facts[i], { name: of, sampleRate, unit, gain, offset });
        at++;
      });
    }
    assert.equal(at, container.channels.length);
  }
});

test('thousands of random recordings of the library are read by the module, whole and in part', () => {
  for (let seed = 1; seed <= RANDOM_FILES; seed++) {
    const recording = randomRecording(seed, 150, true);
    const file = encodedByLibrary(
      recording,
      seed % 4 === 0 ? 'fast' : 'best',
      seed % 3 === 0 ? 30_000 : 1250.5,
    );
    const expected = channelsOf(recording);
    assert.equal(module.open(file), 1);
    assert.deepEqual(module.read(0), expected, `recording ${seed}`);
    const length = expected[0]!.length;
    const from = Math.floor(length / 3);
    const count = Math.floor(length / 2) - from;
    if (count > 0) {
      assert.deepEqual(
        module.read(0, from, count),
        expected.map((samples) => samples.slice(from, from + count)),
      );
    }
    const [facts] = module.channels(0);
    const { name, sampleRate, unit, gain, offset } = openContainer(file).channels[0]!;
    assert.deepEqual(facts, { name, sampleRate, unit, gain, offset });
  }
});

test('thousands of random recordings of the module are read by the library, which makes the same chunks', () => {
  let same = 0;
  for (let seed = 1; seed <= RANDOM_FILES; seed++) {
    const recording = randomRecording(seed, 150, false);
    const { samples, channels } = recording;
    const preset = seed % 4 === 0 ? 'fast' : 'best';
    const file = module.encode(samples, channels, preset === 'fast' ? 0 : 1);
    const whole = decodeRecordingFile(file);
    assert.ok(
      Buffer.from(whole).equals(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)),
      `recording ${seed}`,
    );
    const container = openContainer(file);
    if (samples.BYTES_PER_ELEMENT > 2) continue;
    assert.equal(container.channels.length, channels);
    assert.deepEqual(chunksOf(file), chunksOf(encodedByLibrary(recording, preset)), `recording ${seed}`);
    same++;
  }
  assert.ok(same > RANDOM_FILES / 2);
});

test('recordings of the challenge without loss, of every length and kind', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = uniformNumbers(seed);
    const length = Math.floor(random() * (seed % 20 === 0 ? 9000 : 400));
    const amplitude = [0, 3, 60, 700][seed % 4]!;
    const codes = new Uint16Array(length).map((_, i) =>
      Math.min(
        1023,
        Math.max(0, Math.round(512 + amplitude * Math.sin(i / 20) + amplitude * (random() - 0.5))),
      ),
    );
    const codec = codecFromId(seed % 3 === 0 ? 'lossless-fast' : 'lossless-best');
    const file = codec.encode(codes, 0).bytes;
    module.open(file);
    assert.deepEqual(module.read(0), [parseWav(decodeWav(file), codec.id).samples], `recording ${seed}`);
  }
});

test('stretched samples, long ones and those of large numbers too', () => {
  const codes = new Uint16Array(70_000).map(
    (_, i) => Math.round(512 + 90 * Math.sin(i / 50)) + ((i * 31) % 13),
  );
  const stretched = Int16Array.from(codes, (code) => Math.trunc((code * 65535) / 1023 - 32768));
  const large = new Int32Array(70_000).map((_, i) => ((i * 7919) % 100_003) * 20_000 - 1e9);
  for (const samples of [stretched, large]) {
    for (const channels of [1, 2]) {
      const file = module.encode(samples, channels, 0, { sampleRate: 20_000 });
      const recording = { samples, channels };
      const container = openContainer(file);
      channelsOf(recording).forEach((expected, i) =>
        assert.deepEqual(container.readRange(i, 0, expected.length), expected),
      );
      module.open(file);
      assert.deepEqual(module.read(0), channelsOf(recording));
      assert.equal(container.channels[0]!.digitizer?.kind, samples === stretched ? 'stretched' : undefined);
    }
  }
});

test('lapped cosines of every length and window, with every quantizer', () => {
  for (let seed = 1; seed <= 120; seed++) {
    const random = uniformNumbers(seed);
    const length = Math.floor(random() * 1500);
    const codes = new Uint16Array(length).map((_, i) =>
      Math.round(500 + 90 * Math.sin(i / 20) + 20 * random()),
    );
    const hop = 2 ** (2 + (seed % 11));
    const window = ['sine', 'kbd', 'vorbis'][seed % 3]!;
    const quantizer = ['', '+rdoq', '+trellis8', '+trellis', '+trellis256'][seed % 5]!;
    const step = [0, 1, 2.5, 8, 30][Math.floor(random() * 5)]!;
    const codec = codecFromId(`mdct-${hop}-${window}${quantizer}`);
    const file = codec.encode(codes, step).bytes;
    module.open(file);
    assert.deepEqual(
      module.read(0),
      [parseWav(decodeWav(file), codec.id).samples],
      `${codec.id}, step ${step}`,
    );
    const wide = codecFromId(codec.id, { smallest: 0, largest: 4000 });
    const wideFile = wide.encode(codes, step).bytes;
    module.open(wideFile);
    assert.deepEqual(
      module.read(0),
      [wide.decode(wideFile)],
      `${codec.id} of another digitizer, step ${step}`,
    );
  }
});

test('numbers of the table are the nearest doubles', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -(2 ** 34), max: 2 ** 34 - 1 }),
      fc.integer({ min: -64, max: 62 }),
      (digits, exponent) => {
        assert.equal(module.nearestDouble(digits, exponent), Number(`${digits}e${exponent}`) + 0);
      },
    ),
    { numRuns: 20_000 },
  );
});

test('what is damaged is refused, or read as the library reads it; the module goes on', () => {
  const recordings = Array.from({ length: 12 }, (_, i) => randomRecording(i + 1, 120, true));
  const files = [
    ...recordings.map((recording) => encodedByLibrary(recording, 'best')),
    readFileSync(join(FIXTURES, 'golden', 'lossless-fast.nbz')),
    readFileSync(join(FIXTURES, 'golden', 'mdct-64-sine-lossless.nbz')),
  ];
  const random = uniformNumbers(5);
  let refused = 0;
  for (let i = 0; i < 3000; i++) {
    const damaged = Uint8Array.from(files[i % files.length]!);
    damaged[Math.floor(random() * damaged.length)]! ^= 1 << Math.floor(random() * 8);
    const cut = i % 3 === 0 ? damaged.subarray(0, Math.floor(random() * damaged.length)) : damaged;
    let expected: unknown;
    try {
      const container = openContainer(cut);
      expected = container.channels.map(({ samples }, channel) => container.readRange(channel, 0, samples));
    } catch {
      expected = undefined;
    }
    try {
      const streams = module.open(cut);
      const found = Array.from({ length: streams }, (_, stream) => module.read(stream)).flat();
      assert.deepEqual(found, expected);
    } catch (error) {
      assert.ok(error instanceof ModuleFault, String(error));
      assert.equal(expected, undefined);
      refused++;
    }
  }
  assert.ok(refused > 1500, `${refused}`);
  assert.ok(module.memoryBytes < 64 * 2 ** 20, `${module.memoryBytes} bytes`);
});

test('bytes that only look whole are refused without much memory', () => {
  const fresh = new CodecModule(bytes);
  const { header } = readBitstream(readFileSync(join(FIXTURES, 'golden', 'lossless-fast.nbz')));
  for (const samples of [2 ** 21, 2 ** 28]) {
    const claim = writeBitstream({ ...header, samples }, Uint8Array.of(1, 2, 3));
    fresh.open(claim);
    assert.throws(() => fresh.read(0), ModuleFault);
  }
  assert.ok(fresh.memoryBytes < 8 * 2 ** 20, `${fresh.memoryBytes} bytes`);
});

test('samples that no file can be made of are refused', () => {
  assert.throws(() => module.encode(Float32Array.of(1), 1, 1), { number: -4 });
  assert.throws(() => module.encode(new Int16Array(0), 1, 1), { number: -4 });
  assert.throws(() => module.encode(Int16Array.of(1), 1, 1, { sampleRate: NaN }), { number: -4 });
});

test('no sample is further off than was promised', () => {
  for (let seed = 1; seed <= 400; seed++) {
    const { samples, channels } = randomRecording(seed, 200, false);
    const maxError = [1, 2, 5, 40, 1000][seed % 5]!;
    module.open(module.encode(samples, channels, 0, { maxError }));
    const decoded = module.read(0);
    channelsOf({ samples, channels }).forEach((expected, i) => {
      expected.forEach((value, t) => {
        const error = Math.abs(decoded[i]![t]! - value);
        assert.ok(error <= maxError, `recording ${seed}: off by ${error} of ${maxError}`);
      });
    });
  }
});
