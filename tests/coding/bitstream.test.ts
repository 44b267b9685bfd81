import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import {
  codedStep,
  MAX_SAMPLES,
  MIN_DEVIATION,
  readBitstream,
  STEP_UNIT,
  WAV_KIND,
  writeBitstream,
  type Header,
  type WavKind,
} from '../../lib/coding/bitstream';
import { BitstreamError } from '../../lib/coding/bitstream-errors';
import { MAX_OFFSET, MIN_OFFSET, NO_OFFSETS } from '../../lib/coding/quantizers/quantizer';
import { QUANTIZER_STATES } from '../../lib/coding/quantizers/trellis';

const headers = fc
  .tuple(
    fc.constantFrom<WavKind>(0, 1, 2),
    fc.boolean(),
    fc.nat(255),
    fc.nat(2 ** 31 - 1),
    fc.oneof(fc.nat(300), fc.nat(MAX_SAMPLES)),
    fc.integer({ min: -32768, max: 32767 }),
    fc.integer({ min: 1, max: 65535 }),
    fc.integer({ min: MIN_OFFSET, max: MAX_OFFSET }),
    fc.integer({ min: MIN_OFFSET, max: MAX_OFFSET }),
    fc.constantFrom(...QUANTIZER_STATES),
    fc.constantFrom(0, MIN_DEVIATION, 57, 255),
  )
  .map(([wavKind, lossless, family, parameter, samples, mean, units, one, more, states, asked]): Header => {
    const step = units * STEP_UNIT;
    const offsets = { one, more };
    const deviation = lossless || wavKind === WAV_KIND.offGrid ? 0 : asked;
    return {
      ...{ version: 2, wavKind, lossless, family, parameter, samples, mean, step, offsets, states },
      deviation,
    };
  });

const HEADER: Header = {
  version: 2,
  wavKind: 0,
  lossless: false,
  family: 1,
  parameter: 9,
  samples: 98_000,
  mean: 510,
  step: 8,
  offsets: { one: 3, more: 2 },
  states: 32,
  deviation: 20,
};

/** Changes bytes and mends the check. */
function forge(change: (bytes: number[]) => void): Uint8Array {
  const bytes = Array.from(writeBitstream(HEADER, new Uint8Array(0)).subarray(0, -4));
  change(bytes);
  const file = new Uint8Array(bytes.length + 4);
  file.set(bytes);
  new DataView(file.buffer).setUint32(bytes.length, crc32(Uint8Array.from(bytes)), true);
  return file;
}

function expectRefusal(file: Uint8Array, message: RegExp): void {
  assert.throws(
    () => readBitstream(file),
    (error) => {
      assert.ok(error instanceof BitstreamError);
      assert.match(error.message, message);
      return true;
    },
  );
}

test('every header and payload come back', () => {
  fc.assert(
    fc.property(headers, fc.uint8Array({ maxLength: 40 }), (header, payload) => {
      const file = writeBitstream(header, payload);
      const read = readBitstream(file);
      assert.deepEqual(read.header, header);
      assert.deepEqual(file.slice(read.start, read.end), payload);
    }),
  );
});

test('a recording of five seconds has at most 20 bytes of overhead', () => {
  assert.ok(writeBitstream(HEADER, new Uint8Array(0)).length <= 20);
});

test('what is no file of this format is refused, each with its reason', () => {
  expectRefusal(new Uint8Array(0), /does not start with "NBZ"/);
  expectRefusal(Buffer.from('RIFF....WAVE'), /does not start with "NBZ"/);
  expectRefusal(Buffer.from('NBZ'), /says version \(none\)/);
  expectRefusal(Buffer.from('NBZ\x05.......'), /says version 5/);
  expectRefusal(Buffer.from('NBZ\x01'), /truncated/);
  expectRefusal(
    forge((bytes) => (bytes[4] = 3)),
    /kind of this .nbz file, 3, is unknown/,
  );
  expectRefusal(
    forge((bytes) => (bytes[4] = 36)),
    /kind of this .nbz file, 36, is unknown/,
  );
  expectRefusal(
    forge((bytes) => (bytes[4] = 64)),
    /kind of this .nbz file, 64, is unknown/,
  );
  expectRefusal(
    forge((bytes) => bytes.splice(11)),
    /ends too early/,
  );
  expectRefusal(
    forge((bytes) => bytes.splice(6, 1, 0x89, 0x00)),
    /longer than it needs to be/,
  );
  expectRefusal(
    forge((bytes) => bytes.splice(6, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)),
    /longer than it needs to be/,
  );
  expectRefusal(
    forge((bytes) => bytes.splice(7, 3, 0xff, 0xff, 0xff, 0xff, 0x01)),
    /more than an .nbz file may hold/,
  );
  expectRefusal(
    forge((bytes) => bytes.splice(12, 2, 0, 0)),
    /step of this .nbz file is 0/,
  );
});

test('what version 1 does not know is refused in a file of version 1', () => {
  for (const kind of [16, 24, 32]) {
    expectRefusal(
      forge((bytes) => bytes.splice(3, 2, 1, kind)),
      new RegExp(`kind of this .nbz file, ${kind}, is unknown`),
    );
  }
});

test('offsets of version 1 point inward, but for those of its trellis', () => {
  const offsetsOf = (version: number, kind: number): unknown =>
    readBitstream(forge((bytes) => bytes.splice(3, 2, version, kind))).header.offsets;
  // 11 and 10 above −8, as HEADER has them.
  assert.deepEqual(offsetsOf(1, 0), { one: 11, more: 10 });
  assert.deepEqual(offsetsOf(1, 8), { one: 3, more: 2 });
  assert.deepEqual(offsetsOf(2, 0), { one: 3, more: 2 });
});

test('a deviation that is too small to compute with is refused', () => {
  const { start } = readBitstream(forge(() => {}));
  expectRefusal(
    forge((bytes) => (bytes[start - 1] = MIN_DEVIATION - 1)),
    /deviation of this .nbz file, 3\/32, is too small/,
  );
});

test('only what has no quantizer is written as version 1', () => {
  const plain: Header = { ...HEADER, version: 1, states: 1, offsets: NO_OFFSETS, deviation: 0 };
  assert.deepEqual(readBitstream(writeBitstream(plain, new Uint8Array(0))).header, plain);
  for (const more of [{ states: 8 as const }, { offsets: HEADER.offsets }, { deviation: 9 }]) {
    assert.throws(() => writeBitstream({ ...plain, ...more }, new Uint8Array(0)), {
      name: 'BitstreamRangeError',
    });
  }
});

test('every damage that the check finds is refused with both checks', () => {
  const file = writeBitstream(HEADER, Uint8Array.of(1, 2, 3));
  for (let i = 4; i < file.length; i++) {
    const damaged = file.slice();
    damaged[i]! ^= 0x10;
    expectRefusal(damaged, /its CRC-32 is [0-9a-f]{8} and should be [0-9a-f]{8}/);
  }
});

test('every header that ends early is refused, though its check is right', () => {
  const { start } = readBitstream(forge(() => {}));
  for (let length = 4; length < start; length++) {
    expectRefusal(
      forge((bytes) => bytes.splice(length)),
      /ends too early/,
    );
  }
});

test('any bytes after the magic are a header or refused by name', () => {
  let read = 0;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        const { header, start, end } = readBitstream(
          forge((whole) => whole.splice(4, whole.length - 4, ...bytes)),
        );
        assert.ok(start <= end && header.step > 0 && header.samples <= MAX_SAMPLES);
        assert.ok(Number.isInteger(header.mean) && Number.isInteger(header.parameter));
        read++;
      } catch (error) {
        assert.ok(error instanceof BitstreamError, String(error));
      }
    }),
    { numRuns: 3000 },
  );
  assert.ok(read > 0);
});

test('a file is read wherever it lies in a larger buffer', () => {
  const file = writeBitstream(HEADER, Uint8Array.of(9, 8));
  const larger = new Uint8Array(file.length + 10).fill(0xee);
  larger.set(file, 7);
  const { header, start, end } = readBitstream(larger.subarray(7, 7 + file.length));
  assert.deepEqual([header, end - start], [HEADER, 2]);
});

test('what the header cannot hold is refused', () => {
  assert.throws(() => writeBitstream({ ...HEADER, samples: MAX_SAMPLES + 1 }, new Uint8Array(0)), {
    name: 'BitstreamRangeError',
  });
  for (const step of [0, -1, 1024, NaN]) {
    assert.throws(() => codedStep(step), { name: 'BitstreamRangeError' });
  }
});

test('a step is rounded to the nearest that can be coded, and never to 0', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1023, noNaN: true }), (step) => {
      const coded = codedStep(step);
      assert.ok(coded > 0 && Number.isInteger(coded / STEP_UNIT));
      assert.ok(Math.abs(coded - step) <= Math.max(STEP_UNIT / 2, STEP_UNIT - step) + 1e-12);
      assert.equal(codedStep(coded), coded);
    }),
  );
});
