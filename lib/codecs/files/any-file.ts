/**
 * What the challenge's programs do: any file in, the same file out, recordings with the lossless codec.
 */
import { codesFromPcm16, pcm16FromCodes, SAMPLE_RATE } from '../../recordings/adc';
import { assembleWav, canonicalWav, parseWav, WavFormatError } from '../../recordings/wav';
import { MAX_SAMPLES, readBitstream, WAV_KIND, writeBitstream } from '../../coding/bitstream';
import { BitstreamError } from '../../coding/bitstream-errors';
import { HeaderReader } from '../../coding/header-reader';
import { LOSSLESS } from '../../coding/codec';
import { decodeLossless, encodeLossless, LOSSLESS_FAMILY } from '../lossless/lossless-codec';
import type { PresetName } from '../lossless/preset';
import { isVerbatim, readVerbatim, writeVerbatim } from './verbatim-file';
import { readSurrounding, withSurroundings } from './wav-surroundings';

/**
 * Compresses a file: WAV files with samples on the ADC grid as an `.nbz` file, everything else, and what that would
 * make longer, verbatim.
 *
 * @returns at most eight bytes more than it was given
 */
export function encodeFile(contents: Uint8Array, preset: PresetName): Uint8Array {
  const recording = encodeRecording(contents, preset);
  // Verbatim, it could only be shorter where a header outweighs the samples.
  if (recording !== undefined && recording.length < contents.length / 2) return recording;
  const verbatim = writeVerbatim(contents);
  return recording !== undefined && recording.length <= verbatim.length ? recording : verbatim;
}

/** Undefined when this is no WAV file, or one off the ADC grid, or longer than an `.nbz` file may be. */
function encodeRecording(contents: Uint8Array, preset: PresetName): Uint8Array | undefined {
  let wav;
  try {
    wav = parseWav(contents, 'input');
  } catch (error) {
    if (error instanceof WavFormatError) return undefined;
    throw error;
  }
  const { samples, header, trailer, canonical } = wav;
  const codes = codesFromPcm16(samples);
  if (!codes || codes.length > MAX_SAMPLES || header.length + trailer.length > samples.byteLength) {
    return undefined;
  }
  const coded = encodeLossless(codes, preset, LOSSLESS);
  return canonical
    ? writeBitstream({ ...coded.header, wavKind: WAV_KIND.canonical }, coded.payload)
    : writeBitstream(
        { ...coded.header, wavKind: WAV_KIND.stored },
        withSurroundings(header, trailer, coded.payload),
      );
}

/**
 * The file that {@link encodeFile} was given.
 *
 * @throws BitstreamError when the bytes are damaged, truncated, or not from {@link encodeFile}
 */
export function decodeFile(bytes: Uint8Array): Uint8Array {
  if (isVerbatim(bytes)) return readVerbatim(bytes);
  const { header, start, end } = readBitstream(bytes);
  if (header.family !== LOSSLESS_FAMILY || header.wavKind === WAV_KIND.offGrid) {
    throw new BitstreamError('This .nbz file was made with another codec: use npm run decode.');
  }
  const samples = (from: number): Int16Array => pcm16FromCodes(decodeLossless(header, bytes, from, end));
  if (header.wavKind === WAV_KIND.canonical) return canonicalWav(samples(start), SAMPLE_RATE);
  const reader = new HeaderReader(bytes, start, end);
  const before = readSurrounding(reader);
  const after = readSurrounding(reader);
  return assembleWav(before, samples(reader.position), after);
}
