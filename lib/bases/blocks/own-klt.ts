/**
 * The Karhunen–Loève transform of each recording: its own principal components, stored in the file as side information.
 */
import { principalComponents } from '../../numerics/principal-components';
import {
  allowedParameter,
  powersOfTwo,
  SideInformationError,
  type AdaptiveBasis,
  type Basis,
} from '../basis';
import { BlockMatrixBasis } from '../parts/block-matrix';
import { CosineBasis } from './cosine';
import { orthonormalRows } from '../parts/orthonormal-rows';

/** Block lengths; short, because the file carries N² bytes. */
export const OWN_KLT_BLOCK_LENGTHS: readonly number[] = powersOfTwo(3, 5);

/** Elements of the transform are stored in steps of 1/127, one byte each. */
const SCALE = 127;

/**
 * Least number of blocks for each sample of a block. With fewer the covariance cannot be estimated, and a DCT is used.
 */
const BLOCKS_PER_SAMPLE = 2;

/**
 * Largest mean squared change of a row when the stored rows are made orthonormal again. Rounding changes far less; more
 * means damaged side information.
 */
const MOST_CHANGE = 0.1;

/**
 * Blocks of N samples in the principal components of the recording itself: N² bytes of side information. Empty side
 * information selects the DCT.
 */
export class OwnKarhunenLoeveBasis implements AdaptiveBasis {
  readonly id: string;
  readonly delay: number;
  readonly wholeRecording = true;
  readonly multiplyAddsPerSample: number;

  /**
   * @param blockLength - N, one of {@link OWN_KLT_BLOCK_LENGTHS}
   * @throws BasisParameterError
   */
  constructor(readonly blockLength: number) {
    allowedParameter(
      'block length of a Karhunen–Loève transform of each recording',
      blockLength,
      OWN_KLT_BLOCK_LENGTHS,
    );
    this.id = `ownklt-${blockLength}`;
    this.delay = blockLength - 1;
    // N for the transform, N for the covariance.
    this.multiplyAddsPerSample = 2 * blockLength;
  }

  choose(signal: Float64Array): Uint8Array {
    const { blockLength } = this;
    const blocks = Math.floor(signal.length / blockLength);
    if (blocks < BLOCKS_PER_SAMPLE * blockLength) return new Uint8Array(0);
    const { components } = principalComponents(signal.subarray(0, blocks * blockLength), blockLength);
    return Uint8Array.from(components, (value) => Math.round(value * SCALE) & 255);
  }

  chosen(side: Uint8Array): Basis {
    const { blockLength } = this;
    if (side.length === 0) return new CosineBasis(blockLength);
    if (side.length !== blockLength * blockLength) {
      throw new SideInformationError(`${side.length} bytes are no transform of ${blockLength} samples`);
    }
    const rows = Float64Array.from(new Int8Array(side), (value) => value / SCALE);
    const functions = orthonormalRows(rows, blockLength);
    if (!isNear(rows, functions)) throw new SideInformationError('its rows are not nearly orthonormal');
    return new BlockMatrixBasis(this.id, blockLength, { functions });
  }
}

/** Whether orthonormalizing changed the rows by no more than {@link MOST_CHANGE}. */
function isNear(rows: Float64Array, functions: Float64Array): boolean {
  let change = 0;
  for (let i = 0; i < rows.length; i++) change += (rows[i]! - functions[i]!) * (rows[i]! - functions[i]!);
  return change < MOST_CHANGE * Math.sqrt(rows.length);
}
