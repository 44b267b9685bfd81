/**
 * The Karhunen–Loève transform across channels, as far as it pays for itself: Jacobi's rotations (G. H. Golub and C. F.
 * Van Loan, Matrix Computations, 4th ed., §8.5), the one that saves most bits first, until the next would save fewer than
 * its side information costs. With enough samples that is the transform to uncorrelated components; with few it is the
 * best sparse one, as treelets are (A. B. Lee, B. Nadler and L. Wasserman, "Treelets", Annals of Applied Statistics 2,
 * 2008).
 */
import { writeVarint, type HeaderReader } from '../coding/header-reader';
import { CovarianceSum } from '../kernels/covariance';
import { SideInformationError } from '../bases/basis';
import { appendOrder, readSide, takeOrder } from './parts/probe-order';
import {
  angleOf,
  MOST_ANGLE,
  nearestAngle,
  RotatedSpatialBasis,
  TURN,
  type Rotation,
} from './parts/rotations';
import { PROBE_COSINE } from './along-probe';
import { NO_SPACE } from './no-space';
import { ChainedSpatialBasis } from './parts/chained';
import { lengthOfGroup, type Places, type Signals, type SpatialFamily } from './spatial-basis';

/** Rotations of a group are at most this many times the channels: Jacobi's method has converged by far. */
const MOST_ROTATIONS_PER_CHANNEL = 64;

/** Bits that a rotation must save beyond those of its bytes: variances are estimated, and a choice of many flatters. */
const MARGIN_BITS = 8;

/** A uniform quantizer of step Δ leaves an error of Δ²/12; components that have no more cost nothing. */
const ERROR_OF_STEP = 1 / 12;

/** Samples that covariances are summed over at a time. */
const CHUNK = 4096;

/** Cosine and sine of the angle of each number from −{@link MOST_ANGLE} on: each search of a partner tries hundreds. */
const ANGLES = Array.from(
  { length: 2 * MOST_ANGLE + 1 },
  (_, i) => (2 * Math.PI * angleOf(i - MOST_ANGLE)) / TURN,
);
const COSINES = Float64Array.from(ANGLES, Math.cos);
const SINES = Float64Array.from(ANGLES, Math.sin);

/** Covariance of the channels, C × C. */
export function covarianceOf(channels: Signals): Float64Array {
  const length = lengthOfGroup(channels);
  const count = channels.length;
  if (count === 0 || length < 2) return new Float64Array(count * count);
  const sum = new CovarianceSum(count);
  try {
    for (let start = 0; start < length; start += CHUNK) {
      const end = Math.min(length, start + CHUNK);
      const blocks = new Float64Array((end - start) * count);
      channels.forEach((channel, c) => {
        for (let i = start, at = c; i < end; i++, at += count) blocks[at] = channel[i]!;
      });
      sum.add(blocks);
    }
    return sum.result().covariance;
  } finally {
    sum.release();
  }
}

/** Bits a sample of a Gaussian component. */
function bits(variance: number, floor: number): number {
  return variance > floor ? 0.5 * Math.log2(variance / floor) : 0;
}

/**
 * Square of the correlation of two channels from which on a rotation can save so many bits a sample: it saves
 * −log₂(1 − ρ²)/2 at most, and less where the smaller variance falls below the floor; where it is below already, none. A
 * little less than that, for roundings: pairs that it leaves out are those that could not be chosen.
 */
function squareThatSaves(saved: number): number {
  return (1 - 2 ** (-2 * saved)) * (1 - 1e-6);
}

/** The best rotation of two channels, and the bits a sample that it saves. */
function bestRotation(
  a: number,
  b: number,
  product: number,
  floor: number,
): { angle: number; saved: number } {
  const exact = (0.5 * Math.atan2(2 * product, a - b) * TURN) / (2 * Math.PI);
  const angle = nearestAngle(exact);
  if (angle === 0) return { angle, saved: 0 };
  const { first, second } = rotatedVariances(a, b, product, angle);
  return { angle, saved: bits(a, floor) + bits(b, floor) - bits(first, floor) - bits(second, floor) };
}

function rotatedVariances(
  a: number,
  b: number,
  product: number,
  angle: number,
): { first: number; second: number } {
  const [c, s] = [COSINES[MOST_ANGLE + angle]!, SINES[MOST_ANGLE + angle]!];
  const first = c * c * a + s * s * b + 2 * c * s * product;
  return { first: Math.max(0, first), second: Math.max(0, a + b - first) };
}

/**
 * Rotations that decorrelate; the order of the components by variance, the largest first; and what they cost, bits a
 * sample of all together.
 *
 * @param covariance - C × C; left as it is
 * @param samples - samples that the saving is counted over
 * @param step - of the quantizer; 0 or less where all that varies is coded
 */
export function decorrelate(
  covariance: Float64Array,
  count: number,
  samples: number,
  step: number,
): { rotations: Rotation[]; order: number[]; bitsPerSample: number } {
  const matrix = covariance.slice();
  let trace = 0;
  for (let c = 0; c < count; c++) trace += matrix[c * count + c]!;
  // Without a step, variances below a millionth of the mean are taken to cost nothing.
  const floor = step > 0 ? step * step * ERROR_OF_STEP : (1e-6 * trace) / Math.max(1, count);
  const cost = (8 * bytesOfRotation(count) + MARGIN_BITS) / Math.max(1, samples);
  // The best partner of each channel among those after it.
  const best = Array.from({ length: count }, () => ({ partner: -1, angle: 0, saved: 0 }));
  const leastSquare = squareThatSaves(cost);
  const search = (first: number): void => {
    const entry = { partner: -1, angle: 0, saved: 0 };
    best[first] = entry;
    const a = matrix[first * count + first]!;
    if (a <= floor) return;
    let square = leastSquare;
    for (let second = first + 1; second < count; second++) {
      const b = matrix[second * count + second]!;
      const product = matrix[first * count + second]!;
      if (b <= floor || product * product < square * a * b) continue;
      const { angle, saved } = bestRotation(a, b, product, floor);
      if (!(saved > entry.saved)) continue;
      Object.assign(entry, { partner: second, angle, saved });
      square = Math.max(leastSquare, squareThatSaves(saved));
    }
  };
  for (let c = 0; c < count; c++) search(c);
  const rotations: Rotation[] = [];
  while (floor > 0 && rotations.length < MOST_ROTATIONS_PER_CHANNEL * count) {
    let first = 0;
    for (let c = 1; c < count; c++) if (best[c]!.saved > best[first]!.saved) first = c;
    const { partner: second, angle, saved } = best[first] ?? { partner: -1, angle: 0, saved: 0 };
    if (!(saved > cost)) break;
    rotations.push({ first, second, angle });
    rotateCovariance(matrix, count, first, second, angle);
    for (let c = 0; c <= second; c++) {
      const { partner } = best[c]!;
      if (c === first || c === second || partner === first || partner === second) search(c);
      else {
        for (const other of [first, second]) {
          if (other <= c) continue;
          const [a, b] = [matrix[c * count + c]!, matrix[other * count + other]!];
          const product = matrix[c * count + other]!;
          if (a <= floor || b <= floor || product * product < leastSquare * a * b) continue;
          const found = bestRotation(a, b, product, floor);
          if (found.saved > best[c]!.saved) best[c] = { partner: other, ...found };
        }
      }
    }
  }
  const order = [...new Array<undefined>(count).keys()].sort(
    (a, b) => matrix[b * count + b]! - matrix[a * count + a]! || a - b,
  );
  let bitsPerSample = 0;
  for (let c = 0; c < count; c++) bitsPerSample += floor > 0 ? bits(matrix[c * count + c]!, floor) : 0;
  return { rotations, order, bitsPerSample };
}

function rotateCovariance(
  matrix: Float64Array,
  count: number,
  first: number,
  second: number,
  angle: number,
): void {
  const [c, s] = [COSINES[MOST_ANGLE + angle]!, SINES[MOST_ANGLE + angle]!];
  for (let j = 0; j < count; j++) {
    const [a, b] = [matrix[first * count + j]!, matrix[second * count + j]!];
    matrix[first * count + j] = c * a + s * b;
    matrix[second * count + j] = c * b - s * a;
  }
  for (let j = 0; j < count; j++) {
    const [a, b] = [matrix[j * count + first]!, matrix[j * count + second]!];
    matrix[j * count + first] = c * a + s * b;
    matrix[j * count + second] = c * b - s * a;
  }
}

/** Bytes of two channel numbers and an angle. */
function bytesOfRotation(count: number): number {
  return count > 128 ? 5 : 3;
}

/** Number of rotations; the rotations; and, where there are any, the order of components. */
function appendRotations(bytes: number[], rotations: readonly Rotation[], order: readonly number[]): void {
  writeVarint(bytes, rotations.length);
  for (const { first, second, angle } of rotations) {
    writeVarint(bytes, first);
    writeVarint(bytes, second - first - 1);
    bytes.push(angle & 255);
  }
  if (rotations.length > 0) appendOrder(bytes, order);
}

/** What {@link appendRotations} wrote. @throws SideInformationError */
function takeRotations(reader: HeaderReader, count: number): RotatedSpatialBasis {
  const size = reader.varint();
  if (size > MOST_ROTATIONS_PER_CHANNEL * count) throw wrong(`${size} rotations`);
  const rotations = Array.from({ length: size }, (): Rotation => {
    const first = reader.varint();
    const second = first + 1 + reader.varint();
    const angle = (reader.byte() << 24) >> 24;
    if (second >= count) throw wrong(`channel ${second}`);
    if (Math.abs(angle) > MOST_ANGLE || angle === 0) throw wrong(`an angle of ${angle}`);
    return { first, second, angle };
  });
  const order = size > 0 ? takeOrder(reader, count) : [...new Array<undefined>(count).keys()];
  return new RotatedSpatialBasis(count, rotations, order);
}

function wrong(what: string): SideInformationError {
  return new SideInformationError(`${what} in the rotations of a spatial basis`);
}

/** Where rotations start from, by their numbers in the format: the channels, or cosines along the probe. */
const STARTS = [NO_SPACE, PROBE_COSINE] as const;

/** Magnitude in steps from which a coefficient is not quantized to zero. */
const NOT_ZERO = 0.6;

/** Samples at which any channel is not quantized to zero: others cost next to nothing, and would outnumber them. */
function thatCount(channels: Signals, step: number): Float64Array[] {
  const length = lengthOfGroup(channels);
  if (!(step > 0)) return [...channels];
  const counts = new Uint8Array(length);
  let counted = 0;
  for (const channel of channels) {
    for (let i = 0; i < length; i++) {
      if (counts[i] === 0 && Math.abs(channel[i]!) >= NOT_ZERO * step) {
        counts[i] = 1;
        counted++;
      }
    }
  }
  return channels.map((channel) => {
    const kept = new Float64Array(counted);
    for (let i = 0, at = 0; i < length; i++) if (counts[i] === 1) kept[at++] = channel[i]!;
    return kept;
  });
}

/** Side information of the rotations from a start, and the bits that the group costs with all of it. */
function rotationsFrom(
  start: number,
  channels: Signals,
  places: Places,
  step: number,
): { readonly side: number[]; readonly bits: number } {
  const count = channels.length;
  const samples = lengthOfGroup(channels);
  const startSide = STARTS[start]!.choose(channels, places, step);
  const covariance = covarianceOf(STARTS[start]!.chosen(startSide, count).analyze(channels));
  const { rotations, order, bitsPerSample } = decorrelate(covariance, count, samples, step);
  if (start === 0 && rotations.length === 0) return { side: [], bits: bitsPerSample * samples };
  const side: number[] = [start];
  writeVarint(side, startSide.length);
  side.push(...startSide);
  appendRotations(side, rotations, order);
  return { side, bits: bitsPerSample * samples + 8 * side.length };
}

/** Each group has its own: from the start with which it costs least. */
export const KARHUNEN_LOEVE: SpatialFamily = {
  id: 'klt',
  kind: 'orthonormal',
  wholeRecording: true,
  choose(channels, places, step): Uint8Array {
    const counting = thatCount(channels, step);
    const [plain, cosine] = STARTS.map((_, start) => rotationsFrom(start, counting, places, step));
    return Uint8Array.from((cosine!.bits < plain!.bits ? cosine! : plain!).side);
  },
  chosen(side, channels) {
    if (side.length === 0) return NO_SPACE.chosen(side, channels);
    return readSide(side, (reader) => {
      const start = STARTS[reader.byte()];
      if (!start) throw wrong('a start that is unknown');
      const first = start.chosen(reader.take(reader.varint()), channels);
      return new ChainedSpatialBasis(first, takeRotations(reader, channels));
    });
  },
};
