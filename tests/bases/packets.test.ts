import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { BITS_PER_SQUARED_STEP, codingCosts } from '../../lib/bases/parts/coding-cost';
import {
  BestPacketBasis,
  bestPackets,
  energyEntropies,
  packetCosts,
  PACKET_CHOICES,
  PACKET_LEVELS,
  SPLIT_COST,
  WaveletPacketBasis,
  type Packet,
} from '../../lib/bases/wavelets/packets';
import { ORTHOGONAL_WAVELETS, WaveletBasis } from '../../lib/bases/wavelets/wavelet';
import { encodeCoefficients } from '../../lib/coding/entropy/entropy-coder';
import { quantize } from '../../lib/coding/quantizers/quantizer';
import { largestDifference } from '../kernels/fixtures';

/** Output of `tests/fixtures/bases-packets.py`: bands by level and frequency, computed by PyWavelets. */
const { cases } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'bases-packets.json'), 'utf8'),
) as {
  readonly cases: readonly {
    readonly wavelet: string;
    readonly signal: readonly number[];
    readonly bands: readonly (readonly (readonly number[])[])[];
    readonly entropies: readonly (readonly number[])[];
  }[];
};

/** Trees with all kinds of bands in them, at most three levels deep. */
const trees: readonly (readonly Packet[])[] = [
  [{ level: 0, place: 0 }],
  packets('1', '1'),
  packets('3', '3', '2', '2', '3', '3'),
  packets('2', '3', '3', '1'),
  packets('1', '2', '3', '3'),
];

/** Bands of these levels, one after another. */
function packets(...levels: string[]): Packet[] {
  let start = 0;
  return levels.map(Number).map((level) => {
    const place = start * 2 ** level;
    start += 2 ** -level;
    return { level, place };
  });
}

function noise(length: number, seed: number): Float64Array {
  let state = seed;
  return new Float64Array(length)
    .map(() => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state >>> 16) % 401;
    })
    .map((value) => value - 200);
}

const energy = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

test('the bands of any tree are those of PyWavelets, in order of frequency', () => {
  for (const { wavelet, signal, bands } of cases) {
    for (const tree of trees) {
      const basis = new WaveletPacketBasis('tree', wavelet, tree);
      const { values, layout } = basis.analyze(Float64Array.from(signal));
      tree.forEach(({ level, place }, b) => {
        const { offset, length, timeStep } = layout.subbands[b]!;
        const expected = Float64Array.from(bands[level]![place]!);
        assert.equal(length, expected.length);
        assert.equal(timeStep, 2 ** level);
        assert.ok(largestDifference(values.subarray(offset, offset + length), expected) < 1e-9, wavelet);
      });
      const back = basis.synthesize({ values, layout });
      assert.ok(largestDifference(back, signal) < 1e-9);
    }
  }
});

test('all bands of all levels are computed and their entropies are those of NumPy', () => {
  for (const { wavelet, signal, bands, entropies } of cases) {
    const samples = Float64Array.from(signal);
    let level = 0;
    packetCosts(samples, wavelet, 3, (ofLevel, length) => {
      assert.ok(largestDifference(ofLevel, bands[level]!.flat()) < 1e-9);
      level++;
      return new Float64Array(ofLevel.length / length);
    });
    assert.equal(level, 4);
    packetCosts(samples, wavelet, 3, energyEntropies(samples)).forEach((costs, i) => {
      assert.ok(largestDifference(costs, entropies[i]!) < 1e-11);
    });
  }
});

test('no tree costs less than the best one', () => {
  const allTrees = (level: number, place: number): Packet[][] => {
    const whole = [[{ level, place }]];
    if (level === 3) return whole;
    const [left, right] = [allTrees(level + 1, 2 * place), allTrees(level + 1, 2 * place + 1)];
    return [...whole, ...left.flatMap((l) => right.map((r) => [...l, ...r]))];
  };
  const all = allTrees(0, 0);
  assert.equal(all.length, 26);
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 15, maxLength: 15 }), fc.nat(9), (numbers, splitCost) => {
      const costs = [0, 1, 2, 3].map((level) =>
        Float64Array.from(numbers.slice(2 ** level - 1, 2 ** (level + 1) - 1)),
      );
      const costOf = (tree: readonly Packet[]): number =>
        tree.reduce((sum, { level, place }) => sum + costs[level]![place]!, (tree.length - 1) * splitCost);
      assert.equal(costOf(bestPackets(costs, splitCost)), Math.min(...all.map(costOf)));
    }),
  );
});

test('a dyadic tree is the wavelet transform, a uniform one has bands of one width', () => {
  for (const wavelet of ['db1', 'sym4', 'coif2']) {
    const signal = noise(512, 3);
    const dyadic = new BestPacketBasis(wavelet, 4, 'dyadic').chosen(new Uint8Array(0), 512);
    const reference = new WaveletBasis(wavelet, 4, 'periodic').analyze(signal);
    const { values, layout } = dyadic.analyze(signal);
    assert.deepEqual(layout, reference.layout);
    assert.ok(largestDifference(values, reference.values) < 1e-11);
    const uniform = new BestPacketBasis(wavelet, 4, 'uniform').chosen(new Uint8Array(0), 512);
    assert.deepEqual(
      uniform.packets,
      Array.from({ length: 16 }, (_, place) => ({ level: 4, place })),
    );
  }
});

test('a tone has its energy in the band of its frequency, whatever the tree', () => {
  for (const tree of trees.slice(1)) {
    const basis = new WaveletPacketBasis('tree', 'dmey', tree);
    for (const frequency of [0.03, 0.1, 0.22, 0.28, 0.34, 0.4, 0.47]) {
      const tone = new Float64Array(2048).map((_, n) => Math.cos(2 * Math.PI * frequency * n));
      const { values, layout } = basis.analyze(tone);
      const energies = layout.subbands.map(({ offset, length }) =>
        energy(values.subarray(offset, offset + length)),
      );
      const strongest = tree[energies.indexOf(Math.max(...energies))]!;
      assert.equal(Math.floor(2 * frequency * 2 ** strongest.level), strongest.place);
    }
  }
});

const sides = fc.uint8Array({ maxLength: 5 }).filter((bytes) => bytes[bytes.length - 1] !== 0);

test('whatever the side information says, signals come back, or it is refused', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ORTHOGONAL_WAVELETS),
      fc.constantFrom(...PACKET_LEVELS),
      sides,
      fc.nat(700),
      fc.nat(99),
      (wavelet, levels, side, length, seed) => {
        const signal = noise(length, seed);
        let basis;
        try {
          basis = new BestPacketBasis(wavelet, levels, 'rate').chosen(side, length);
        } catch (error) {
          assert.equal((error as Error).name, 'SideInformationError');
          return;
        }
        const coefficients = basis.analyze(signal);
        assert.ok(largestDifference(basis.synthesize(coefficients), signal) < 1e-9);
      },
    ),
    { numRuns: 300 },
  );
  const fixed = new BestPacketBasis('sym4', 3, 'uniform');
  assert.throws(() => fixed.chosen(Uint8Array.of(1), 1000), { name: 'SideInformationError' });
});

test('what is chosen costs no more than dyadic and uniform trees, and is what the side information says', () => {
  const tones = noise(6000, 1).map(
    (value, n) => value / 40 + 90 * Math.cos(0.9 * n) + 60 * Math.cos(2.3 * n),
  );
  for (const choice of ['entropy', 'rate'] as const) {
    for (const step of [2, 16]) {
      const family = new BestPacketBasis('sym8', 5, choice);
      const basis = family.chosen(family.choose(tones, step), tones.length);
      const costs = packetCosts(
        tones,
        'sym8',
        5,
        choice === 'rate' ? (b, n) => codingCosts(b, n, step) : energyEntropies(tones),
      );
      const costOf = (tree: readonly Packet[]): number =>
        tree.reduce(
          (sum, { level, place }) => sum + costs[level]![place]! + (choice === 'rate' ? SPLIT_COST : 0),
          0,
        );
      assert.deepEqual(basis.packets, bestPackets(costs, choice === 'rate' ? SPLIT_COST : 0));
      for (const other of ['dyadic', 'uniform'] as const) {
        const { packets: tree } = new BestPacketBasis('sym8', 5, other).chosen(
          new Uint8Array(0),
          tones.length,
        );
        assert.ok(costOf(basis.packets) <= costOf(tree));
      }
      // Neither is it one of them: tones ask for narrow bands where they are.
      assert.ok(new Set(basis.packets.map(({ level }) => level)).size > 1);
    }
  }
});

test('the estimated cost of noise is nearly what the coder takes', () => {
  const [first, second, third] = [noise(20000, 5), noise(20000, 9), noise(20000, 13)];
  for (const [deviation, step] of [
    [40, 4],
    [40, 16],
    [40, 64],
    [300, 2],
  ] as const) {
    const values = first.map((value, n) => ((value + second[n]! + third[n]!) * deviation) / 200);
    const quantized = quantize(values, step);
    const error = values.reduce((sum, value, n) => {
      const off = Math.abs(value) / step - Math.abs(quantized[n]!);
      return sum + off * off;
    }, 0);
    const bits = codingCosts(values, values.length, step)[0]! - BITS_PER_SQUARED_STEP * error;
    const layout = {
      signalLength: values.length,
      coefficientCount: values.length,
      hop: 1,
      subbands: [{ offset: 0, length: values.length, timeStep: 1 }],
    };
    const coded = 8 * encodeCoefficients([{ values: quantized, layout }]).length;
    assert.ok(Math.abs(bits / coded - 1) < 0.12, `${bits} estimated, ${coded} coded at step ${step}`);
  }
});

test('recordings too short for the levels have fewer', () => {
  const family = new BestPacketBasis('sym8', 8, 'uniform');
  for (const [length, count] of [
    [0, 2],
    [1, 2],
    [60, 4],
    [3839, 128],
    [3840, 256],
  ] as const) {
    assert.equal(family.chosen(new Uint8Array(0), length).layout(length).subbands.length, count);
  }
});

test('wavelets, levels and choices that there are not are refused by name, with what is allowed', () => {
  assert.equal(PACKET_CHOICES.length, 4);
  const refusals: [() => unknown, RegExp][] = [
    [
      () => new BestPacketBasis('bior2.2', 5, 'rate'),
      /wavelet of wavelet packets must be one of db1, .* not bior2\.2/,
    ],
    [
      () => new BestPacketBasis('sym8', 0, 'rate'),
      /levels of wavelet packets must be one of 1, 2, .*9, not 0/,
    ],
    [() => new BestPacketBasis('sym8', 10, 'rate'), /not 10/],
    [
      () => new BestPacketBasis('sym8', 5, 'best' as 'rate'),
      /one of dyadic, uniform, entropy, rate, not best/,
    ],
    [() => new WaveletPacketBasis('tree', 'db0', trees[0]!), /not db0/],
  ];
  for (const [create, message] of refusals) {
    assert.throws(create, { name: 'BasisParameterError', message });
  }
});
