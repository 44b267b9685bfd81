import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { basisFor } from '../../lib/bases/basis';
import { catalog } from '../../lib/catalog/catalog';
import { basisId } from '../../lib/catalog/ids';
import { codedStep, readBitstream, WAV_KIND, type Header } from '../../lib/coding/bitstream';
import { CodeEstimate } from '../../lib/codecs/code-estimate';
import { LOSSLESS } from '../../lib/coding/codec';
import { transformCodecFromId } from '../../lib/codecs/codec-from-id';
import { centroidOffsets, quantize, reconstruct } from '../../lib/coding/quantizers/quantizer';
import { decodeSignal, encodeSignal } from '../../lib/codecs/transform-codec';
import { ADC_RANGE } from '../../lib/coding/sample-range';

/** Every basis of the catalog with a short and with its chosen parameter. */
const IDS = catalog.flatMap((entry) => [
  ...new Set([basisId(entry, entry.tried[0] ?? entry.chosen), basisId(entry)]),
]);

const signals = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 1023 }), { maxLength: 200 }),
  fc.record({ length: fc.nat(2500), seed: fc.nat(1000) }).map(({ length, seed }) => {
    let state = seed;
    return Array.from({ length }, (_, i) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.round(500 + 200 * Math.sin(i / 90) + (state % 41) - 20);
    });
  }),
);
const codes = signals.map((list) => Uint16Array.from(list));
const steps = fc.oneof(fc.double({ min: 0.001, max: 900, noNaN: true }), fc.constantFrom(1, 2, 1 / 64, 1000));

/**
 * The encoder's own reconstruction, from the definitions of the quantizer and the basis.
 *
 * @param deviation - standard deviation in the header
 */
function reconstruction(id: string, samples: Uint16Array, step: number, deviation: number): number[] {
  const mean =
    samples.length === 0 ? 0 : Math.round(samples.reduce((sum, code) => sum + code, 0) / samples.length);
  const signal = Float64Array.from(samples, (code) => code - mean);
  const basis = basisFor(transformCodecFromId(id).basis, signal, codedStep(step));
  const { values, layout } = basis.analyze(signal, codedStep(step));
  const quantized = quantize(values, codedStep(step));
  const { offsets } = centroidOffsets(values, quantized, codedStep(step));
  const coefficients = { values: reconstruct(quantized, codedStep(step), offsets), layout };
  const decoded = basis
    .synthesize(coefficients, codedStep(step))
    .map((value) => Math.min(1023, Math.max(0, value + mean)));
  if (deviation > 0) new CodeEstimate(deviation).apply(decoded);
  return Array.from(decoded, (value) => Math.floor(value + 0.5));
}

for (const id of IDS) {
  const codec = transformCodecFromId(id);

  test(`${id}: the decoder gives what the encoder's own reconstruction says, for any signal and step`, () => {
    fc.assert(
      fc.property(codes, steps, (samples, step) => {
        const { bytes, nonzero } = codec.encode(samples, step);
        const { deviation } = readBitstream(bytes).header;
        const decoded = Array.from(codec.decode(bytes));
        assert.deepEqual(decoded, reconstruction(id, samples, step, deviation));
        const real = codec.decodeReal(bytes);
        assert.ok(real.every((value, i) => Math.floor(value + 0.5) === decoded[i]));
        assert.ok(nonzero >= 0);
      }),
      { numRuns: 60 },
    );
  });

  test(`${id}: lossless is lossless, for any signal`, () => {
    fc.assert(
      fc.property(codes, (samples) => {
        assert.deepEqual(codec.decode(codec.encode(samples, LOSSLESS).bytes), samples);
      }),
      { numRuns: 60 },
    );
  });

  test(`${id}: no sample, one sample, a constant and both rails come back`, () => {
    const corners = [[], [0], [1023], [7, 7, 7], Array.from({ length: 999 }, (_, i) => (i % 2) * 1023)];
    for (const list of corners) {
      const samples = Uint16Array.from(list);
      assert.deepEqual(codec.decode(codec.encode(samples, LOSSLESS).bytes), samples);
      assert.equal(codec.decode(codec.encode(samples, 30).bytes).length, samples.length);
    }
  });
}

test('lossless is lossless at every step, with the residual of whatever the step leaves', () => {
  for (const id of IDS) {
    const { basis } = transformCodecFromId(id);
    fc.assert(
      fc.property(codes, fc.constantFrom(1 / 64, 0.5, 1, 2, 16, 400), (samples, step) => {
        const { header, payload } = encodeSignal(basis, samples, step, true, ADC_RANGE);
        const whole: Header = { ...header, wavKind: WAV_KIND.canonical, family: 0, parameter: 0 };
        const decoded = decodeSignal(basis, whole, payload, 0, payload.length, ADC_RANGE);
        assert.deepEqual(Uint16Array.from(decoded), samples);
      }),
      { numRuns: 30 },
    );
  }
});

test('a file made with another basis is refused, and the message says what to do', () => {
  const { bytes } = transformCodecFromId('identity').encode(Uint16Array.of(1, 2, 3), 4);
  assert.throws(() => transformCodecFromId('dct-16').decode(bytes), {
    name: 'BitstreamError',
    message: /made with basis 0\/0 .* npm run decode/,
  });
});

test('steps that the header cannot hold are refused', () => {
  const codec = transformCodecFromId('identity');
  for (const step of [-1, NaN, 1024, Infinity]) {
    assert.throws(() => codec.encode(Uint16Array.of(1), step), { name: 'BitstreamRangeError' });
  }
});

for (const id of IDS) {
  test(`${id}: a prepared recording is coded at every step as one that is not`, () => {
    const codec = transformCodecFromId(id);
    const samples = new Uint16Array(1200).map((_, i) =>
      Math.round(500 + 60 * Math.sin(i / 5) + ((i * i) % 11)),
    );
    const prepared = codec.prepare(samples);
    for (const step of [3, LOSSLESS, 1, 12, 3]) {
      const expected = codec.encode(samples, step);
      const found = prepared.encode(step);
      assert.equal(found.nonzero, expected.nonzero);
      assert.deepEqual(Buffer.from(found.bytes), Buffer.from(expected.bytes));
    }
  });
}
