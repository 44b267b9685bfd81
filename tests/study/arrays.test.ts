import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';
import { matrixProduct, transposed } from '../../lib/kernels/matrix';
import { simulateArray } from '../../lib/space/simulated-array';
import { ARRAY_RATIOS, type ArrayResult } from '../../lib/study/space/array-results';
import { PageTablesError } from '../../lib/files/markdown-tables';
import { SPACE_PAGE, withArrayTables } from '../../lib/study/space/array-tables';
import type { ElectrodeGroup } from '../../lib/study/space/electrode-groups';
import { BLOCK, blockFunctions, measureLearned, otherHalves } from '../../lib/study/space/learned-space';
import { pairsByDistance } from '../../lib/study/space/measure-array';
import {
  basesOfOctaves,
  basisOfGroup,
  sourcesOf,
  spatialFunctions,
} from '../../lib/study/space/spatial-functions';
import { findArrayTableProblems } from '../../tools/check/array-tables';

const CHANNELS = 6;

/** A stretch of a simulated array. */
function stretch(seed: number): ElectrodeGroup {
  const { codes, places, sampleRate } = simulateArray({ seed, samples: 3072, channels: CHANNELS });
  const electrodes = codes.map((_, c) => `electrode ${c}`);
  const range = { smallest: 0, largest: 1023 };
  return { name: `stretch ${seed}`, electrodes, codes, places, range, sampleRate, sha256: String(seed) };
}

const GROUPS = [1, 2, 3, 4].map(stretch);

/** Elements of A·Aᵀ less those of the unit matrix, the largest. */
function farFromOrthonormal(rows: Float64Array, count: number): number {
  const product = matrixProduct(rows, transposed(rows, count, count), count, count);
  return product.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (i % (count + 1) === 0 ? 1 : 0))),
    0,
  );
}

const flat = (rows: readonly Float64Array[]): Float64Array =>
  Float64Array.from(rows.flatMap((row) => [...row]));

test('functions of spatial bases are orthonormal, and the first cosine is the mean of the channels', () => {
  for (const id of ['dct', 'haar', 'graph', 'klt']) {
    const functions = spatialFunctions(basisOfGroup(GROUPS[0]!, id, 12));
    assert.ok(farFromOrthonormal(flat(functions), CHANNELS) < 1e-9, id);
  }
  const [mean] = spatialFunctions(basisOfGroup(GROUPS[0]!, 'dct', 12));
  for (const value of mean!) assert.ok(Math.abs(value - 1 / Math.sqrt(CHANNELS)) < 1e-12);
});

test('each octave has a basis of its own, and in the lowest all channels of shared slow waves take part', () => {
  const octaves = basesOfOctaves(GROUPS[0]!, 'klt', 'mdct-256-sine', 12);
  assert.equal(octaves.length, 9);
  const [first] = spatialFunctions(octaves[0]!);
  assert.ok(first!.every((value) => Math.abs(value) > 0.1));
  assert.throws(() => basesOfOctaves(GROUPS[0]!, 'klt', 'lpc-12', 12), TypeError);
});

test('sources lie before their channels, and neighbors are theirs', () => {
  const sources = sourcesOf(basisOfGroup(GROUPS[0]!, 'best', 12));
  assert.equal(sources[0], undefined);
  sources.slice(1).forEach((source, i) => assert.ok(source !== undefined && source <= i));
  assert.throws(() => sourcesOf(basisOfGroup(GROUPS[0]!, 'dct', 12)), TypeError);
});

test('pairs have the distance that is said, in µm where places are known', () => {
  const places = GROUPS[0]!.places;
  const found = pairsByDistance(places);
  assert.deepEqual(found[0]!.distance, 20);
  for (const { distance, pairs } of found) {
    for (const [a, b] of pairs) {
      const [here, there] = [places[a]!, places[b]!];
      assert.equal(Math.round(Math.sqrt((here.x! - there.x!) ** 2 + (here.y! - there.y!) ** 2)), distance);
    }
  }
  const unknown = pairsByDistance([undefined, undefined, undefined, undefined]);
  assert.deepEqual(
    unknown.map(({ distance, pairs }) => [distance, pairs.length]),
    [
      [1, 3],
      [2, 2],
    ],
  );
});

test('a stretch is coded with what was learned on the other half of the time, never with itself', () => {
  const others = otherHalves(GROUPS)!;
  GROUPS.forEach((group, i) => assert.ok(!others[i]!.includes(group) && others[i]!.length === 2));
  assert.equal(otherHalves(GROUPS.slice(0, 1)), undefined);
  assert.equal(otherHalves([GROUPS[0]!, { ...GROUPS[1]!, electrodes: ['another'] }]), undefined);
});

/** Signal of a group with channels interleaved, without their means. */
function interleaved({ codes }: ElectrodeGroup): Int16Array {
  const length = codes[0]!.length;
  const means = codes.map((channel) => Math.round(channel.reduce((sum, value) => sum + value, 0) / length));
  return Int16Array.from({ length: length * CHANNELS }, (_, i) => {
    const c = i % CHANNELS;
    return codes[c]![Math.floor(i / CHANNELS)]! - means[c]!;
  });
}

test('blocks of space and time have orthonormal functions, and the joint ones gain most where they were learned', () => {
  const size = BLOCK * CHANNELS;
  const signal = interleaved(GROUPS[0]!);
  const logarithms = (['time', 'separable', 'joint'] as const).map((kind) => {
    const functions = blockFunctions(signal, CHANNELS, kind);
    assert.ok(farFromOrthonormal(functions, size) < 1e-9, kind);
    const energies = new Float64Array(size);
    // The blocks that the functions were learned on begin at every second sample.
    for (let start = 0; start + size <= signal.length; start += 2 * CHANNELS) {
      for (let k = 0; k < size; k++) {
        let sum = 0;
        for (let j = 0; j < size; j++) sum += functions[k * size + j]! * signal[start + j]!;
        energies[k]! += sum * sum;
      }
    }
    return energies.reduce((sum, energy) => sum + Math.log(energy), 0);
  });
  assert.ok(logarithms[2]! < logarithms[1]! && logarithms[1]! < logarithms[0]!);
});

test('learned bases give a group back within the error of their step, and a model spares the bytes of the rotations', () => {
  const [first, , third, fourth] = GROUPS as [ElectrodeGroup, ElectrodeGroup, ElectrodeGroup, ElectrodeGroup];
  const step = 12;
  const bytes = new Map<string, number>();
  for (const id of ['klt-dataset', 'klt-model', 'sparsifying', `time-${BLOCK}`, `joint-${BLOCK}`] as const) {
    const {
      bytes: size,
      squaredError,
      samples,
    } = measureLearned(first, [third, fourth], id, 'mdct-256-sine', step);
    bytes.set(id, size);
    assert.equal(samples, CHANNELS * 3072);
    // A dead zone loses more than the rounding of a uniform quantizer, and never more than a step on the average.
    assert.ok(squaredError > 0 && squaredError / samples < step * step, id);
  }
  assert.ok(bytes.get('klt-model')! < bytes.get('klt-dataset')!);
  assert.ok(bytes.get(`joint-${BLOCK}`)! < bytes.get(`time-${BLOCK}`)!);
});

const interval = { estimate: 12.34, lower: -0.04, upper: 20 };
const RESULT: ArrayResult = {
  dataset: 'neuralynx5',
  channels: 5,
  stretches: 8,
  sampleRate: 32_000,
  samples: 1_280_000,
  sha256: '',
  placed: false,
  rows: [
    { spatial: 'klt', saved: ARRAY_RATIOS.map((_, i) => (i === 0 ? interval : null)), losslessBits: 7.25 },
  ],
  learned: [],
  blocks: [],
  bound: [30.1, null, 44.3, 55.2],
  growth: [],
  distance: [],
  shares: [],
  lossless: [{ codecId: 'lossless-best@none', bitsPerSample: 7.0418, saved: interval }],
};

test('the tables of the page are made of the results, again and again the same, and a number that differs is found', () => {
  const page = readFileSync(join(projectRoot(), SPACE_PAGE), 'utf8');
  const made = withArrayTables(page, [RESULT]);
  assert.ok(made.includes('| Neuralynx | one KLT | 12.3 (0.0 to 20.0) | – | – | – |'));
  assert.ok(made.includes('| Neuralynx | 30.1 | – | 44.3 | 55.2 |'));
  assert.equal(withArrayTables(made, [RESULT]), made);
  assert.deepEqual(findArrayTableProblems(made, [RESULT]), []);
  const [problem] = findArrayTableProblems(made.replace('12.3 (0.0', '12.4 (0.0'), [RESULT]);
  assert.match(problem!, /12\.4 \(0\.0 to 20\.0\)/);
  assert.throws(() => withArrayTables('no place', [RESULT]), PageTablesError);
});
