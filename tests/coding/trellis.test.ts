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
import { quantize, reconstruct } from '../../lib/coding/quantizers/quantizer';
import {
  nextState,
  ONE_SET,
  reconstructTrellis,
  setOf,
  TRELLIS,
  trellisOffsets,
} from '../../lib/coding/quantizers/trellis';

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

test('every state is reached from two, and its parity says which set is next', () => {
  const reached = new Array<number>(TRELLIS.states).fill(0);
  for (let state = 0; state < TRELLIS.states; state++) {
    const [even, odd] = [0, 1].map((parity) => nextState(TRELLIS, state, parity)) as [number, number];
    assert.notEqual(even, odd);
    for (const next of [even, odd]) reached[next]! += 1;
    assert.equal(setOf(TRELLIS, state), state & 1);
    assert.equal(nextState(TRELLIS, state, -3), odd);
  }
  assert.deepEqual(reached, new Array(TRELLIS.states).fill(2));
});

/** Free squared distance of a code whose branches are subsets D0 … D3 of the integers, in units of their distance². */
function freeDistance(): number {
  // Branch labels: set 0 takes even multiples of half a step, set 1 odd ones; the parity doubles that again.
  const label = (state: number, parity: number): number => 2 * parity + (state & 1);
  const distance = (a: number, b: number): number => {
    const difference = (a - b + 4) % 4;
    return Math.min(difference, 4 - difference) ** 2;
  };
  const size = TRELLIS.states;
  const best = new Float64Array(size * size).fill(Infinity);
  const queue: [number, number, number][] = [];
  const visit = (a: number, b: number, cost: number): void => {
    if (cost >= best[a * size + b]!) return;
    best[a * size + b] = cost;
    queue.push([a, b, cost]);
  };
  for (let s = 0; s < size; s++) {
    visit(nextState(TRELLIS, s, 0), nextState(TRELLIS, s, 1), distance(label(s, 0), label(s, 1)));
  }
  let free = Infinity;
  while (queue.length > 0) {
    queue.sort((x, y) => y[2] - x[2]);
    const [a, b, cost] = queue.pop()!;
    if (cost > best[a * size + b]! || cost >= free) continue;
    for (let p = 0; p < 2; p++) {
      for (let q = 0; q < 2; q++) {
        const [x, y] = [nextState(TRELLIS, a, p), nextState(TRELLIS, b, q)];
        const next = cost + distance(label(a, p), label(b, q));
        if (x === y) free = Math.min(free, next);
        else visit(x, y, next);
      }
    }
  }
  return free;
}

test('the code has the free distance that Ungerboeck gives for 32 states', () => {
  // Table I: 13 Δ₀²; parallel branches are 4 apart, 16 Δ₀².
  assert.equal(Math.min(freeDistance(), 16), 13);
});

test('on Gaussian noise the trellis gains about 1 dB over rounding at the same rate', () => {
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
  const places = codingOrder(layout, 1).places;
  const withTrellis = (step: number) => {
    const values = optimizeQuantization(signal, layout, step, TRELLIS);
    const offsets = trellisOffsets(signal, values, places, step);
    return {
      bits: 8 * encodeCoefficients([{ values, layout, trellis: true }]).length,
      error: error(reconstructTrellis(values, places, step, offsets)),
    };
  };
  const plain = quantize(signal, 20);
  const bits = 8 * encodeCoefficients([{ values: plain, layout }]).length;
  const plainError = error(reconstruct(plain, 20, { one: 0, more: 0 }));
  // 6.02 dB a bit.
  const trellis = withTrellis(22);
  const atSameRate = trellis.error + (6.02 * (trellis.bits - bits)) / signal.length;
  assert.ok(plainError - atSameRate > 0.8 && plainError - atSameRate < 1.53, String(plainError - atSameRate));
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
      const { places } = codingOrder(layout, active);
      const back = reconstructTrellis(chosen, places, step, { one: 8, more: 8 });
      let state = 0;
      for (const at of places) {
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

for (const [id, block] of [
  ['dct-64+rdoq', 64],
  ['dct-512+trellis', 512],
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
        assert.equal(readBitstream(bytes).header.trellis, id.endsWith('trellis'));
        const decoded = codec.decode(bytes);
        assert.equal(decoded.length, samples.length);
        assert.deepEqual(codec.decode(codec.encode(samples, LOSSLESS).bytes), samples);
        const error = decoded.reduce((sum, code, i) => sum + (code - samples[i]!) ** 2, 0);
        // A lone coefficient of a long block costs bits that no smaller error is worth; and samples that do not fill
        // their block are spread over all of it, maybe so thinly that each coefficient is nearer to zero than to a step.
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
    error(/no quantizer "tcq".*dct-64\+rdoq or dct-64\+trellis/),
  );
  assert.throws(() => codecFromId('dct-64+rdoq+trellis'), error(/no quantizer "rdoq\+trellis"/));
  assert.throws(() => codecFromId('lpc-12+trellis'), error(/lpc-12 quantizes itself/));
  assert.throws(() => codecFromId('dct-65+trellis'), error(/must be one of/));
});
