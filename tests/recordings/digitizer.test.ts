import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pcm16FromCodes } from '../../lib/recordings/adc';
import {
  codesOnGrid,
  type Digitizer,
  DigitizerFinder,
  findDigitizer,
  type NoGrid,
  valuesOfCodes,
} from '../../lib/recordings/digitizer';
import type { SampleArray, SampleType } from '../../lib/recordings/recording-file';

function onGrid(found: Digitizer | NoGrid): Digitizer {
  assert.notEqual(found.kind, 'none', (found as NoGrid).reason);
  return found as Digitizer;
}

/** Finds the grid and checks that codes go there and back, to the sign of a zero. */
function there(samples: SampleArray, type: SampleType): Digitizer {
  const digitizer = onGrid(findDigitizer(samples, type));
  const codes = codesOnGrid(digitizer, samples);
  assert.ok(codes, 'a sample is off its own grid');
  const back = valuesOfCodes(digitizer, codes, type);
  assert.equal(back.constructor, samples.constructor);
  for (let i = 0; i < samples.length; i++)
    assert.ok(Object.is(back[i], samples[i]), `${back[i]} is ${samples[i]}`);
  assert.equal(digitizer.used, new Set(samples).size);
  assert.ok(digitizer.codes <= 2 ** digitizer.bits && digitizer.codes > 2 ** digitizer.bits / 2);
  return digitizer;
}

/** Codes with neighbors among them, so that their step is 1. */
const codesArbitrary = (largest: number): fc.Arbitrary<number[]> =>
  fc
    .tuple(fc.array(fc.nat(largest), { minLength: 1, maxLength: 50 }), fc.nat(largest - 1))
    .map(([list, pair]) => [...list, pair, pair + 1]);

test('a stride and an offset are found, of signed and unsigned samples, with gaps in the values', () => {
  fc.assert(
    fc.property(
      codesArbitrary(400),
      fc.integer({ min: 1, max: 80 }),
      fc.integer({ min: 0, max: 700 }),
      (codes, step, offset) => {
        const [low, high] = [Math.min(...codes), Math.max(...codes)];
        for (const [type, shift] of [
          ['uint16', 0],
          ['int16', -20_000],
          ['int32', -1_000_000],
        ] as const) {
          const values = codes.map((code) => code * step + offset + shift);
          const samples = { uint16: Uint16Array, int16: Int16Array, int32: Int32Array }[type].from(values);
          const found = there(samples, type);
          if (found.kind === 'stretched') continue;
          assert.equal(found.kind, 'linear');
          assert.equal(found.step, step);
          assert.equal(found.lowest, low * step + offset + shift);
          assert.equal(found.highest, high * step + offset + shift);
          assert.equal(found.codes, high - low + 1);
        }
      },
    ),
  );
});

test('the stretch of Neuralink is one case, for any width', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(1023), { minLength: 12, maxLength: 60 }), (codes) => {
      const found = there(pcm16FromCodes(Uint16Array.from(codes)), 'int16');
      assert.equal(found.kind, 'stretched');
      assert.equal(found.bits, 10);
      assert.deepEqual([...codesOnGrid(found, pcm16FromCodes(Uint16Array.from(codes)))!], codes);
    }),
  );
  for (const bits of [8, 9, 12, 15]) {
    const all = Int16Array.from({ length: 2 ** bits }, (_, code) =>
      Math.trunc((code * 65535) / (2 ** bits - 1) - 32768),
    );
    assert.equal(there(all, 'int16').bits, bits);
  }
});

test('one value only, two values, and all values', () => {
  for (const value of [-32768, -1, 0, 31, 32767]) {
    const found = there(Int16Array.of(value, value, value), 'int16');
    assert.deepEqual([found.codes, found.bits, found.lowest, found.step], [1, 0, value, 1]);
  }
  const two = there(Int16Array.of(-32, 31, -32), 'int16');
  assert.deepEqual([two.kind, two.codes, two.step], ['linear', 2, 63]);
  const all = there(
    Int16Array.from({ length: 65536 }, (_, i) => i - 32768),
    'int16',
  );
  assert.deepEqual([all.kind, all.codes, all.bits, all.step], ['linear', 65536, 16, 1]);
  const bytes = there(
    Uint8Array.from({ length: 256 }, (_, i) => i),
    'uint8',
  );
  assert.deepEqual([bytes.codes, bytes.bits], [256, 8]);
  there(Int8Array.of(-128, 127, 3), 'int8');
  assert.equal(findDigitizer(new Int16Array(0), 'int16').kind, 'none');
});

test('floats that were scaled by a gain, with or without an offset, lie on a grid', () => {
  const gain = fc.constantFrom(0.195, 2.34375, 4.69, 0.1, 1e-6, 3.0517578125e-8, 0.0000374, 1 / 3, 1);
  fc.assert(
    fc.property(codesArbitrary(1023), gain, fc.integer({ min: -600, max: 600 }), (codes, scale, shift) => {
      for (const [type, Samples] of [
        ['float32', Float32Array],
        ['float64', Float64Array],
      ] as const) {
        // A code of 0 below the shift would be −0 in one place and 0 in none.
        const found = there(Samples.from(codes.map((code) => (code + shift) * scale)), type);
        assert.ok(Math.abs(found.step / scale - 1) < 1e-4, `${found.step} is no ${scale}`);
        assert.equal(found.codes, Math.max(...codes) - Math.min(...codes) + 1);
      }
    }),
  );
  // Most values of a recording lie close together, and a few far off.
  const recorded = fc
    .tuple(codesArbitrary(4000), fc.nat(3900))
    .map(([codes, center]) => [...codes, ...Array.from({ length: 60 }, (_, i) => center + i)]);
  fc.assert(
    fc.property(recorded, gain, fc.double({ min: -4000, max: 4000, noNaN: true }), (codes, scale, offset) => {
      const found = there(Float32Array.from(codes.map((code) => (code + offset) * scale)), 'float32');
      assert.equal(found.codes, Math.max(...codes) - Math.min(...codes) + 1);
      assert.ok(Math.abs(found.step / scale - 1) < 1e-3, `${found.step} is no ${scale}`);
    }),
  );
});

test('negative zeros keep their sign, and zeros of both signs are no grid', () => {
  there(Float32Array.of(-0, 0.5, -0.5), 'float32');
  there(Float64Array.of(-0), 'float64');
  assert.equal(findDigitizer(Float32Array.of(-0, 0, 1), 'float32').kind, 'none');
});

test('what lies on no grid says why', () => {
  const noise = Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i * i));
  assert.match((findDigitizer(noise, 'float64') as NoGrid).reason, /no multiples of one step/);
  assert.match((findDigitizer(Float32Array.of(1, NaN), 'float32') as NoGrid).reason, /a sample is NaN/);
  assert.match((findDigitizer(Float64Array.of(1, -Infinity), 'float64') as NoGrid).reason, /-Infinity/);
  assert.match(
    (findDigitizer(Int32Array.of(0, 1, 70_000), 'int32') as NoGrid).reason,
    /0…70000 in steps of 1/,
  );
  const many = Int32Array.from({ length: 70_000 }, (_, i) => i);
  assert.match((findDigitizer(many, 'int32') as NoGrid).reason, /more than 65536/);
  assert.equal(there(Int32Array.of(0, 1_000_000, 3_000_000), 'int32').codes, 4);
});

test('windows one after another give the grid of the whole', () => {
  fc.assert(
    fc.property(fc.int16Array({ minLength: 2, maxLength: 60 }), fc.nat(59), (samples, cut) => {
      const finder = new DigitizerFinder('int16');
      finder.add(samples.subarray(0, cut));
      finder.add(samples.subarray(cut));
      assert.deepEqual(finder.find(), findDigitizer(samples, 'int16'));
    }),
  );
});

test('samples of another recording that are off the grid are refused, and codes beyond it', () => {
  const digitizer = onGrid(findDigitizer(Int16Array.of(0, 64, 128, 192), 'int16'));
  assert.equal(codesOnGrid(digitizer, Int16Array.of(64, 65)), null);
  assert.equal(codesOnGrid(digitizer, Int16Array.of(256)), null);
  assert.equal(codesOnGrid(digitizer, Int16Array.of(-64)), null);
  assert.throws(() => valuesOfCodes(digitizer, Uint16Array.of(4), 'int16'), /Code 4 of sample 0/);
});
