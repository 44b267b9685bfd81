import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { WaveFile } from 'wavefile';
import { projectRoot } from '../../../lib/files/project-root';
import type { SampleArray, Stream } from '../../../lib/recordings/recording-file';
import { openRecording } from '../../../lib/recordings/recognize';

/**
 * Small files written by tests/fixtures/recordings-formats.py, against the values that independent readers
 * (Neo, pyEDFlib, h5py, zarr) found in them.
 */
const FIXTURES = join(projectRoot(), 'tests', 'fixtures');
const scratch = mkdtempSync(join(tmpdir(), 'formats-'));
after(() => rmSync(scratch, { recursive: true }));
const at = (...parts: string[]): string => join(scratch, ...parts);

interface Expected {
  readonly stream: string;
  readonly segment: number;
  readonly channels: number;
  readonly samples: number;
  readonly type: string;
  readonly sampleRate: number;
  readonly gain: number;
  readonly offset: number;
  readonly unit: string;
  readonly gaps: readonly (readonly [number, number])[];
  readonly sha256: string;
}

const EXPECTED = JSON.parse(readFileSync(join(FIXTURES, 'recordings-formats.json'), 'utf8')) as Readonly<
  Record<string, readonly Expected[]>
>;

async function readAll(stream: Stream): Promise<SampleArray[]> {
  return stream.read(
    stream.channels.map((_, i) => i),
    0,
    stream.samples,
  );
}

function hashOf(channels: readonly SampleArray[]): string {
  const hash = createHash('sha256');
  for (const channel of channels) {
    hash.update(new Uint8Array(channel.buffer, channel.byteOffset, channel.byteLength));
  }
  return hash.digest('hex');
}

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-6 * Math.abs(expected), `${actual} instead of ${expected}`);
}

/** EDF and BDF files of 24 bits are read into 32. */
const STORED: Readonly<Record<string, string>> = { int24: 'int32' };

for (const [name, streams] of Object.entries(EXPECTED)) {
  test(`${name} is read as an independent reader reads it`, async () => {
    const file = await openRecording(join(FIXTURES, 'recordings', name));
    try {
      for (const expected of streams) {
        const stream = file.streams.find((s) => s.name === expected.stream && s.segment === expected.segment);
        assert.ok(stream, `${expected.stream} is none of ${file.streams.map((s) => s.name).join(', ')}`);
        assert.equal(stream.channels.length, expected.channels);
        assert.equal(stream.samples, expected.samples);
        assert.equal(STORED[stream.type] ?? stream.type, expected.type);
        near(stream.sampleRate, expected.sampleRate);
        near(stream.channels[0]!.gain, expected.gain);
        near(stream.channels[0]!.offset, expected.offset);
        assert.equal(stream.channels[0]!.unit, expected.unit);
        assert.deepEqual(
          stream.gaps.map(({ before, seconds }) => [before, Number(seconds.toFixed(6))]),
          expected.gaps,
        );
        assert.equal(hashOf(await readAll(stream)), expected.sha256);
        assert.equal(new Set(stream.channels.map(({ id }) => id)).size, expected.channels);
      }
      assert.equal(file.streams.length, streams.length);
    } finally {
      file.close();
    }
  });
}

test('any window of any channels is the same part of the whole', async () => {
  for (const name of Object.keys(EXPECTED)) {
    const file = await openRecording(join(FIXTURES, 'recordings', name));
    for (const stream of file.streams) {
      const whole = await readAll(stream);
      const window = fc.tuple(
        fc.uniqueArray(fc.nat(stream.channels.length - 1)),
        fc.nat(stream.samples),
        fc.nat(stream.samples),
      );
      await fc.assert(
        fc.asyncProperty(window, async ([channels, a, b]) => {
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          const read = await stream.read(channels, from, to - from);
          assert.deepEqual(
            read,
            channels.map((channel) => whole[channel]!.slice(from, to)),
          );
        }),
        { numRuns: 15 },
      );
      await assert.rejects(async () => stream.read([0], 0, stream.samples + 1), RangeError);
      await assert.rejects(async () => stream.read([0], -1, 1), RangeError);
      await assert.rejects(async () => stream.read([stream.channels.length], 0, 1), RangeError);
    }
    file.close();
  }
});

test('kinds of channels are told apart, with places and names', async () => {
  const kindsOf = async (name: string): Promise<string[]> => {
    const file = await openRecording(join(FIXTURES, 'recordings', name));
    file.close();
    return file.streams.flatMap(({ channels }) => channels.map(({ name: of, kind }) => `${of} ${kind}`));
  };
  assert.deepEqual(await kindsOf('two-rates.edf'), ['EEG A electrode', 'EEG B electrode', 'Temp auxiliary']);
  assert.deepEqual(await kindsOf('pause.ns5'), ['chan1 electrode', 'chan2 electrode', 'ainp1 auxiliary']);
  assert.deepEqual(await kindsOf('open-ephys'), [
    'CH1 electrode',
    'CH2 electrode',
    'ADC1 auxiliary',
    'SYNC sync',
  ]);
  assert.deepEqual(await kindsOf('blocks.rhd'), [
    'A-000 electrode',
    'A-001 electrode',
    'A-AUX1 auxiliary',
    'A-VDD1 auxiliary',
    'ANALOG-IN-0 auxiliary',
    'DIGITAL-IN-00 digital',
    'DIGITAL-IN-03 digital',
  ]);
  const nwb = await openRecording(join(FIXTURES, 'recordings', 'two-series.nwb'));
  nwb.close();
  const [raw] = nwb.streams;
  assert.deepEqual(raw!.channels[0]!.place, { x: 20, y: 5, z: 0, group: 'shank0' });
  near(raw!.channels[1]!.gain, 0.39e-6);
});

test('WAV files of every width and number of channels', async () => {
  const wide = (bits: number, n: number): number[] =>
    Array.from({ length: n }, (_, i) => (i % 2 ? -1 : 1) * ((i * 7919) % 2 ** (bits - 1)));
  for (const [depth, type, values] of [
    ['8', 'uint8', [0, 1, 127, 128, 255, 7]],
    ['16', 'int16', wide(16, 30)],
    ['24', 'int24', wide(24, 30)],
    ['32', 'int32', wide(32, 30)],
    ['32f', 'float32', [0, 0.5, -0.25, 1, -1, 0.125]],
    ['64', 'float64', [0, 0.1, -0.2, 1, -1, 0.3]],
  ] as const) {
    for (const channels of [1, 2, 3]) {
      const wav = new WaveFile();
      const columns = Array.from({ length: channels }, (_, c) => values.filter((_, i) => i % channels === c));
      wav.fromScratch(channels, 30_000, depth, channels === 1 ? columns[0]! : columns);
      writeFileSync(at('any.wav'), wav.toBuffer());
      const { format, streams } = await openRecording(at('any.wav'));
      assert.equal(format, 'WAV');
      const [stream] = streams;
      assert.deepEqual([stream!.type, stream!.sampleRate, stream!.channels.length], [type, 30_000, channels]);
      assert.deepEqual(
        (await readAll(stream!)).map((samples) => [...samples]),
        columns,
      );
    }
  }
});

test('raw samples need a sidecar, and the error says what to write', async () => {
  writeFileSync(at('raw.bin'), new Uint8Array(8 + 2 * 3 * 5 + 1));
  await assert.rejects(
    openRecording(at('raw.bin')),
    /RecordingFormatError.*no header.*Write .*raw\.bin\.json/s,
  );
  writeFileSync(at('raw.bin.json'), '{"recorder": "white-matter", "sampleRate": 25000, "channels": 3}');
  const { streams, notes } = await openRecording(at('raw.bin'));
  assert.deepEqual([streams[0]!.samples, streams[0]!.channels.length], [5, 3]);
  assert.match(notes.join(), /last 1 bytes are no sample of all 3 channels/);
  for (const [sidecar, problem] of [
    ['{', /no JSON/],
    ['[]', /no JSON object/],
    ['{"channels": 3}', /"sampleRate"/],
    ['{"sampleRate": 1}', /"channels" is missing/],
    ['{"sampleRate": 1, "channels": 0}', /"channels" is 0/],
    ['{"sampleRate": 1, "channels": 3, "type": "int12"}', /"type" is "int12"/],
    ['{"sampleRate": 1, "channels": 3, "order": "channels"}', /no whole number of samples/],
    ['{"sampleRate": 1, "channels": 3, "headerBytes": 1000}', /fewer than the header/],
    ['{"sampleRate": 1, "channels": 3, "names": ["a"]}', /"names" has 1 entries/],
    ['{"sampleRate": 1, "channels": 3, "recorder": "unheard"}', /"recorder" is "unheard"/],
  ] as const) {
    writeFileSync(at('raw.bin.json'), sidecar);
    await assert.rejects(openRecording(at('raw.bin')), problem);
  }
});

test('raw samples lie as their sidecar says: order, bytes, type', async () => {
  const values = Array.from({ length: 12 }, (_, i) => i * 300 - 2000);
  const big = new DataView(new ArrayBuffer(24));
  values.forEach((value, i) => big.setInt16(2 * i, value));
  writeFileSync(at('big.dat'), new Uint8Array(big.buffer));
  const sidecar = {
    sampleRate: 1000,
    channels: 3,
    byteOrder: 'big',
    gain: 0.5,
    unit: 'uV',
    kinds: ['electrode', 'sync', 'digital'],
  };
  writeFileSync(at('big.json'), JSON.stringify({ ...sidecar, order: 'channels' }));
  const separate = await openRecording(at('big.dat'));
  assert.deepEqual([...(await readAll(separate.streams[0]!))[1]!], values.slice(4, 8));
  assert.deepEqual(
    separate.streams[0]!.channels.map(({ kind }) => kind),
    sidecar.kinds,
  );
  writeFileSync(at('big.json'), JSON.stringify({ ...sidecar, order: 'interleaved' }));
  const interleaved = await openRecording(at('big.dat'));
  assert.deepEqual(
    [...(await readAll(interleaved.streams[0]!))[1]!],
    [1, 4, 7, 10].map((i) => values[i]),
  );
});

/** Neuralynx records: time in µs, and samples in each. */
function ncs(records: readonly { time: number; count: number }[]): Buffer {
  const header = Buffer.alloc(16_384);
  header.write(
    '######## Neuralynx Data File Header\r\n-AcqEntName CSC7\r\n-SamplingFrequency 1000\r\n-ADBitVolts 0.000001\r\n',
  );
  const body = records.map(({ time, count }, r) => {
    const record = Buffer.alloc(1044);
    record.writeBigUInt64LE(BigInt(time), 0);
    record.writeUInt32LE(count, 16);
    for (let i = 0; i < 512; i++) record.writeInt16LE(i < count ? 1000 * r + i : -1, 20 + 2 * i);
    return record;
  });
  return Buffer.concat([header, ...body]);
}

test('records of Neuralynx that are not full are joined, and gaps are kept', async () => {
  mkdirSync(at('ncs'));
  const records = [
    { time: 0, count: 512 },
    { time: 512_000, count: 3 },
    { time: 1_000_000, count: 512 },
    { time: 1_512_000, count: 512 },
  ];
  writeFileSync(at('ncs', 'a.ncs'), ncs(records));
  writeFileSync(at('ncs', 'b.ncs'), ncs(records));
  const { streams } = await openRecording(at('ncs', 'a.ncs'));
  const expected = records.flatMap(({ count }, r) => Array.from({ length: count }, (_, i) => 1000 * r + i));
  assert.deepEqual([...(await readAll(streams[0]!))[0]!], expected);
  assert.deepEqual(streams[0]!.gaps, [{ before: 515, seconds: 0.485 }]);
  assert.equal(streams[0]!.name, 'CSC7');
  const both = await openRecording(at('ncs'));
  assert.equal(both.streams.length, 1);
  assert.equal(both.streams[0]!.channels.length, 2);
  writeFileSync(at('ncs', 'a.ncs'), ncs([{ time: 0, count: 513 }]));
  await assert.rejects(openRecording(at('ncs')), /record 0 says 513 samples/);
});

/** A pair of SpikeGLX files. */
function spikeGlx(
  folder: string,
  name: string,
  meta: Record<string, string | number>,
  samples: Int16Array,
): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.bin`), new Uint8Array(samples.buffer));
  const lines = Object.entries(meta).map(([key, value]) => `${key}=${value}`);
  writeFileSync(join(folder, `${name}.meta`), lines.join('\n'));
}

test('channels of SpikeGLX that were saved in part take the gains of those that were acquired', async () => {
  const meta = {
    typeThis: 'imec',
    imSampRate: 30000,
    imAiRangeMax: 0.6,
    nSavedChans: 3,
    acqApLfSy: '4,4,1',
    snsApLfSy: '2,0,1',
    snsSaveChanSubset: '1,3,8',
    imDatPrb_type: 0,
    '~imroTbl': '(0,4)(0 0 0 500 250 1)(1 0 0 1000 250 1)(2 0 0 500 250 1)(3 0 0 250 250 1)',
    '~snsChanMap': '(4,4,1)(AP1;1:0)(AP3;3:1)(SY0;8:2)',
    '~snsGeomMap': '(NP1000,1,0,70)(0:27:0:1)(0:59:20:1)',
    fileSizeBytes: 12,
  };
  spikeGlx(
    at('glx', 'run_g0', 'run_g0_imec0'),
    'run_g0_t0.imec0.ap',
    meta,
    Int16Array.of(1, 2, 64, 3, 4, 64),
  );
  const { streams, notes } = await openRecording(at('glx', 'run_g0'));
  assert.deepEqual(notes, []);
  const [ap, sync] = streams;
  assert.deepEqual([ap!.name, sync!.name], ['imec0.ap', 'imec0.ap-SYNC']);
  assert.deepEqual(
    ap!.channels.map(({ name }) => name),
    ['AP1', 'AP3'],
  );
  near(ap!.channels[0]!.gain, 600000 / 512 / 1000);
  near(ap!.channels[1]!.gain, 600000 / 512 / 250);
  assert.deepEqual(ap!.channels[1]!.place, { x: 59, y: 20, group: 'shank 0' });
  assert.deepEqual(
    (await readAll(ap!)).map((samples) => [...samples]),
    [
      [1, 3],
      [2, 4],
    ],
  );
  assert.deepEqual([...(await readAll(sync!))[0]!], [64, 64]);
  spikeGlx(at('glx2'), 'cut.imec0.ap', { ...meta, fileSizeBytes: 600 }, Int16Array.of(1, 2, 3, 4));
  const cut = await openRecording(at('glx2', 'cut.imec0.ap.bin'));
  assert.equal(cut.streams[0]!.samples, 1);
  assert.match(cut.notes.join(), /says 600 bytes.*has 8.*last 2 bytes/s);
  rmSync(at('glx2', 'cut.imec0.ap.bin'));
  await assert.rejects(openRecording(at('glx2')), /cut\.imec0\.ap\.bin is not beside it/);
  spikeGlx(at('glx3'), 'odd.imec0.ap', { ...meta, snsApLfSy: '3,0,1' }, Int16Array.of(1, 2, 3));
  await assert.rejects(openRecording(at('glx3')), /3 saved channels, its kinds of channels add up to 4/);
});

test('what is no recording is named, with what to do', async () => {
  mkdirSync(at('nothing'));
  mkdirSync(at('outer', 'inner'), { recursive: true });
  mkdirSync(at('mixed'));
  writeFileSync(at('outer', 'readme.txt'), 'text');
  writeFileSync(at('mixed', 'a.ncs'), '');
  writeFileSync(at('mixed', 'b.wav'), '');
  writeFileSync(at('empty.wav'), '');
  for (const [path, problem] of [
    ['absent', /there is no such file or folder\. Give the path of a recording\.$/],
    ['nothing', /it is empty/],
    ['outer', /none of its 2 entries is a recording\. Give a folder in it \(inner\)/],
    ['mixed', /several formats: 1 of Neuralynx, 1 of WAV\. Give one of them\.$/],
    ['empty.wav', /it is empty\. Get it again\.$/],
    ['outer/readme.txt', /first bytes \(74 65 78 74\) are of no known format\. Formats that are read: WAV,/],
  ] as const) {
    await assert.rejects(openRecording(at(path)), { name: 'RecordingFormatError', message: problem });
  }
});

test('files that end early are read up to there with a note, or refused where nothing can be told', async () => {
  const cut = async (name: string, bytes: number): Promise<string> => {
    writeFileSync(at(name), readFileSync(join(FIXTURES, 'recordings', name)).subarray(0, -bytes));
    if (name.endsWith('.npy')) writeFileSync(at(`${name}.json`), '{"sampleRate": 1}');
    const { notes } = await openRecording(at(name));
    return notes.join();
  };
  assert.match(await cut('blocks.rhd', 10), /no whole block/);
  assert.match(await cut('pause.ns5', 10), /recording ended while it was written/);
  assert.match(await cut('ptp.ns5', 3), /samples/);
  await assert.rejects(cut('two-rates.edf', 10), /promises 3 records, 2 are there\. The file was cut off/);
  await assert.rejects(cut('samples.npy', 10), /promises 1200 bytes of values, 1190 are there/);
  await assert.rejects(cut('two-series.nwb', 30_000), { name: 'RecordingFormatError' });
});

test(
  'opening leaves no file open',
  { skip: existsSync('/proc/self/fd') ? false : 'needs /proc' },
  async () => {
    const { closeSync, openSync, readdirSync, readlinkSync } = await import('node:fs');
    const openFixtures = (): string[] =>
      readdirSync('/proc/self/fd')
        .map((descriptor) => {
          try {
            return readlinkSync(`/proc/self/fd/${descriptor}`);
          } catch {
            return ''; // that of the listing itself
          }
        })
        .filter((path) => path.startsWith(FIXTURES));
    const held = openSync(join(FIXTURES, 'recordings', 'blocks.rhd'), 'r');
    assert.equal(openFixtures().length, 1, 'an open file is seen');
    closeSync(held);
    for (const name of Object.keys(EXPECTED))
      (await openRecording(join(FIXTURES, 'recordings', name))).close();
    assert.deepEqual(openFixtures(), []);
  },
);
