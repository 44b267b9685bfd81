import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetworkNeighborhood, SEEN } from '../../lib/coding/contexts/network-neighborhood';
import {
  costOf,
  Examples,
  firstParameters,
  learnNetwork,
  networkOf,
} from '../../lib/learning/contexts/neighbor-network';
import { uniformNumbers } from '../../lib/numerics/random';

/** Magnitudes of a geometric density whose mean is the unit, or five times the unit where the first number is large. */
function examplesOf(count: number): Examples {
  const random = uniformNumbers(7);
  const examples = new Examples(count);
  for (let n = 0; n < count; n++) {
    const seen = Float64Array.from({ length: SEEN }, random);
    const unit = 0.2 + 2 * random();
    const mean = seen[0]! > 0.5 ? 5 * unit : unit;
    examples.add(seen, unit, Math.floor(Math.log(1 - random()) / Math.log(mean / (1 + mean))));
  }
  return examples;
}

const nothing = async (): Promise<void> => {};

test('the gradient of the cost is that of differences', () => {
  const examples = examplesOf(50);
  const all = Array.from({ length: 50 }, (_, i) => i);
  const parameters = firstParameters();
  const gradient = new Float64Array(parameters.length);
  costOf(parameters, examples, all, gradient);
  const width = 1e-5;
  for (let i = 0; i < parameters.length; i += 7) {
    const at = (value: number): number => {
      const changed = parameters.slice();
      changed[i] = value;
      return costOf(changed, examples, all);
    };
    const slope = (at(parameters[i]! + width) - at(parameters[i]! - width)) / (2 * width);
    assert.ok(
      Math.abs(slope - gradient[i]!) < 1e-4 * (1 + Math.abs(slope)),
      `${i}: ${slope} ${gradient[i]!}`,
    );
  }
});

test('what magnitudes depend on is found, and what is held out costs less, near to what it must cost', async () => {
  const examples = examplesOf(40_000);
  const { parameters, heldOutCost, cost } = await learnNetwork(examples, nothing, 12);
  assert.ok(cost.at(-1)! < cost[0]!);
  const heldOut = Array.from({ length: 4000 }, (_, i) => 10 * i + 9);
  const bits = (nats: number): number => nats / Math.LN2 / heldOut.length;
  assert.ok(Math.abs(bits(costOf(parameters, examples, heldOut)) - Math.min(...heldOutCost)) < 1e-12);
  // Cost of the magnitudes under their true density.
  let least = 0;
  for (const n of heldOut) {
    const unit = examples.units[n]!;
    const mean = examples.seen[n * SEEN]! > 0.5 ? 5 * unit : unit;
    least += (examples.magnitudes[n]! + 1) * Math.log(1 + mean) - examples.magnitudes[n]! * Math.log(mean);
  }
  const knowingNothing = bits(costOf(new Float64Array(parameters.length), examples, heldOut));
  const known = (knowingNothing - Math.min(...heldOutCost)) / (knowingNothing - bits(least));
  assert.ok(known > 0.9 && known < 1.05, `${known} of what there is to know`);
});

test('the network that codes says what the network that learned says, to single precision', () => {
  const parameters = firstParameters();
  const neighborhood = new NetworkNeighborhood(networkOf(parameters), 4);
  const examples = new Examples(4);
  const expected: number[] = [];
  neighborhood.startFrame();
  for (let k = 0; k < 4; k++) {
    expected.push(neighborhood.expect(k, 0.3 * k, 0.5, k & 1));
    examples.add(neighborhood.seen, neighborhood.unit, 0);
    neighborhood.learn(k, 3 - k);
  }
  // A magnitude of 0 costs ln(1 + mean).
  for (let k = 0; k < 4; k++) {
    assert.ok(Math.abs(Math.expm1(costOf(parameters, examples, [k])) - expected[k]!) < 1e-5);
  }
});

test('the same examples give the same network', async () => {
  const [one, two] = await Promise.all([1, 2].map(() => learnNetwork(examplesOf(2000), nothing, 2)));
  assert.deepEqual(one, two);
});
