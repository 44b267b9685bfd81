/**
 * Codecs whose payload is not that of a transform alone, as files of samples and files of WAV files both need them.
 */
import { readBitstream, WAV_KIND, writeBitstream, type Header } from '../coding/bitstream';
import { BitstreamError } from '../coding/bitstream-errors';
import type { Codec, Encoding } from '../coding/codec';

/** Fields of a file without its check, before the kind of WAV file is known. */
export interface EncodedParts {
  readonly header: Omit<Header, 'wavKind'>;
  readonly payload: Uint8Array;
  readonly nonzero: number;
}

/** A codec that gives header and payload apart. */
export interface PayloadCodec extends Codec {
  /** Header and payload of a recording. */
  encodeParts(codes: Uint16Array, step: number): EncodedParts;
  /**
   * The samples of a payload.
   *
   * @throws BitstreamError when no encoder wrote these bytes
   */
  decodeSamples(header: Header, bytes: Uint8Array, start: number, end: number): Int32Array;
}

/** The file of a recording. */
export function encodeFile(
  codec: Pick<PayloadCodec, 'encodeParts'>,
  codes: Uint16Array,
  step: number,
): Encoding {
  const { header, payload, nonzero } = codec.encodeParts(codes, step);
  return { bytes: writeBitstream({ ...header, wavKind: WAV_KIND.canonical }, payload), nonzero };
}

/**
 * Takes a file of this codec apart.
 *
 * @param family - number of the codec, and its parameter
 * @throws BitstreamError when it is damaged, or of another codec
 */
export function readFile(
  { id }: Pick<Codec, 'id'>,
  { family, parameter }: Pick<Header, 'family' | 'parameter'>,
  bytes: Uint8Array,
): ReturnType<typeof readBitstream> {
  const file = readBitstream(bytes);
  const { header } = file;
  if (header.family === family && header.parameter === parameter && header.wavKind === WAV_KIND.canonical) {
    return file;
  }
  throw new BitstreamError(
    `This .nbz file was made with another codec than ${id}, or holds a WAV header of its own: use npm run decode.`,
  );
}
