/**
 * Slepian's sequences (discrete prolate spheroidal sequences): the sequence of N samples with the largest share of its
 * energy at frequencies below W, then the most concentrated sequence orthogonal to the first, and so on (D. Slepian,
 * "Prolate spheroidal wave functions, Fourier analysis, and uncertainty V: the discrete case", Bell System Technical
 * Journal 57, 1978).
 */
import { cosineOfTurn } from '../../kernels/exact-trigonometry';
import { decomposeSymmetric } from '../../kernels/reference/eigen-symmetric';
import { allowedParameter, powersOfTwo } from '../basis';
import { BlockMatrixBasis } from '../parts/block-matrix';
import { kept } from '../../kernels/runtime/kept';

/** Block lengths of Slepian's sequences. */
export const SLEPIAN_BLOCK_LENGTHS: readonly number[] = powersOfTwo(2, 8);

/** Products N·W of block length and bandwidth: about 2·N·W sequences have their energy below W. */
export const TIME_BANDWIDTHS: readonly number[] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96];

/**
 * All N sequences of a block, the most concentrated first: the eigenvectors of the tridiagonal matrix that commutes with
 * the restriction to a band (Slepian, 1978). Its eigenvalues, unlike those of the restriction itself, lie well apart.
 * They are computed by the plain QL iteration alone, whose order of operations is part of the format.
 *
 * @param length - N, samples of a block
 * @param cosine - cos(2πW), W in units of the sample rate. At 1, where the band has no width, the sequences are the
 *   orthonormal polynomials.
 * @returns N × N, a sequence in each row. It has k changes of sign, and the first of its samples that is more than half
 *   as large as the largest is positive. Not to be written to.
 */
export const concentratedSequences = kept(computeSequences);

function computeSequences(length: number, cosine: number): Float64Array {
  const matrix = new Float64Array(length * length);
  const scale = length * length;
  for (let n = 0; n < length; n++) {
    const fromMiddle = length - 1 - 2 * n;
    matrix[n * length + n] = (fromMiddle * fromMiddle * cosine) / scale;
    if (n + 1 === length) break;
    const beside = (2 * (n + 1) * (length - n - 1)) / scale;
    matrix[n * length + n + 1] = beside;
    matrix[(n + 1) * length + n] = beside;
  }
  const values = new Float64Array(length);
  const vectors = new Float64Array(length * length);
  if (!decomposeSymmetric(matrix, length, values, vectors)) {
    throw new RangeError(`The sequences of ${length} samples do not converge; this is a bug.`);
  }
  const order = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]!);
  const sequences = new Float64Array(length * length);
  order.forEach((from, k) => {
    const vector = vectors.subarray(from * length, (from + 1) * length);
    const sign = firstLargeSample(vector) < 0 ? -1 : 1;
    for (let n = 0; n < length; n++) sequences[k * length + n] = sign * vector[n]!;
  });
  return sequences;
}

/**
 * The first sample above half the largest magnitude. The largest itself would be ambiguous: in a symmetric sequence two
 * samples are largest, up to rounding.
 */
function firstLargeSample(vector: Float64Array): number {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  return vector.find((value) => 2 * Math.abs(value) > largest)!;
}

/**
 * Blocks of N samples, each expanded in the N sequences of a bandwidth. Subband k holds the coefficients of the
 * sequence with k changes of sign.
 */
export class SlepianBasis extends BlockMatrixBasis {
  /**
   * @param blockLength - N, one of {@link SLEPIAN_BLOCK_LENGTHS}
   * @param timeBandwidth - N·W, one of {@link TIME_BANDWIDTHS}, below N/2
   * @throws BasisParameterError
   */
  constructor(
    blockLength: number,
    readonly timeBandwidth: number,
  ) {
    allowedParameter("block length of Slepian's sequences", blockLength, SLEPIAN_BLOCK_LENGTHS);
    allowedParameter(
      `time–bandwidth product of Slepian's sequences of ${blockLength} samples`,
      timeBandwidth,
      TIME_BANDWIDTHS.filter((product) => product < blockLength / 2),
    );
    super(`slepian-${blockLength}-${timeBandwidth}`, blockLength, {
      functions: concentratedSequences(blockLength, cosineOfTurn(timeBandwidth, blockLength)),
    });
  }
}
