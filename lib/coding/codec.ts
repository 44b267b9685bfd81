/**
 * What a codec is, as the sweep sees it: ADC codes to bytes and back.
 */

/** The step that asks a codec to be lossless. */
export const LOSSLESS = 0;

/** One recording, encoded. */
export interface Encoding {
  /** The whole compressed file (`.nbz`), header and CRC included. */
  readonly bytes: Uint8Array;
  /** Number of quantized coefficients that are not zero. */
  readonly nonzero: number;
}

/** One recording, ready to be compressed at several steps. */
export interface PreparedRecording {
  /** The same bytes that {@link Codec.encode} gives for the recording at this step. */
  encode(step: number): Encoding;
}

/**
/**
 * Signals that a decoder makes of the same bytes for users who need another one than {@link Codec.decode} gives; each
 * stands for it where it is missing.
 */
export interface DecodedViews {
  /** With a background of noise: for users who take the detection threshold from the decoded signal. */
  readonly background?: Uint16Array;
  /** With the power of the spike band: for users who read nothing else. */
  readonly power?: Uint16Array;
}

/**
 * Turns the ADC codes of one recording, 0…1023 or those of another digitizer that it was built for, into bytes, and those
 * bytes alone back into ADC codes.
 */
export interface Codec {
  /** Name and parameters, enough to build the codec again: for a transform codec the id of its basis. */
  readonly id: string;
  /** Samples that the transform must hold before the first coefficient about a sample can be final. */
  readonly delay: number;
  /**
   * True if the encoder counts or chooses something over the whole recording before its first byte; the delay is then
   * the whole recording. The mean, the reconstruction offsets and the number of active subbands do not count, because
   * they could be fixed beforehand.
   */
  readonly wholeRecording?: boolean;
  /**
   * Names of result measures, besides the squared error, that the encoder itself optimizes. Codecs must not be ranked
   * by them.
   */
  readonly optimizes?: readonly string[];
  /**
   * Names of result measures that mean nothing for what this codec sends, such as the squared error of spike times
   * alone. Default: none.
   */
  readonly leavesOut?: readonly string[];
  /** Multiply–adds per sample of the analysis. */
  readonly multiplyAddsPerSample: number;
  /**
   * Compresses a recording.
   *
   * @param codes - ADC codes of its digitizer, any number of them
   * @param step - quantizer step in ADC codes, or {@link LOSSLESS}
   */
  encode(codes: Uint16Array, step: number): Encoding;
  /**
   * Computes everything that does not depend on the step once, for use at several steps. Optional.
   *
   * @param codes - ADC codes of its digitizer, which must not change as long as it is in use
   */
  prepare?(codes: Uint16Array): PreparedRecording;
  /**
   * The ADC codes that the bytes stand for.
   *
   * @throws BitstreamError when the bytes are damaged, truncated or not of this format
   */
  decode(bytes: Uint8Array): Uint16Array;
  /**
   * Further signals that the bytes stand for. Optional.
   *
   * @throws BitstreamError when the bytes are damaged, truncated or not of this format
   */
  decodeViews?(bytes: Uint8Array): DecodedViews;
}

/** A recording made ready for several steps, by a codec that can do so or step by step. */
export function preparedRecording(codec: Codec, codes: Uint16Array): PreparedRecording {
  return codec.prepare?.(codes) ?? { encode: (step) => codec.encode(codes, step) };
}
