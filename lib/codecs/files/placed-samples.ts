/**
 * Where the samples of a file lie among its bytes, so that all else can be kept as it is.
 */
import { SAMPLE_BYTES, copySamples, emptySamples } from '../../recordings/formats/parts/sample-values';
import type { SampleArray, SampleType } from '../../recordings/recording-file';

/** Blocks of samples, one after another, as `Run` of `lib/recordings/formats/parts/laid-out-samples.ts`. */
export interface PlacedRun {
  /** Position of the first block in the file. */
  readonly start: number;
  readonly blockBytes: number;
  /** Samples of each channel in a block, 1 or more. */
  readonly blockSamples: number;
  /** Samples of each channel in all blocks. */
  readonly samples: number;
}

/** Channels that were sampled together, and their places. */
export interface PlacedSamples {
  readonly type: SampleType;
  readonly littleEndian: boolean;
  /** Position of each channel's first sample in a block. */
  readonly offsets: readonly number[];
  /** Bytes from one sample of a channel to its next. */
  readonly stride: number;
  readonly runs: readonly PlacedRun[];
  /** Samples per second; 0 where it is not known. */
  readonly sampleRate: number;
  readonly channels: readonly {
    readonly name: string;
    readonly unit: string;
    readonly gain: number;
    readonly offset: number;
  }[];
}

/** Samples of each channel. */
export function samplesOf({ runs }: Pick<PlacedSamples, 'runs'>): number {
  return runs.reduce((sum, { samples }) => sum + samples, 0);
}

/** Calls `visit` for each row of samples of a channel from `from` to `to` that lies within one block. */
function walk(
  placed: PlacedSamples,
  channel: number,
  from: number,
  to: number,
  visit: (position: number, sample: number, count: number) => void,
): void {
  let first = 0;
  for (const { start, blockBytes, blockSamples, samples } of placed.runs) {
    const end = Math.min(to - first, samples);
    for (let at = Math.max(0, from - first); at < end;) {
      const block = Math.floor(at / blockSamples);
      const inBlock = at - block * blockSamples;
      const count = Math.min(end, (block + 1) * blockSamples) - at;
      visit(
        start + block * blockBytes + placed.offsets[channel]! + inBlock * placed.stride,
        first + at,
        count,
      );
      at += count;
    }
    first += samples;
  }
}

/** Samples `from` … `to` − 1 of a channel. */
export function readPlaced(
  file: Uint8Array,
  placed: PlacedSamples,
  channel: number,
  from: number,
  to: number,
): SampleArray {
  const samples = emptySamples(placed.type, to - from);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  walk(placed, channel, from, to, (position, sample, count) => {
    copySamples(
      view,
      placed.type,
      placed.littleEndian,
      position,
      placed.stride,
      samples,
      sample - from,
      count,
    );
  });
  return samples;
}

/** Calls `visit` with the position of each sample of a channel from `from` to `to`, in order. */
export function visitPlaces(
  placed: PlacedSamples,
  channel: number,
  from: number,
  to: number,
  visit: (position: number, sample: number) => void,
): void {
  walk(placed, channel, from, to, (position, sample, count) => {
    for (let i = 0; i < count; i++) visit(position + i * placed.stride, sample + i);
  });
}

/**
 * Marks the bytes of all samples.
 *
 * @param covered - one entry a byte of the file; marked ones are 1
 * @returns false when a sample lies outside of the file, or where another one lies
 */
export function markPlaces(covered: Uint8Array, placed: PlacedSamples): boolean {
  const width = SAMPLE_BYTES[placed.type];
  const samples = samplesOf(placed);
  let apart = true;
  for (let channel = 0; channel < placed.offsets.length && apart; channel++) {
    visitPlaces(placed, channel, 0, samples, (position) => {
      for (let i = position; i < position + width; i++) {
        if (i >= covered.length || covered[i] !== 0) apart = false;
        else covered[i] = 1;
      }
    });
  }
  return apart;
}
