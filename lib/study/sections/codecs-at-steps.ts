/**
 * One recording through several codecs of the catalog.
 */
import { codecFromId } from '../../codecs/codec-from-id';
import { corpusRange, type Corpus } from '../../recordings/corpus';
import { meanSquaredError, peakSignalToNoiseRatio, squaredError } from '../../metrics/distortion';

/** A recording under one codec. */
export interface CodedAtStep {
  readonly id: string;
  readonly bytes: number;
  /** Coefficients that are not zero. */
  readonly nonzero: number;
  /** dB */
  readonly psnr: number;
}

/**
 * Codes and decodes a recording with each codec at each step.
 *
 * @param codes - ADC codes
 * @param steps - of the quantizer, ADC codes
 * @param corpus - that the recording is of
 * @returns one row a step, with the codecs in the order of their ids
 */
export function codeAtSteps(
  ids: readonly string[],
  codes: Uint16Array,
  steps: readonly number[],
  corpus: Corpus,
): { readonly step: number; readonly coded: readonly CodedAtStep[] }[] {
  const codecs = ids.map((id) => ({ id, codec: codecFromId(id, corpusRange(corpus)) }));
  return steps.map((step) => ({
    step,
    coded: codecs.map(({ id, codec }) => {
      const { bytes, nonzero } = codec.encode(codes, step);
      const error = meanSquaredError(squaredError(codes, codec.decode(bytes)), codes.length);
      return {
        id,
        bytes: bytes.length,
        nonzero,
        psnr: peakSignalToNoiseRatio(error, corpus.fullScale.codes),
      };
    }),
  }));
}
