import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  ADC_CODES,
  codesFromPcm16,
  MAX_ADC_CODE,
  pcm16FromCodes,
  standardDeviation,
} from '../../lib/recordings/adc';

const ALL_CODES = Uint16Array.from({ length: ADC_CODES }, (_, code) => code);

test('every ADC code comes back from its 16-bit sample', () => {
  const pcm = pcm16FromCodes(ALL_CODES);
  assert.deepEqual(codesFromPcm16(pcm), ALL_CODES);
  assert.equal(pcm[0], -32768);
  assert.equal(pcm[MAX_ADC_CODE], 32767);
  for (let code = 0; code < ADC_CODES; code++) {
    assert.equal(pcm[code], Math.trunc((code * 65535) / 1023 - 32768));
    assert.equal(Math.floor(pcm[code]! / 64) + 512, code);
  }
});

test('of all 65,536 sample values exactly 1,024 are on the grid', () => {
  let onGrid = 0;
  for (let value = -32768; value <= 32767; value++) {
    const codes = codesFromPcm16(Int16Array.of(value));
    if (codes === null) continue;
    onGrid++;
    assert.equal(pcm16FromCodes(codes)[0], value);
  }
  assert.equal(onGrid, ADC_CODES);
});

test('one sample off the grid anywhere makes the whole recording off the grid', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: MAX_ADC_CODE }), { minLength: 1, maxLength: 50 }),
      fc.nat(),
      fc.constantFrom(-1, 1),
      (codes, at, shift) => {
        const pcm = pcm16FromCodes(Uint16Array.from(codes));
        assert.deepEqual(codesFromPcm16(pcm), Uint16Array.from(codes));
        const index = at % pcm.length;
        // Inward, so that the value stays within 16 bits.
        pcm[index]! += pcm[index] === -32768 ? 1 : pcm[index] === 32767 ? -1 : shift;
        assert.equal(codesFromPcm16(pcm), null);
      },
    ),
  );
});

test('no samples are no codes, and codes above 1023 are refused', () => {
  assert.deepEqual(codesFromPcm16(new Int16Array(0)), new Uint16Array(0));
  assert.deepEqual(pcm16FromCodes(new Uint16Array(0)), new Int16Array(0));
  assert.throws(() => pcm16FromCodes(Uint16Array.of(5, 1024)), /Sample 1 has ADC code 1024/);
});

test('the standard deviation is that of the population', () => {
  assert.equal(standardDeviation(Uint16Array.of(2, 4, 4, 4, 5, 5, 7, 9)), 2);
  assert.equal(standardDeviation(Uint16Array.of(1023)), 0);
  assert.equal(standardDeviation(new Uint16Array(0)), 0);
});
