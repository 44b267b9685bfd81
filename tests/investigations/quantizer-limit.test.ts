import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { openCorpus } from '../../lib/recordings/corpus';
import { boundAt } from '../../lib/results/curve-at-ratio';
import { corpusBound } from '../../lib/study/corpus-bound';
import { leftToBases, QuantizerOnNoise, quantizerLimit } from '../../lib/investigations/91-quantizer-limit';
import { quantizerLoss, RateNotMeasuredError } from '../../lib/investigations/14-quantizer-loss';
import { psnrAt } from '../../lib/results/curve-at-ratio';
import { measuredCurve } from '../../lib/measuring/measured-curve';
import { OPERATING_STEPS } from '../../lib/measuring/steps';
import { uniformNumbers } from '../../lib/numerics/random';
import { createCorpusOf } from '../study/small-corpus';

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
    const points = [0.3, 0.7, 1.5].map((step) => onNoise.at(1, step));
    const losses = quantizerLoss(
      'trellis',
      points.map(({ bits }) => bits),
    );
    points.forEach(({ bits, error }, i) => {
      const loss = 10 * Math.log10(error * 2 ** (2 * bits));
      // That one is half as long, so learning its statistics weighs more.
      assert.ok(Math.abs(loss - losses[i]!.mean) < 0.04, `${loss} and ${losses[i]!.mean} dB at ${bits} bits`);
    });
  });

  it('is not extrapolated to rates that no step gives', () => {
    assert.throws(() => quantizerLoss('dead-zone', [1, 6]), RateNotMeasuredError);
    assert.throws(() => quantizerLoss('dead-zone', [0.001]), RateNotMeasuredError);
  });

  it('takes the bytes that coefficients of the true spectrum take, though it knows an estimate alone', () => {
    const deviation = 60;
    const corpora = [9001, 9002, 9003, 9004, 9005, 9006, 9007, 9008].map((length) => {
      const uniform = uniformNumbers(length);
      return Uint16Array.from({ length }, () => {
        const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
        return Math.round(512 + deviation * radius * Math.cos(2 * Math.PI * uniform()));
      });
    });
    const { corpus, remove } = createCorpusOf(corpora);
    try {
      const { recordings } = quantizerLimit('trellis', { ...corpus, synthetic: false });
      const steps = OPERATING_STEPS.slice(1);
      steps.forEach((step, i) => {
        if (step > 40) return;
        const bits = recordings.reduce((sum, { bytes, samples }) => sum + (8 * bytes[i]!) / samples, 0);
        const off = bits / recordings.length - onNoise.at(deviation ** 2 + 1 / 12, step).bits;
        // An estimate of three segments has a mean logarithm that is 0.25 bits too low, half of that in the rate.
        assert.ok(Math.abs(off) < 0.015, `${off} bits at step ${step}`);
      });
    } finally {
      remove();
    }
  });

  it('lies between the Gaussian bound and the codecs of the sample', async () => {
    const corpus = openCorpus({ dataset: 'sample', recordings: 6 });
    const limit = quantizerLimit('trellis', corpus);
    const bound = await corpusBound(corpus);
    const curves = await Promise.all(['walsh-64', 'dct-512+trellis'].map((id) => measuredCurve(id, corpus)));
    for (const ratio of [5, 10, 20, 50, 100]) {
      const [possible, reached] = [boundAt(bound, ratio)!, boundAt(limit.points, ratio)!];
      // A trellis loses 0.2 to 0.6 dB on independent Gaussian coefficients, whatever their variances are.
      assert.ok(
        possible - reached > 0.2 && possible - reached < 0.6,
        `${possible - reached} dB at CR ${ratio}`,
      );
      for (const curve of curves) {
        const psnr = psnrAt(curve, ratio)!;
        assert.ok(psnr < reached, `${curve.basis}: ${psnr}, limit ${reached} dB at CR ${ratio}`);
      }
    }
    const [left] = await leftToBases('walsh-64', limit, corpus, [[60, 45]]);
    assert.ok(left!.estimate < -5, `Walsh functions leave ${left!.estimate}%`);
    assert.ok(left!.lower <= left!.estimate && left!.estimate <= left!.upper);
  });
});
