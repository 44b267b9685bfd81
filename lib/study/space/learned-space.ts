/**
 * Bases across electrodes that are learned on one half of the time and code the other: the Karhunen–Loève transform of a
 * dataset, the sparsifying transform, and short blocks of space and time. They are coded by the coder of all others and
 * decoded again; the format has no numbers for them, so what they learned would be a model beside the files.
 */
import type { AnyBasis } from '../../bases/basis';
import { BlockMatrixBasis } from '../../bases/parts/block-matrix';
import { basisOf, findCodec } from '../../codecs/codec-from-id';
import { GroupBasis, isJointly } from '../../codecs/groups/group-basis';
import { oneAfterAnother } from '../../codecs/groups/group-payload';
import { decodeSignal, encodeSignal } from '../../codecs/transform-codec';
import { PCM16_RANGE, type SampleRange } from '../../coding/sample-range';
import { writeBitstream, WAV_KIND } from '../../coding/bitstream';
import { matrixProduct, transposed } from '../../kernels/matrix';
import { SparsifyingIteration } from '../../learning/transforms/sparsifying-transform';
import { eigenDecomposition } from '../../numerics/eigen-decomposition';
import { covarianceOf, KARHUNEN_LOEVE } from '../../space/karhunen-loeve';
import { MatrixSpatialBasis } from '../../space/parts/matrix-basis';
import {
  ChannelGroupError,
  lengthOfGroup,
  type Signals,
  type SpatialFamily,
} from '../../space/spatial-basis';
import { squaredError } from '../../metrics/distortion';
import { hashCode } from '../../measuring/code-fingerprint';
import type { ElectrodeGroup } from './electrode-groups';
import type { GroupCurve } from './group-sweep';
import { keptOfGroup } from './kept-of-group';
import type { GroupMeasurement } from './measure-group';

/** Samples of a block of space and time, of each channel. */
export const BLOCK = 8;

/** What is learned, by id. */
export const LEARNED_IDS = [
  'klt-dataset',
  'klt-model',
  'sparsifying',
  `time-${BLOCK}`,
  `separable-${BLOCK}`,
  `joint-${BLOCK}`,
] as const;

/**
 * - `klt-dataset`: octaves' Karhunen–Loève transforms of the other half of the time, sent in each file.
 * - `klt-model`: the same transforms from a model that each file names: the bytes of their rotations are not counted.
 * - `sparsifying`: a learned sparsifying transform of each octave, its matrices left out of the bytes.
 * - `time-8`, `separable-8`, `joint-8`: blocks of 8 samples of all channels, under the Karhunen–Loève transform of time
 *   alone, of time and of space one after the other, and of both together, left out of the bytes.
 */
export type LearnedId = (typeof LEARNED_IDS)[number];

/** A basis, and the bytes that a file of it needs beside its payload, or does not need. */
interface LearnedCoding {
  readonly basis: AnyBasis;
  readonly extraBytes: number;
}

/** Samples of each channel of several stretches, one after another. */
function joined(groups: readonly ElectrodeGroup[]): Uint16Array[] {
  return groups[0]!.codes.map((_, c) => {
    const parts = groups.map(({ codes }) => codes[c]!);
    const all = new Uint16Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  });
}

/**
 * The stretches of the other half of the time for each stretch of a dataset.
 *
 * @returns undefined where the stretches are not of the same electrodes, or only one is there
 */
export function otherHalves(groups: readonly ElectrodeGroup[]): ElectrodeGroup[][] | undefined {
  const same = groups.every(({ electrodes }) => electrodes.join() === groups[0]!.electrodes.join());
  if (groups.length < 2 || !same) return undefined;
  const middle = groups.length >> 1;
  const [first, second] = [groups.slice(0, middle), groups.slice(middle)];
  return groups.map((_, i) => (i < middle ? second : first));
}

/** Calls `choose` for the bands of the training signal, in order. */
function eachTrainingBand(
  time: string,
  training: readonly Uint16Array[],
  step: number,
  choose: SpatialFamily['choose'],
): void {
  const basis = timeBasis(time);
  const family: SpatialFamily = { ...KARHUNEN_LOEVE, choose };
  const learner = new GroupBasis(basis, family, true, training.length);
  learner.choose(Float64Array.from(oneAfterAnother(training)), step);
}

function timeBasis(id: string): ConstructorParameters<typeof GroupBasis>[0] {
  const basis = basisOf(findCodec(id));
  if ('choose' in basis || !isJointly(basis)) throw new TypeError(`${id} is no fixed orthonormal basis.`);
  return basis;
}

/** A family whose bands are given, in order, again and again. */
function givenBands(sides: readonly Uint8Array[], chosen: readonly SpatialFamily['chosen'][]): SpatialFamily {
  let [written, read] = [0, 0];
  return {
    ...KARHUNEN_LOEVE,
    choose: () => sides[written++ % sides.length]!,
    chosen: (side, channels) => chosen[read++ % chosen.length]!(side, channels),
  };
}

/** Iterations, and most vectors, of the sparsifying transform: the objective has settled to a thousandth. */
const ITERATIONS = 25;
const MOST_VECTORS = 8000;

/** The shrinkage of half a step is that of the estimated rate of {@link SparsifyingIteration}. */
function sparsifyingRows(channels: Signals, step: number): Float64Array {
  const count = channels.length;
  const length = lengthOfGroup(channels);
  const { vectors } = eigenDecomposition(covarianceOf(channels), count);
  // Vectors that are quantized to zero in any basis teach nothing.
  const counting: number[] = [];
  for (let i = 0; i < length; i++) {
    if (channels.some((channel) => Math.abs(channel[i]!) >= step / 2)) counting.push(i);
  }
  if (counting.length < count) return vectors;
  const stride = Math.max(1, Math.ceil(counting.length / MOST_VECTORS));
  const chosen = counting.filter((_, i) => i % stride === 0);
  const blocks = new Float64Array(chosen.length * count);
  chosen.forEach((i, row) => channels.forEach((channel, c) => (blocks[row * count + c] = channel[i]!)));
  const iteration = new SparsifyingIteration(blocks, count, 'rate', step);
  let rows = vectors;
  for (let i = 0; i < ITERATIONS; i++) rows = iteration.next(rows).transform;
  return rows;
}

/** Means of channels, rounded to codes. */
function meansOf(channels: readonly Uint16Array[]): number[] {
  return channels.map((channel) =>
    Math.round(channel.reduce((sum, value) => sum + value, 0) / channel.length),
  );
}

/** Channels without their means, sample by sample: all channels at one time follow one another. */
function interleaved(channels: readonly Uint16Array[], means: readonly number[]): Int16Array {
  const [count, length] = [channels.length, lengthOfGroup(channels)];
  const all = new Int16Array(count * length);
  channels.forEach((channel, c) => {
    for (let i = 0; i < length; i++) {
      const value = channel[i]! - means[c]!;
      if (value < PCM16_RANGE.smallest || value > PCM16_RANGE.largest) {
        throw new ChannelGroupError(
          `Sample ${i} of channel ${c} is ${value} codes from its mean, more than 16 bits can hold: take another basis.`,
        );
      }
      all[i * count + c] = value;
    }
  });
  return all;
}

/** Covariance of blocks of `size` values that begin every `hop` values. */
function blockCovariance(signal: Int16Array, size: number, hop: number): Float64Array {
  const count = Math.max(0, Math.floor((signal.length - size) / hop) + 1);
  const covariance = new Float64Array(size * size);
  const PART = 1024;
  for (let from = 0; from < count; from += PART) {
    const rows = Math.min(PART, count - from);
    const blocks = new Float64Array(rows * size);
    for (let row = 0; row < rows; row++) {
      const start = (from + row) * hop;
      for (let j = 0; j < size; j++) blocks[row * size + j] = signal[start + j]!;
    }
    const product = matrixProduct(transposed(blocks, rows, size), blocks, rows, size);
    for (let i = 0; i < covariance.length; i++) covariance[i]! += product[i]! / count;
  }
  return covariance;
}

/** Covariance of space, over all samples of blocks, or that of time, over all channels. */
function marginal(covariance: Float64Array, channels: number, over: 'space' | 'time'): Float64Array {
  const size = BLOCK * channels;
  const [count, other] = over === 'space' ? [channels, BLOCK] : [BLOCK, channels];
  const at = (i: number, k: number): number => (over === 'space' ? k * channels + i : i * channels + k);
  const result = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      for (let k = 0; k < other; k++)
        result[i * count + j]! += covariance[at(i, k) * size + at(j, k)]! / other;
    }
  }
  return result;
}

/** Functions sorted by the variance along them, the largest first. */
function byVariance(functions: Float64Array, covariance: Float64Array, size: number): Float64Array {
  const products = matrixProduct(functions, covariance, size, size);
  const variances = Array.from({ length: size }, (_, k) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += products[k * size + j]! * functions[k * size + j]!;
    return sum;
  });
  const order = variances.map((_, k) => k).sort((a, b) => variances[b]! - variances[a]!);
  const sorted = new Float64Array(functions.length);
  order.forEach((from, k) => sorted.set(functions.subarray(from * size, (from + 1) * size), k * size));
  return sorted;
}

/**
 * Functions of blocks of {@link BLOCK} samples of all channels, one a row: of time alone, of time and space one after the
 * other, or of both together.
 *
 * @param signal - channels interleaved, without their means
 */
export function blockFunctions(
  signal: Int16Array,
  channels: number,
  kind: 'time' | 'separable' | 'joint',
): Float64Array {
  const size = BLOCK * channels;
  // Every second sample begins a block: those between tell little more.
  const covariance = blockCovariance(signal, size, 2 * channels);
  if (kind === 'joint') return eigenDecomposition(covariance, size).vectors;
  const time = eigenDecomposition(marginal(covariance, channels, 'time'), BLOCK).vectors;
  const space =
    kind === 'separable'
      ? eigenDecomposition(marginal(covariance, channels, 'space'), channels).vectors
      : undefined;
  const functions = new Float64Array(size * size);
  for (let t = 0; t < BLOCK; t++) {
    for (let k = 0; k < channels; k++) {
      const row = (t * channels + k) * size;
      for (let i = 0; i < BLOCK; i++) {
        for (let c = 0; c < channels; c++) {
          const across = space ? space[k * channels + c]! : k === c ? 1 : 0;
          functions[row + i * channels + c] = time[t * BLOCK + i]! * across;
        }
      }
    }
  }
  return byVariance(functions, covariance, size);
}

/** Codes a group, decodes the bytes, and compares. */
function measureCoding(
  codes: Uint16Array | Int16Array,
  range: SampleRange,
  step: number,
  coding: LearnedCoding,
  decoder: AnyBasis,
): GroupMeasurement {
  const { header, payload } = encodeSignal(coding.basis, codes, step, false, range);
  const whole = { ...header, family: 0, parameter: 0, wavKind: WAV_KIND.canonical };
  const bytes = writeBitstream(whole, payload).length + coding.extraBytes;
  const decoded = decodeSignal(decoder, whole, payload, 0, payload.length, range);
  let error = 0;
  if (codes instanceof Uint16Array) error = squaredError(codes, Uint16Array.from(decoded));
  else for (let i = 0; i < codes.length; i++) error += (codes[i]! - decoded[i]!) ** 2;
  return { bytes, squaredError: error, samples: codes.length };
}

/**
 * A group under a basis that was learned on other stretches: real bytes, decoded again.
 *
 * @param time - basis in time, `"mdct-256-sine"`; blocks of space and time do without
 * @param step - in codes, above 0
 * @param learned - functions of blocks by what they were learned on, which do not depend on the step
 */
export function measureLearned(
  group: ElectrodeGroup,
  training: readonly ElectrodeGroup[],
  id: LearnedId,
  time: string,
  step: number,
  learned = new Map<readonly ElectrodeGroup[], Float64Array>(),
): GroupMeasurement {
  const { codes, range } = group;
  const count = codes.length;
  const teaching = joined(training);
  const sides: Uint8Array[] = [];
  const bases: SpatialFamily['chosen'][] = [];
  if (id === 'klt-dataset' || id === 'klt-model') {
    eachTrainingBand(time, teaching, step, (channels, places, bandStep) => {
      const side = KARHUNEN_LOEVE.choose(channels, places, bandStep);
      sides.push(side);
      bases.push(KARHUNEN_LOEVE.chosen);
      return side;
    });
  } else if (id === 'sparsifying') {
    eachTrainingBand(time, teaching, step, (channels, _, bandStep) => {
      const rows = Float64Array.from(Float32Array.from(sparsifyingRows(channels, bandStep)));
      sides.push(new Uint8Array(0));
      bases.push(() => new MatrixSpatialBasis(count, rows));
      return new Uint8Array(0);
    });
  } else {
    const kind = id.slice(0, id.lastIndexOf('-')) as 'time' | 'separable' | 'joint';
    const size = BLOCK * count;
    const functions = (
      learned.get(training) ?? blockFunctions(interleaved(teaching, meansOf(teaching)), count, kind)
    ).map(Math.fround);
    learned.set(training, functions);
    const basis = new BlockMatrixBasis(id, size, { functions });
    // The mean of each channel takes two bytes.
    const coding = { basis, extraBytes: 2 * count };
    return measureCoding(interleaved(codes, meansOf(codes)), PCM16_RANGE, step, coding, basis);
  }
  const known = id === 'klt-model' ? sides.reduce((sum, { length }) => sum + length, 0) : 0;
  const basis = (): GroupBasis => new GroupBasis(timeBasis(time), givenBands(sides, bases), true, count);
  const coding = { basis: basis(), extraBytes: -known };
  return measureCoding(oneAfterAnother(codes), range, step, coding, basis());
}

/** What the measurements are made by. */
const CODE = ['lib/study/space/learned-space.ts'];

/**
 * The curve of a learned basis over the stretches of a dataset, each measurement kept under `.cache/groups`; undefined
 * where nothing can be learned.
 */
export async function learnedCurve(
  groups: readonly ElectrodeGroup[],
  id: LearnedId,
  time: string,
  steps: readonly number[],
): Promise<GroupCurve | undefined> {
  const others = otherHalves(groups);
  if (!others) return undefined;
  const code = await hashCode(CODE);
  const learned = new Map<readonly ElectrodeGroup[], Float64Array>();
  const measured = steps.map((step) =>
    groups.map((group, i) => {
      const training = others[i]!;
      const named = `${time}@${id} of ${training.map(({ sha256 }) => sha256).join(' ')}`;
      const measure = (): GroupMeasurement => measureLearned(group, training, id, time, step, learned);
      return keptOfGroup(code, group, named, step, measure).value;
    }),
  );
  return { codecId: id, steps, measured };
}
