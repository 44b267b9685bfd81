import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type * as H5 from 'h5wasm/node';
import { canonicalWav } from '../../../lib/recordings/wav';
import { projectRoot } from '../../../lib/files/project-root';
import { inspectStream } from '../../../lib/recordings/inspect';
import { openRecording } from '../../../lib/recordings/recognize';
import { openHdf5Tree, type Hdf5Bounds } from '../../../lib/recordings/formats/parts/hdf5-tree';
import { bundledModule } from '../../../lib/recordings/formats/parts/installed-module';

/** Damaged headers: each is read as far as it makes sense or refused by name, in bounded time and memory. */
const FIXTURES = join(projectRoot(), 'tests', 'fixtures', 'recordings');
const scratch = mkdtempSync(join(tmpdir(), 'damage-'));
after(() => rmSync(scratch, { recursive: true }));

const NAMED = ['RecordingFormatError', 'WavFormatError', 'InexactSampleError'];
/** Longest that one damaged file may take, in ms, on a busy machine. */
const LONGEST = 20_000;
/** And the HDF5 library with one answer, some of which would never come. */
const ANSWER = 8000;
/**
 * Damaged HDF5 files of a kind: each ends a thread, as no other file is read where the library has failed. `npm run fuzz`
 * tries more of them.
 */
const HDF5_RUNS = 25;
/** Samples of all channels that are looked at. */
const LOOKED = 4000;

interface Change {
  readonly kind: 'set' | 'insert' | 'remove' | 'cut' | 'word' | 'digits';
  readonly at: number;
  readonly value: number;
}

const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('set', 'set', 'word', 'digits', 'insert', 'remove', 'cut'),
    at: fc.nat(),
    value: fc.oneof(fc.constantFrom(0, 1, 127, 128, 255), fc.nat(255)),
  }) as fc.Arbitrary<Change>,
  { minLength: 1, maxLength: 4 },
);

/** A file with some bytes changed, mostly in its first ones. */
function damaged(whole: Buffer, list: readonly Change[], front: number): Buffer {
  let bytes = Buffer.from(whole);
  for (const { kind, at, value } of list) {
    const index = at % Math.max(1, Math.min(bytes.length, at % 8 === 0 ? bytes.length : front));
    if (kind === 'set' && index < bytes.length) bytes[index] = value;
    if (kind === 'word') bytes.fill(value, index, Math.min(bytes.length, index + 4));
    if (kind === 'digits') bytes.fill(48 + (value % 10), index, Math.min(bytes.length, index + 3));
    if (kind === 'insert') {
      bytes = Buffer.concat([bytes.subarray(0, index), Buffer.of(value), bytes.subarray(index)]);
    }
    if (kind === 'remove') bytes = Buffer.concat([bytes.subarray(0, index), bytes.subarray(index + 1)]);
    if (kind === 'cut') bytes = bytes.subarray(0, index);
  }
  return bytes;
}

/** Opens, inspects and reads a file. Returns whether all succeeded, and fails on an error without a name. */
async function withstand(path: string): Promise<boolean> {
  const start = Date.now();
  try {
    const file = await openRecording(path, { bounds: { time: ANSWER } });
    try {
      for (const stream of file.streams.slice(0, 4)) {
        assert.ok(Number.isSafeInteger(stream.samples) && stream.samples >= 0, `${stream.samples} samples`);
        assert.ok(stream.sampleRate > 0 && Number.isFinite(stream.sampleRate), `${stream.sampleRate} Hz`);
        assert.ok(
          stream.channels.every(({ gain, offset }) => Number.isFinite(gain) && Number.isFinite(offset)),
        );
        if (stream.channels.length <= 64) await inspectStream(stream, LOOKED);
        const count = Math.min(100, stream.samples);
        const last = stream.channels.length - 1;
        for (const samples of await stream.read([0, last], stream.samples - count, count)) {
          assert.equal(samples.length, count);
        }
      }
    } finally {
      file.close();
    }
    return true;
  } catch (error) {
    const { name, message } = error as Error;
    if (!NAMED.includes(name)) throw error;
    assert.match(message, /\. [A-Z].*\.$|beyond/s);
    return false;
  } finally {
    assert.ok(Date.now() - start < LONGEST, `${Date.now() - start} ms`);
  }
}

interface Case {
  readonly title: string;
  /** The recording, as it is; copied before it is damaged. */
  readonly source: string;
  /** The damaged file within the recording's folder; the recording itself when it is a file. */
  readonly file?: string;
  /** Bytes of its header. */
  readonly front: number;
  /** Companion files, by the part of their name after the recording's. */
  readonly beside?: Readonly<Record<string, string>>;
  readonly runs?: number;
}

mkdirSync(join(scratch, 'made'));
const made = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(scratch, 'made', name), content);
  return join(scratch, 'made', name);
};

const META = `typeThis=imec
imSampRate=30000
imAiRangeMax=0.6
nSavedChans=3
acqApLfSy=2,2,1
snsApLfSy=2,0,1
snsSaveChanSubset=0:1,4
fileSizeBytes=600
imDatPrb_type=0
~imroTbl=(0,2)(0 0 0 500 250 1)(1 0 0 500 250 1)
~snsChanMap=(2,2,1)(AP0;0:0)(AP1;1:1)(SY0;4:2)
~snsGeomMap=(NP1000,1,0,70)(0:27:0:1)(0:59:0:1)
`;
const NCS_HEADER =
  '######## Neuralynx Data File Header\r\n-AcqEntName CSC1\r\n-SamplingFrequency 32000\r\n-ADBitVolts 0.00000003\r\n';
const ncs = Buffer.alloc(16_384 + 3 * 1044);
ncs.write(NCS_HEADER);
[0, 1, 2].forEach((r) => {
  ncs.writeBigUInt64LE(BigInt(16_000 * r), 16_384 + 1044 * r);
  ncs.writeUInt32LE(512, 16_384 + 1044 * r + 16);
});
const LEGACY =
  "header.format = 'Open Ephys Data Format'; \nheader.sampleRate = 40000;\nheader.blockLength = 1024;\nheader.bitVolts = 0.05;\n";
const legacy = Buffer.alloc(1024 + 2 * 2070);
legacy.write(LEGACY);
[0, 1].forEach((r) => {
  const at = 1024 + 2070 * r;
  legacy.writeBigInt64LE(BigInt(1024 * r), at);
  legacy.writeUInt16LE(1024, at + 8);
  legacy.set([0, 1, 2, 3, 4, 5, 6, 7, 8, 255], at + 2060);
});
const sidecar =
  '{"sampleRate": 30000, "channels": 4, "type": "int16", "headerBytes": 8, "order": "interleaved"}';
const oebin = 'Record Node 101/experiment1/recording1/structure.oebin';
const numbers =
  'Record Node 101/experiment1/recording1/continuous/Acquisition_Board-100.Rhythm/sample_numbers.npy';

const CASES: readonly Case[] = [
  { title: 'WAV', source: made('a.wav', canonicalWav(new Int16Array(500), 30_000)), front: 44, runs: 400 },
  {
    title: 'raw sidecar',
    source: made('a.bin.json', sidecar),
    front: 100,
    beside: { '.bin': 'x'.repeat(4000) },
  },
  {
    title: 'NumPy',
    source: join(FIXTURES, 'samples.npy'),
    front: 128,
    beside: { '.npy.json': '{"sampleRate": 1000}' },
    runs: 300,
  },
  {
    title: 'SpikeGLX',
    source: made('a.imec0.ap.meta', META),
    front: META.length,
    beside: { '.imec0.ap.bin': 'x'.repeat(600) },
    runs: 300,
  },
  { title: 'Open Ephys structure', source: join(FIXTURES, 'open-ephys'), file: oebin, front: 500, runs: 150 },
  {
    title: 'Open Ephys sample numbers',
    source: join(FIXTURES, 'open-ephys'),
    file: numbers,
    front: 200,
    runs: 100,
  },
  { title: 'Open Ephys legacy', source: made('100_CH1.continuous', legacy), front: 1100, runs: 200 },
  { title: 'Intan', source: join(FIXTURES, 'blocks.rhd'), front: 700, runs: 300 },
  { title: 'Neuralynx', source: made('a.ncs', ncs), front: 150, runs: 200 },
  { title: 'Neuralynx records', source: made('b.ncs', ncs), front: 17_500, runs: 100 },
  { title: 'Blackrock 2.3', source: join(FIXTURES, 'pause.ns5'), front: 530, runs: 200 },
  { title: 'Blackrock 3.0', source: join(FIXTURES, 'ptp.ns5'), front: 700, runs: 200 },
  { title: 'EDF', source: join(FIXTURES, 'late-record.edf'), front: 1280, runs: 300 },
  { title: 'BDF', source: join(FIXTURES, 'two-rates.bdf'), front: 1280, runs: 200 },
  { title: 'Zarr 2', source: join(FIXTURES, 'version2.zarr'), file: 'data/.zarray', front: 400, runs: 150 },
  { title: 'Zarr 2 chunk', source: join(FIXTURES, 'version2.zarr'), file: 'data/0.0', front: 100, runs: 100 },
  {
    title: 'Zarr 3',
    source: join(FIXTURES, 'version3.zarr'),
    file: 'data/zarr.json',
    front: 1000,
    runs: 150,
  },
  {
    title: 'Zarr 3 shard',
    source: join(FIXTURES, 'sharded.zarr'),
    file: 'data/c/0/0',
    front: 1000,
    runs: 100,
  },
  { title: 'NWB', source: join(FIXTURES, 'two-series.nwb'), front: 20_000, runs: HDF5_RUNS },
  { title: 'BioCAM', source: join(FIXTURES, 'version4.brw'), front: 8000, runs: HDF5_RUNS },
  { title: 'HDF5', source: join(FIXTURES, 'plain.h5'), front: 3000, runs: HDF5_RUNS },
];

for (const { title, source, file, front, beside = {}, runs = 100 } of CASES) {
  test(`damaged ${title} is read or refused by name`, async () => {
    const folder = mkdtempSync(join(scratch, 'case-'));
    const name = source.slice(source.lastIndexOf('/') + 1);
    const copy = join(folder, name);
    cpSync(source, copy, { recursive: true });
    const stem = name.slice(0, name.indexOf('.'));
    for (const [suffix, content] of Object.entries(beside))
      writeFileSync(join(folder, stem + suffix), content);
    const target = file === undefined ? copy : join(copy, file);
    const opened = title === 'raw sidecar' ? join(folder, 'a.bin') : copy;
    const whole = readFileSync(target);
    assert.ok(await withstand(opened), 'the undamaged file is not read');
    let read = 0;
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        writeFileSync(target, damaged(whole, list, front));
        if (await withstand(opened)) read++;
      }),
      { numRuns: runs, timeout: 2 * LONGEST },
    );
    assert.ok(read < runs, 'no damage was noticed or none was done');
    assert.ok(statSync(folder).isDirectory());
    const megabytes = process.memoryUsage().rss / 2 ** 20;
    assert.ok(megabytes < 1500, `${megabytes} MB`);
  });
}

test('a Zarr chunk that is cut off is refused, packed or not', async () => {
  const source = join(FIXTURES, 'version2.zarr');
  const packed = readFileSync(join(source, 'data', '0.0'));
  const description = JSON.parse(readFileSync(join(source, 'data', '.zarray'), 'utf8')) as object;
  // 100 × 3 values of 2 bytes.
  for (const [compressor, whole] of [
    [(description as { compressor: unknown }).compressor, packed],
    [null, Buffer.alloc(600, 1)],
    [{ id: 'zlib', level: 1 }, deflateSync(Buffer.alloc(600, 1))],
    [{ id: 'gzip', level: 1 }, gzipSync(Buffer.alloc(600, 1))],
  ] as const) {
    const copy = join(mkdtempSync(join(scratch, 'cut-')), 'version2.zarr');
    cpSync(source, copy, { recursive: true });
    writeFileSync(join(copy, 'data', '.zarray'), JSON.stringify({ ...description, compressor }));
    const read = async (chunk: Uint8Array): Promise<unknown> => {
      writeFileSync(join(copy, 'data', '0.0'), chunk);
      const file = await openRecording(copy);
      try {
        return await file.streams[0]!.read([0], 0, 100);
      } finally {
        file.close();
      }
    };
    await read(whole);
    for (let length = 0; length < whole.length; length += 1 + Math.floor(whole.length / 40)) {
      await assert.rejects(
        read(whole.subarray(0, length)),
        { name: 'RecordingFormatError' },
        `${length} bytes`,
      );
    }
  }
});

test('what a damaged Blosc chunk holds does not depend on what was read before', async () => {
  const source = join(FIXTURES, 'version2.zarr');
  const copy = join(mkdtempSync(join(scratch, 'blosc-')), 'version2.zarr');
  cpSync(source, copy, { recursive: true });
  const target = join(copy, 'data', '0.0');
  const whole = readFileSync(target);
  const read = async (chunk: Uint8Array): Promise<unknown> => {
    writeFileSync(target, chunk);
    try {
      const file = await openRecording(copy);
      const samples = await file.streams[0]!.read([0, 1, 2], 0, 100);
      file.close();
      return samples;
    } catch (error) {
      return (error as Error).name;
    }
  };
  await fc.assert(
    fc.asyncProperty(changes, async (list) => {
      const chunk = damaged(whole, list, 100);
      const first = await read(chunk);
      // Leaves other bytes in the memory of the decoder.
      await read(damaged(whole, [{ kind: 'word', at: 24, value: 99 }], 100));
      assert.deepEqual(await read(chunk), first);
    }),
    { numRuns: 300 },
  );
});

/** A Zstandard frame that says so many bytes and holds none (RFC 8878, section 3.1.1). */
function emptyFrame(bytes: number): Buffer {
  const frame = Buffer.from('28b52ffda000000000ff', 'hex');
  frame.writeUInt32LE(bytes, 5);
  return frame;
}

test('a whole Zarr chunk is read after damaged ones, whatever they say', async () => {
  const copy = join(mkdtempSync(join(scratch, 'zstd-')), 'version3.zarr');
  cpSync(join(FIXTURES, 'version3.zarr'), copy, { recursive: true });
  const target = join(copy, 'data', 'c', '0', '0');
  const whole = readFileSync(target);
  const read = async (chunk: Uint8Array): Promise<unknown> => {
    writeFileSync(target, chunk);
    const file = await openRecording(copy);
    const samples = await file.streams[0]!.read([0], 0, 10);
    file.close();
    return samples;
  };
  const samples = await read(whole);
  // Of each the library keeps some of its memory, until there is none.
  for (let time = 0; time < 2100; time++) await read(whole.subarray(0, 300)).catch(() => undefined);
  assert.deepEqual(await read(whole), samples);
  await assert.rejects(read(emptyFrame(2 ** 30)), /a chunk says that it has 1073741824 bytes/);
});

/** An HDF5 file of some kilobytes with one chunk of 64 MB. */
async function writeBomb(): Promise<string> {
  const path = join(scratch, 'bomb.h5');
  const h5 = await bundledModule<typeof H5>('h5wasm/dist/node/hdf5_hl.js', 'for a test');
  await h5.ready;
  const file = new h5.File(path, 'w');
  const data = new Int16Array(2 ** 25);
  file.create_dataset({ name: 'run', data, shape: [2 ** 25], chunks: [2 ** 25], compression: 4 });
  file.close();
  return path;
}

test('a whole HDF5 file in the place of a damaged one is read', async () => {
  const whole = readFileSync(join(FIXTURES, 'two-series.nwb'));
  const path = join(scratch, 'again.nwb');
  const open = async (contents: Uint8Array): Promise<number> => {
    // In the same place on the disk, by which the library knows a file that it has open.
    writeFileSync(path, contents);
    const file = await openRecording(path);
    file.close();
    return file.streams.length;
  };
  const streams = await open(whole);
  let refused = 0;
  for (let at = 40; at < 2048; at += 250) {
    const broken = Buffer.from(whole);
    broken.fill(255, at, at + 100);
    await open(broken).catch(({ name }: Error) => {
      assert.equal(name, 'RecordingFormatError');
      refused++;
    });
    assert.equal(await open(whole), streams, `after damage at byte ${at}`);
  }
  assert.ok(refused > 0);
});

test('an HDF5 file that the library would read for ever is given up', async () => {
  const whole = readFileSync(join(FIXTURES, 'version4.brw'));
  const path = join(scratch, 'loop.brw');
  // A heap that is moved by a byte in part.
  const moved = Buffer.concat([whole.subarray(0, 3896), Buffer.of(1), whole.subarray(3896)]);
  writeFileSync(path, Buffer.concat([moved.subarray(0, 2160), moved.subarray(2161)]));
  const start = Date.now();
  await assert.rejects(openRecording(path, { bounds: { time: 5000 } }), {
    name: 'RecordingFormatError',
    message: /loop\.brw: one answer of the HDF5 library took longer than 5 s\. The file is damaged/,
  });
  assert.ok(Date.now() - start < LONGEST);
});

test('an HDF5 file that takes too much time or memory is given up, by name, and the next one is read', async () => {
  const path = await writeBomb();
  const read = async (bounds: Hdf5Bounds): Promise<number> => {
    const tree = await openHdf5Tree(path, bounds);
    try {
      return (await (await tree.array('/run')).read([[0, 10]])).length;
    } finally {
      tree.close();
    }
  };
  assert.equal(await read({}), 10);
  await assert.rejects(read({ memory: 2 ** 26 }), {
    name: 'RecordingFormatError',
    message: /bomb\.h5: .*\. The file is damaged/,
  });
  assert.equal(await read({}), 10);
  // Unpacking 64 MB takes longer than this on any machine; so may starting the thread.
  await assert.rejects(read({ time: 2 }), { name: 'RecordingFormatError', message: /longer than 0\.002 s/ });
  assert.equal(await read({}), 10);
});

/** What is said of a copy of a Zarr fixture with another description of its array, when it is read; "" when it is. */
async function saidOf(
  fixture: string,
  file: string,
  change: (description: Record<string, unknown>) => void,
): Promise<string> {
  const copy = join(mkdtempSync(join(scratch, 'codecs-')), fixture);
  cpSync(join(FIXTURES, fixture), copy, { recursive: true });
  const path = join(copy, 'data', file);
  const description = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(description);
  writeFileSync(path, JSON.stringify(description));
  try {
    const { streams } = await openRecording(copy);
    assert.equal((await streams[0]!.read([0], 0, 10))[0]!.length, 10);
    return '';
  } catch (error) {
    assert.equal((error as Error).name, 'RecordingFormatError', String(error));
    return (error as Error).message;
  }
}

type Sharding = Record<'codecs' | 'index_codecs' | 'index_location', unknown>;

test('a Zarr array is refused by the name of a codec that is not read, whatever else its lists hold', async () => {
  const bytes = { name: 'bytes', configuration: { endian: 'little' } };
  const x = { name: 'x' };
  // zarrita loads all of a list and waits for one after another: an error of a later one had no one who waited for it.
  const lists: unknown[] = [
    [x, { name: 'y' }],
    [bytes, x],
    [bytes, { name: 'zstd' }, x],
    [{ name: 'transpose' }, x],
  ];
  for (const list of lists) {
    const version3 = await saidOf(
      'version3.zarr',
      'zarr.json',
      (description) => (description['codecs'] = list),
    );
    assert.match(version3, /zarr\.json: its codec "x" is not read here\. Save it with others; .*zstd\.$/);
    for (const place of ['codecs', 'index_codecs'] as const) {
      const sharded = await saidOf('sharded.zarr', 'zarr.json', ({ codecs }) => {
        (codecs as { configuration: Sharding }[])[0]!.configuration[place] = list;
      });
      assert.match(sharded, /zarr\.json: its codec "x" is not read here/);
    }
  }
  for (const list of [null, {}, [null, null], [x, null], [{}, x], [{ name: 1 }, x]]) {
    const said = await saidOf('sharded.zarr', 'zarr.json', ({ codecs }) => {
      (codecs as { configuration: Sharding }[])[0]!.configuration.index_codecs = list;
    });
    assert.match(said, /its codecs are no list of objects|it has a codec without a name/);
  }
  for (const change of [{ filters: [{ id: 'x' }, { id: 'y' }] }, { compressor: { id: 'x' } }]) {
    const said = await saidOf('version2.zarr', '.zarray', (description) =>
      Object.assign(description, change),
    );
    assert.match(said, /\.zarray: its codec "x" is not read here/);
  }
});

test('what zarrita passes over in a sharded Zarr array is refused, and what it knows by another name is read', async () => {
  const transpose = { name: 'transpose', configuration: { order: [1, 0] } };
  const outside = await saidOf(
    'sharded.zarr',
    'zarr.json',
    ({ codecs }) => void (codecs as unknown[]).unshift(transpose),
  );
  assert.match(outside, /its shards are in turn coded by transpose/);
  const index = async (place: string): Promise<string> =>
    saidOf('sharded.zarr', 'zarr.json', ({ codecs }) => {
      (codecs as { configuration: Sharding }[])[0]!.configuration.index_location = place;
    });
  assert.match(await index('start'), /the index of a shard at its start/);
  assert.equal(await index('end'), '');
  const scaled = { id: 'fixedscaleoffset', scale: 1, offset: 0, dtype: '<i2', astype: '<i2' };
  assert.equal(
    await saidOf('version2.zarr', '.zarray', (description) => (description['filters'] = [scaled])),
    '',
  );
});

test('a Zarr array beside the recording may have codecs that are not read', async () => {
  const copy = join(mkdtempSync(join(scratch, 'beside-')), 'version3.zarr');
  cpSync(join(FIXTURES, 'version3.zarr'), copy, { recursive: true });
  cpSync(join(copy, 'data'), join(copy, 'other'), { recursive: true });
  const path = join(copy, 'other', 'zarr.json');
  const description = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...description, codecs: [{ name: 'x' }, { name: 'y' }] }));
  const { streams } = await openRecording(copy);
  const data = streams.find(({ name }) => name.includes('data'))!;
  assert.equal((await data.read([0], 0, 10))[0]!.length, 10);
});
