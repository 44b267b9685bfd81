import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { simulateArray } from '../../lib/space/simulated-array';

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return ab / Math.sqrt(aa * bb);
}

test('the same description gives the same array on every machine', () => {
  const hash = createHash('sha256');
  for (const channel of simulateArray({ channels: 4, samples: 3000 }).codes) hash.update(channel);
  assert.equal(hash.digest('hex'), 'dc972c2323642f284fd3182226db4d999058bb73ce2d55dd8379d08c9a28f959');
  assert.notDeepEqual(simulateArray({ samples: 500, seed: 2 }).codes, simulateArray({ samples: 500 }).codes);
});

test('slow waves are the less alike the farther apart electrodes are', () => {
  const { slowWaves, places } = simulateArray({ channels: 24, columns: 1 });
  const alike = [1, 4, 12, 23].map((c) => correlation(slowWaves[0]!, slowWaves[c]!));
  assert.ok(alike[0]! > 0.97 && alike.every((value, i) => i === 0 || value < alike[i - 1]!), alike.join(' '));
  assert.deepEqual(places[23], { x: 0, y: 460 });
});

test('a spike is deepest at the electrode nearest to its cell, and falls off as described', () => {
  const quiet = {
    slowDeviation: 0,
    referenceDeviation: 0,
    noiseDeviation: 0,
    cells: 1,
    channels: 12,
    spikeRate: 40,
  };
  const { codes, places, cellPlaces, spikes, spikeAmplitude, spikeLength } = simulateArray(quiet);
  assert.ok(spikes.length > 2);
  const cell = cellPlaces[0]!;
  const { sample } = spikes[1]!;
  codes.forEach((channel, c) => {
    const square = (places[c]!.x - cell.x) ** 2 + (places[c]!.y - cell.y) ** 2;
    const depth = spikeAmplitude / (1 + square / spikeLength ** 2);
    assert.ok(Math.abs(512 - channel[sample]! - depth) < 2, `${512 - channel[sample]!} ${depth}`);
  });
});

test('the noise of the reference is the same on all electrodes, and nothing else is left where all else is off', () => {
  const alone = { slowDeviation: 0, noiseDeviation: 0, cells: 0, channels: 3, referenceDeviation: 20 };
  const { codes, reference } = simulateArray(alone);
  assert.deepEqual(codes[1], codes[0]);
  assert.deepEqual(codes[2], codes[0]);
  assert.equal(codes[0]![100], Math.floor(reference[100]! + 512.5));
});

test('no channels and no samples are arrays', () => {
  assert.deepEqual(simulateArray({ channels: 0 }).codes, []);
  assert.equal(simulateArray({ samples: 0 }).codes[0]!.length, 0);
});
