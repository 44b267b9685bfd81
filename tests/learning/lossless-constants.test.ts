import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAST_FEATURES } from '../../lib/codecs/lossless/feature-counts';
import { LinearScale, WIDTH_UNIT } from '../../lib/codecs/lossless/linear-scale';
import { featureCount, FIXED_ORDER } from '../../lib/codecs/lossless/preset';
import { learnCodeWidths } from '../../lib/learning/lossless/code-widths';
import {
  learnFixedPrediction,
  learnPrior,
  shareAtRails,
} from '../../lib/learning/lossless/lossless-constants';

/** Pseudorandom numbers in [0, 1) (Numerical Recipes, §7.1). */
function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** Every sixteenth code is wide, the one before it narrow. */
const WIDTHS = Array.from({ length: 1024 }, (_, k) => (k % 16 === 7 ? 1.7 : k % 16 === 6 ? 0.3 : 1));

/** A first-order process, digitized with {@link WIDTHS}. */
function digitized(samples: number, seed: number): Uint16Array {
  const random = generator(seed);
  const { edges } = new LinearScale(WIDTHS.map((width) => width / WIDTH_UNIT));
  let value = 0;
  return new Uint16Array(samples).map(() => {
    value = 0.8 * value + 12 * (random() + random() + random() + random() - 2);
    let code = 400;
    while (edges[code + 1]! <= value) code++;
    return code;
  });
}

const RECORDINGS = [1, 2, 3].map((seed) => {
  const codes = digitized(30000, seed);
  return () => codes;
});

test('the widths of a digitizer are learned from what it gave', () => {
  const learned = learnCodeWidths(RECORDINGS).map((width) => width * WIDTH_UNIT);
  for (let k = 505; k < 545; k++) {
    assert.ok(Math.abs(learned[k]! - WIDTHS[k]!) < 0.09, `code ${k}: ${learned[k]} for ${WIDTHS[k]}`);
  }
  assert.equal(learned[0], 1);
  assert.equal(learned[1023], 1);
});

test('the fixed predictor of a first-order process is that process', () => {
  const fixed = learnFixedPrediction(
    RECORDINGS,
    WIDTHS.map((width) => width / WIDTH_UNIT),
  );
  assert.equal(fixed.length, FIXED_ORDER);
  assert.ok(Math.abs(fixed[0]! - 0.8) < 0.02, String(fixed[0]));
  assert.ok(fixed.slice(1).every((factor) => Math.abs(factor) < 0.03));
});

test('a prior has a weight and a precision above 0 for each feature, and makes up for what the fixed predictor lacks', () => {
  const fixed = new Array<number>(FIXED_ORDER).fill(0);
  fixed[0] = 0.5;
  const widths = WIDTHS.map((width) => width / WIDTH_UNIT);
  const { weights, precisions } = learnPrior(RECORDINGS, { widths, fixed }, FAST_FEATURES);
  assert.equal(weights.length, featureCount(FAST_FEATURES));
  assert.ok(precisions.every((precision) => precision > 0));
  // x(t) = 0.8 x(t − 1) + e(t) leaves innovations that are correlated: 0.3 of the first, then less.
  assert.ok(weights[0]! > 0.15, String(weights[0]));
});

test('the share at the rails is counted', () => {
  assert.equal(shareAtRails(Uint16Array.of(0, 5, 1023, 7)), 0.5);
  assert.equal(shareAtRails(new Uint16Array(0)), 0);
});
