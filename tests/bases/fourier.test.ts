import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { FOURIER_BLOCK_LENGTHS, FourierBasis } from '../../lib/bases/blocks/fourier';
import { LAPPED_BLOCK_LENGTHS, LAPPED_WINDOWS, LappedBasis } from '../../lib/bases/blocks/lapped';
import { largestDifference } from '../kernels/fixtures';

/** Output of `tests/fixtures/bases-fourier.py`. */
const { fourier, windowed, lapped } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'bases-fourier.json'), 'utf8'),
) as {
  fourier: { signal: number[]; re: number[]; im: number[] }[];
  windowed: { signal: number[]; re: number[][]; im: number[][] };
  lapped: {
    window: (typeof LAPPED_WINDOWS)[number];
    hop: number;
    signal: number[];
    coefficients: number[][];
  }[];
};

test('the real Fourier transform of a block is SciPy’s, cosine and sine by turns, orthonormal', () => {
  for (const { signal, re, im } of fourier) {
    const basis = new FourierBasis(signal.length, 'rectangular');
    const { values, layout } = basis.analyze(Float64Array.from(signal));
    const half = signal.length / 2;
    layout.subbands.forEach(({ offset, length }, k) => {
      assert.equal(length, k === 0 || k === half ? 1 : 2);
      assert.ok(Math.abs(values[offset]! - re[k]!) < 1e-9);
      if (length === 2) assert.ok(Math.abs(values[offset + 1]! - im[k]!) < 1e-9);
    });
  }
});

test('windowed blocks start every half block, as a short-time Fourier transform does', () => {
  const { signal, re, im } = windowed;
  const { values, layout } = new FourierBasis(16, 'sine').analyze(Float64Array.from(signal));
  for (const [b, spectrum] of re.entries()) {
    for (let k = 1; k < 8; k++) {
      const at = layout.subbands[k]!.offset + 2 * b;
      assert.ok(Math.abs(values[at]! - Math.SQRT2 * spectrum[k]!) < 1e-9);
      assert.ok(Math.abs(values[at + 1]! - Math.SQRT2 * im[b]![k]!) < 1e-9);
    }
    assert.ok(Math.abs(values[layout.subbands[0]!.offset + b]! - spectrum[0]!) < 1e-9);
    assert.ok(Math.abs(values[layout.subbands[8]!.offset + b]! - spectrum[8]!) < 1e-9);
  }
});

test('the lapped transform is its definition, with each of the windows', () => {
  for (const { window, hop, signal, coefficients } of lapped) {
    const { values, layout } = new LappedBasis(hop, window).analyze(Float64Array.from(signal));
    layout.subbands.forEach(({ offset, length }, k) => {
      assert.equal(length, coefficients.length);
      for (let t = 0; t < length; t++) {
        assert.ok(Math.abs(values[offset + t]! - coefficients[t]![k]!) < 1e-9, `${window} ${hop} ${t} ${k}`);
      }
    });
  }
});

test('signals of any length come back, whatever the block and the window', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1023, max: 1023 }), { maxLength: 300 }),
      fc.constantFrom(...FOURIER_BLOCK_LENGTHS.slice(0, 7)),
      fc.constantFrom(...LAPPED_WINDOWS),
      (list, blockLength, window) => {
        const signal = Float64Array.from(list);
        for (const basis of [
          new FourierBasis(blockLength, 'rectangular'),
          new FourierBasis(blockLength, 'sine'),
          new LappedBasis(blockLength, window),
        ]) {
          assert.ok(largestDifference(basis.synthesize(basis.analyze(signal)), signal) < 1e-9, basis.id);
        }
      },
    ),
  );
});

test('windowed blocks keep the energy of what lies within them: a tight frame', () => {
  const signal = Float64Array.from({ length: 640 }, (_, i) =>
    i < 32 || i >= 608 ? 0 : ((i * i * 31) % 97) - 48,
  );
  const { values } = new FourierBasis(64, 'sine').analyze(signal);
  const energy = (list: Float64Array): number => list.reduce((sum, value) => sum + value * value, 0);
  assert.ok(Math.abs(energy(values) / energy(signal) - 1) < 1e-12);
});

test('what a Fourier or a lapped transform cannot have is refused with what it can', () => {
  const error = (message: RegExp) => ({ name: 'BasisParameterError', message });
  assert.throws(() => new FourierBasis(0, 'sine'), error(/one of 4, 8, .*, 4096, not 0/));
  assert.throws(() => new FourierBasis(8, 'hann' as 'sine'), error(/one of rectangular, sine, not hann/));
  assert.throws(() => new LappedBasis(7, 'sine'), error(/one of 4, 8, .*, 4096, not 7/));
  assert.throws(() => new LappedBasis(8, 'hann' as 'sine'), error(/one of sine, kbd, vorbis, not hann/));
  assert.deepEqual(LAPPED_BLOCK_LENGTHS.slice(0, 2), [4, 8]);
});
