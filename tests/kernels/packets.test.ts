import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FloatType } from '../../lib/kernels/runtime/memory';
import { WaveletPackets, type PacketOrder } from '../../lib/kernels/packets';
import { WaveletLengthError, WaveletLevelsError, type WaveletBorder } from '../../lib/kernels/wavelet';
import { waveletFilters, waveletNames } from '../../lib/kernels/filters/wavelet-filters';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';
import { energyOf, signalOf } from './fourier-fixtures';
import { largestDifference } from './fixtures';

const skip = !simdAvailable && 'SIMD WebAssembly is switched off or cannot run here';

/** Largest error, in parts of the root of the energy. */
const TOLERANCE = { float32: 1e-6, float64: 1e-14 };

/** As in wavelet.test.ts: each level loses some digits. */
const RECONSTRUCTION_TOLERANCE = { float32: 3e-5, float64: 1e-12 };

interface Case {
  readonly wavelet: string;
  readonly border: WaveletBorder;
  readonly levels: number;
  readonly signal: readonly number[];
  readonly natural: readonly (readonly number[])[];
  readonly frequency: readonly (readonly number[])[];
  readonly arbitrary: readonly (readonly number[])[];
  readonly reconstructed: readonly number[];
}

/** Output of `tests/fixtures/kernels-wavelet-packets.py`. */
const { cases } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'kernels-wavelet-packets.json'), 'utf8'),
) as { cases: readonly Case[] };

type Numbers = Float32Array | Float64Array;

function numbers(type: FloatType, values: ArrayLike<number>): Numbers {
  return type === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
}

interface Setting {
  readonly wavelet: string;
  readonly border: WaveletBorder;
  readonly levels: number;
  readonly order: PacketOrder;
}

function planOf({ wavelet, border, levels, order }: Setting, type: FloatType, simd: boolean) {
  return new WaveletPackets<FloatType>(waveletFilters(wavelet), border, levels, order, type, simd);
}

function bandsOf(plan: WaveletPackets<FloatType>, signal: Numbers, type: FloatType): Numbers {
  const bands = numbers(type, new Float64Array(plan.coefficientCount(signal.length)).fill(NaN));
  plan.forward(signal as never, bands as never);
  return bands;
}

function signalFrom(
  plan: WaveletPackets<FloatType>,
  bands: Numbers,
  length: number,
  type: FloatType,
): Numbers {
  const signal = numbers(type, new Float64Array(length).fill(NaN));
  plan.inverse(bands as never, signal as never);
  return signal;
}

const settings = fc.record({
  wavelet: fc.constantFrom(...waveletNames.filter((name) => name !== 'dmey')),
  border: fc.constantFrom<WaveletBorder>('periodic', 'symmetric'),
  levels: fc.integer({ min: 1, max: 5 }),
  order: fc.constantFrom<PacketOrder>('natural', 'frequency'),
});
const lengths = fc.oneof(fc.nat(40), fc.nat(400), fc.constantFrom(0, 1, 2, 2049, 4096, 5000));

for (const simd of simdAvailable ? [true, false] : [false]) {
  const version = simd ? 'the kernel' : 'the plain version';
  for (const type of ['float64', 'float32'] as const) {
    test(`${version} gives the bands of WaveletPacket of PyWavelets, in both orders, in ${type}`, () => {
      assert.ok(cases.length >= 20);
      for (const { wavelet, border, levels, signal, ...expected } of cases) {
        for (const order of ['natural', 'frequency'] as const) {
          const plan = planOf({ wavelet, border, levels, order }, type, simd);
          assert.equal(plan.bandLength(signal.length), expected[order][0]!.length);
          const error = largestDifference(bandsOf(plan, numbers(type, signal), type), expected[order].flat());
          assert.ok(
            error <= TOLERANCE[type] * 4 * Math.sqrt(energyOf(signal)),
            `${wavelet} ${border}: ${error}`,
          );
          plan.release();
        }
      }
    });

    test(`${version} gives what PyWavelets makes of any bands in ${type}`, () => {
      for (const { wavelet, border, levels, arbitrary, reconstructed } of cases) {
        const plan = planOf({ wavelet, border, levels, order: 'natural' }, type, simd);
        const back = signalFrom(plan, numbers(type, arbitrary.flat()), reconstructed.length, type);
        const error = largestDifference(back, reconstructed);
        const tolerance = TOLERANCE[type] * 4 * Math.sqrt(energyOf(arbitrary.flat()));
        assert.ok(error <= tolerance, `${wavelet} ${border}: ${error}`);
        plan.release();
      }
    });

    test(`${version} reconstructs signals of any length from any packets in ${type}`, () => {
      fc.assert(
        fc.property(settings, lengths, fc.nat(1000), (setting, length, seed) => {
          const plan = planOf(setting, type, simd);
          const signal = numbers(type, signalOf(length, seed));
          const back = signalFrom(plan, bandsOf(plan, signal, type), length, type);
          const tolerance = RECONSTRUCTION_TOLERANCE[type] * Math.sqrt(energyOf(signal));
          assert.ok(largestDifference(back, signal) <= tolerance);
          plan.release();
        }),
        { numRuns: simd ? 100 : 30 },
      );
    });
  }
}

test('the double precision kernel gives what the plain version gives, to the last bit', { skip }, () => {
  fc.assert(
    fc.property(settings, lengths, fc.nat(1000), (setting, length, seed) => {
      const [kernel, plain] = [planOf(setting, 'float64', true), planOf(setting, 'float64', false)];
      const signal = numbers('float64', signalOf(length, seed));
      const bands = bandsOf(kernel, signal, 'float64');
      assert.deepEqual(bands, bandsOf(plain, signal, 'float64'));
      const anything = bands.map((value, i) => value + Math.cos(i));
      assert.deepEqual(
        signalFrom(kernel, anything, length, 'float64'),
        signalFrom(plain, anything, length, 'float64'),
      );
      kernel.release();
    }),
    { numRuns: 100 },
  );
});

test('in order of frequency, a tone is strongest in the band that it belongs to', () => {
  const plan = planOf(
    { wavelet: 'db16', border: 'periodic', levels: 4, order: 'frequency' },
    'float64',
    simdAvailable,
  );
  const samples = 4096;
  const size = plan.bandLength(samples);
  for (let band = 0; band < 16; band++) {
    const tone = Float64Array.from({ length: samples }, (_, n) =>
      Math.sin((Math.PI * (band + 0.5) * n) / 16),
    );
    const bands = bandsOf(plan, tone, 'float64');
    const energies = Array.from({ length: 16 }, (_, b) => energyOf(bands.subarray(b * size, (b + 1) * size)));
    assert.equal(energies.indexOf(Math.max(...energies)), band);
  }
  plan.release();
});

test('packets of an orthogonal wavelet with periodic borders keep the energy (Parseval), and are linear', () => {
  const plan = planOf(
    { wavelet: 'sym6', border: 'periodic', levels: 4, order: 'natural' },
    'float64',
    simdAvailable,
  );
  const [a, b] = [signalOf(320, 1), signalOf(320, 2)].map((values) => numbers('float64', values));
  const [ofA, ofB] = [bandsOf(plan, a!, 'float64'), bandsOf(plan, b!, 'float64')];
  assert.equal(ofA.length, 320);
  assert.ok(Math.abs(energyOf(ofA) / energyOf(a!) - 1) < 1e-11);
  const ofSum = bandsOf(
    plan,
    numbers(
      'float64',
      a!.map((value, i) => value - 2 * b![i]!),
    ),
    'float64',
  );
  assert.ok(
    largestDifference(
      ofSum,
      ofA.map((value, i) => value - 2 * ofB[i]!),
    ) < 1e-9,
  );
  plan.release();
});

test('one plan takes signals of all lengths in turn, and leaks nothing', () => {
  const before = kernelMemory.allocatedBytes;
  const setting: Setting = { wavelet: 'db3', border: 'periodic', levels: 3, order: 'frequency' };
  const plan = planOf(setting, 'float32', simdAvailable);
  for (const length of [100, 10_000, 0, 17, 1, 3000]) {
    const signal = numbers('float32', signalOf(length, length));
    const fresh = planOf(setting, 'float32', simdAvailable);
    assert.deepEqual(bandsOf(plan, signal, 'float32'), bandsOf(fresh, signal, 'float32'));
    fresh.release();
  }
  plan.release();
  assert.equal(kernelMemory.allocatedBytes, before);
});

test('levels that are none and arrays of the wrong length are refused by name', () => {
  const setting: Setting = { wavelet: 'db2', border: 'periodic', levels: 2, order: 'natural' };
  for (const levels of [0, 1.5, 17]) {
    assert.throws(() => planOf({ ...setting, levels }, 'float64', false), WaveletLevelsError);
  }
  const plan = planOf(setting, 'float64', simdAvailable);
  assert.throws(
    () => plan.forward(new Float64Array(101), new Float64Array(101)),
    (error: Error) =>
      error instanceof WaveletLengthError && /101 samples have 104 coefficients/.test(error.message),
  );
  assert.throws(() => plan.inverse(new Float64Array(101), new Float64Array(101)), WaveletLengthError);
  plan.release();
});
