import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { decodeRecordingTo, encodeRecordingTo } from '../../lib/codecs/files/long-recording';
import { Container, encodeContainer, isContainer } from '../../lib/codecs/files/recording-container';
import {
  decodeRecordingFile,
  encodeRecordingFile,
  openContainer,
} from '../../lib/codecs/files/recording-encoder';
import { spatialMethod } from '../../lib/codecs/files/spatial-method';
import { BitstreamError } from '../../lib/coding/bitstream-errors';
import { projectRoot } from '../../lib/files/project-root';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav } from '../../lib/recordings/wav';
import { wavOfChannels } from '../../lib/recordings/wav-of-channels';
import { simulateArray } from '../../lib/space/simulated-array';
import { placedArray } from '../fixtures/golden-spatial';
import { decodedInPython, noPython } from '../fixtures/second-decoder';

const folder = mkdtempSync(join(tmpdir(), 'spatial-container-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const CHANNELS = 8;
/** Two chunks. */
const SAMPLES = 40_000;
const { codes } = simulateArray({ channels: CHANNELS, samples: SAMPLES, seed: 3 });
const channels = codes.map((channel) => Int16Array.from(channel, (code) => 3 * (code - 500)));
const wav = wavOfChannels(channels, 'int16', 20_000);
writeFileSync(at('array.wav'), wav);

/** Errors of the samples of a decoded file, in codes. */
function largestError(decoded: Uint8Array): number {
  assert.equal(decoded.length, wav.length);
  const [a, b] = [wav, decoded].map((file) => new DataView(file.buffer, file.byteOffset));
  let largest = 0;
  for (let i = 44; i < wav.length; i += 2) {
    largest = Math.max(largest, Math.abs(a!.getInt16(i, true) - b!.getInt16(i, true)) / 3);
  }
  return largest;
}

async function coded(codecId: string, step: number): Promise<Uint8Array> {
  await encodeRecordingTo(at('array.wav'), at('out.nbz'), { codecId, step });
  return readFileSync(at('out.nbz'));
}

for (const codecId of [
  'lossless-fast@none',
  'lossless-live@none',
  'lossless-fast@several',
  'dct-64@klt',
  'mdct-64-sine+trellis8@klt-bands',
  'lpc-4@nearest',
]) {
  test(`${codecId}: a file of many channels comes back byte for byte without loss`, async () => {
    const file = await coded(codecId, 0);
    assert.ok(isContainer(file));
    await decodeRecordingTo(at('out.nbz'), at('back.wav'));
    assert.ok(readFileSync(at('back.wav')).equals(wav));
    // In memory the same bytes come out, and any stretch of any channel decodes by itself.
    assert.ok(
      Buffer.from(await encodeRecordingFile(at('array.wav'), wav, { codecId, step: 0 })).equals(file),
    );
    assert.deepEqual(openContainer(file).readRange(5, 32_700, 100), channels[5]!.slice(32_700, 32_800));
  });
}

test('with losses errors are those of the step, and what channels share costs once', async () => {
  const alone = await coded('mdct-64-sine', 12);
  const together = await coded('mdct-64-sine@klt-bands', 12);
  assert.ok(largestError(decodeRecordingFile(alone)) < 40);
  assert.ok(largestError(decodeRecordingFile(together)) < 40);
  assert.ok(together.length < 0.85 * alone.length, `${together.length} of ${alone.length} bytes`);
});

/** A file of the same samples, its channels coded in blocks of so many. */
function inBlocks(mostChannels: number): Uint8Array {
  const { file, placed } = placedArray(7);
  return encodeContainer(file, [placed], { ...spatialMethod('dct-32@klt', 0), mostChannels });
}

test('channels that are too many for one group are coded in blocks, as equal as can be', () => {
  const { file } = placedArray(7);
  const sizes = [1, 2, 3, 4, 7, 1024].map((most) => {
    const bytes = inBlocks(most);
    assert.ok(Buffer.from(openContainer(bytes).wholeFile()).equals(Buffer.from(file)), `${most}`);
    return bytes.length;
  });
  assert.ok(
    sizes.slice(1, 5).every((size, i) => size < sizes[i]!),
    sizes.join(' '),
  );
  // One block both times; the table says the larger number in a byte more, and again in its copy.
  assert.ok(Math.abs(sizes[5]! - sizes[4]!) <= 4, sizes.join(' '));
  // 127 channels of 256 subbands are what a file can count, so 384 channels are four blocks.
  assert.equal(spatialMethod('mdct-256-sine@klt', 4).mostChannels, 127);
  assert.equal(spatialMethod('mdct-256-sine@several', 4).mostChannels, 1024);
});

test('places that a file says reach the spatial basis', () => {
  const { file, placed } = placedArray(7);
  const code = (withPlaces: boolean): Uint8Array =>
    encodeContainer(
      file,
      [
        {
          ...placed,
          channels: placed.channels.map((channel, c) =>
            withPlaces ? { ...channel, place: { x: 0, y: 20 * ((3 * c) % 7) } } : channel,
          ),
        },
      ],
      spatialMethod('dct-32@dct', 8),
    );
  assert.notDeepEqual(code(true), code(false));
});

test('a WAV file of one channel of Neuralink is a group of one', async () => {
  const one = canonicalWav(pcm16FromCodes(codes[0]!.subarray(0, 3000)), SAMPLE_RATE);
  writeFileSync(at('one.wav'), one);
  await encodeRecordingTo(at('one.wav'), at('one.nbz'), { codecId: 'lossless-fast@mean', step: 0 });
  assert.ok(isContainer(readFileSync(at('one.nbz'))));
  await decodeRecordingTo(at('one.nbz'), at('one-back.wav'));
  assert.ok(readFileSync(at('one-back.wav')).equals(one));
});

test('codecs that there are not are refused before anything is read', async () => {
  for (const [codecId, step, message] of [
    ['dct-64@pca', 0, /none, dct, haar, graph, klt/],
    ['lossless-best@klt', 0, /keep integers/],
    ['lossless-best@none', 4, /its step is 0/],
    ['packets-sym13-9-rate@klt', 4, /chooses or quantizes by itself/],
    ['dct-64@klt@klt', 4, /no codec of groups/],
  ] as const) {
    await assert.rejects(encodeRecordingTo(at('missing.wav'), at('no.nbz'), { codecId, step }), (error) => {
      return message.test(String(error)) || /missing\.wav/.test(String(error));
    });
    await assert.rejects(encodeRecordingTo(at('array.wav'), at('no.nbz'), { codecId, step }), message);
  }
  assert.ok(!existsSync(at('no.nbz')));
});

test('a damaged byte costs the chunk that it is in, and no other', async () => {
  for (const [codecId, step] of [
    ['mdct-64-sine@klt-bands', 12],
    ['lossless-fast@several', 0],
  ] as const) {
    const file = await coded(codecId, step);
    const whole = openContainer(file).readRange(7, 0, SAMPLES);
    let lost = 0;
    for (let i = 5; i < file.length; i += Math.ceil(file.length / 30)) {
      const damaged = Uint8Array.from(file);
      damaged[i]! ^= 64;
      const opened = openContainer(damaged);
      let bad = 0;
      for (const [from, count] of [
        [0, 32_768],
        [32_768, SAMPLES - 32_768],
      ] as const) {
        try {
          assert.deepEqual(opened.readRange(7, from, count), whole.slice(from, from + count));
        } catch (error) {
          assert.equal((error as Error).constructor.name, 'DamagedChunkError', String(error));
          bad++;
        }
      }
      assert.ok(bad <= 1);
      lost += bad;
      assert.throws(() => new Container(damaged).wholeFile(), BitstreamError);
    }
    assert.ok(lost > 20, `${lost}`);
  }
});

const GOLDEN = join(__dirname, '..', 'fixtures', 'golden-spatial');
const golden = readdirSync(GOLDEN).filter((name) => name.endsWith('.nbz'));
const manifest = JSON.parse(readFileSync(join(GOLDEN, 'golden.json'), 'utf8')) as Record<string, string>;

test('files of many channels with a basis across them decode to what they always decoded to', () => {
  assert.deepEqual(golden.map((name) => name.replace('.nbz', '')).sort(), Object.keys(manifest).sort());
  for (const [name, expected] of Object.entries(manifest)) {
    const whole = openContainer(readFileSync(join(GOLDEN, `${name}.nbz`))).wholeFile();
    assert.equal(createHash('sha256').update(whole).digest('hex'), expected, name);
  }
});

test('a second decoder, written from docs/format.md alone, gives the same files', { skip: noPython }, () => {
  const { rest } = placedArray(7);
  const files = golden.map((name) => readFileSync(join(GOLDEN, name)));
  const decoded = decodedInPython(
    'file',
    files,
    files.map(() => rest),
  );
  golden.forEach((name, i) => {
    const hash = createHash('sha256').update(decoded[i]!).digest('hex');
    assert.equal(hash, manifest[name.replace('.nbz', '')], name);
  });
});

/** Recordings of other laboratories with many channels in one file. */
const SHARED = join(projectRoot(), '..', 'shared', 'recordings');
const ARRAYS = [
  [
    'openephysbinary/32ch/experiment1/recording1/continuous/Rhythm_FPGA-100.0/continuous.dat',
    'lossless-fast@several',
  ],
  ['spikeglx/np2/all_chan_g0_t0.exported.imec0.ap.bin', 'dct-64@klt'],
] as const;
for (const [name, codecId] of ARRAYS) {
  const path = join(SHARED, name);
  test(
    `${name} comes back byte for byte`,
    { skip: !existsSync(path) && 'the recording is not here' },
    async () => {
      await encodeRecordingTo(path, at('shared.nbz'), { codecId, step: 0 });
      await decodeRecordingTo(at('shared.nbz'), at('shared.back'));
      assert.ok(readFileSync(at('shared.back')).equals(readFileSync(path)));
    },
  );
}
