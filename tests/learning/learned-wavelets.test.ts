import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { LatticeBasis } from '../../lib/bases/wavelets/lattice';
import { LearnedLiftingBasis } from '../../lib/bases/wavelets/learned-lifting';
import { SideInformationError, type AnyBasis } from '../../lib/bases/basis';
import { LatticeError, latticeDerivatives, latticeLowpass, rotationsOf } from '../../lib/kernels/lattice';
import { LiftingTransform } from '../../lib/kernels/lifting';
import { liftPhase, Phase, stepsOf, SymmetricLifting } from '../../lib/kernels/symmetric-lifting';
import { WaveletTransform } from '../../lib/kernels/wavelet';
import { orthogonalFilters, waveletFilters } from '../../lib/kernels/filters/wavelet-filters';
import { kernelMemory } from '../../lib/kernels/runtime/webassembly';
import { estimatedRate, RATE_STEPS } from '../../lib/learning/wavelets/estimated-rate';
import { latticeAngles } from '../../lib/learning/wavelets/lattice-angles';
import { latticeStarts, rateOfAngles, WaveletRate } from '../../lib/learning/wavelets/lattice-wavelet';
import { liftingStarts, rateOfFactors } from '../../lib/learning/wavelets/lifting-steps';
import type { LearningState } from '../../lib/learning/learner';
import { parseModel, serializeModel } from '../../lib/models/model';
import { quasiNewtonStart, quasiNewtonStep, type Differentiable } from '../../lib/numerics/quasi-newton';
import { deepest, minimizeFromStarts } from '../../lib/learning/wavelets/several-starts';
import {
  angleDistance,
  filterGain,
  learnedLowpass,
  waveletFunctions,
  waveletMoves,
} from '../../lib/investigations/26-learned-wavelets';
import { modelsOf } from '../../lib/study/model-cost';
import { uniformNumbers } from '../../lib/numerics/random';
import { largestDifference } from '../kernels/fixtures';

/** Output of `tests/fixtures/learning-wavelets.py`, computed by PyWavelets and NumPy. */
const { cases, lattices } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'learning-wavelets.json'), 'utf8'),
) as {
  readonly cases: readonly {
    readonly wavelet: string;
    readonly levels: number;
    readonly lowpass: readonly number[];
    readonly signal: readonly number[];
    readonly bands: readonly (readonly number[])[];
  }[];
  readonly lattices: readonly {
    readonly angles: readonly number[];
    readonly taps: readonly number[];
    readonly signal: readonly number[];
    readonly bands: readonly (readonly number[])[];
  }[];
};

const anyAngles = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 1, maxLength: 13 });

function noise(length: number, seed: number): Float64Array {
  const next = uniformNumbers(seed);
  return new Float64Array(length).map((_, i) => Math.sin(i / 7) + 4 * (next() - 0.5) ** 3);
}

function transformed(lowpass: Float64Array, levels: number, signal: readonly number[]): Float64Array {
  const transform = new WaveletTransform(orthogonalFilters(lowpass), 'periodic', levels, 'float64');
  const coefficients = new Float64Array(transform.coefficientCount(signal.length));
  transform.forward(Float64Array.from(signal), coefficients);
  transform.release();
  return coefficients;
}

/** Largest difference between a gradient and central differences, over the largest derivative. */
function gradientError(evaluate: Differentiable, point: Float64Array): number {
  const { gradient } = evaluate(point);
  const moved = (i: number, by: number): number => {
    const near = point.slice();
    near[i]! += by;
    return evaluate(near).value;
  };
  const differences = point.map((_, i) => (moved(i, 1e-5) - moved(i, -1e-5)) / 2e-5);
  return largestDifference(gradient, differences) / Math.max(...gradient.map(Math.abs));
}

test('the angles of known wavelets give their filters and the transform of PyWavelets', () => {
  for (const { wavelet, levels, lowpass, signal, bands } of cases) {
    const taps = latticeLowpass(rotationsOf(latticeAngles(lowpass)));
    // PyWavelets tabulates some of its filters to eleven digits or so.
    assert.ok(largestDifference(taps, Float64Array.from(lowpass)) < 1e-9, wavelet);
    const found = transformed(taps, levels, signal);
    assert.ok(largestDifference(found, Float64Array.from(bands.flat())) < 1e-7, wavelet);
  }
  for (const name of ['db2', 'db16', 'sym13', 'sym16', 'coif5']) {
    const { reconstructionLow } = waveletFilters(name);
    const taps = latticeLowpass(rotationsOf(latticeAngles(reconstructionLow)));
    assert.ok(largestDifference(taps, reconstructionLow) < 1e-13, name);
  }
});

test('any lattice is the product of its rotations, and PyWavelets transforms by it alike', () => {
  for (const { angles, taps, signal, bands } of lattices) {
    const found = latticeLowpass(rotationsOf(angles));
    assert.ok(largestDifference(found, Float64Array.from(taps)) < 1e-13);
    assert.ok(largestDifference(transformed(found, 2, signal), Float64Array.from(bands.flat())) < 1e-11);
  }
});

test('whatever the angles, the filter is orthogonal to its shifts by two; scaled rotations are the same', () => {
  fc.assert(
    fc.property(anyAngles, fc.double({ min: 0.1, max: 10, noNaN: true }), (angles, scale) => {
      const rotations = rotationsOf(angles);
      const taps = latticeLowpass(rotations);
      assert.equal(taps.length, 2 * angles.length);
      for (let shift = 0; shift < taps.length; shift += 2) {
        let product = 0;
        for (let t = shift; t < taps.length; t++) product += taps[t]! * taps[t - shift]!;
        assert.ok(Math.abs(product - (shift === 0 ? 1 : 0)) < 1e-12);
      }
      const scaled = latticeLowpass(rotations.map((x) => x * scale));
      assert.ok(largestDifference(taps, scaled) < 1e-14);
      // Lattices whose angles add up to 45° pass constants.
      const sum = angles.reduce((a, b) => a + b, 0);
      const dc = taps.reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(dc - Math.SQRT2 * Math.cos(sum - Math.PI / 4)) < 1e-12);
    }),
  );
});

test('derivatives of taps are those of central differences', () => {
  fc.assert(
    fc.property(anyAngles, (angles) => {
      latticeDerivatives(angles).forEach((derivative, i) => {
        const at = (by: number): Float64Array =>
          latticeLowpass(rotationsOf(angles.map((angle, j) => (j === i ? angle + by : angle))));
        const above = at(1e-6);
        const differences = at(-1e-6).map((tap, t) => (above[t]! - tap) / 2e-6);
        assert.ok(largestDifference(derivative, differences) < 1e-8);
      });
    }),
    { numRuns: 30 },
  );
});

test('what is no lattice is an error', () => {
  assert.throws(() => latticeLowpass([]), LatticeError);
  assert.throws(() => latticeLowpass([1, 0, 0, 0]), LatticeError);
  assert.throws(() => latticeLowpass([NaN, 1]), LatticeError);
  assert.throws(() => latticeAngles([1, 0, 0]), LatticeError);
  assert.throws(() => latticeAngles([0.9, 0.1, 0.3, 0.2]), LatticeError);
});

test('the estimated rate is the mean over the steps, and its derivatives are right', () => {
  const values = noise(21, 3).map((x) => 5 * x);
  const derivatives = new Float64Array(values.length);
  const bits = (of: Float64Array): number =>
    RATE_STEPS.reduce(
      (sum, step) => sum + of.reduce((all, c) => all + Math.log2(1 + (4 * c * c) / step ** 2) / 2, 0),
      0,
    ) / RATE_STEPS.length;
  assert.ok(Math.abs(estimatedRate(values, derivatives) - bits(values)) < 1e-10);
  values.forEach((_, i) => {
    const moved = (by: number): number => bits(values.map((x, j) => (j === i ? x + by : x)));
    assert.ok(Math.abs((moved(1e-5) - moved(-1e-5)) / 2e-5 - derivatives[i]!) < 1e-6);
  });
});

test('gradients of the rate by angles and by factors are those of central differences', () => {
  const before = kernelMemory.allocatedBytes;
  const excerpts = noise(2 * 256, 7);
  for (const taps of [2, 4, 8, 20]) {
    const rate = rateOfAngles(new WaveletRate(excerpts, 256, 4));
    for (const { name, point } of latticeStarts(taps)) {
      assert.ok(gradientError(rate, point) < 1e-6, `${name}, ${taps} taps`);
    }
  }
  for (const [steps, pairs] of [
    [2, 1],
    [2, 4],
    [4, 2],
  ] as const) {
    const rate = rateOfFactors(excerpts, 256, pairs, 4);
    for (const { name, point } of liftingStarts(steps, pairs)) {
      assert.ok(gradientError(rate, point) < 1e-5, `${name}, ${steps} steps of ${pairs}`);
    }
  }
  assert.equal(kernelMemory.allocatedBytes, before);
});

test('lifting steps of one factor are those of the 9/7 wavelet, but for its scale', () => {
  const { point } = liftingStarts(4, 1)[0]!;
  for (const length of [2, 3, 50, 101]) {
    const signal = noise(length, length);
    const own = new Float64Array(length);
    new SymmetricLifting(stepsOf(point, 1), 1).forward(signal, own);
    const transform = new LiftingTransform('9/7', 1, 'float64');
    const expected = new Float64Array(length);
    transform.forward(signal, expected);
    transform.release();
    const half = Math.ceil(length / 2);
    const scale = 1.149604398860241;
    own.forEach((value, i) => {
      assert.ok(Math.abs(value * (i < half ? scale : 1 / scale) - expected[i]!) < 1e-12);
    });
  }
});

test('whatever the factors, lifting steps are undone, at all lengths', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(2, 4),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 6 }),
      fc.nat(300),
      fc.nat(1000),
      (steps, pairs, levels, length, seed) => {
        const next = uniformNumbers(seed);
        const factors = new Float64Array(steps * pairs).map(() => next() - 0.5);
        const transform = new SymmetricLifting(stepsOf(factors, pairs), levels);
        const signal = noise(length, seed);
        const coefficients = new Float64Array(length);
        transform.forward(signal, coefficients);
        const back = new Float64Array(length);
        transform.inverse(coefficients, back);
        assert.ok(largestDifference(back, signal) < 1e-6 * Math.max(1, ...coefficients.map(Math.abs)));
      },
    ),
  );
});

test('a step sums mirrored neighbors, and folding is the adjoint of mirroring', () => {
  for (const [total, parity] of [
    [2, 0],
    [3, 1],
    [7, 0],
    [8, 1],
  ] as const) {
    const samples = noise(total, 2);
    const at = (n: number): number => {
      let place = Math.abs(n) % (2 * (total - 1));
      if (place >= total) place = 2 * (total - 1) - place;
      return samples[place]!;
    };
    const phaseOf = (which: 0 | 1): Phase => {
      const phase = new Phase(which, total, 4);
      for (let i = 0; i < phase.length; i++) phase.data[4 + i] = samples[2 * i + which]!;
      return phase;
    };
    const [target, source] = [phaseOf(parity), phaseOf(parity === 0 ? 1 : 0)];
    liftPhase(target, source, Float64Array.of(0.5, 0.25, -0.125, 1), 1);
    for (let i = 0; i < target.length; i++) {
      const n = 2 * i + parity;
      const expected = [0.5, 0.25, -0.125, 1].reduce(
        (sum, factor, k) => sum + factor * (at(n - 1 - 2 * k) + at(n + 1 + 2 * k)),
        at(n),
      );
      assert.ok(Math.abs(target.data[4 + i]! - expected) < 1e-12);
    }
    const other = new Phase(source.parity, total, 4);
    noise(other.data.length, 9).forEach((value, i) => (other.data[i] = value));
    const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    const mirrored = dot(source.data, other.data);
    other.fold();
    const inside = source.data.map((x, i) => (i >= 4 && i < 4 + source.length ? x : 0));
    assert.ok(Math.abs(dot(inside, other.data) - mirrored) < 1e-12);
  }
});

test('the quasi-Newton method finds the minimum of a quadratic form, and of Rosenbrock’s valley', async () => {
  const valley: Differentiable = (p) => {
    const [x, y] = p as unknown as [number, number];
    return {
      value: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
      gradient: Float64Array.of(-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
    };
  };
  let state = quasiNewtonStart(valley, Float64Array.of(-1.2, 1), 0.1);
  for (let i = 0, last = state.value; i < 200; i++) {
    const next = quasiNewtonStep(valley, state);
    if (!next) break;
    assert.ok(next.value <= last);
    last = next.value;
    state = next;
  }
  assert.ok(largestDifference(state.point, Float64Array.of(1, 1)) < 1e-5);
  // A stopped run, resumed, ends with the same result.
  const starts = [
    { name: 'far', point: Float64Array.of(-1.2, 1) },
    { name: 'near', point: Float64Array.of(0.9, 0.9) },
  ];
  const states: LearningState[] = [];
  const report = async (): Promise<void> => {};
  const whole = await minimizeFromStarts(valley, starts, 0.1, 30, {
    report,
    keep: (kept) => states.push(kept),
  });
  for (const resumed of states) {
    const again = await minimizeFromStarts(valley, starts, 0.1, 30, { resumed, report, keep: () => {} });
    assert.deepEqual(again, whole);
  }
  assert.equal(
    deepest(whole).start.name,
    whole[0]!.values.at(-1)! < whole[1]!.values.at(-1)! ? 'far' : 'near',
  );
});

/** A basis of arrays that nobody learned. */
function basisOf(family: LatticeBasis | LearnedLiftingBasis, arrays: Record<string, Float32Array>): AnyBasis {
  const facts = {
    basis: family.id,
    fold: 0 as const,
    corpus: { name: '', sha256: '' },
    recordings: 0,
    hyperparameters: {},
    code: '',
    history: {},
  };
  return family.basisOf(parseModel(serializeModel(facts, arrays), 'a test'));
}

test('a lattice with the angles of a symlet transforms as that wavelet; damage is an error', () => {
  const family = new LatticeBasis(8, 3);
  const angles = latticeAngles(waveletFilters('sym4').reconstructionLow);
  const basis = basisOf(family, { rotations: Float32Array.from(rotationsOf(angles)) });
  const { signal, bands } = cases.find(({ wavelet }) => wavelet === 'sym4')!;
  assert.ok('analyze' in basis);
  const { values } = basis.analyze(Float64Array.from(signal), 8);
  // The model has single precision.
  assert.ok(largestDifference(values, Float64Array.from(bands.flat())) < 1e-4);
  const chosen = new LatticeBasis(8, 8);
  const side = chosen.choose(new Float64Array(500), 8);
  assert.throws(() => chosen.chosen(side.subarray(1), 500), SideInformationError);
  assert.throws(() => chosen.chosen(Uint8Array.of(...side, 1), 500), SideInformationError);
});

test('coefficients of lifting steps are multiplied by norms: an error is as large in the signal as in them', () => {
  const family = new LearnedLiftingBasis(4, 2, 3);
  const { point } = liftingStarts(4, 2)[0]!;
  const basis = basisOf(family, { factors: Float32Array.from(point) });
  assert.ok('analyze' in basis);
  const layout = basis.layout(512);
  for (const { offset, length } of layout.subbands) {
    const values = new Float64Array(512);
    values[offset + (length >> 1)] = 1;
    const atom = basis.synthesize({ values, layout }, 8);
    assert.ok(Math.abs(atom.reduce((sum, x) => sum + x * x, 0) - 1) < 1e-9);
  }
});

test('wavelets are drawn and compared', () => {
  const { reconstructionLow } = waveletFilters('sym4');
  const { scaling, wavelet } = waveletFunctions(reconstructionLow);
  assert.ok(Math.abs(scaling.reduce((sum, x) => sum + x, 0) - 4) < 1e-9);
  assert.ok(Math.abs(wavelet.reduce((sum, x) => sum + x, 0)) < 1e-9);
  assert.ok(Math.abs(filterGain(reconstructionLow, 0) - 10 * Math.log10(2)) < 1e-9);
  assert.ok(Math.abs(angleDistance([0, 1], [Math.PI, 1 - Math.PI])) < 1e-12);
  assert.ok(Math.abs(angleDistance([0.1, 0], [0, 0.1]) - 18 / Math.PI) < 1e-12);
  for (const move of waveletMoves('lattice-8-8')) {
    assert.ok(move.gain > 0 && move.tapsFromSymlet < 0.5 && move.fromOtherFold < 10);
  }
  assert.equal(learnedLowpass(modelsOf('lattice-8-8')[0]).length, 8);
});
