/**
 * Recordings of a few channels, of every kind that an array of samples can hold, from seeds.
 */
import { uniformNumbers } from '../../lib/numerics/random';
import type { Samples } from '../../packages/neurobasis-codec/src/types';

const TYPES = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array] as const;
const FLOATS = [Float32Array, Float64Array] as const;

/** A recording: samples of all channels, one time after another. */
export interface RandomRecording {
  readonly samples: Samples;
  readonly channels: number;
}

/**
 * Slow waves and noise, common to the channels in part; on a grid, at times of extremes, of one value.
 *
 * @param seed - an integer
 * @param most - samples of a channel at most
 * @param floats - whether some are of floating point
 */
export function randomRecording(seed: number, most: number, floats: boolean): RandomRecording {
  const random = uniformNumbers(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const types = floats ? [...TYPES, ...FLOATS] : TYPES;
  const Type = types[below(types.length)]!;
  const channels = 1 + below(random() < 0.2 ? 20 : 4);
  const length = 1 + (random() < 0.1 ? below(4) : below(most));
  const kind = below(6);
  const amplitude = 2 ** below(kind === 5 ? 30 : 13);
  const step = kind === 1 ? 1 + below(9) : 1;
  const gain = Type === Float32Array || Type === Float64Array ? [1, 0.25, 0.195][below(3)]! : 1;
  const samples = new Type(length * channels);
  let common = 0;
  const own = new Float64Array(channels);
  for (let i = 0; i < length; i++) {
    common = 0.98 * common + (random() - 0.5);
    for (let c = 0; c < channels; c++) {
      own[c] = 0.9 * own[c]! + (random() - 0.5);
      const value = kind === 0 ? 7 : kind === 2 ? (random() - 0.5) * 4 : 0.2 * common + 0.3 * own[c]!;
      samples[i * channels + c] = gain * step * Math.round(amplitude * value);
    }
  }
  return { samples, channels };
}

/** The samples of each channel. */
export function channelsOf({ samples, channels }: RandomRecording): Samples[] {
  return Array.from({ length: channels }, (_, c) => samples.filter((__, i) => i % channels === c));
}
