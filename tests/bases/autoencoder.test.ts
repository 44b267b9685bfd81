import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AutoencoderBasis } from '../../lib/bases/blocks/autoencoder';
import { basisFor, type Basis } from '../../lib/bases/basis';
import { TransformCodec } from '../../lib/codecs/transform-codec';
import { modelLearnedOn } from '../../lib/models/model-store';
import { foldOf } from '../../lib/recordings/folds';
import { uniformNumbers } from '../../lib/numerics/random';

const FAMILY = new AutoencoderBasis('convolutional', 64);

/** Noise with a spectrum that falls, of a standard deviation of about 20. */
function noiseLike(length: number, seed: number): Float64Array {
  const next = uniformNumbers(seed);
  let last = 0;
  return new Float64Array(length).map(() => (last = 0.9 * last + 30 * (next() - 0.5)));
}

const energy = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

function lost(basis: Basis, signal: Float64Array, step: number): number {
  const back = basis.synthesize(basis.analyze(signal, step), step);
  return energy(back.map((value, i) => value - signal[i]!)) / signal.length;
}

test('what the convolutional autoencoder leaves of a signal is less than the quantizer would', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4000 }),
      fc.nat(1000),
      fc.constantFrom(2, 4, 8, 16),
      (length, seed, step) => {
        const signal = noiseLike(length, seed);
        const mean = lost(basisFor(FAMILY, signal, step), signal, step);
        assert.ok(mean < (step * step) / 6 + (0.01 * energy(signal)) / length, `${mean} at step ${step}`);
      },
    ),
    { numRuns: 40 },
  );
});

test('only the ratio of signal to step matters', () => {
  const signal = noiseLike(1000, 3);
  const basis = basisFor(FAMILY, signal, 8);
  const eight = basis.analyze(signal, 8).values;
  const two = basis.analyze(
    signal.map((value) => value / 4),
    2,
  ).values;
  assert.deepEqual(
    two.map((value) => 4 * value),
    eight,
  );
});

/** The decoder as docs/format.md tells it, sum by sum. */
function decodedByTheBook(
  values: Float64Array,
  length: number,
  step: number,
  arrays: Readonly<Record<string, Float32Array>>,
): Float64Array {
  const M = 64;
  const { synthesisIn, synthesisBias, synthesisOut, synthesis } = arrays as Record<string, Float32Array>;
  const H = synthesisBias!.length;
  const F = values.length / M;
  const product = (row: Float64Array, matrix: Float32Array, columns: number): Float64Array =>
    new Float64Array(columns).map((_, j) => {
      let sum = 0;
      for (let i = 0; i < row.length; i++) sum += row[i]! * matrix[i * columns + j]!;
      return sum;
    });
  const y = (t: number): Float64Array =>
    new Float64Array(M).map((_, k) => (t < 0 || t >= F ? 0 : values[k * F + t]! / step));
  const windows = Array.from({ length: F }, (_, t) => {
    const seen = Float64Array.from([...y(t - 1), ...y(t), ...y(t + 1)]);
    const u = product(seen, synthesisIn!, H).map((value, h) => {
      const biased = value + synthesisBias![h]!;
      return biased / (1 + Math.abs(biased));
    });
    const own = y(t);
    const z = product(u, synthesisOut!, M).map((value, k) => own[k]! + value);
    return product(z, synthesis!, 2 * M);
  });
  return new Float64Array(length).map((_, n) => {
    const t = Math.floor(n / M);
    return (windows[t]![M + (n % M)]! + windows[t + 1]![n % M]!) * step;
  });
}

test('what is decoded is what the format says, to the last bit', () => {
  const basis = basisFor(FAMILY, new Float64Array(1001), 8);
  const layout = basis.layout(1001);
  const next = uniformNumbers(11);
  for (const step of [2, 8, 12.5]) {
    const values = new Float64Array(layout.coefficientCount).map(
      () => step * Math.round(12 * (next() - 0.5)),
    );
    // The model of the other fold than the recording's.
    const { arrays } = modelLearnedOn(FAMILY.id, foldOf(1001) === 0 ? 1 : 0);
    assert.deepEqual(
      basis.synthesize({ values, layout }, step),
      decodedByTheBook(values, 1001, step, arrays),
    );
  }
});

test('files come back as they were encoded for, lossless ones to the last code', () => {
  const codec = new TransformCodec(FAMILY, { family: 41, parameter: 5 });
  for (const length of [0, 1, 63, 64, 65, 1000]) {
    const codes = Uint16Array.from(noiseLike(length, 9), (value) => Math.round(512 + value));
    assert.deepEqual(codec.decode(codec.encode(codes, 0).bytes), codes);
    assert.equal(codec.decode(codec.encode(codes, 12).bytes).length, length);
  }
});

test('kinds and lengths that there are not are refused', () => {
  assert.throws(() => new AutoencoderBasis('linear', 48), { name: 'BasisParameterError' });
  assert.throws(() => new AutoencoderBasis('deep' as 'linear', 64), { name: 'BasisParameterError' });
});
