/**
 * One recording through the codec, with a basis that need not be in the catalog.
 */
import type { AnyBasis } from '../bases/basis';
import { TransformCodec } from '../codecs/transform-codec';
import { squaredError } from '../metrics/distortion';

/** What came of it. */
export interface CodedRecording {
  readonly step: number;
  readonly bytes: number;
  readonly squaredError: number;
  /** Coefficients that are not zero. */
  readonly nonzeros: number;
}

/**
 * Codes and decodes a recording.
 *
 * @param codes - ADC codes
 * @param step - of the quantizer, ADC codes
 */
export function codeRecording(basis: AnyBasis, codes: Uint16Array, step: number): CodedRecording {
  const codec = new TransformCodec(basis, { family: 0, parameter: 0 });
  const { bytes, nonzero } = codec.encode(codes, step);
  return {
    step,
    bytes: bytes.length,
    squaredError: squaredError(codes, codec.decode(bytes)),
    nonzeros: nonzero,
  };
}
