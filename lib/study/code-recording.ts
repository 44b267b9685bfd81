/** Codes one recording with a basis that need not be in the catalog. */
import type { AnyBasis } from '../bases/basis';
import { TransformCodec } from '../codecs/transform-codec';
import { squaredError } from '../metrics/distortion';
import { sampleRangeOf, type ElectrodeFacts } from '../recordings/recording';

/** A coded and decoded recording. */
export interface CodedRecording {
  readonly step: number;
  readonly bytes: number;
  readonly squaredError: number;
  /** Number of coefficients that are not zero. */
  readonly nonzeros: number;
}

/**
 * Codes and decodes a recording.
 *
 * @param codes - ADC codes
 * @param step - quantizer step, ADC codes
 * @param electrode - what digitized them, such as the recording
 */
export function codeRecording(
  basis: AnyBasis,
  codes: Uint16Array,
  step: number,
  electrode: Pick<ElectrodeFacts, 'digitizer'>,
): CodedRecording {
  const codec = new TransformCodec(basis, { family: 0, parameter: 0 }, 'dead-zone', sampleRangeOf(electrode));
  const { bytes, nonzero } = codec.encode(codes, step);
  return {
    step,
    bytes: bytes.length,
    squaredError: squaredError(codes, codec.decode(bytes)),
    nonzeros: nonzero,
  };
}
