/**
 * Quantized coefficients to bytes and back: the coefficient model and range coder, in WebAssembly where it can run.
 * The plain version, `coefficient-coder.ts`, is the specification and gives the same bytes.
 */
import type { CoefficientLayout } from '../layout';
import {
  KernelCoefficientDecoder,
  KernelCoefficientEncoder,
  type CodedLayout,
} from '../../kernels/coefficient-coder';
import { simdAvailable } from '../../kernels/runtime/webassembly';
import {
  ACTIVE_BITS,
  checkActive,
  CODER_TABLES,
  codeCoefficients,
  magnitudeError,
} from './coefficient-coder';
import { activeSubbands, hopsOf } from './coding-order';
import { invalidCode, withoutImplicitZeros } from './code-bytes';
import { RangeDecoder, RangeEncoder } from './range-coder';
import { ONE_SET, type StateMachine } from '../quantizers/trellis';

/** Longer signals and hops are left to the plain version, which needs no second copy of them. */
const KERNEL_COEFFICIENTS = 2 ** 24;
const KERNEL_HOP = 2 ** 20;

/** Integers, and where each of them lies in time and frequency. */
export interface QuantizedCoefficients {
  readonly values: Int32Array;
  readonly layout: CoefficientLayout;
  /** Says which set of values each was quantized to; {@link ONE_SET} where nothing is said. */
  readonly machine?: StateMachine;
}

/** How a set of coefficients is to be decoded. */
export type ExpectedCoefficients = Omit<QuantizedCoefficients, 'values'>;

/**
 * Codes sets of coefficients, one after another, into one range code.
 *
 * @param simd - false for the plain version
 */
export function encodeCoefficients(
  sets: readonly QuantizedCoefficients[],
  simd: boolean = simdAvailable,
): Uint8Array {
  if (!simd || !sets.every(({ layout }) => fitsKernel(layout))) {
    const coder = new RangeEncoder();
    for (const { values, layout, machine } of sets) codeCoefficients(coder, layout, values, machine);
    return coder.finish();
  }
  const encoder = new KernelCoefficientEncoder(CODER_TABLES);
  for (const { values, layout, machine = ONE_SET } of sets) {
    const active = activeSubbands(layout, values);
    encoder.codeBits(active, ACTIVE_BITS);
    encoder.code(values, codedLayout(layout), active, machine);
  }
  return withoutImplicitZeros(encoder.finish());
}

/**
 * The sets of coefficients that {@link encodeCoefficients} coded.
 *
 * @param expected - what the sets are, in their order
 * @param bytes - the range code lies from `start` to `end`
 * @param filled - zeros may follow it
 * @param simd - false for the plain version
 * @throws BitstreamError when no encoder wrote these bytes
 */
export function decodeCoefficients(
  expected: readonly ExpectedCoefficients[],
  bytes: Uint8Array,
  start: number,
  end: number,
  filled = false,
  simd: boolean = simdAvailable,
): Int32Array[] {
  if (!simd || !expected.every(({ layout }) => fitsKernel(layout))) {
    const coder = new RangeDecoder(bytes, start, end);
    const sets = expected.map(({ layout, machine }) => {
      const quantized = new Int32Array(layout.coefficientCount);
      codeCoefficients(coder, layout, quantized, machine);
      return quantized;
    });
    coder.finish(filled);
    return sets;
  }
  const decoder = new KernelCoefficientDecoder(CODER_TABLES, bytes.subarray(start, end));
  try {
    const check = (): void => {
      const { fault } = decoder;
      if (fault !== undefined) throw fault === 'magnitude' ? magnitudeError() : invalidCode();
    };
    check();
    const sets = expected.map(({ layout, machine = ONE_SET }) => {
      const active = decoder.decodeBits(ACTIVE_BITS);
      check();
      checkActive(active, layout);
      const quantized = decoder.decode(layout.coefficientCount, codedLayout(layout), active, machine);
      check();
      return quantized;
    });
    if (!decoder.ended(filled)) throw invalidCode();
    return sets;
  } finally {
    decoder.release();
  }
}

function fitsKernel({ coefficientCount, hop }: CoefficientLayout): boolean {
  return coefficientCount <= KERNEL_COEFFICIENTS && hop <= KERNEL_HOP;
}

function codedLayout(layout: CoefficientLayout): CodedLayout {
  const { subbands, hop } = layout;
  const words = new Uint32Array(3 * subbands.length);
  subbands.forEach(({ offset, length, timeStep }, k) => {
    words[3 * k] = offset;
    words[3 * k + 1] = length;
    words[3 * k + 2] = hop / timeStep;
  });
  return { subbands: words, hops: hopsOf(layout) };
}
