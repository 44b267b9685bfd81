/** Recordings of any length and any number of channels, for measuring what they cost. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { uniformNumbers } from '../../lib/numerics/random';
import { generateSampleRecording, SAMPLE_RECORDINGS } from '../../lib/recordings/sample';
import { wavFront } from '../../lib/recordings/wav-of-channels';

/** Samples a second. */
export const LONG_RATE = 20_000;

/** Samples of all channels that are written at a time. */
const WRITTEN = 2 ** 21;
/** Samples from the place where a channel begins to that of the next one with the same signal. */
const APART = 4973;

/** What is written. */
export interface LongRecording {
  readonly channels: number;
  /** Samples of each channel. */
  readonly samples: number;
  readonly seed: number;
}

/**
 * Makes a stretch of all channels: recordings of the synthetic sample over and over, half of another one that all channels
 * share, as electrodes of an array do, and fresh noise with a standard deviation of 1.9 codes.
 *
 * @param from - first sample of the stretch; stretches must be made in order, as the noise goes on
 * @returns a function of the first sample and the number of samples
 */
export function longRecording({
  channels,
  seed,
}: Pick<LongRecording, 'channels' | 'seed'>): (from: number, count: number) => Int16Array[] {
  const random = uniformNumbers(seed);
  const own = Array.from({ length: SAMPLE_RECORDINGS }, (_, i) => generateSampleRecording(i));
  const shared = own[0]!;
  return (from, count) =>
    Array.from({ length: channels }, (_, channel) => {
      const signal = own[channel % own.length]!;
      const start = from + APART * Math.floor(channel / own.length);
      const samples = new Int16Array(count);
      for (let i = 0; i < count; i++) {
        const noise = Math.floor(4096 * random());
        const four = (noise & 3) + ((noise >> 2) & 3) + ((noise >> 4) & 3) - 4;
        samples[i] = signal[(start + i) % signal.length]! + (shared[(from + i) % shared.length]! >> 1) + four;
      }
      return samples;
    });
}

/** Writes a WAV file of 16 bits, a stretch at a time. */
export function writeLongRecording(path: string, recording: LongRecording): void {
  const { channels, samples } = recording;
  const front = wavFront(channels, samples, 'int16', LONG_RATE);
  const make = longRecording(recording);
  const descriptor = openSync(path, 'w');
  try {
    writeSync(descriptor, front.bytes);
    const atOnce = Math.max(1, Math.floor(WRITTEN / channels));
    for (let from = 0; from < samples; from += atOnce) {
      const count = Math.min(atOnce, samples - from);
      const together = new Int16Array(count * channels);
      make(from, count).forEach((channel, c) => {
        for (let i = 0; i < count; i++) together[i * channels + c] = channel[i]!;
      });
      writeSync(descriptor, together);
    }
  } finally {
    closeSync(descriptor);
  }
}
