/**
 * Raw samples without a header that describes them; a JSON sidecar says what they are. White Matter's recorder writes
 * such files, with 8 bytes before the samples: `{"recorder": "white-matter", "sampleRate": 25000, "channels": 64}`.
 */
import { basename } from 'node:path';
import { RecordingFormatError, type RecordingFile, type Stream } from '../recording-file';
import { FileBytes } from './parts/file-bytes';
import { interleavedStream, laidOutStream, type StreamFacts } from './parts/laid-out-samples';
import { SAMPLE_BYTES } from './parts/sample-values';
import { readSidecar, SIDECAR_EXAMPLE, sidecarChannels } from './parts/sidecar';

/**
 * Opens raw samples.
 *
 * @param path - the file of samples
 * @param sidecarPath - its sidecar, where it is not beside it
 * @throws RecordingFormatError when there is no sidecar, or it contradicts the file
 */
export function openRawBinary(path: string, sidecarPath?: string): RecordingFile {
  const sidecar = readSidecar(path, sidecarPath);
  if (sidecar.channels === undefined) {
    throw new RecordingFormatError(
      sidecar.path,
      '"channels" is missing',
      `Write it such as ${SIDECAR_EXAMPLE}.`,
    );
  }
  const file = new FileBytes(path);
  const channels = sidecarChannels(sidecar, sidecar.channels);
  const frameBytes = channels.length * SAMPLE_BYTES[sidecar.type];
  const bytes = file.size - sidecar.headerBytes;
  if (bytes < 0) {
    throw new RecordingFormatError(
      path,
      `it has ${file.size} bytes, fewer than the header of ${sidecar.headerBytes} that its sidecar names`,
      `Correct "headerBytes" in ${sidecar.path}.`,
    );
  }
  const count = Math.floor(bytes / frameBytes);
  const notes: string[] = [];
  const rest = bytes - count * frameBytes;
  if (rest > 0) {
    if (sidecar.channelsFirst) {
      throw new RecordingFormatError(
        path,
        `its ${bytes} bytes of samples are no whole number of samples of ${channels.length} channels`,
        `Correct "channels", "type" or "headerBytes" in ${sidecar.path}.`,
      );
    }
    notes.push(
      `The last ${rest} bytes are no sample of all ${channels.length} channels and are left out: the file was cut ` +
        'off, or the sidecar says a wrong number of channels.',
    );
  }
  const facts: StreamFacts = { name: basename(path), sampleRate: sidecar.sampleRate, channels };
  const { type, littleEndian, headerBytes: start } = sidecar;
  const stream: Stream = sidecar.channelsFirst
    ? separateStream(facts, { file, start, count, type, littleEndian })
    : interleavedStream(facts, { file, start, count, type, littleEndian });
  return { path, format: 'raw binary', streams: [stream], notes, close: () => undefined };
}

/** All samples of the first channel, then all of the next, and so on. */
export function separateStream(
  facts: StreamFacts,
  { file, start, count, type, littleEndian }: Omit<Parameters<typeof interleavedStream>[1], 'columns'>,
): Stream {
  const bytes = SAMPLE_BYTES[type];
  return laidOutStream(
    facts,
    { type, littleEndian, offsets: facts.channels.map((_, i) => i * count * bytes), stride: bytes },
    [
      {
        file,
        start,
        blockBytes: Math.max(1, count * facts.channels.length * bytes),
        blockSamples: Math.max(1, count),
        samples: count,
      },
    ],
  );
}
