import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readBitstream } from '../../lib/coding/bitstream';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { signalOf } from '../../lib/recordings/signal';

test('the signal is the samples about their mean, rounded to an integer', () => {
  assert.deepEqual(signalOf(Uint16Array.of(1, 2, 7)), { signal: Float64Array.of(-2, -1, 4), mean: 3 });
  assert.deepEqual(signalOf(Int16Array.of(-3, -4)), { signal: Float64Array.of(0, -1), mean: -3 });
  assert.deepEqual(signalOf(new Uint16Array(0)), { signal: new Float64Array(0), mean: 0 });
});

test('its mean is the one in the header of a file', () => {
  fc.assert(
    fc.property(fc.uint16Array({ min: 0, max: 1023, minLength: 1, maxLength: 40 }), (codes) => {
      const { header } = readBitstream(codecFromId('dct-16').encode(codes, 8).bytes);
      assert.equal(header.mean, signalOf(codes).mean);
    }),
  );
});
