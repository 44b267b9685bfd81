import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HIDDEN, NetworkNeighborhood, SEEN } from '../../lib/coding/contexts/network-neighborhood';

const SUBBANDS = 7;

/** One coefficient, and the coder's knowledge before it. */
interface Given {
  readonly smooth: number;
  readonly local: number;
  readonly set: number;
  readonly magnitude: number;
}

const frames = fc.array(
  fc.array(
    fc.record({
      smooth: fc.double({ min: 0, max: 50, noNaN: true }),
      local: fc.double({ min: 0, max: 50, noNaN: true }),
      set: fc.nat(1),
      magnitude: fc.nat(60),
    }),
    { minLength: SUBBANDS, maxLength: SUBBANDS },
  ),
  { maxLength: 6 },
);

const hidden = Float32Array.from({ length: HIDDEN * (SEEN + 1) }, (_, i) => Math.sin(i * i));
const output = Float32Array.from({ length: HIDDEN + 1 }, (_, i) => Math.cos(3 * i * i));

/**
 * Expected magnitude by the rules of docs/format.md, computed afresh from all coefficients before frame t,
 * subband k.
 */
function expectedByTheFormat(given: readonly (readonly Given[])[], t: number, k: number): number {
  const amplitude = (frame: number, subband: number): number => {
    const coefficient = given[frame]?.[subband];
    const coded = frame < t || (frame === t && subband < k);
    return !coefficient || !coded || coefficient.magnitude === 0
      ? 0
      : coefficient.magnitude - coefficient.set / 2;
  };
  const { smooth, local, set } = given[t]![k]!;
  const unitOf = (frame: number, subband: number): number => given[frame]![subband]!.smooth + 0.05;
  const unit = unitOf(t, k);
  const ratio = (a: number): number => a / (a + unit);
  let [along, expectedAlong] = [0, 0];
  for (let j = 0; j < k; j++) {
    along = 0.9 * along + amplitude(t, j);
    expectedAlong = 0.9 * expectedAlong + unitOf(t, j);
  }
  let [total, expectedTotal] = [0, 0];
  for (let j = 0; t > 0 && j < SUBBANDS; j++) {
    total += amplitude(t - 1, j);
    expectedTotal += unitOf(t - 1, j);
  }
  let fast = 0;
  for (let frame = 0; frame < t; frame++) fast = fast + (amplitude(frame, k) - fast) * 0.125;
  const x = [
    ...[-2, -1, 0, 1, 2].map((j) => ratio(amplitude(t - 1, k + j))),
    ...[-2, -1, 0, 1, 2].map((j) => ratio(amplitude(t - 2, k + j))),
    ...[-1, 0, 1].map((j) => ratio(amplitude(t - 3, k + j))),
    ...[-1, -2, -3, -4].map((j) => ratio(amplitude(t, k + j))),
    local / (local + unit),
    smooth / (smooth + 1),
    (along + 0.05) / (along + expectedAlong + 0.1),
    expectedTotal === 0 ? 0.5 : total / (total + expectedTotal),
    ratio(fast),
    k / (k + 8),
    k / (k + 64),
    set,
  ];
  let v = output[HIDDEN]!;
  for (let h = 0; h < HIDDEN; h++) {
    let u = hidden[26 * h + 25]!;
    x.forEach((value, i) => (u += hidden[26 * h + i]! * value));
    v += output[h]! * (u / (1 + Math.abs(u)));
  }
  return unit * (v < 0 ? 1 / (1 - v) : 1 + v);
}

test('a network expects what the format says, to the last bit', () => {
  fc.assert(
    fc.property(frames, (given) => {
      const neighborhood = new NetworkNeighborhood({ hidden, output }, SUBBANDS);
      given.forEach((frame, t) => {
        neighborhood.startFrame();
        frame.forEach(({ smooth, local, set, magnitude }, k) => {
          const expected = neighborhood.expect(k, smooth, local, set);
          assert.equal(expected, expectedByTheFormat(given, t, k));
          neighborhood.learn(k, magnitude);
        });
      });
    }),
  );
});
