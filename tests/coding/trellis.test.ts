import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CosineBasis } from '../../lib/bases/blocks/cosine';
import { LOSSLESS } from '../../lib/coding/codec';
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { activeSubbands, codingOrder } from '../../lib/coding/entropy/coding-order';
import { readBitstream } from '../../lib/coding/bitstream';
import { encodeCoefficients } from '../../lib/coding/entropy/entropy-coder';
import { optimizeQuantization } from '../../lib/coding/quantizers/rate-distortion';
import { centroidOffsets, quantize, reconstruct } from '../../lib/coding/quantizers/quantizer';
import { simdAvailable } from '../../lib/kernels/runtime/webassembly';
import {
  nextState,
  ONE_SET,
  QUANTIZER_STATES,
  reconstructTrellis,
  setOf,
  STATE_MACHINES,
  TRELLIS,
  trellisOffsets,
  type StateMachine,
} from '../../lib/coding/quantizers/trellis';

const skip = simdAvailable ? false : 'SIMD WebAssembly cannot run here';

/** Sums of uniform numbers, nearly normal, the same in every run. */
function normal(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6);
}

const codes = fc
  .tuple(fc.nat(1500), fc.nat(1000), fc.integer({ min: 0, max: 60 }))
  .map(([length, seed, scale]) => {
    const random = normal(seed);
    let slow = 0;
    return Uint16Array.from({ length }, () => {
      slow = 0.95 * slow + scale * random();
      return Math.max(0, Math.min(1023, Math.round(512 + slow)));
    });
  });

const TRELLISES = QUANTIZER_STATES.filter((states) => states > 1).map((states) => STATE_MACHINES[states]);

test('every state is reached from two, and its parity says which set is next', () => {
  for (const machine of TRELLISES) {
    const reached = new Array<number>(machine.states).fill(0);
    for (let state = 0; state < machine.states; state++) {
      const [even, odd] = [0, 1].map((parity) => nextState(machine, state, parity)) as [number, number];
      assert.notEqual(even, odd);
      for (const next of [even, odd]) reached[next]! += 1;
      assert.equal(setOf(machine, state), state & 1);
      assert.equal(nextState(machine, state, -3), odd);
    }
    assert.deepEqual(reached, new Array(machine.states).fill(2));
  }
});

/** Free squared distance of a code whose branches are subsets D0 … D3 of the integers, in units of their distance². */
function freeDistance(machine: StateMachine): number {
  // Branch labels: set 0 takes even multiples of half a step, set 1 odd ones; the parity doubles that again.
  const label = (state: number, parity: number): number => 2 * parity + (state & 1);
  const distance = (a: number, b: number): number => {
    const difference = (a - b + 4) % 4;
    return Math.min(difference, 4 - difference) ** 2;
  };
  const size = machine.states;
  const best = new Float64Array(size * size).fill(Infinity);
  // Pairs of states by the distance that led to them, small integers.
  const queues: [number, number][][] = [];
  let free = Infinity;
  const visit = (a: number, b: number, cost: number): void => {
    if (a === b) free = Math.min(free, cost);
    else if (cost < best[a * size + b]!) {
      best[a * size + b] = cost;
      (queues[cost] ??= []).push([a, b]);
    }
  };
  for (let s = 0; s < size; s++) {
    visit(nextState(machine, s, 0), nextState(machine, s, 1), distance(label(s, 0), label(s, 1)));
  }
  for (let cost = 0; cost < Math.min(free, queues.length); cost++) {
    for (const queue = queues[cost] ?? []; queue.length > 0;) {
      const [a, b] = queue.pop()!;
      if (cost > best[a * size + b]!) continue;
      for (let p = 0; p < 2; p++) {
        for (let q = 0; q < 2; q++) {
          const next = cost + distance(label(a, p), label(b, q));
          visit(nextState(machine, a, p), nextState(machine, b, q), next);
        }
      }
    }
  }
  return free;
}

test("the codes have the free distances of Ungerboeck's table", () => {
  // Table I, Δ₀²; parallel branches are 4 apart, 16 Δ₀², and limit the code of 256 states.
  const found = TRELLISES.map((machine) => [machine.states, Math.min(freeDistance(machine), 16)]);
  assert.deepEqual(found, [
    [8, 10],
    [32, 13],
    [256, 16],
  ]);
  assert.ok(freeDistance(STATE_MACHINES[256]) > 16);
});

test('on Gaussian noise trellises gain about 1 dB over rounding at the same rate, longer ones more', () => {
  const random = normal(3);
  const signal = Float64Array.from({ length: 60_000 }, () => 40 * random());
  const layout = {
    signalLength: 60_000,
    coefficientCount: 60_000,
    hop: 1,
    subbands: [{ offset: 0, length: 60_000, timeStep: 1 }],
  };
  const error = (decoded: Float64Array): number =>
    10 * Math.log10(decoded.reduce((sum, value, i) => sum + (value - signal[i]!) ** 2, 0) / signal.length);
  const positions = codingOrder(layout, 1).positions;
  const plain = quantize(signal, 20);
  const bits = 8 * encodeCoefficients([{ values: plain, layout }]).length;
  const { offsets: plainOffsets } = centroidOffsets(signal, plain, 20);
  const plainError = error(reconstruct(plain, 20, plainOffsets));
  const gains = TRELLISES.map((machine) => {
    const values = optimizeQuantization(signal, layout, 22, machine);
    const { offsets } = trellisOffsets(signal, values, positions, 22, machine);
    const found = 8 * encodeCoefficients([{ values, layout, machine }]).length;
    // 6.02 dB a bit.
    const atSameRate =
      error(reconstructTrellis(values, positions, 22, offsets, machine)) +
      (6.02 * (found - bits)) / signal.length;
    return plainError - atSameRate;
  });
  // No quantizer can gain more than 1.53 dB at high rates.
  assert.ok(gains[0]! > 0.7 && gains[2]! < 1.53, gains.join(', '));
  assert.ok(gains[1]! > gains[0]! + 0.05 && gains[2]! > gains[1]! + 0.05, gains.join(', '));
});

test('the search without WebAssembly takes the same decisions, pass for pass', { skip }, () => {
  fc.assert(
    fc.property(
      codes,
      fc.constantFrom(3, 12, 60),
      fc.constantFrom(...QUANTIZER_STATES),
      (samples, step, states) => {
        const { values, layout } = new CosineBasis(32).analyze(
          Float64Array.from(samples, (code) => code - 512),
        );
        const machine = STATE_MACHINES[states];
        assert.deepEqual(
          optimizeQuantization(values, layout, step, machine, true),
          optimizeQuantization(values, layout, step, machine, false),
        );
      },
    ),
    { numRuns: 15 },
  );
});

test('a search that goes on until it settles saves what two passes with one λ left', () => {
  const random = normal(11);
  let slow = 0;
  const samples = Uint16Array.from({ length: 60_000 }, () => {
    slow = 0.97 * slow + 8 * random();
    return Math.max(0, Math.min(1023, Math.round(512 + slow + 4 * random())));
  });
  const codec = codecFromId('mdct-64-sine+trellis');
  const at = (step: number): { readonly bytes: number; readonly error: number } => {
    const { bytes } = codec.encode(samples, step);
    const sum = codec.decode(bytes).reduce((all, code, i) => all + (code - samples[i]!) ** 2, 0);
    return { bytes: bytes.length, error: 10 * Math.log10(sum / samples.length) };
  };
  // Bytes and error (dB) of two passes, λ = 0.1, at steps 17 and 24; and steps whose errors enclose these now.
  for (const [before, steps] of [
    [{ bytes: 10465, error: 12.246 }, [16, 17]],
    [{ bytes: 5936, error: 15.48 }, [20, 24]],
  ] as const) {
    const [finer, coarser] = [at(steps[0]), at(steps[1])];
    const part = (before.error - finer.error) / (coarser.error - finer.error);
    assert.ok(part >= 0 && part <= 1);
    const bytes = finer.bytes * (coarser.bytes / finer.bytes) ** part;
    assert.ok(bytes < 0.992 * before.bytes, `${bytes} bytes, before ${before.bytes}`);
  }
});

test('a bit that is saved may cost a tenth of a step², so optimized values are neighbors, or zero', () => {
  fc.assert(
    fc.property(codes, fc.constantFrom(4, 16, 50), (samples, step) => {
      const { values, layout } = new CosineBasis(64).analyze(
        Float64Array.from(samples, (code) => code - 512),
      );
      const chosen = optimizeQuantization(values, layout, step, ONE_SET);
      chosen.forEach((value, i) => {
        const target = Math.abs(values[i]!) / step;
        assert.ok(value === 0 || Math.sign(value) === Math.sign(values[i]!));
        assert.ok(value === 0 || (Math.abs(value) - target <= 1 && target - Math.abs(value) < 2));
      });
    }),
    { numRuns: 40 },
  );
});

test('along the trellis every value is one that its state allows, as close as the encoder says', () => {
  fc.assert(
    fc.property(codes, fc.constantFrom(3, 12, 60), (samples, step) => {
      const { values, layout } = new CosineBasis(32).analyze(
        Float64Array.from(samples, (code) => code - 512),
      );
      const chosen = optimizeQuantization(values, layout, step, TRELLIS);
      const active = activeSubbands(layout, chosen);
      const { positions } = codingOrder(layout, active);
      const back = reconstructTrellis(chosen, positions, step, { one: 0, more: 0 }, TRELLIS);
      let state = 0;
      for (const at of positions) {
        const set = setOf(TRELLIS, state);
        const magnitude = Math.abs(chosen[at]!);
        assert.equal(Math.abs(back[at]!), magnitude === 0 ? 0 : (magnitude - 0.5 * set) * step);
        if (magnitude > 0) assert.ok(Math.abs(back[at]! - values[at]!) < 2 * step);
        state = nextState(TRELLIS, state, chosen[at]!);
      }
    }),
    { numRuns: 40 },
  );
});

const statesOf: Readonly<Record<string, number>> = { rdoq: 1, trellis8: 8, trellis: 32, trellis256: 256 };

for (const [id, block] of [
  ['dct-64+rdoq', 64],
  ['dct-512+trellis', 512],
  ['dct-64+trellis8', 64],
  ['dct-64+trellis256', 64],
  ['mdct-64-sine+trellis', 64],
  ['identity+trellis', 1],
  ['haar-4+trellis', 16],
  ['segments-512-64+trellis', 512],
] as const) {
  test(`${id}: files decode to what is near, and lossless is lossless`, () => {
    const codec = codecFromId(id);
    assert.equal(codec.id, id);
    fc.assert(
      fc.property(codes, fc.constantFrom(0.5, 1, 7, 40), (samples, step) => {
        const { bytes } = codec.encode(samples, step);
        assert.equal(readBitstream(bytes).header.states, statesOf[id.split('+')[1]!]);
        const decoded = codec.decode(bytes);
        assert.equal(decoded.length, samples.length);
        assert.deepEqual(codec.decode(codec.encode(samples, LOSSLESS).bytes), samples);
        const error = decoded.reduce((sum, code, i) => sum + (code - samples[i]!) ** 2, 0);
        // The bound on the error allows for two cases. A lone coefficient of a long block costs more bits
        // than any smaller error is worth. Samples that do not fill their block are spread over all of it,
        // perhaps so thinly that each coefficient is nearer to zero than to a step.
        const filledUp = Math.ceil(samples.length / block) * block - samples.length;
        assert.ok(error <= (8 * step * step + 1) * samples.length + filledUp * step * step);
      }),
      { numRuns: 25, examples: [[Uint16Array.of(511, 511, 519, 513), 1]] },
    );
  });
}

test('quantizers that there are not, and those a predictor cannot have, are refused with what to write', () => {
  const error = (message: RegExp) => ({ name: 'BasisParameterError', message });
  assert.throws(
    () => codecFromId('dct-64+tcq'),
    error(/no quantizer "tcq".*dct-64\+rdoq or dct-64\+trellis8 or dct-64\+trellis or dct-64\+trellis256/),
  );
  assert.throws(() => codecFromId('dct-64+rdoq+trellis'), error(/no quantizer "rdoq\+trellis"/));
  assert.throws(() => codecFromId('lpc-12+trellis'), error(/lpc-12 quantizes itself/));
  assert.throws(() => codecFromId('dct-65+trellis'), error(/must be one of/));
});
