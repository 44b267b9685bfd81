/**
 * Any laboratory's recording to an `.nbz` file and back: the file of which a path is given, byte for byte.
 */
import { dirname, resolve } from 'node:path';
import { LOSSLESS } from '../../coding/codec';
import { codesFromPcm16 } from '../../recordings/adc';
import { openRecording, type OpenOptions } from '../../recordings/recognize';
import { RecordingFormatError, type RecordingFile } from '../../recordings/recording-file';
import { parseWav, WavFormatError } from '../../recordings/wav';
import type { ByteSource } from '../../recordings/wav-layout';
import { codecFromId } from '../codec-from-id';
import { decodeGroup } from '../groups/group-codec';
import { losslessPreset } from '../lossless/lossless-codec';
import type { PresetName } from '../lossless/preset';
import { codedFile } from './coded-file';
import { decodeWideCodes, wavOfFile, wavPiecesOfStream, type WavChoice } from './decoded-wav';
import type { PlacedSamples } from './placed-samples';
import { Container, encodeContainer, isContainer, type ChunkMethod } from './recording-container';
import { isGroupCodecId, spatialMethod } from './spatial-method';
import { isVerbatim, readVerbatim, writeVerbatim } from './verbatim-file';
import { fileWithinError } from './file-within-error';
import { encodeWav } from './wav-file';
import { ErrorBoundError } from './within-error';

/** Folders above a file that may hold the description of its recording. */
const FOLDERS_ABOVE = 4;

/** How a file is compressed. */
export interface EncodingChoice {
  /** `"dct-512"`, `"dct-512+trellis"`, `"lossless-fast"`, `"lossless-best"`; of groups: `"dct-256@klt-bands"`. */
  readonly codecId: string;
  /** Quantizer step in codes of the digitizer, or {@link LOSSLESS}. */
  readonly step: number;
  /** Leaves out all bytes but samples. */
  readonly signalOnly?: boolean;
  /** Largest error of any sample, in the values of the samples; of a lossless codec. */
  readonly maxError?: number;
}

/**
 * Compresses a file of a recording: WAV files with Neuralink's samples as {@link encodeWav} does, others as files of many
 * channels; and where no samples are found, verbatim.
 *
 * @param path - the file; what describes it may lie beside it, or in the folders above
 * @param contents - its bytes
 * @param onNote - is told what was assumed, a sentence at a time
 * @throws RecordingFormatError when the file is of no known format, or samples are to be lossy that are not found
 * @throws ErrorBoundError when an error cannot be promised for these samples, or by this codec
 */
export async function encodeRecordingFile(
  path: string,
  contents: Uint8Array,
  { codecId, step, signalOnly = false, maxError = 0 }: EncodingChoice,
  options: OpenOptions = {},
  onNote?: (note: string) => void,
): Promise<Uint8Array> {
  if (maxError !== 0) {
    const preset = boundedPreset(codecId);
    const streams = await placedStreams(path, options, onNote);
    if (streams.length === 0) throw packedSamples(path);
    return encodeContainer(fileWithinError(contents, streams, maxError), streams, preset, signalOnly);
  }
  if (!signalOnly && !isGroupCodecId(codecId) && isNeuralinkWav(contents, path))
    return encodeWav(contents, path, codecId, step, onNote);
  const method = methodOf(codecId, step);
  const streams = await placedStreams(path, options, onNote);
  if (streams.length > 0) return encodeContainer(contents, streams, method, signalOnly);
  if (step !== LOSSLESS || signalOnly) throw packedSamples(path);
  onNote?.('Its samples are packed in a container of its own: the file is kept as bytes.');
  return writeVerbatim(contents);
}

/**
 * The preset of a codec that can promise an error.
 *
 * @throws ErrorBoundError for others
 */
export function boundedPreset(codecId: string): PresetName {
  const preset = losslessPreset(codecId);
  if (preset !== undefined) return preset;
  throw new ErrorBoundError(`An error can be promised by the lossless codecs alone, not by ${codecId}.`);
}

/** How the channels of a container are coded. */
export function methodOf(codecId: string, step: number): ChunkMethod {
  if (isGroupCodecId(codecId)) return spatialMethod(codecId, step);
  const preset = losslessPreset(codecId);
  const codec = codecFromId(codecId);
  if (preset === undefined) {
    return { encode: (codes, range) => codecFromId(codecId, range).encode(codes, step).bytes };
  }
  // Errors of the step come before anything is read.
  codec.encode(new Uint16Array(0), step);
  return preset;
}

/** That only the whole file can be kept. */
export function packedSamples(path: string): RecordingFormatError {
  return new RecordingFormatError(
    path,
    'its samples are packed in a container that cannot be rebuilt',
    'Compress it whole (--lossless best), or export its samples to a raw file.',
  );
}

function isNeuralinkWav(contents: Uint8Array, path: string): boolean {
  try {
    return codesFromPcm16(parseWav(contents, path).samples) !== null;
  } catch (error) {
    if (error instanceof WavFormatError) return false;
    throw error;
  }
}

/** Where the samples of a file lie, by its own header or by a description in a folder above it. */
export async function placedStreams(
  path: string,
  options: OpenOptions,
  onNote?: (note: string) => void,
): Promise<PlacedSamples[]> {
  let first: unknown;
  let place = path;
  for (let above = 0; above <= FOLDERS_ABOVE; above++) {
    try {
      const recording = await openRecording(place, options);
      try {
        const found = placedOf(recording, path);
        if (above === 0) for (const note of recording.notes) onNote?.(note);
        if (found.length > 0 || above === 0) return found;
      } finally {
        recording.close();
      }
    } catch (error) {
      if (!(error instanceof RecordingFormatError)) throw error;
      first ??= error;
    }
    place = dirname(resolve(place));
  }
  throw first;
}

function placedOf({ streams }: RecordingFile, path: string): PlacedSamples[] {
  const whole = resolve(path);
  return streams.flatMap(({ placements = [], type, sampleRate, channels }) =>
    placements
      .filter(({ runs }) => runs.length > 0 && runs.every((run) => resolve(run.path) === whole))
      .map(({ channels: taken, ...placement }) => {
        return { ...placement, type, sampleRate, channels: taken.map((channel) => channels[channel]!) };
      }),
  );
}

/**
 * The file that {@link encodeRecordingFile} was given, or that is in any other `.nbz` file; where samples alone were kept, a
 * WAV file of them.
 *
 * @param choice - what a WAV file needs and a file of samples may not say
 * @throws BitstreamError when the bytes are damaged, truncated or not of this format
 * @throws UndecidedWavError when the choice lacks something
 */
export function decodeRecordingFile(bytes: Uint8Array, choice: WavChoice = {}): Uint8Array {
  if (isVerbatim(bytes)) return readVerbatim(bytes);
  if (isContainer(bytes)) {
    const container = openContainer(bytes);
    return container.keepsFile
      ? container.wholeFile()
      : Buffer.concat([...wavPiecesOfStream(container, choice)]);
  }
  return wavOfFile(codedFile(bytes), choice);
}

/**
 * Opens a file of many channels, of whatever codec.
 *
 * @param file - its bytes, or where they are read from
 */
export function openContainer(file: Uint8Array | ByteSource): Container {
  return new Container(file, { channel: decodeWideCodes, channels: decodeGroup });
}
