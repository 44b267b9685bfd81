/**
 * The Karhunen–Loève transform across channels, as far as it pays for itself: Jacobi's rotations (G. H. Golub and C. F.
 * Van Loan, Matrix Computations, 4th ed., §8.5), the one that saves most bits first, until the next would save fewer than
 * its side information costs. With enough samples that is the transform to uncorrelated components; with few it is the
 * best sparse one, as treelets are (A. B. Lee, B. Nadler and L. Wasserman, "Treelets", Annals of Applied Statistics 2,
 * 2008).
 */
import { writeVarint } from '../coding/header-reader';
import { CovarianceSum } from '../kernels/covariance';
import { SideInformationError } from '../bases/basis';
import { appendOrder, readSide, takeOrder } from './parts/probe-order';
import { RotatedSpatialBasis, TURN, type Rotation } from './parts/rotations';
import { lengthOfGroup, type Signals, type SpatialFamily } from './spatial-basis';

/** Rotations of a group are at most this many times the channels: Jacobi's method has converged by far. */
const MOST_ROTATIONS_PER_CHANNEL = 64;

/** Bits that a rotation must save beyond those of its bytes: variances are estimated, and a choice of many flatters. */
const MARGIN_BITS = 8;

/** A uniform quantizer of step Δ leaves an error of Δ²/12; components that have no more cost nothing. */
const ERROR_OF_STEP = 1 / 12;

/** Samples that covariances are summed over at a time. */
const CHUNK = 4096;

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

/** The best rotation of two channels, and the bits a sample that it saves. */
function bestRotation(
  a: number,
  b: number,
  product: number,
  floor: number,
): { angle: number; saved: number } {
  const exact = (0.5 * Math.atan2(2 * product, a - b) * TURN) / (2 * Math.PI);
  const angle = Math.round(exact);
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
  const [c, s] = [Math.cos((2 * Math.PI * angle) / TURN), Math.sin((2 * Math.PI * angle) / TURN)];
  const first = c * c * a + s * s * b + 2 * c * s * product;
  return { first: Math.max(0, first), second: Math.max(0, a + b - first) };
}

/**
 * Rotations that decorrelate, and the order of the components by variance, the largest first.
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
): { rotations: Rotation[]; order: number[] } {
  const matrix = covariance.slice();
  let trace = 0;
  for (let c = 0; c < count; c++) trace += matrix[c * count + c]!;
  // Without a step, variances below a millionth of the mean are taken to cost nothing.
  const floor = step > 0 ? step * step * ERROR_OF_STEP : (1e-6 * trace) / Math.max(1, count);
  const cost = (8 * bytesOfRotation(count) + MARGIN_BITS) / Math.max(1, samples);
  // The best partner of each channel among those after it.
  const best = Array.from({ length: count }, () => ({ partner: -1, angle: 0, saved: 0 }));
  const search = (first: number): void => {
    const entry = { partner: -1, angle: 0, saved: 0 };
    const a = matrix[first * count + first]!;
    for (let second = first + 1; second < count; second++) {
      const { angle, saved } = bestRotation(
        a,
        matrix[second * count + second]!,
        matrix[first * count + second]!,
        floor,
      );
      if (saved > entry.saved) Object.assign(entry, { partner: second, angle, saved });
    }
    best[first] = entry;
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
          const found = bestRotation(
            matrix[c * count + c]!,
            matrix[other * count + other]!,
            matrix[c * count + other]!,
            floor,
          );
          if (found.saved > best[c]!.saved) best[c] = { partner: other, ...found };
        }
      }
    }
  }
  const order = [...new Array<undefined>(count).keys()].sort(
    (a, b) => matrix[b * count + b]! - matrix[a * count + a]! || a - b,
  );
  return { rotations, order };
}

function rotateCovariance(
  matrix: Float64Array,
  count: number,
  first: number,
  second: number,
  angle: number,
): void {
  const [c, s] = [Math.cos((2 * Math.PI * angle) / TURN), Math.sin((2 * Math.PI * angle) / TURN)];
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

/** Side information: number of rotations, rotations, and the order of components where there are any. */
export function writeRotations(rotations: readonly Rotation[], order: readonly number[]): Uint8Array {
  if (rotations.length === 0) return new Uint8Array(0);
  const bytes: number[] = [];
  writeVarint(bytes, rotations.length);
  for (const { first, second, angle } of rotations) {
    writeVarint(bytes, first);
    writeVarint(bytes, second - first - 1);
    bytes.push(angle & 255);
  }
  appendOrder(bytes, order);
  return Uint8Array.from(bytes);
}

/** @throws SideInformationError when {@link writeRotations} writes no such bytes */
export function readRotations(side: Uint8Array, count: number): { rotations: Rotation[]; order: number[] } {
  if (side.length === 0) return { rotations: [], order: [...new Array<undefined>(count).keys()] };
  return readSide(side, (reader) => {
    const size = reader.varint();
    if (size < 1 || size > MOST_ROTATIONS_PER_CHANNEL * count) throw wrong(`${size} rotations`);
    const rotations = Array.from({ length: size }, (): Rotation => {
      const first = reader.varint();
      const second = first + 1 + reader.varint();
      const angle = (reader.byte() << 24) >> 24;
      if (second >= count) throw wrong(`channel ${second}`);
      if (angle < -TURN / 4 || angle > TURN / 4 || angle === 0) throw wrong(`an angle of ${angle}`);
      return { first, second, angle };
    });
    return { rotations, order: takeOrder(reader, count) };
  });
}

function wrong(what: string): SideInformationError {
  return new SideInformationError(`${what} in the rotations of a spatial basis`);
}

/** Each group has its own. */
export const KARHUNEN_LOEVE: SpatialFamily = {
  id: 'klt',
  kind: 'orthonormal',
  wholeRecording: true,
  choose(channels, _places, step): Uint8Array {
    const { rotations, order } = decorrelate(
      covarianceOf(channels),
      channels.length,
      lengthOfGroup(channels),
      step,
    );
    return writeRotations(rotations, order);
  },
  chosen(side, channels) {
    const { rotations, order } = readRotations(side, channels);
    return new RotatedSpatialBasis(channels, rotations, order);
  },
};
