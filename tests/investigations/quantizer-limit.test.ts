import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { openCorpus } from '../../lib/recordings/corpus';
import { boundAt } from '../../lib/results/curve-at-ratio';
import { corpusBound } from '../../lib/study/corpus-bound';
import { leftToBases, QuantizerOnNoise, quantizerLimit } from '../../lib/investigations/91-quantizer-limit';
import { quantizerLoss } from '../../lib/investigations/14-quantizer-loss';

describe('the limit that a quantizer sets', () => {
  const onNoise = new QuantizerOnNoise('trellis');

  it('scales with the variance: only the deviation in steps matters', () => {
    const one = onNoise.at(7, 2);
    const four = onNoise.at(28, 4);
    assert.equal(one.bits, four.bits);
    assert.ok(Math.abs(4 * one.error - four.error) < 1e-12);
  });

  it('costs more and loses less the finer the step, from nothing on', () => {
    let before = onNoise.at(1, 20);
    assert.deepEqual(before, { bits: 0, error: 1 });
    for (let step = 7; step > 0.001; step /= 1.3) {
      const point = onNoise.at(1, step);
      assert.ok(point.bits >= before.bits, `bits at step ${step}`);
      assert.ok(point.error <= before.error, `error at step ${step}`);
      assert.ok(
        point.error >= 2 ** (-2 * point.bits),
        `step ${step} is better than the rate–distortion function`,
      );
      before = point;
    }
  });

  it('is as far from the rate–distortion function as the quantizer was measured to be elsewhere', () => {
    for (const step of [0.3, 0.7, 1.5]) {
      const { bits, error } = onNoise.at(1, step);
      const loss = 10 * Math.log10(error * 2 ** (2 * bits));
      // That one is a third as long, so learning its statistics weighs more, and interpolates between fewer points.
      assert.ok(Math.abs(loss - quantizerLoss('trellis', [bits])[0]!) < 0.12, `${loss} dB at step ${step}`);
    }
  });

  it('lies between the Gaussian bound and the codecs of the sample', async () => {
    const corpus = openCorpus({ dataset: 'sample', recordings: 6 });
    const limit = quantizerLimit('trellis', corpus);
    const bound = await corpusBound(corpus);
    for (const ratio of [5, 10, 20, 50, 100]) {
      const [possible, reached] = [boundAt(bound, ratio)!, boundAt(limit.points, ratio)!];
      assert.ok(reached < possible && reached > possible - 2, `${reached} and ${possible} dB at CR ${ratio}`);
    }
    const [left] = await leftToBases('walsh-64', limit, corpus, [[60, 45]]);
    assert.ok(left!.estimate < -5, `Walsh functions leave ${left!.estimate}%`);
    assert.ok(left!.lower <= left!.estimate && left!.estimate <= left!.upper);
  });
});
