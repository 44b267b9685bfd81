import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEVIATION_UNIT, MIN_DEVIATION, readBitstream, writeBitstream } from '../../lib/coding/bitstream';
import { CodeEstimate, codedDeviation, showsWidths } from '../../lib/codecs/code-estimate';
import { transformCodecFromId } from '../../lib/codecs/codec-from-id';
import { LEARNED } from '../../lib/codecs/lossless/learned-constants';
import { LinearScale } from '../../lib/codecs/lossless/linear-scale';

const WIDTHS = LEARNED.widths.map((width, code) => (code === 0 || code === 1023 ? 4096 : width));
const { edges } = new LinearScale(LEARNED.widths);

/** The mean of all codes at a value, by the definition. */
function expectedCode(value: number, sigma: number): number {
  let [sum, moment] = [0, 0];
  WIDTHS.forEach((width, code) => {
    const weight = width * Math.exp(-((code - value) ** 2) / (2 * sigma * sigma));
    sum += weight;
    moment += weight * code;
  });
  return moment / sum;
}

/** Slow waves and noise, nearly normal, the same in every run. */
function analog(samples: number): Float64Array {
  let state = 3;
  const uniform = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  let slow = 0;
  return new Float64Array(samples).map(() => {
    let noise = -6;
    for (let i = 0; i < 12; i++) noise += uniform();
    slow = 0.98 * slow + 3 * noise;
    return slow + 1.5 * (uniform() - 0.5);
  });
}

/** Codes of a digitizer with the widths that the format knows. */
function uneven(values: Float64Array): Uint16Array {
  return Uint16Array.from(values, (value) => edges.subarray(1, 1023).filter((edge) => edge <= value).length);
}

/** Codes of one whose codes are all as wide. */
function even(values: Float64Array): Uint16Array {
  return Uint16Array.from(values, (value) => Math.round(526 + value));
}

test('values become the mean of all codes with their widths and a Gaussian as weights', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1023, noNaN: true }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 16, max: 128 }),
      (list, deviation) => {
        const values = Float64Array.from(list);
        new CodeEstimate(deviation).apply(values);
        values.forEach((value, i) => {
          // Straight lines between eighths of a code, and codes beyond four deviations are left out.
          assert.ok(Math.abs(value - expectedCode(list[i]!, deviation * DEVIATION_UNIT)) < 0.01);
          assert.ok(value >= 0 && value <= 1023);
        });
      },
    ),
  );
});

test('every deviation of a header can be computed with, at every value', () => {
  const places = Float64Array.from({ length: 4 * 1023 + 1 }, (_, i) => i / 4);
  for (let deviation = MIN_DEVIATION; deviation < 256; deviation++) {
    const values = places.slice();
    new CodeEstimate(deviation).apply(values);
    for (let i = 0; i < values.length; i++) {
      assert.ok(values[i]! >= (values[i - 1] ?? 0) && values[i]! <= 1023, `${deviation}/32 at ${places[i]}`);
    }
  }
  new CodeEstimate(20).apply(new Float64Array(0));
});

test('a deviation is coded where it is of use, in 1/32 of a code', () => {
  assert.equal(codedDeviation(1), 32);
  assert.equal(codedDeviation(0.25), 16);
  assert.equal(codedDeviation(0), 0);
  assert.equal(codedDeviation(0.001), 0);
  assert.equal(codedDeviation(100), 0);
  assert.equal(codedDeviation(NaN), 0);
});

test('widths show in the codes of the digitizer that has them, and in no others', () => {
  const values = analog(20_000);
  assert.equal(showsWidths(uneven(values)), true);
  assert.equal(showsWidths(even(values)), false);
  assert.equal(showsWidths(new Uint16Array(0)), false);
});

for (const id of ['dct-64', 'mdct-128-sine+trellis', 'lpc-8']) {
  test(`${id}: rounding by the widths of codes lowers the error, and real values lower it further`, () => {
    const codec = transformCodecFromId(id);
    const values = analog(20_000);
    const codes = uneven(values);
    const errorOf = (decoded: ArrayLike<number>, of: ArrayLike<number>): number => {
      let sum = 0;
      for (let i = 0; i < of.length; i++) sum += (decoded[i]! - of[i]!) ** 2;
      return sum / of.length;
    };
    const { bytes } = codec.encode(codes, 2);
    const { deviation } = readBitstream(bytes).header;
    assert.ok(deviation > 0);
    const real = codec.decodeReal(bytes);
    const rounded = codec.decode(bytes);
    assert.ok(errorOf(real, codes) < errorOf(rounded, codes) - 0.05);
    // The same file without the widths: its header alone is another.
    const plain = codec.decode(withoutWidths(bytes));
    const gain = 10 * Math.log10(errorOf(plain, codes) / errorOf(rounded, codes));
    assert.ok(gain > 0.05, `${gain} dB`);
    // An even digitizer's codes are not bent.
    const other = codec.encode(even(values), 2).bytes;
    assert.equal(readBitstream(other).header.deviation, 0);
  });
}

function withoutWidths(bytes: Uint8Array): Uint8Array {
  const { header, start, end } = readBitstream(bytes);
  return writeBitstream({ ...header, deviation: 0 }, bytes.subarray(start, end));
}
