import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { BasisParameterError } from '../../lib/bases/basis';
import { CosineBasis } from '../../lib/bases/blocks/cosine';
import { GroupBasis } from '../../lib/codecs/groups/group-basis';
import { decodeGroup, encodeGroup, GROUP_FAMILIES } from '../../lib/codecs/groups/group-codec';
import { decodeWav } from '../../lib/codecs/files/wav-file';
import { readBitstream } from '../../lib/coding/bitstream';
import { BitstreamError } from '../../lib/coding/bitstream-errors';
import { SPATIAL_FAMILIES, spatialFamily } from '../../lib/space/catalog';
import { simulateArray } from '../../lib/space/simulated-array';
import { ChannelGroupError } from '../../lib/space/spatial-basis';
import { decodedInPython, noPython } from '../fixtures/second-decoder';

const { codes, places } = simulateArray({ channels: 6, samples: 1200 });

/** All spatial bases with a basis in time that suits them, and those that keep integers with the lossless coder. */
const lossy = SPATIAL_FAMILIES.flatMap(({ id, kind }) =>
  kind === 'orthonormal'
    ? [`dct-32@${id}`, `mdct-64-sine+trellis@${id}-bands`]
    : [`dct-32@${id}`, `lpc-4@${id}`],
);
const integers = SPATIAL_FAMILIES.filter(({ id, kind }) => kind === 'predictive' || id === 'none').flatMap(
  ({ id }) =>
    ['lossless-fast', 'lossless-live', 'lossless-best-alone', 'lossless-best-row'].map(
      (codec) => `${codec}@${id}`,
    ),
);

function meanSquaredError(a: readonly Uint16Array[], b: readonly Uint16Array[]): number {
  let [sum, count] = [0, 0];
  a.forEach((channel, c) =>
    channel.forEach((code, i) => {
      sum += (code - b[c]![i]!) ** 2;
      count++;
    }),
  );
  return sum / count;
}

for (const codecId of lossy) {
  test(`${codecId}: the error of the channels is that of one quantizer, and without loss it is 0`, () => {
    for (const step of [6, 30]) {
      const decoded = decodeGroup(encodeGroup(codes, { codecId, step, places }));
      assert.equal(decoded.length, codes.length);
      const error = meanSquaredError(codes, decoded);
      // A dead-zone quantizer that is coarse against what it codes leaves less than Δ²/4; rounding adds 1/12.
      assert.ok(error > 0 && error < (step * step) / 4 + 1 / 12, `${error} at step ${step}`);
    }
    assert.deepEqual(decodeGroup(encodeGroup(codes, { codecId, step: 0, places })), codes);
  });
}

test('errors of all channels are alike in an orthonormal basis and in a closed loop', () => {
  for (const codecId of ['dct-32@klt', 'dct-32@several']) {
    const decoded = decodeGroup(encodeGroup(codes, { codecId, step: 12, places }));
    const errors = codes.map((channel, c) => meanSquaredError([channel], [decoded[c]!]));
    assert.ok(Math.max(...errors) < 2 * Math.min(...errors), errors.join(' '));
  }
});

for (const codecId of integers) {
  test(`${codecId} gives any group back`, () => {
    const group = fc.record({ channels: fc.nat(5), length: fc.nat(60) }).chain(({ channels, length }) =>
      fc.array(
        fc.oneof(
          fc.array(fc.nat(1023), { minLength: length, maxLength: length }),
          fc.constantFrom(0, 1023).map((code) => new Array<number>(length).fill(code)),
        ),
        { minLength: channels, maxLength: channels },
      ),
    );
    fc.assert(
      fc.property(group, (rows) => {
        const channels = rows.map((row) => Uint16Array.from(row));
        assert.deepEqual(decodeGroup(encodeGroup(channels, { codecId, step: 0 })), channels);
      }),
      { numRuns: 15 },
    );
  });
}

test('no channels, no samples, one sample, constant channels and rails are groups', () => {
  const cases = [
    [],
    [new Uint16Array(0)],
    [new Uint16Array(0), new Uint16Array(0)],
    [Uint16Array.of(7), Uint16Array.of(1023)],
    [new Uint16Array(300).fill(0), new Uint16Array(300).fill(1023), new Uint16Array(300).fill(5)],
    [
      Uint16Array.from({ length: 200 }, (_, i) => (i % 2) * 1023),
      Uint16Array.from({ length: 200 }, (_, i) => 1023 - (i % 2) * 1023),
    ],
  ];
  for (const channels of cases) {
    for (const codecId of [
      'dct-16@klt',
      'dct-16@graph-bands',
      'haar-4@haar',
      'dct-16@several',
      'lossless-best@best',
    ]) {
      assert.deepEqual(decodeGroup(encodeGroup(channels, { codecId, step: 0 })), channels, codecId);
    }
  }
});

test('codes of another digitizer come back, and those beyond it are refused', () => {
  const range = { smallest: 0, largest: 4095 };
  const wide = codes.map((channel) => channel.map((code) => code * 4));
  for (const codecId of ['dct-32@klt-bands', 'dct-32@mean', 'lossless-best@several']) {
    assert.deepEqual(decodeGroup(encodeGroup(wide, { codecId, step: 0, range })), wide);
  }
  assert.throws(() => encodeGroup(wide, { codecId: 'dct-32@klt', step: 1 }), /codes are 0…1023/);
});

test('codes of 16 bits come back from a closed loop, the first channel too', () => {
  const range = { smallest: 0, largest: 65_535 };
  const wide = codes.map((channel) => channel.map((code) => 64 * code));
  wide[0]![5] = 65_535;
  assert.deepEqual(decodeGroup(encodeGroup(wide, { codecId: 'dct-32@mean', step: 0, range })), wide);
  const far = [new Uint16Array(9).fill(0), new Uint16Array(9).fill(65_535)];
  assert.throws(() => encodeGroup(far, { codecId: 'dct-32@nearest', step: 0, range }), /16 bits/);
});

test('at step 1 a basis that could keep integers is as linear as at any other', () => {
  const error = (step: number): number =>
    meanSquaredError(codes, decodeGroup(encodeGroup(codes, { codecId: 'haar-4@klt', step, places })));
  const [at1, near1] = [error(1), error(1 + 1 / 64)];
  assert.ok(Math.abs(at1 - near1) < 0.05, `${at1} ${near1}`);
});

test('redundant channels cost less together, independent ones no more than 0.1%', () => {
  const size = (channels: readonly Uint16Array[], codecId: string): number =>
    encodeGroup(channels, { codecId, step: 8 }).length;
  const alike = codes.map(() => codes[0]!);
  assert.ok(size(alike, 'dct-32@klt') < size(alike, 'dct-32@none') / 3);
  const noise = Array.from({ length: 6 }, (_, c) => {
    return Uint16Array.from({ length: 6000 }, (_, i) => 512 + 80 * Math.sin(i * i * (c + 1.37) + c));
  });
  assert.ok(size(noise, 'dct-32@klt') <= 1.001 * size(noise, 'dct-32@none'));
});

test('a joint basis is orthonormal: energies agree, and coefficients give the signal back', () => {
  const basis = new GroupBasis(new CosineBasis(16), spatialFamily('klt'), true, 6, places);
  const signal = Float64Array.from(codes.flatMap((channel) => [...channel.subarray(0, 160)]));
  const chosen = basis.chosen(basis.choose(signal, 4), signal.length);
  const coefficients = chosen.analyze(signal, 4);
  chosen.synthesize(coefficients, 4).forEach((value, i) => assert.ok(Math.abs(value - signal[i]!) < 1e-8));
});

test('damage is an error, and never another group', () => {
  for (const codecId of ['dct-32@klt-bands', 'dct-32@several', 'lossless-fast@best']) {
    const file = encodeGroup(codes.slice(0, 3), {
      codecId,
      step: codecId.startsWith('l') ? 0 : 20,
      places: places.slice(0, 3),
    });
    for (let i = 0; i < file.length; i += 7) {
      const damaged = file.slice();
      damaged[i]! ^= 16;
      assert.throws(() => decodeGroup(damaged), BitstreamError);
    }
  }
});

test('payloads that no encoder wrote are errors, whatever their check says', () => {
  const file = encodeGroup(codes.slice(0, 3), { codecId: 'dct-32@klt', step: 20 });
  const { start } = readBitstream(file);
  fc.assert(
    fc.property(fc.nat(20), fc.nat(255), (offset, byte) => {
      const forged = file.slice();
      forged[start + offset] = byte;
      resealed(forged);
      try {
        assert.equal(decodeGroup(forged).length > 0, true);
      } catch (error) {
        assert.ok(error instanceof BitstreamError, String(error));
      }
    }),
    { numRuns: 100 },
  );
});

/** Writes the check anew. */
function resealed(file: Uint8Array): void {
  const table = Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n >>> 0;
  });
  let crc = 0xffffffff;
  for (const byte of file.subarray(0, file.length - 4)) crc = table[(crc ^ byte) & 255]! ^ (crc >>> 8);
  new DataView(file.buffer, file.byteOffset).setUint32(file.length - 4, (crc ^ 0xffffffff) >>> 0, true);
}

test('codecs that there are not are errors that name those that there are', () => {
  const wrong =
    (codecId: string, step = 8): (() => Uint8Array) =>
    () =>
      encodeGroup(codes, { codecId, step });
  assert.throws(wrong('dct-32'), BasisParameterError);
  assert.throws(wrong('dct-32@pca'), /none, dct, haar, graph, klt/);
  assert.throws(wrong('lossless-best@klt'), /keep integers/);
  assert.throws(wrong('dct-32@mean-bands'), BasisParameterError);
  assert.throws(wrong('lossless-best@none', 4), /lossless/);
  assert.throws(wrong('packets-sym13-9-rate@klt'), ChannelGroupError);
  assert.throws(
    () => encodeGroup([new Uint16Array(3), new Uint16Array(4)], { codecId: 'dct-32@klt', step: 1 }),
    ChannelGroupError,
  );
});

test('a file of one channel is refused as a group, and a group as a file of one channel', () => {
  assert.throws(() => decodeWav(encodeGroup(codes, { codecId: 'dct-32@klt', step: 8 })), BitstreamError);
  const golden = readFileSync(join(__dirname, '..', 'fixtures', 'golden', 'dct-64-step-12.nbz'));
  assert.throws(() => decodeGroup(golden), BitstreamError);
});

const FOLDER = join(__dirname, '..', 'fixtures', 'golden-groups');
const manifest = JSON.parse(readFileSync(join(FOLDER, 'golden.json'), 'utf8')) as Record<string, string>;

test('every golden group is in the manifest, and every codec of groups has one', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.nbz'));
  assert.deepEqual(files.map((file) => file.replace('.nbz', '')).sort(), Object.keys(manifest).sort());
  const headers = files.map((file) => readBitstream(readFileSync(join(FOLDER, file))).header);
  const families = new Set(headers.map(({ family }) => family));
  assert.deepEqual([...families].sort(), Object.values(GROUP_FAMILIES));
  const spatial = new Set(headers.map(({ parameter }) => parameter % 64));
  assert.equal(spatial.size, SPATIAL_FAMILIES.length);
});

for (const [name, expected] of Object.entries(manifest)) {
  test(`the group ${name}.nbz decodes to what it always decoded to`, () => {
    const hash = createHash('sha256');
    for (const channel of decodeGroup(readFileSync(join(FOLDER, `${name}.nbz`))))
      hash.update(new Uint8Array(channel.buffer, channel.byteOffset, channel.byteLength));
    assert.equal(hash.digest('hex'), expected);
  });
}

test(
  'a second decoder, written from docs/format.md alone, gives the same channels',
  { skip: noPython },
  () => {
    const names = Object.keys(manifest);
    const decoded = decodedInPython(
      'channels',
      names.map((name) => readFileSync(join(FOLDER, `${name}.nbz`))),
    );
    names.forEach((name, i) => {
      assert.equal(createHash('sha256').update(decoded[i]!).digest('hex'), manifest[name], name);
    });
  },
);
