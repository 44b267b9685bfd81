/**
 * A file of a recording whose samples are moved within an error that is promised; all other bytes stay as they are. It is
 * moved as it is read, so that memory does not grow with it.
 */
import {
  copySamples,
  emptySamples,
  putSample,
  SAMPLE_BYTES,
} from '../../recordings/formats/parts/sample-values';
import { bytesInMemory, type ByteSource } from '../../recordings/wav-layout';
import { PlacedReader, rowsWithin, samplesOf, type PlacedSamples } from './placed-samples';
import { separateStreams } from './recording-container';
import { GridOfValues, requireBound } from './within-error';

/** Samples of all channels that are looked at together to find their grids. */
const SAMPLES_AT_ONCE = 2 ** 20;

/** Channels of a stream that come to lie on one grid. */
interface MovedChannels {
  readonly placed: PlacedSamples;
  readonly channels: readonly number[];
  readonly grid: GridOfValues;
}

/**
 * Moves the samples of a file in memory.
 *
 * @param contents - all bytes of the file
 * @param streams - where its samples lie; those of 64-bit integers, and those that overlap earlier ones, are kept as bytes and so not moved
 * @param maxError - largest error of a sample, an integer in its values
 * @returns a copy
 * @throws ErrorBoundError for samples that are no integers of up to 32 bits, and for other errors
 */
export function fileWithinError(
  contents: Uint8Array,
  streams: readonly PlacedSamples[],
  maxError: number,
): Uint8Array {
  const separate = separateStreams(contents.length, streams);
  return sourceWithinError(bytesInMemory(contents), separate, maxError).read(0, contents.length);
}

/**
 * A file whose samples are moved when they are read. Channels of one gain and unit come to lie on one grid, so that they are
 * kept together. Channels without a unit beside others that have one are left as they are: words of digital lines.
 *
 * @param source - is read once from end to end for the grids
 * @param streams - those of `separateStreams`
 * @param maxError - largest error of a sample, an integer in its values
 * @throws ErrorBoundError for samples that are no integers of up to 32 bits, and for other errors
 */
export function sourceWithinError(
  source: ByteSource,
  streams: readonly PlacedSamples[],
  maxError: number,
): ByteSource {
  const groups = streams.flatMap((placed) => gridsOf(source, placed, maxError));
  return {
    size: source.size,
    read: (offset, length) => {
      // A copy also where the bytes are those of a file in memory.
      const bytes = new Uint8Array(source.read(offset, length));
      for (const group of groups) moveWithin(bytes, offset, source, group, maxError);
      return bytes;
    },
  };
}

function gridsOf(source: ByteSource, placed: PlacedSamples, maxError: number): MovedChannels[] {
  const groups = groupsOf(placed).map((channels) => ({ placed, channels, grid: new GridOfValues() }));
  if (groups.length === 0) return [];
  requireBound(placed.type, maxError);
  const reader = new PlacedReader(source, placed);
  const atOnce = Math.max(1, Math.floor(SAMPLES_AT_ONCE / placed.offsets.length));
  const samples = samplesOf(placed);
  for (let from = 0; from < samples; from += atOnce) {
    const read = reader.read(from, Math.min(samples, from + atOnce));
    for (const { channels, grid } of groups) for (const channel of channels) grid.add(read[channel]!);
  }
  return groups;
}

/** Moves what lies in `bytes`, which stand from `start` on in the file; of samples at its ends a part. */
function moveWithin(
  bytes: Uint8Array,
  start: number,
  source: ByteSource,
  { placed, channels, grid }: MovedChannels,
  maxError: number,
): void {
  const { type, littleEndian, stride } = placed;
  const width = SAMPLE_BYTES[type];
  const end = start + bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const moveOne = (position: number): void => {
    const whole = new Uint8Array(source.read(position, width));
    const one = emptySamples(type, 1);
    const own = new DataView(whole.buffer);
    copySamples(own, type, littleEndian, 0, width, one, 0, 1);
    grid.move(one, maxError);
    putSample(own, type, littleEndian, 0, one[0]!);
    for (let b = 0; b < width; b++) {
      if (position + b >= start && position + b < end) bytes[position + b - start] = whole[b]!;
    }
  };
  for (const channel of channels) {
    for (const { position, count } of rowsWithin(placed, channel, start, end)) {
      const isCut = (sample: number): boolean =>
        position + sample * stride < start || position + sample * stride + width > end;
      const first = isCut(0) ? 1 : 0;
      const last = count > 1 && isCut(count - 1) ? count - 1 : count;
      if (first > 0) moveOne(position);
      if (last < count) moveOne(position + last * stride);
      if (last <= first) continue;
      const row = emptySamples(type, last - first);
      const at = position + first * stride - start;
      copySamples(view, type, littleEndian, at, stride, row, 0, row.length);
      grid.move(row, maxError);
      for (let i = 0; i < row.length; i++) putSample(view, type, littleEndian, at + i * stride, row[i]!);
    }
  }
}

/** Numbers of the channels that are moved, those of one gain, offset and unit together. */
function groupsOf({ channels }: PlacedSamples): number[][] {
  const haveUnits = channels.some(({ unit }) => unit !== '');
  const groups = new Map<string, number[]>();
  channels.forEach(({ unit, gain, offset }, channel) => {
    if (haveUnits && unit === '') return;
    const key = `${unit} ${gain} ${offset}`;
    groups.set(key, [...(groups.get(key) ?? []), channel]);
  });
  return [...groups.values()];
}
