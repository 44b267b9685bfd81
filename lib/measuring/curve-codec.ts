/**
 * The codec of a curve: that of the catalog, or one for each fold of the recordings.
 */
import { idsForFolds } from '../catalog/fold-ids';
import { codecFromId } from '../codecs/codec-from-id';
import { readBitstream } from '../coding/bitstream';
import { ADC_RANGE, type SampleRange } from '../coding/sample-range';
import { type Codec, type Encoding, type PreparedRecording, preparedRecording } from '../coding/codec';
import { foldOf, type Fold } from '../recordings/folds';

/**
 * Codes each recording with the codec of its fold: parameters that were chosen on the other fold. A file is one of the
 * codec that made it, so it names no fold.
 */
export class FoldedCodec implements Codec {
  /** Of the slower one. */
  readonly delay: number;
  readonly wholeRecording: boolean;
  readonly optimizes: readonly string[];
  /** Of the costlier one. */
  readonly multiplyAddsPerSample: number;

  /**
   * @param id - id of the curve
   * @param codecs - for the recordings of fold 0 and of fold 1
   */
  constructor(
    readonly id: string,
    private readonly codecs: readonly [Codec, Codec],
  ) {
    this.delay = Math.max(...codecs.map(({ delay }) => delay));
    this.wholeRecording = codecs.some(({ wholeRecording }) => wholeRecording === true);
    this.optimizes = [...new Set(codecs.flatMap(({ optimizes = [] }) => optimizes))];
    this.multiplyAddsPerSample = Math.max(...codecs.map((one) => one.multiplyAddsPerSample));
  }

  /** The codec of the recordings of a fold. */
  ofFold(fold: Fold): Codec {
    return this.codecs[fold];
  }

  encode(codes: Uint16Array, step: number): Encoding {
    return this.ofFold(foldOf(codes.length)).encode(codes, step);
  }

  prepare(codes: Uint16Array): PreparedRecording {
    const codec = this.ofFold(foldOf(codes.length));
    return preparedRecording(codec, codes);
  }

  decode(bytes: Uint8Array): Uint16Array {
    return this.ofFold(foldOf(readBitstream(bytes).header.samples)).decode(bytes);
  }
}

/**
 * Builds the codec of a curve from its id.
 *
 * @param id - id of a codec, or of a curve with a basis for each fold: see `idsForFolds`
 * @param range - codes of the digitizer; default: Neuralink's. A sweep builds its codecs anew, for its recordings.
 * @throws BasisParameterError when there is no such codec
 */
export function curveCodec(id: string, range: SampleRange = ADC_RANGE): Codec {
  const [first, second] = idsForFolds(id);
  return first === second
    ? codecFromId(first, range)
    : new FoldedCodec(id, [codecFromId(first, range), codecFromId(second, range)]);
}
