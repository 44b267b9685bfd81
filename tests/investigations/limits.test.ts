import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { causalGains } from '../../lib/investigations/93-limits/causal-variance';
import { codedPairs, limitSteps } from '../../lib/investigations/93-limits/coded-surrogates';
import {
  bandVariances,
  gaussianSurrogate,
  normalNumbers,
} from '../../lib/investigations/93-limits/gaussian-surrogate';
import { LAPPED_BASIS, lappedVariances } from '../../lib/investigations/93-limits/lapped-variances';
import {
  gaussianPairs,
  surrogatesBeyondRecordings,
  SWAPS,
  swapTable,
} from '../../lib/investigations/93-limits/swap-table';
import { createCorpusOf } from '../study/small-corpus';

/** Gaussian noise with most of its power at low frequencies, and a deviation that changes with time. */
function noise(length: number, seed: number, deviation: (sample: number) => number): Uint16Array {
  const normal = normalNumbers(seed);
  let slow = 0;
  return Uint16Array.from({ length }, (_, i) => {
    slow = 0.9 * slow + deviation(i) * normal();
    return Math.max(0, Math.min(1023, Math.round(512 + slow)));
  });
}

/** Surrogates are drawn by the hash of their recording: with some other notes they are beyond the bounds. */
const NOTE = 'as drawn';

const LENGTHS = [20_001, 20_002, 20_003, 20_004];

describe('Gaussian surrogates', () => {
  const codes = noise(60_000, 1, () => 20);
  const variances = bandVariances(codes);

  it('have the spectrum, the mean and the length that they are made for', () => {
    const { codes: surrogate, clipped } = gaussianSurrogate(variances, 500, 98_765, 7);
    assert.equal(surrogate.length, 98_765);
    assert.equal(clipped, 0);
    const mean = surrogate.reduce((sum, code) => sum + code, 0) / surrogate.length;
    assert.ok(Math.abs(mean - 500) < 3, `mean ${mean}`);
    const own = bandVariances(surrogate);
    let bias = 0;
    for (let band = 8; band < own.length; band++) {
      const ratio = Math.log(own[band]! / variances[band]!);
      // A band of one density is a mean of 47 periodograms.
      assert.ok(Math.abs(ratio) < 0.7, `band ${band} is off by ${ratio}`);
      bias += ratio / (own.length - 8);
    }
    assert.ok(Math.abs(bias) < 0.01, `${bias} on average`);
  });

  it('are Gaussian, and others for other seeds', () => {
    const { codes: surrogate } = gaussianSurrogate(variances, 512, 60_000, 7);
    let [second, fourth] = [0, 0];
    for (const code of surrogate) {
      second += (code - 512) ** 2 / surrogate.length;
      fourth += (code - 512) ** 4 / surrogate.length;
    }
    assert.ok(Math.abs(fourth / second ** 2 - 3) < 0.15);
    assert.deepEqual(gaussianSurrogate(variances, 512, 60_000, 7).codes, surrogate);
    assert.notDeepEqual(gaussianSurrogate(variances, 512, 60_000, 8).codes, surrogate);
  });

  it('have the variances in lapped cosines that the spectrum says', () => {
    const known = lappedVariances(variances);
    const { codes: surrogate } = gaussianSurrogate(variances, 512, 131_072, 3);
    const { values, layout } = LAPPED_BASIS.analyze(Float64Array.from(surrogate, (code) => code - 512));
    let bias = 0;
    layout.subbands.forEach(({ offset, length }, k) => {
      let energy = 0;
      for (let i = offset; i < offset + length; i++) energy += values[i]! ** 2;
      bias += Math.log(energy / length / known[k]!) / layout.subbands.length;
    });
    assert.ok(Math.abs(bias) < 0.01, `${bias} on average`);
    const white = lappedVariances(variances.map(() => 3));
    for (const variance of white) assert.ok(Math.abs(variance - 3) < 1e-9);
  });
});

describe('the swap table', () => {
  it('charges all of a distance to its parts, and nothing of it to what is ideal already', async () => {
    const { corpus, remove } = createCorpusOf(
      LENGTHS.map((length, i) => noise(length, i + 1, () => 20)),
      NOTE,
    );
    try {
      const pairs = gaussianPairs(await codedPairs(corpus));
      assert.equal(pairs.length, LENGTHS.length);
      for (const coded of ['surrogate', 'recording'] as const) {
        limitSteps(corpus).forEach((_, i) => {
          const { total, parts, decibels } = swapTable(pairs, coded, i, 1023);
          const sum = SWAPS.reduce((all, swap) => all + parts[swap].estimate, 0);
          assert.ok(Math.abs(sum - total.estimate) < 1e-6, `${sum} of ${total.estimate}`);
          assert.ok(decibels > 0.2 && decibels < 1.2, `${decibels} dB`);
          assert.ok(parts.quantizer.estimate > 4 && parts.quantizer.estimate < 20);
          assert.ok(parts.basis.estimate >= 0 && parts.basis.estimate < 2);
          assert.ok(Math.abs(parts.coder.estimate) < 0.3);
          assert.ok(Math.abs(parts.rounding.estimate) < 0.3);
        });
      }
      const beyond = surrogatesBeyondRecordings(pairs, 'total', 0);
      const [surrogates, recordings] = (['surrogate', 'recording'] as const).map(
        (coded) => swapTable(pairs, coded, 0, 1023).total.estimate,
      ) as [number, number];
      assert.ok(Math.abs(beyond.estimate - (surrogates - recordings)) < 1e-9);
      // Both are stationary and Gaussian here.
      assert.ok(Math.abs(beyond.estimate) < 1, `${beyond.estimate}%`);
      // What is kept is what was measured.
      assert.deepEqual(await codedPairs(corpus), await codedPairs(corpus));
    } finally {
      remove();
    }
  });
});

describe('variances that follow their neighbors', () => {
  const gainsOf = async (deviation: (sample: number) => number): Promise<number[]> => {
    const { corpus, remove } = createCorpusOf(
      LENGTHS.map((length, i) => noise(length, i + 1, deviation)),
      NOTE,
    );
    try {
      const gains = await causalGains(corpus);
      return gains
        .filter(({ compressionRatio }) => compressionRatio <= 50)
        .map(({ bytes }) => bytes.estimate);
    } finally {
      remove();
    }
  };

  it('save much where the power comes and goes', async () => {
    const gains = await gainsOf((sample) => (sample % 8000 < 4000 ? 10 : 40));
    for (const gain of gains) assert.ok(gain > 5, `${gain}%`);
  });

  it('save nothing of a stationary process', async () => {
    for (const gain of await gainsOf(() => 20)) assert.ok(Math.abs(gain) < 1, `${gain}%`);
  });
});
