/**
 * WAV files of any number of channels: PCM of 8 to 32 bits, floating point of 32 and 64, extensible, RF64, RIFX.
 */
import { basename } from 'node:path';
import { checkClaims, RecordingFormatError, type RecordingFile, type SampleType } from '../recording-file';
import { findWavLayout, WavFormatError, type WavSamples } from '../wav-layout';
import { FileBytes } from './parts/file-bytes';
import { interleavedStream } from './parts/laid-out-samples';

const PCM_TYPES: readonly SampleType[] = ['uint8', 'int16', 'int24', 'int32'];

/**
 * Opens a WAV file.
 *
 * @throws RecordingFormatError when its samples are compressed or of an unknown width
 * @throws WavFormatError when it is damaged or cut off
 */
export function openWavRecording(path: string): RecordingFile {
  const file = new FileBytes(path);
  const { samples, dataStart, dataBytes, littleEndian, notes } = findWavLayout(file, path);
  const type = sampleType(samples);
  if (type === undefined) {
    throw new RecordingFormatError(
      path,
      `its samples are ${samples.bits}-bit ${samples.codingName}`,
      'Decode them: sox in.wav -e signed-integer -b 16 out.wav.',
    );
  }
  checkClaims(path, samples);
  const declared = declaredRange(samples);
  const channels = Array.from({ length: samples.channels }, (_, i) => ({
    id: String(i),
    name: String(i),
    kind: 'electrode' as const,
    unit: '',
    gain: 1,
    offset: 0,
    ...(declared ? { declared } : {}),
  }));
  const stream = interleavedStream(
    { name: basename(path), sampleRate: samples.sampleRate, channels },
    { file, start: dataStart, count: dataBytes / samples.blockBytes, type, littleEndian },
  );
  return { path, format: 'WAV', streams: [stream], notes, close: () => undefined };
}

export { WavFormatError };

function sampleType({ coding, bits }: WavSamples): SampleType | undefined {
  if (coding === 'pcm') return PCM_TYPES[Math.ceil(bits / 8) - 1];
  if (coding === 'float') return bits === 32 ? 'float32' : bits === 64 ? 'float64' : undefined;
  return undefined;
}

/** Declared where it is narrower than the sample's type. Samples of fewer valid bits stand in the upper bits of theirs; 8-bit ones are unsigned. */
function declaredRange({
  coding,
  bits,
  validBits,
}: WavSamples): { lowest: number; highest: number } | undefined {
  const width = 8 * Math.ceil(bits / 8);
  if (coding !== 'pcm' || validBits === width) return undefined;
  const step = 2 ** (width - validBits);
  const low = width === 8 ? 0 : -(2 ** (width - 1));
  return { lowest: low, highest: low + 2 ** width - step };
}
