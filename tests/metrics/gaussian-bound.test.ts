import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  gaussianBound,
  gaussianBoundAtLevel,
  type BoundPoint,
  type RecordingSpectrum,
} from '../../lib/metrics/gaussian-bound';
import { roundedError } from '../../lib/metrics/rounded-error';
import { logarithmBias, SpectrumEstimator, type Spectrum } from '../../lib/metrics/spectrum';
import { digammaLessLogarithm } from '../../lib/numerics/digamma';
import { uniformNumbers } from '../../lib/numerics/random';

const SAMPLE_RATE = 1000;
const SEGMENT = 256;
const SEEDS = 60;
const RATIOS = [4, 10, 30, 100] as const;

/** Gaussian noise by Box and Muller's method. */
function gaussian(seed: number): () => number {
  const uniform = uniformNumbers(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** x(t) = a1·x(t − 1) + a2·x(t − 2) + gain·noise, after it has settled. */
interface Process {
  readonly name: string;
  readonly a1: number;
  readonly a2: number;
  readonly gain: number;
}
const PROCESSES: readonly Process[] = [
  { name: 'white', a1: 0, a2: 0, gain: 20 },
  { name: 'colored, most of it slow', a1: 0.85, a2: 0, gain: 10 },
  { name: 'colored, with a peak in the middle', a1: 0.6, a2: -0.6, gain: 12 },
];

function signalOf({ a1, a2, gain }: Process, samples: number, seed: number): Float64Array {
  const noise = gaussian(seed);
  let [one, two] = [0, 0];
  const next = (): number => {
    const value = a1 * one + a2 * two + gain * noise();
    [one, two] = [value, one];
    return value;
  };
  for (let i = 0; i < 500; i++) next();
  return Float64Array.from({ length: samples }, next);
}

function exactSpectrum({ a1, a2, gain }: Process): Spectrum {
  const bins = 4096;
  const frequencyStep = SAMPLE_RATE / 2 / bins;
  const density = Float64Array.from({ length: bins + 1 }, (_, k) => {
    const w = (Math.PI * k) / bins;
    const re = 1 - a1 * Math.cos(w) - a2 * Math.cos(2 * w);
    const im = a1 * Math.sin(w) + a2 * Math.sin(2 * w);
    const ends = k === 0 || k === bins ? 0.5 : 1;
    return (ends * 2 * gain ** 2) / (SAMPLE_RATE * (re * re + im * im));
  });
  return { frequencyStep, density, independentSegments: Infinity };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

test('ψ(x) − ln x is that of SciPy', () => {
  const { arguments: x, differences } = JSON.parse(
    readFileSync('tests/fixtures/numerics-digamma.json', 'utf8'),
  ) as { arguments: number[]; differences: number[] };
  x.forEach((value, i) => {
    const error = Math.abs(digammaLessLogarithm(value) / differences[i]! - 1);
    assert.ok(error < 1e-12, `at ${value} off by a part of ${error}`);
  });
  assert.equal(digammaLessLogarithm(Infinity), -0);
});

for (const segments of [1, 2, 5, 40]) {
  test(`the mean logarithm of a spectrum of ${segments} segments is too low by what is said`, () => {
    const estimator = new SpectrumEstimator(SEGMENT, SAMPLE_RATE);
    const exact = Math.log((2 * 20 ** 2) / SAMPLE_RATE);
    const below: number[] = [];
    let said = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const signal = signalOf(PROCESSES[0]!, (SEGMENT * (segments + 1)) / 2, seed);
      const spectrum = estimator.estimate(signal);
      said = logarithmBias(spectrum, 5);
      // From 3 on: what is taken out as the mean is missing below.
      for (let k = 3; k < SEGMENT / 2; k++) below.push(Math.log(spectrum.density[k]!) - exact);
    }
    assert.ok(said < -0.01);
    // Standard error 0.04 of a single segment, falling with the root of their number.
    assert.ok(Math.abs(mean(below) - said) < 0.08 / Math.sqrt(segments), `${mean(below)}, said ${said}`);
  });
}

for (const process of PROCESSES) {
  test(`of noise that is ${process.name}, the bound is the exact one within its uncertainty`, () => {
    const exact = gaussianBound([{ spectrum: exactSpectrum(process), samples: 1 }], RATIOS, 1023);
    const estimator = new SpectrumEstimator(SEGMENT, SAMPLE_RATE);
    const points: BoundPoint[][] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const signal = signalOf(process, SEGMENT * 8, seed);
      points.push(gaussianBound([{ spectrum: estimator.estimate(signal), samples: 1 }], RATIOS, 1023));
    }
    RATIOS.forEach((ratio, i) => {
      const errors = points.map((ofSeed) => ofSeed[i]!.psnr - exact[i]!.psnr);
      const deviations = points.map((ofSeed) => ofSeed[i]!.standardError);
      const said = mean(deviations);
      const off = mean(errors);
      const scatter = Math.sqrt(mean(errors.map((error) => (error - off) ** 2)));
      const text = `CR ${ratio}: off by ${off} dB, scatter ${scatter}, said ${said}`;
      assert.ok(Math.abs(off) < (3 * said) / Math.sqrt(SEEDS), text);
      assert.ok(scatter > 0.75 * said && scatter < 1.25 * said, text);
      const within = errors.filter((error, seed) => Math.abs(error) < 1.96 * deviations[seed]!).length;
      assert.ok(within >= 0.85 * SEEDS, `${within} of ${SEEDS}; ${text}`);
    });
  });
}

test('the bound of a codec that gives back integers is what rounded Gaussian errors leave', () => {
  for (const variance of [0.02, 0.08, 0.2, 0.5, 1.3, 3, 20]) {
    const noise = gaussian(7);
    const count = 200_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < count; i++) {
      const error = Math.round(Math.sqrt(variance) * noise()) ** 2;
      sum += error;
      squares += error * error;
    }
    const simulated = sum / count;
    const standardError = Math.sqrt((squares / count - simulated ** 2) / count);
    const said = roundedError(variance);
    assert.ok(Math.abs(said - simulated) < 4 * standardError + 1e-5, `${variance}: ${said}, ${simulated}`);
  }
  assert.equal(roundedError(0), 0);
});

test('a coder with the error of the bound loses by rounding what the bound with rounding says', () => {
  // Reproductions are real, originals integers: x = round(y + e), as a test channel of the bound makes them.
  const [spectrum, level] = [{ ...exactSpectrum(PROCESSES[0]!), independentSegments: Infinity }, 0.41];
  const recording: RecordingSpectrum = { spectrum, samples: 10 };
  const point = gaussianBoundAtLevel([recording], level, 1023);
  const noise = gaussian(11);
  const count = 200_000;
  let unrounded = 0;
  let rounded = 0;
  for (let i = 0; i < count; i++) {
    const y = Math.sqrt(400 - level) * noise();
    const x = Math.round(y + Math.sqrt(level - 1 / 12) * noise());
    unrounded += (x - y) ** 2;
    rounded += (x - Math.round(y)) ** 2;
  }
  const loss = (a: number, b: number): number => 10 * Math.log10(b / a);
  const said = loss(point.mse, point.rounded.mse);
  assert.ok(Math.abs(loss(unrounded, rounded) - said) < 0.05, `${loss(unrounded, rounded)} dB, said ${said}`);
  assert.ok(said > 0.7 && said < 0.9, `${said} dB at an error of 0.41`);
});

test('in-band, only what the filter lets through takes bits or counts as error, and rounding adds its part', () => {
  const spectrum = exactSpectrum(PROCESSES[0]!);
  const bins = spectrum.density.length;
  const half = Float64Array.from({ length: bins }, (_, k) => (k < bins / 2 ? 1 : 0));
  const all = gaussianBoundAtLevel([{ spectrum, samples: 10 }], 4, 1023);
  const inBand = gaussianBoundAtLevel([{ spectrum, samples: 10, weights: half }], 4, 1023);
  assert.ok(Math.abs(inBand.bitsPerSample / all.bitsPerSample - 0.5) < 1e-3);
  assert.ok(Math.abs(inBand.mse / all.mse - 0.5) < 1e-3);
  assert.ok(Math.abs(inBand.rounded.mse - inBand.mse - 1 / 24) < 1e-3);
  // At the same rate, spending all bits in the band is better there than spending them everywhere.
  const [best] = gaussianBound([{ spectrum, samples: 10, weights: half }], [all.compressionRatio], 1023);
  assert.ok(best!.mse < 0.5 * all.mse);
});
