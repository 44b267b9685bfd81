/**
 * A bound for variances that follow their neighbors: lapped cosines are taken to be Gaussian given the coefficients that
 * were coded before, near in time and frequency, with a variance that these predict. The stationary Gaussian bound is the
 * case of a prediction that does not change.
 *
 * At the level θ, a Gaussian code for the variance v costs a coefficient c, error included,
 * ½·ln(max(v, θ)/θ) + c²/(2·max(v, θ)) nats, whatever the coefficient's own distribution is: the code is one for
 * Gaussian sources, and a squared error of 1 is worth 1/(2θ) (A. Lapidoth, "On the role of mismatch in rate distortion
 * theory", IEEE Transactions on Information Theory 43, 1997). So a prediction that is wrong is paid for. By how much one
 * is better than the other is what it saves at equal error, to first order.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { readKept, writeKept } from '../../files/kept-file';
import { projectRoot } from '../../files/project-root';
import { hashCode } from '../../measuring/code-fingerprint';
import { gaussianBound, recordingAtLevel } from '../../metrics/gaussian-bound';
import { quasiNewtonStart, quasiNewtonStep, type Differentiable } from '../../numerics/quasi-newton';
import { bootstrapInterval, type Interval } from '../../numerics/statistics';
import {
  corpusHash,
  readCodes,
  stratifiedSubset,
  type Corpus,
  type Recording,
} from '../../recordings/corpus';
import { foldOf, groupsOfEqualLength, type Fold } from '../../recordings/folds';
import { signalOf } from '../../recordings/signal';
import { bandVariances, knownRecording, normalNumbers, seedOf } from './gaussian-surrogate';
import { LAPPED_BASIS, lappedVariances } from './lapped-variances';

/** What is known of the neighbors: their values as they are decoded, or, as a limit, as they are. */
export const NEIGHBORS = ['decoded', 'exact'] as const;
export type Neighbors = (typeof NEIGHBORS)[number];

/** Compression ratios of the stationary bound at which the gain is given. */
export const CAUSAL_RATIOS: readonly number[] = [20, 50, 200];

/** Recordings of a fold that the weights are fitted on. */
const FITTED = 12;

/** Iterations of the fit. */
const ITERATIONS = 40;

/** The same on the sample. Weights that are not yet the best save less, so the gain stays one that can be had. */
const SAMPLE_ITERATIONS = 10;
/** Length of the first step of the fit. */
const FIRST_STEP = 0.3;

/** Bands with less variance than this share of the level are never coded. */
const LEAST_SHARE = 1 / 4;

/** Memories of the running means, in frames. */
const MEMORIES = [8, 64] as const;

/** Numbers that a variance is predicted from: 1, seven groups of neighbors and two running means. */
const FEATURES = 9;

/** Weights of the features before the fit. */
const FIRST_WEIGHTS = [0.6, ...Array<number>(FEATURES - 1).fill(0.05)];

/** Corpora drawn for an interval. */
const REPLICATES = 1000;

const CODE = ['lib/investigations/93-limits/causal-variance.ts', 'lib/recordings/signal.ts'];

/** Gain over the stationary bound at one compression ratio. */
export interface CausalGain {
  readonly compressionRatio: number;
  readonly neighbors: Neighbors;
  /** Bytes saved at equal error, percent of those of the stationary bound. */
  readonly bytes: Interval;
}

/** Nats saved by one recording, and bits of its stationary bound, for each ratio and kind of neighbors. */
interface RecordingGain {
  readonly samples: number;
  readonly boundBits: readonly number[];
  readonly saved: Readonly<Record<Neighbors, readonly number[]>>;
}

/**
 * What variances that follow their neighbors would save. Each recording is judged with weights that were fitted on the
 * other fold. Takes a fifth of a second a recording; kept under `.cache/limits/`.
 */
export async function causalGains(corpus: Corpus): Promise<CausalGain[]> {
  const key = createHash('sha256')
    .update(JSON.stringify([await hashCode(CODE), corpusHash(corpus)]))
    .digest('hex');
  const path = join(projectRoot(), '.cache', 'limits', `causal-${key.slice(0, 32)}.json`);
  const kept = readKept(path);
  const gains = kept ? (JSON.parse(kept.toString()) as RecordingGain[]) : await measuredGains(corpus);
  if (!kept) writeKept(path, JSON.stringify(gains));
  const groups = groupsOfEqualLength(gains);
  return CAUSAL_RATIOS.flatMap((compressionRatio, i) =>
    NEIGHBORS.map((neighbors) => ({
      compressionRatio,
      neighbors,
      bytes: bootstrapInterval(
        groups,
        (drawn) =>
          (100 * sumOf(drawn, ({ saved }) => saved[neighbors][i]! / Math.LN2)) /
          sumOf(drawn, ({ boundBits }) => boundBits[i]!),
        { replicates: REPLICATES },
      )!,
    })),
  );
}

async function measuredGains(corpus: Corpus): Promise<RecordingGain[]> {
  const spectra = new Map<Recording, Float64Array>();
  for (const recording of corpus.recordings) {
    spectra.set(recording, bandVariances(readCodes(recording)));
    // Lets an interrupt through.
    await setImmediate();
  }
  const known = corpus.recordings.map((one) => knownRecording(spectra.get(one)!, one.samples));
  const levels = gaussianBound(known, CAUSAL_RATIOS, corpus.fullScale.codes).map(({ level }) => level);
  const gains = corpus.recordings.map(({ samples }, i) => ({
    samples,
    boundBits: levels.map((level) => recordingAtLevel(known[i]!, level).bits),
    saved: { decoded: [] as number[], exact: [] as number[] },
  }));
  for (const level of levels) {
    for (const neighbors of NEIGHBORS) {
      const weights = ([0, 1] as const).map((fold) => {
        const own = corpus.recordings.filter(({ samples }) => foldOf(samples) === fold);
        return fitted(
          stratifiedSubset(own, FITTED).map((one) =>
            coefficientsOf(one, spectra.get(one)!, level, neighbors),
          ),
          level,
          corpus.synthetic ? SAMPLE_ITERATIONS : ITERATIONS,
        );
      });
      for (const [i, recording] of corpus.recordings.entries()) {
        const coefficients = coefficientsOf(recording, spectra.get(recording)!, level, neighbors);
        const other: Fold = foldOf(recording.samples) === 0 ? 1 : 0;
        gains[i]!.saved[neighbors].push(savedBy(weights[other]!, coefficients, level));
        await setImmediate();
      }
    }
  }
  return gains;
}

/** Coefficients of a recording that may be coded, with what their variances are predicted from. */
interface PredictedCoefficients {
  /** Squares, codes². */
  readonly squares: Float64Array;
  /** Variances of the stationary process, codes². */
  readonly variances: Float64Array;
  /** {@link FEATURES} numbers of each; 1 on average. */
  readonly features: Float32Array;
}

function coefficientsOf(
  recording: Recording,
  spectrum: Float64Array,
  level: number,
  neighbors: Neighbors,
): PredictedCoefficients {
  const { values, layout } = LAPPED_BASIS.analyze(signalOf(readCodes(recording)).signal);
  const all = lappedVariances(spectrum);
  let bands = all.length;
  while (bands > 0 && all[bands - 1]! < LEAST_SHARE * level) bands--;
  const frames = layout.subbands[0]!.length;
  const normal = normalNumbers(seedOf(recording));
  const squares = new Float64Array(frames * bands);
  const variances = new Float64Array(frames * bands);
  /** Energy of each coefficient over its variance, as far as it is known after decoding. */
  const energies = new Float64Array(frames * bands);
  for (let t = 0; t < frames; t++) {
    for (let k = 0; k < bands; k++) {
      const at = t * bands + k;
      const value = values[layout.subbands[k]!.offset + t]!;
      const variance = all[k]!;
      squares[at] = value * value;
      variances[at] = variance;
      energies[at] =
        neighbors === 'exact' ? squares[at]! / variance : decodedEnergy(value, variance, level, normal);
    }
  }
  return { squares, variances, features: featuresOf(energies, frames, bands) };
}

/**
 * Expected energy of a coefficient over its variance, given what an ideal quantizer leaves of it: it decodes y, and c − y
 * has the variance θ. Nothing is known where nothing is coded.
 */
function decodedEnergy(value: number, variance: number, level: number, normal: () => number): number {
  if (variance <= level) return 1;
  const share = 1 - level / variance;
  const decoded = share * value + Math.sqrt(level * share) * normal();
  return (decoded * decoded + level) / variance;
}

/** Means over neighbors that are coded before: those of earlier frames, and lower ones of the same frame. */
function featuresOf(energies: Float64Array, frames: number, bands: number): Float32Array {
  const features = new Float32Array(energies.length * FEATURES);
  const running = MEMORIES.map(() => new Float64Array(bands).fill(1));
  const mean = (from: ArrayLike<number>, start: number, low: number, high: number): number => {
    const [first, last] = [Math.max(0, low), Math.min(bands - 1, high)];
    if (start < 0 || first > last) return 1;
    let sum = 0;
    for (let k = first; k <= last; k++) sum += from[start + k]!;
    return sum / (last - first + 1);
  };
  for (let t = 0; t < frames; t++) {
    const [now, before, twoBefore] = [t * bands, (t - 1) * bands, (t - 2) * bands];
    for (let k = 0; k < bands; k++) {
      const at = (now + k) * FEATURES;
      features[at] = 1;
      features[at + 1] = mean(energies, before, k, k);
      features[at + 2] = mean(energies, twoBefore, k, k);
      features[at + 3] = mean(energies, before, k - 1, k + 1);
      features[at + 4] = mean(energies, before, k - 4, k + 4);
      features[at + 5] = mean(energies, now, k - 2, k - 1);
      features[at + 6] = mean(energies, now, k - 8, k - 1);
      features[at + 7] = mean(running[0]!, 0, k - 1, k + 1);
      features[at + 8] = mean(running[1]!, 0, k - 2, k + 2);
    }
    MEMORIES.forEach((memory, m) => {
      for (let k = 0; k < bands; k++) {
        running[m]![k]! += (energies[now + k]! - running[m]![k]!) / memory;
      }
    });
  }
  return features;
}

/** Weights of least cost, by their logarithms. */
function fitted(
  recordings: readonly PredictedCoefficients[],
  level: number,
  iterations: number,
): Float64Array {
  const evaluate: Differentiable = (point) => {
    const weights = point.map(Math.exp);
    const gradient = new Float64Array(FEATURES);
    let value = 0;
    let count = 0;
    for (const { squares, variances, features } of recordings) {
      count += squares.length;
      for (let i = 0; i < squares.length; i++) {
        const predicted = variances[i]! * weighted(weights, features, i);
        value += costOf(squares[i]!, predicted, level);
        if (predicted <= level) continue;
        const slope = (0.5 * (1 - squares[i]! / predicted) * variances[i]!) / predicted;
        for (let j = 0; j < FEATURES; j++) gradient[j]! += slope * features[i * FEATURES + j]! * weights[j]!;
      }
    }
    return { value: value / count, gradient: gradient.map((x) => x / count) };
  };
  let state = quasiNewtonStart(evaluate, Float64Array.from(FIRST_WEIGHTS, Math.log), FIRST_STEP);
  for (let i = 0; i < iterations; i++) {
    const next = quasiNewtonStep(evaluate, state);
    if (!next) break;
    state = next;
  }
  return state.point.map(Math.exp);
}

function weighted(weights: Float64Array, features: Float32Array, i: number): number {
  let sum = 0;
  for (let j = 0; j < FEATURES; j++) sum += weights[j]! * features[i * FEATURES + j]!;
  return sum;
}

/** Rate and error of a coefficient under a Gaussian code for a variance, nats. */
function costOf(square: number, variance: number, level: number): number {
  const coded = Math.max(variance, level);
  return 0.5 * Math.log(coded / level) + square / (2 * coded);
}

/** Nats that predicted variances save against constant ones. */
function savedBy(
  weights: Float64Array,
  { squares, variances, features }: PredictedCoefficients,
  level: number,
): number {
  let saved = 0;
  for (let i = 0; i < squares.length; i++) {
    const predicted = variances[i]! * weighted(weights, features, i);
    saved += costOf(squares[i]!, variances[i]!, level) - costOf(squares[i]!, predicted, level);
  }
  return saved;
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}
