import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atom } from '../../lib/bases/atoms';
import { CosineBasis } from '../../lib/bases/blocks/cosine';
import { NEURALINK_ELECTRODE } from '../../lib/recordings/adc';
import { GaborBasis } from '../../lib/bases/frames/gabor';
import { atomsTaken } from '../../lib/investigations/12-frames/atoms-taken';
import { OrthogonalPursuitBasis } from '../../lib/investigations/12-frames/coded-pursuit';
import { frequencySpread } from '../../lib/investigations/13-frequency-spread';
import {
  APPROXIMATED_BLOCK,
  approximateSparsely,
  functionsReaching,
  log2Choices,
} from '../../lib/investigations/12-frames/sparse-approximation';

/** Two long cosines and two short ones in each block, and a little of everything else. */
function mixed(blocks: number): Float64Array {
  const [long, short] = [new CosineBasis(APPROXIMATED_BLOCK), new CosineBasis(16)];
  const signal = new Float64Array(blocks * APPROXIMATED_BLOCK);
  for (let block = 0; block < blocks; block++) {
    const parts = [
      [long, 7 + block, 0, 100],
      [long, 40, 0, -80],
      [short, 5, 3 + block, 60],
      [short, 2, 9, 50],
    ] as const;
    for (const [basis, k, position, size] of parts) {
      atom(basis, APPROXIMATED_BLOCK, k, position).forEach((value, n) => {
        const at = block * APPROXIMATED_BLOCK + n;
        signal[at] = signal[at]! + size * value;
      });
    }
  }
  return signal.map((value, n) => value + 0.05 * (((n * n * 31) % 23) - 11));
}

test('what is made of four functions of two bases takes four of both, and more of either', () => {
  const counts = [1, 2, 4, 8, 16];
  const [long, short, matching, orthogonal] = approximateSparsely(mixed(5), counts);
  assert.ok(orthogonal!.snrs[2]! > 25);
  assert.ok(orthogonal!.snrs[2]! > matching!.snrs[2]!);
  for (const one of [long!, short!]) assert.ok(one.snrs[2]! < 15, one.label);
  for (const { snrs } of [long!, short!, matching!, orthogonal!]) {
    assert.ok(snrs.every((snr, i) => i === 0 || snr > snrs[i - 1]!));
  }
  assert.equal(functionsReaching(orthogonal!, counts, 200), undefined);
  assert.equal(functionsReaching(orthogonal!, counts, -10), 1);
  const needed = functionsReaching(orthogonal!, counts, (orthogonal!.snrs[1]! + orthogonal!.snrs[2]!) / 2)!;
  assert.ok(Math.abs(needed - 3) < 1e-9);
});

test('positions are counted as ways to choose', () => {
  assert.equal(log2Choices(256, 0), 0);
  assert.ok(Math.abs(log2Choices(8, 3) - Math.log2(56)) < 1e-12);
  assert.ok(Math.abs(log2Choices(8, 2.5) - (Math.log2(28) + Math.log2(56)) / 2) < 1e-12);
});

test('where there are clicks in tones, atoms are taken, and bytes saved', () => {
  const codes = Uint16Array.from({ length: 20000 }, (_, n) =>
    Math.round(512 + 100 * Math.cos(0.3 * n) + (n % 611 < 4 ? 300 : 0)),
  );
  const [taken] = atomsTaken(new GaborBasis(512, 4, 16), codes, [8], NEURALINK_ELECTRODE);
  assert.ok(taken!.atoms >= 10);
  assert.ok(taken!.bytesRatio < 0.98);
  assert.ok(taken!.errorRatio < 1.02);
  assert.ok(taken!.nonzeros < taken!.nonzerosAlone);
});

test('an impulse spreads over all frequencies, a long cosine over few', () => {
  const impulse = new Float64Array(32);
  impulse[5] = 1;
  assert.ok(Math.abs(frequencySpread(impulse) - 1 / Math.sqrt(48)) < 1e-3);
  const spreads = [16, 64].map((length) =>
    frequencySpread(atom(new CosineBasis(length), length, length / 4)),
  );
  assert.ok(spreads[0]! < 1 / Math.sqrt(48));
  assert.ok(spreads[1]! < 0.7 * spreads[0]!);
});

test('what an orthogonal pursuit finds is coded like any coefficients, and is as near as it was asked to be', () => {
  const signal = mixed(20).map((value) => 3 * value);
  const basis = new OrthogonalPursuitBasis(() => 2 * APPROXIMATED_BLOCK);
  const coefficients = basis.analyze(signal, 4);
  assert.equal(coefficients.values.length, coefficients.layout.coefficientCount);
  const back = basis.synthesize(coefficients);
  for (let start = 0; start < signal.length; start += APPROXIMATED_BLOCK) {
    let error = 0;
    for (let n = start; n < start + APPROXIMATED_BLOCK; n++) error += (signal[n]! - back[n]!) ** 2;
    assert.ok(error <= 2 * APPROXIMATED_BLOCK + 1e-6, `${error} in the block from ${start}`);
  }
  assert.ok(coefficients.values.filter((value) => value !== 0).length <= 20 * 8);
});
