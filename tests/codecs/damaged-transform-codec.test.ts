/**
 * Damaged and forged files through the decoder of every basis: a file of its own, so that it runs beside the others on
 * another core.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { catalog } from '../../lib/catalog/catalog';
import { basisId } from '../../lib/catalog/ids';
import { transformCodecFromId } from '../../lib/codecs/codec-from-id';
import { readBitstream, writeBitstream } from '../../lib/coding/bitstream';
import { LOSSLESS } from '../../lib/coding/codec';
import { modelHashes } from '../../lib/models/model-store';
import { forgedFiles } from './forged-files';

/** Every basis of the catalog with a short and with its chosen parameter. */
const IDS = catalog.flatMap((entry) => [
  ...new Set([basisId(entry, entry.tried[0] ?? entry.chosen), basisId(entry)]),
]);

/** Name of the error that something throws; undefined when it throws nothing. */
function errorOf(decode: () => unknown): string | undefined {
  try {
    decode();
    return undefined;
  } catch (error) {
    return (error as Error).name;
  }
}

/** Does something without collecting stacks, which takes ten times as long as to find out that a file is damaged. */
function withoutStacks(work: () => void): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

const learned = new Set(IDS.filter((id) => modelHashes(id).length > 0));

/** A file of a learned basis may also name a model that there is not. */
function assertRefusedByName(id: string, error: unknown): void {
  const { name } = error as Error;
  if (name !== 'BitstreamError' && !(name === 'MissingModelError' && learned.has(id)))
    assert.fail(String(error));
}

/** Payloads; of a learned basis those that name its model, whatever follows. */
function payloadsOf(id: string): fc.Arbitrary<Uint8Array> {
  const anything = fc.uint8Array({ maxLength: 80 });
  const [hash] = modelHashes(id);
  if (hash === undefined) return anything;
  const model = Buffer.from(hash.slice(0, 6), 'hex');
  const named = fc
    .tuple(fc.uint8Array({ maxLength: 8 }), anything)
    .map(([side, code]) => Uint8Array.of(model.length + side.length, ...model, ...side, ...code));
  return fc.oneof(anything, named);
}

for (const id of IDS) {
  const codec = transformCodecFromId(id);

  test(`${id}: every truncation, and every single byte changed to any other, is an error by name`, () => {
    const samples = new Uint16Array(64).map((_, i) =>
      Math.round(500 + 60 * Math.sin(i / 5) + ((i * i) % 11)),
    );
    for (const step of [LOSSLESS, 12]) {
      const { bytes } = codec.encode(samples, step);
      const damaged = bytes.slice();
      withoutStacks(() => {
        for (let length = 0; length < bytes.length; length++) {
          const error = errorOf(() => codec.decode(bytes.subarray(0, length)));
          if (error !== 'BitstreamError') assert.fail(`${length} bytes: ${error}`);
        }
        for (let i = 0; i < bytes.length; i++) {
          for (let change = 1; change < 256; change++) {
            damaged[i] = bytes[i]! ^ change;
            const error = errorOf(() => codec.decode(damaged));
            if (error !== 'BitstreamError') assert.fail(`byte ${i} xor ${change}: ${error}`);
          }
          damaged[i] = bytes[i]!;
        }
      });
    }
  });

  test(`${id}: damage that a forged check hides is refused by name, or decoded to as many codes`, () => {
    const samples = new Uint16Array(64).map((_, i) =>
      Math.round(500 + 60 * Math.sin(i / 5) + ((i * i) % 11)),
    );
    let refused = 0;
    for (const step of [LOSSLESS, 12]) {
      const { bytes } = codec.encode(samples, step);
      const { start } = readBitstream(bytes);
      for (const forged of forgedFiles(bytes)) {
        try {
          const decoded = codec.decode(forged.bytes);
          assert.ok(decoded.every((code) => code <= 1023));
          if (forged.at >= start) assert.equal(decoded.length, 64);
        } catch (error) {
          assertRefusedByName(id, error);
          refused++;
        }
      }
    }
    assert.ok(refused > 0);
  });
}

/** Bytes around a payload that say what the test says, with a right check. */
function forgedFile(id: string, samples: number, lossless: boolean, payload: Uint8Array): Uint8Array {
  const codec = transformCodecFromId(id);
  const { header } = readBitstream(codec.encode(Uint16Array.of(1), 2).bytes);
  return writeBitstream({ ...header, samples, lossless }, payload);
}

for (const id of IDS) {
  test(`${id}: any payload is refused by name or decoded to as many codes as the header says`, () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.nat(3000), fc.boolean(), payloadsOf(id), (samples, lossless, payload) => {
        try {
          const decoded = transformCodecFromId(id).decode(forgedFile(id, samples, lossless, payload));
          assert.equal(decoded.length, samples);
          assert.ok(decoded.every((code) => code <= 1023));
        } catch (error) {
          assertRefusedByName(id, error);
          refused++;
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(refused > 0);
  });

  test(`${id}: a few bytes that claim millions of samples are dealt with in seconds`, () => {
    // As many as the shortest payload may claim.
    const samples = 2 ** 21;
    for (const payload of [[], [0], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 3, 255, 255, 255, 255, 255, 255]]) {
      const start = performance.now();
      try {
        const decoded = transformCodecFromId(id).decode(
          forgedFile(id, samples, true, Uint8Array.from(payload)),
        );
        assert.equal(decoded.length, samples);
      } catch (error) {
        assertRefusedByName(id, error);
      }
      const seconds = (performance.now() - start) / 1000;
      assert.ok(seconds < 10, `${payload.length} bytes took ${seconds} s`);
    }
  });
}
