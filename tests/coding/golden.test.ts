import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { catalog } from '../../lib/catalog/catalog';
import { readBitstream, type Header } from '../../lib/coding/bitstream';
import { WEIGHTED_FAMILY } from '../../lib/catalog/format-numbers';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { EVENT_FAMILIES } from '../../lib/codecs/events/event-file';
import { FILLED_FAMILY } from '../../lib/codecs/filled-codec';
import { LOSSLESS_FAMILY } from '../../lib/codecs/lossless/lossless-codec';
import { QUANTIZER_STATES } from '../../lib/coding/quantizers/trellis';
import { decodeWav, encodeWav } from '../../lib/codecs/files/wav-file';
import { pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav } from '../../lib/recordings/wav';
import { decodedInPython, noPython } from '../fixtures/second-decoder';

const FIXTURES = join(__dirname, '..', 'fixtures');
const FOLDER = join(FIXTURES, 'golden');
const manifest = JSON.parse(readFileSync(join(FOLDER, 'golden.json'), 'utf8')) as Record<string, string>;

const readGolden = (name: string): Uint8Array => readFileSync(join(FOLDER, `${name}.nbz`));

test('every golden file is in the manifest and has bytes', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.nbz'));
  assert.deepEqual(files.map((file) => file.replace('.nbz', '')).sort(), Object.keys(manifest).sort());
  assert.ok(files.length > 0);
});

for (const [name, expected] of Object.entries(manifest)) {
  test(`${name}.nbz decodes to what it always decoded to`, () => {
    assert.equal(
      createHash('sha256')
        .update(decodeWav(readGolden(name)))
        .digest('hex'),
      expected,
    );
  });
}

const views = JSON.parse(readFileSync(join(FIXTURES, 'golden-views.json'), 'utf8')) as Record<
  string,
  Record<string, string>
>;

for (const [id, { file, ...hashes }] of Object.entries(views)) {
  test(`the views of ${file}.nbz are what they always were`, () => {
    const found = Object.entries(codecFromId(id).decodeViews!(readGolden(file!))).map(([view, codes]) => [
      view,
      createHash('sha256')
        .update(new Uint8Array((codes as Uint16Array).buffer))
        .digest('hex'),
    ]);
    assert.ok(found.length > 0);
    assert.deepEqual(Object.fromEntries(found), hashes);
  });
}

/** Families of weights, noise and events. */
const SENT_FAMILIES: readonly number[] = [WEIGHTED_FAMILY, FILLED_FAMILY, ...Object.values(EVENT_FAMILIES)];

const headers = new Map(Object.keys(manifest).map((name) => [name, readBitstream(readGolden(name)).header]));

test('the golden files exercise every kind of file, both versions, every quantizer and every family', () => {
  const found = <T>(of: (header: Header) => T): T[] => [...new Set(Array.from(headers.values(), of))].sort();
  assert.deepEqual(
    found(({ wavKind }) => wavKind),
    [0, 1, 2],
  );
  assert.deepEqual(
    found(({ lossless }) => lossless),
    [false, true],
  );
  assert.deepEqual(
    found(({ version }) => version),
    [1, 2],
  );
  assert.deepEqual(
    found(({ states }) => states),
    [...QUANTIZER_STATES].sort(),
  );
  assert.ok(found(({ deviation }) => deviation).length > 3);
  assert.ok(found(({ offsets }) => offsets.one).some((offset) => offset < 0));
  assert.deepEqual(
    found(({ family }) => family),
    [...catalog.map(({ formatFamily }) => formatFamily), LOSSLESS_FAMILY, ...SENT_FAMILIES].sort(),
  );
});

test('a decoder written from docs/format.md gives the same WAV files', { skip: noPython }, () => {
  const files = Object.fromEntries([...headers.keys()].map((name) => [name, readGolden(name)]));
  // Fresh ones too, so that an encoder that strays from the format is found.
  const codes = new Uint16Array(2000).map((_, i) => 500 + ((i * i) % 61) + Math.round(90 * Math.sin(i / 40)));
  const wav = canonicalWav(pcm16FromCodes(codes), SAMPLE_RATE);
  for (const [codec, step] of [
    ['identity', 0],
    ['identity', 5.5],
    ['dct-32', 0],
    ['dct-256', 2],
    ['dct-256', 50],
    ['dct-64+rdoq', 6],
    ['dct-64+trellis8', 3],
    ['dct-64+trellis256', 17],
    ['mdct-128-sine+trellis', 9],
    ['mdct-128-sine+trellis', 0],
  ] as const) {
    files[`${codec}-${step}`] = encodeWav(wav, 'fresh', codec, step);
  }
  const decoded = decodedInPython('wav', Object.values(files));
  Object.entries(files).forEach(([name, bytes], i) => {
    assert.ok(decoded[i]!.equals(decodeWav(bytes)), name);
  });
});
