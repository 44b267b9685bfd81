import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WaveFile } from 'wavefile';
import { assembleWav, canonicalWav, parseWav, WavFormatError } from '../../lib/recordings/wav';

const SAMPLES = Int16Array.of(-32768, -1, 0, 1, 32767);
const RATE = 19531;

/** One chunk: name, size, content, and a byte of padding when the content is odd. */
function chunk(name: string, content: Uint8Array, claimedSize = content.length): Uint8Array {
  const bytes = new Uint8Array(8 + content.length + (content.length % 2));
  for (let i = 0; i < 4; i++) bytes[i] = name.charCodeAt(i);
  new DataView(bytes.buffer).setUint32(4, claimedSize, true);
  bytes.set(content, 8);
  return bytes;
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A file with these chunks; the RIFF size is right. */
function riff(...chunks: Uint8Array[]): Uint8Array {
  return chunk('RIFF', concat(new TextEncoder().encode('WAVE'), ...chunks));
}

interface Format {
  readonly tag?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly byteRate?: number;
  readonly align?: number;
  readonly bits?: number;
}

function format(fields: Format = {}, extension: Uint8Array = new Uint8Array(0)): Uint8Array {
  const content = new Uint8Array(16 + extension.length);
  const view = new DataView(content.buffer);
  view.setUint16(0, fields.tag ?? 1, true);
  view.setUint16(2, fields.channels ?? 1, true);
  view.setUint32(4, fields.rate ?? RATE, true);
  view.setUint32(8, fields.byteRate ?? 2 * (fields.rate ?? RATE), true);
  view.setUint16(12, fields.align ?? 2, true);
  view.setUint16(14, fields.bits ?? 16, true);
  content.set(extension, 16);
  return chunk('fmt ', content);
}

/** The extension of WAVE_FORMAT_EXTENSIBLE. */
function extensible(subtype = 1, validBits = 16): Uint8Array {
  const guidTail = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
  return Uint8Array.of(22, 0, validBits, 0, 4, 0, 0, 0, subtype, 0, ...guidTail);
}

const PCM = new Uint8Array(SAMPLES.buffer.slice(0));
const DATA = chunk('data', PCM);

function assertWhole(bytes: Uint8Array, canonical: boolean, samples = SAMPLES): void {
  const wav = parseWav(bytes, 'x.wav');
  assert.deepEqual(wav.samples, samples);
  assert.deepEqual(assembleWav(wav.header, wav.samples, wav.trailer), bytes);
  assert.equal(wav.canonical, canonical);
}

function assertRefused(bytes: Uint8Array, offset: number, problem: RegExp): void {
  assert.throws(
    () => parseWav(bytes, 'x.wav'),
    (error: unknown) => {
      assert.ok(error instanceof WavFormatError, String(error));
      assert.equal(error.name, 'WavFormatError');
      assert.match(error.message, problem);
      assert.equal(error.offset, offset, error.message);
      assert.match(error.message, /^x\.wav, byte \d+: .+\. [A-Z].+\.$/);
      return true;
    },
  );
}

test('a canonical file of any length is taken apart and rebuilt bit by bit', () => {
  fc.assert(
    fc.property(fc.int16Array({ maxLength: 40 }), (samples) => {
      const bytes = canonicalWav(samples, RATE);
      assert.equal(bytes.length, 44 + 2 * samples.length);
      assertWhole(bytes, true, samples);
      assert.deepEqual(bytes, riff(format(), chunk('data', bytes.slice(44))));
    }),
  );
});

test('wavefile reads what canonicalWav writes', () => {
  const wav = new WaveFile(canonicalWav(SAMPLES, RATE));
  assert.deepEqual([...wav.getSamples(false)], [...SAMPLES]);
});

test('samples come right from any position in memory', () => {
  const bytes = canonicalWav(SAMPLES, RATE);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  assertWhole(shifted.subarray(1), true);
  assert.deepEqual(parseWav(Buffer.from(bytes), 'x.wav').samples, SAMPLES);
});

test('a file that is not canonical is taken apart bit by bit', () => {
  const note = chunk('LIST', new TextEncoder().encode('INFOISFT\x05\0\0\0neuro'));
  assertWhole(riff(format(), note, DATA), false);
  assertWhole(riff(format(), DATA, note), false);
  assertWhole(riff(chunk('junk', new Uint8Array(3)), format(), DATA), false);
  assertWhole(riff(format({ rate: 44100 }), DATA), false);
  assertWhole(riff(format({ byteRate: 1 }), DATA), false);
  assertWhole(riff(format({}, Uint8Array.of(0, 0)), DATA), false);
  assertWhole(riff(format({ tag: 0xfffe }, extensible()), DATA), false);
  assertWhole(riff(format({ tag: 0xfffe }, extensible(1, 10)), DATA), false);
  assertWhole(concat(riff(format(), DATA), Uint8Array.of(1, 2, 3)), false);
  assertWhole(riff(format(), DATA, chunk('cue ', Uint8Array.of(255, 255, 255, 255))), false);
  assertWhole(riff(format(), DATA, chunk('LIST', new Uint8Array(4), 4_000_000_000)), false);
  assertWhole(riff(format(), chunk('data', new Uint8Array(0)), note), false, new Int16Array(0));
});

test('a file of another kind of samples is refused by what it holds', () => {
  assertRefused(riff(format({ channels: 2, align: 4 }), DATA), 22, /2 channels/);
  assertRefused(riff(format({ channels: 0 }), DATA), 22, /0 channels/);
  assertRefused(riff(format({ bits: 8, align: 1 }), DATA), 34, /8 bits/);
  assertRefused(riff(format({ bits: 24, align: 3 }), DATA), 34, /24 bits/);
  assertRefused(riff(format({ bits: 32, align: 4 }), DATA), 34, /32 bits/);
  assertRefused(riff(format({ tag: 3, bits: 32, align: 4 }), DATA), 20, /floating point/);
  assertRefused(riff(format({ tag: 7, bits: 8, align: 1 }), DATA), 20, /µ-law/);
  assertRefused(riff(format({ tag: 99 }), DATA), 20, /format 99/);
  assertRefused(riff(format({ tag: 0xfffe }, extensible(3)), DATA), 20, /16-bit floating point/);
  assertRefused(riff(format({ tag: 0xfffe }, extensible(1, 17)), DATA), 38, /17 valid bits in samples of 16/);
  assertRefused(riff(format({ tag: 0xfffe }, Uint8Array.of(0, 0)), DATA), 16, /18 bytes, not 40/);
});

test('files that wavefile itself writes in other formats are refused', () => {
  for (const [depth, problem] of [
    ['8', /8 bits/],
    ['24', /24 bits/],
    ['32', /32 bits/],
    ['32f', /floating point/],
    ['64', /floating point/],
  ] as const) {
    const wav = new WaveFile();
    wav.fromScratch(1, RATE, depth, [0, 0, 0, 0]);
    assert.throws(() => parseWav(wav.toBuffer(), 'x.wav'), problem);
  }
  const wav = new WaveFile();
  wav.fromScratch(2, RATE, '16', [
    [0, 1],
    [2, 3],
  ]);
  assert.throws(() => parseWav(wav.toBuffer(), 'x.wav'), /2 channels/);
});

/** A file of a big-endian program, as it should be. */
function bigEndianWav(): Uint8Array {
  const bytes = new Uint8Array(46);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('RIFX\0\0\0\x26WAVEfmt '));
  view.setUint32(16, 16);
  view.setUint16(20, 1);
  view.setUint16(22, 1);
  view.setUint32(24, RATE);
  view.setUint32(28, 2 * RATE);
  view.setUint16(32, 2);
  view.setUint16(34, 16);
  bytes.set(new TextEncoder().encode('data'), 36);
  view.setUint32(40, 2);
  return bytes;
}

test('a damaged or lying file is refused at the byte that is wrong', () => {
  const good = canonicalWav(SAMPLES, RATE);
  const patched = (offset: number, value: number): Uint8Array => {
    const bytes = good.slice();
    new DataView(bytes.buffer).setUint32(offset, value, true);
    return bytes;
  };
  assertRefused(new Uint8Array(0), 0, /empty/);
  assertRefused(good.slice(0, 7), 7, /ends after 7 bytes/);
  assertRefused(new TextEncoder().encode('OggS and so on'), 0, /RIFF/);
  assertRefused(bigEndianWav(), 0, /RIFX/);
  assertRefused(good.slice(0, -2), 40, /"data" promises 10 bytes, 8 are left\. The file was cut off/);
  assertRefused(patched(40, 12), 40, /"data" promises 12 bytes, 10 are left/);
  assertRefused(patched(40, 9), 40, /9 bytes, which is no whole number/);
  assertRefused(patched(16, 0xfffffff0), 16, /"fmt " promises/);
  assertRefused(patched(24, 0), 24, /sample rate of zero/);
  assertRefused(riff(format({ align: 4 }), DATA), 32, /block of 4 bytes/);
  assertRefused(riff(chunk('fmt ', new Uint8Array(14)), DATA), 16, /14 bytes instead of 16/);
  assertRefused(riff(DATA), 20, /no "fmt " chunk/);
  assertRefused(riff(format()), 36, /no "data" chunk/);
  assertRefused(riff(format(), format(), DATA), 36, /second "fmt "/);
  assertRefused(riff(format(), DATA, DATA), 54, /second "data"/);
});

test('a damaged file is either put together again exactly or refused by name', () => {
  const note = chunk('LIST', new TextEncoder().encode('INFOISFT\x05\0\0\0neuro'));
  const cue = chunk('cue ', Uint8Array.of(1, 0, 0, 0, ...new Uint8Array(24)));
  const files = [
    canonicalWav(SAMPLES, RATE),
    riff(format({ tag: 0xfffe }, extensible()), note, DATA, cue),
    riff(cue, format({ rate: 8000 }, Uint8Array.of(0, 0)), DATA, note),
  ];
  const change = fc.record({
    kind: fc.constantFrom('set', 'insert', 'remove', 'cut'),
    at: fc.nat(),
    value: fc.oneof(fc.constantFrom(0, 1, 2, 127, 128, 255), fc.integer({ min: 0, max: 255 })),
  });
  let accepted = 0;
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.array(change, { maxLength: 4 }), (file, changes) => {
      let bytes = [...file];
      for (const { kind, at, value } of changes) {
        const index = at % (bytes.length + 1);
        if (kind === 'set' && index < bytes.length) bytes[index] = value;
        if (kind === 'insert') bytes.splice(index, 0, value);
        if (kind === 'remove') bytes.splice(index, 1);
        if (kind === 'cut') bytes = bytes.slice(0, index);
      }
      const mutated = Uint8Array.from(bytes);
      try {
        const { header, samples, trailer } = parseWav(mutated, 'x.wav');
        assert.deepEqual(assembleWav(header, samples, trailer), mutated);
        accepted++;
      } catch (error) {
        if (!(error instanceof WavFormatError)) throw error;
      }
    }),
    { numRuns: 3000 },
  );
  assert.ok(accepted > 100, `${accepted} mutated files were accepted`);
});

/** A canonical file with another value at a position of its header. */
function withSize(offset: number, value: number): Uint8Array {
  const bytes = canonicalWav(SAMPLES, RATE);
  new DataView(bytes.buffer).setUint32(offset, value, true);
  return bytes;
}

test('sizes of unfinished streams and wrong RIFF sizes lose no sample, and a note says what was assumed', () => {
  const RIFF_SIZE = 4;
  const DATA_SIZE = 40;
  for (const placeholder of [0xffffffff, 0x7fffffff, 0x7fffffdb, 0x80000000, 0xffffffdb, 0]) {
    const bytes = withSize(DATA_SIZE, placeholder);
    assertWhole(bytes, false);
    const { notes } = parseWav(bytes, 'x.wav');
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, new RegExp(`says ${placeholder} bytes.* the 10 bytes up to the end`));
  }
  const short = withSize(DATA_SIZE, 4);
  assertWhole(short, false, SAMPLES.subarray(0, 2));
  assert.match(parseWav(short, 'x.wav').notes.join(), /6 bytes behind the data chunk belong to no chunk/);
  for (const riffSize of [0, 10, 40, 45, 47, 54, 0xffffffff]) {
    const bytes = withSize(RIFF_SIZE, riffSize);
    assertWhole(bytes, false);
    assert.match(parseWav(bytes, 'x.wav').notes.join(), /all samples are there/);
  }
  assert.deepEqual(parseWav(canonicalWav(SAMPLES, RATE), 'x.wav').notes, []);
});

test('of an unfinished stream the bytes that are no whole sample are kept beside the samples', () => {
  const bytes = concat(withSize(40, 0xffffffff), Uint8Array.of(7));
  assertWhole(bytes, false);
  const { notes, trailer } = parseWav(bytes, 'x.wav');
  assert.match(notes[1]!, /last 1 bytes are no whole sample/);
  assert.deepEqual(trailer, Uint8Array.of(7));
});

test('a data chunk of no bytes with whole chunks behind it is empty, with samples behind it is not', () => {
  const note = chunk('LIST', new TextEncoder().encode('INFO'));
  const empty = riff(format(), chunk('data', new Uint8Array(0)), note);
  assertWhole(empty, false, new Int16Array(0));
  assert.deepEqual(parseWav(empty, 'x.wav').notes, []);
  assertWhole(riff(format(), chunk('data', new Uint8Array(0))), true, new Int16Array(0));
  assertWhole(concat(riff(format(), chunk('data', new Uint8Array(0))), PCM), false);
});

/** An RF64 file: sizes of 64 bits in a chunk of their own. */
function longWav(dataBytes: number): Uint8Array {
  const sizes = new Uint8Array(28);
  const view = new DataView(sizes.buffer);
  view.setBigUint64(0, 82n, true);
  view.setBigUint64(8, BigInt(dataBytes), true);
  const bytes = riff(chunk('ds64', sizes), format(), chunk('data', PCM, 0xffffffff));
  bytes.set(new TextEncoder().encode('RF64'));
  new DataView(bytes.buffer).setUint32(4, 0xffffffff, true);
  return bytes;
}

test('RF64 takes its sizes from the ds64 chunk', () => {
  assertWhole(longWav(10), false);
  assert.deepEqual(parseWav(longWav(10), 'x.wav').notes, []);
  assertWhole(longWav(0), false);
  assert.match(parseWav(longWav(0), 'x.wav').notes.join(), /ds64 chunk says 0 bytes/);
  assertRefused(longWav(12), 76, /promises 12 bytes, 10 are left/);
});

test('what is refused is told one remedy, and none to become what it is', () => {
  const remedies = [
    [riff(format({ channels: 2, align: 4 }), DATA), /remix 1\.$/],
    [riff(format({ bits: 24, align: 3 }), chunk('data', new Uint8Array(6))), /-b 16 out\.wav\.$/],
    [riff(format({ tag: 3, bits: 32, align: 4 }), DATA), /-e signed-integer -b 16 out\.wav\.$/],
    [riff(format({ tag: 7, bits: 8, align: 1 }), DATA), /Decode them/],
    [bigEndianWav(), /-L out\.wav\.$/],
  ] as const;
  for (const [bytes, remedy] of remedies) assert.throws(() => parseWav(bytes, 'x.wav'), remedy);
});
