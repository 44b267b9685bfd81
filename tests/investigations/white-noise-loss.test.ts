import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BiorthogonalBasis } from '../../lib/bases/wavelets/biorthogonal';
import { CosineBasis } from '../../lib/bases/blocks/cosine';
import { waveletFilters } from '../../lib/kernels/filters/wavelet-filters';
import { whiteNoiseLoss } from '../../lib/investigations/08-white-noise-loss';

const energyOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

test('orthonormal bases lose nothing of white noise', () => {
  for (const basis of [new CosineBasis(32), new BiorthogonalBasis('bior1.1', 3)]) {
    assert.ok(Math.abs(whiteNoiseLoss(basis)) < 1e-12);
  }
});

test('one level of biorthogonal wavelets loses what the energies of its filters say', () => {
  for (const wavelet of ['bior2.4', 'bior3.1', 'rbio6.8']) {
    const { decompositionLow, decompositionHigh, reconstructionLow, reconstructionHigh } =
      waveletFilters(wavelet);
    const low = energyOf(decompositionLow) * energyOf(reconstructionLow);
    const high = energyOf(decompositionHigh) * energyOf(reconstructionHigh);
    const loss = whiteNoiseLoss(new BiorthogonalBasis(wavelet, 1));
    assert.ok(loss > 0.01);
    assert.ok(Math.abs(loss - 5 * Math.log10(low * high)) < 1e-12);
  }
});

test('the lifted 5/3 wavelet loses what the filtered one does, over several levels', () => {
  const difference =
    whiteNoiseLoss(new BiorthogonalBasis('cdf5.3', 4)) - whiteNoiseLoss(new BiorthogonalBasis('bior2.2', 4));
  assert.ok(Math.abs(difference) < 1e-12);
});
