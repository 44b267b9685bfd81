import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBitstream } from '../../lib/coding/bitstream';
import { LOSSLESS } from '../../lib/coding/codec';
import { LosslessCodec } from '../../lib/codecs/lossless/lossless-codec';
import type { PresetName } from '../../lib/codecs/lossless/preset';
import { decodedInPython, noPython } from '../fixtures/second-decoder';

const CODES = new Uint16Array(4600).map((_, i) => {
  const rail = i > 3000 && i < 3040 ? -600 : 0;
  const spike = i % 400 < 6 ? -60 : 0;
  return Math.max(
    0,
    Math.round(520 + ((i * i) % 31) + ((i * 7919) % 23) + 40 * Math.sin(i / 90) + spike + rail),
  );
});
const FILES: Readonly<Record<string, readonly [PresetName, Uint16Array, parameter: number]>> = {
  fast: ['fast', CODES, 0],
  best: ['best', CODES, 1],
  packed: ['fast', new Uint16Array(101).map((_, i) => (i % 2 === 0 ? 1023 - i : i * i) % 1024), 2],
  empty: ['fast', new Uint16Array(0), 0],
};

test('a decoder written from docs/format.md gives the same samples', { skip: noPython }, () => {
  for (const [name, [preset, codes, parameter]] of Object.entries(FILES)) {
    const { bytes } = new LosslessCodec(preset).encode(codes, LOSSLESS);
    assert.equal(readBitstream(bytes).header.parameter, parameter, name);
    const [decoded] = decodedInPython('views', [bytes]);
    assert.deepEqual(JSON.parse(decoded!.toString()), { decoded: [...codes] }, name);
  }
});
