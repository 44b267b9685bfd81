/**
 * WAV files of any kind as files of many channels.
 */
import type { SampleType } from '../../recordings/recording-file';
import { bytesInMemory, findWavLayout, WavFormatError, type WavLayout } from '../../recordings/wav-layout';
import type { PlacedSamples } from './placed-samples';

const PCM_TYPES: readonly SampleType[] = ['uint8', 'int16', 'int24', 'int32'];

function typeOf({ coding, bits }: WavLayout['samples']): SampleType | undefined {
  if (coding === 'pcm') return PCM_TYPES[Math.ceil(bits / 8) - 1];
  if (coding === 'float') return bits === 32 ? 'float32' : bits === 64 ? 'float64' : undefined;
  return undefined;
}

/** Where the samples of a WAV file lie; undefined for other files, and for a coding that is not decoded. */
export function placedInWav(file: Uint8Array): PlacedSamples | undefined {
  let layout;
  try {
    layout = findWavLayout(bytesInMemory(file), 'input');
  } catch (error) {
    if (error instanceof WavFormatError) return undefined;
    throw error;
  }
  const { samples, littleEndian, dataStart, dataBytes } = layout;
  const type = typeOf(samples);
  if (type === undefined || dataBytes === 0) return undefined;
  const width = samples.blockBytes / samples.channels;
  const count = dataBytes / samples.blockBytes;
  const channels = Array.from({ length: samples.channels }, (_, i) => i);
  return {
    type,
    littleEndian,
    offsets: channels.map((channel) => channel * width),
    stride: samples.blockBytes,
    runs: [{ start: dataStart, blockBytes: dataBytes, blockSamples: count, samples: count }],
    sampleRate: samples.sampleRate,
    channels: channels.map(() => ({ name: '', unit: '', gain: 1, offset: 0 })),
  };
}
