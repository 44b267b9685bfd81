/**
 * Where the samples of a file lie among its bytes, so that all else can be kept as it is.
 */
import {
  SAMPLE_BYTES,
  copySamples,
  emptySamples,
  putSample,
} from '../../recordings/formats/parts/sample-values';
import type { Place, SampleArray, SampleType } from '../../recordings/recording-file';
import { BitstreamError } from '../../coding/bitstream-errors';
import type { ByteSource } from '../../recordings/wav-layout';

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
    /** Of the electrode, where it is known. */
    readonly place?: Place;
  }[];
}

/** Samples of each channel. */
export function samplesOf({ runs }: Pick<PlacedSamples, 'runs'>): number {
  return runs.reduce((sum, { samples }) => sum + samples, 0);
}

/** Calls `visit` for each row of samples from `from` to `to` that lies within one block; positions are those of an offset of 0. */
function walkRows(
  { runs, stride }: PlacedSamples,
  from: number,
  to: number,
  visit: (position: number, sample: number, count: number) => void,
): void {
  let first = 0;
  for (const { start, blockBytes, blockSamples, samples } of runs) {
    const end = Math.min(to - first, samples);
    for (let at = Math.max(0, from - first); at < end;) {
      const block = Math.floor(at / blockSamples);
      const inBlock = at - block * blockSamples;
      const count = Math.min(end, (block + 1) * blockSamples) - at;
      visit(start + block * blockBytes + inBlock * stride, first + at, count);
      at += count;
    }
    first += samples;
  }
}

/** Calls `visit` for each row of samples of a channel from `from` to `to` that lies within one block. */
function walk(
  placed: PlacedSamples,
  channel: number,
  from: number,
  to: number,
  visit: (position: number, sample: number, count: number) => void,
): void {
  const offset = placed.offsets[channel]!;
  walkRows(placed, from, to, (position, sample, count) => visit(position + offset, sample, count));
}

function rangeOf(offsets: readonly number[]): [lowest: number, highest: number] {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const offset of offsets) {
    lowest = Math.min(lowest, offset);
    highest = Math.max(highest, offset);
  }
  return [lowest, highest];
}

/** Bytes that are read at a time where rows of samples lie apart. */
const READ_BYTES = 2 ** 20;

/** Longest row that is read at once, in bytes. */
const ROW_BYTES = 2 ** 22;

/** Shorter stretches are looked at without a call for each. */
const MOST_BYTES_ONE_BY_ONE = 8;

/** Bytes of interleaved channels that are looked at together, so that they are in the cache for each channel. */
const NEAR_BYTES = 2 ** 15;

/** Reads samples out of a file in place: what lies next to each other is read once for all channels. */
export class PlacedReader {
  private readonly width: number;
  private readonly lowest: number;
  private readonly spread: number;
  /** The bytes read last, and where they begin. */
  private ahead: Uint8Array = new Uint8Array(0);
  private aheadAt = 0;

  constructor(
    private readonly source: ByteSource,
    private readonly placed: PlacedSamples,
  ) {
    this.width = SAMPLE_BYTES[placed.type];
    const [lowest, highest] = rangeOf(placed.offsets);
    this.lowest = lowest;
    this.spread = highest - lowest;
  }

  /**
   * Samples `from` … `to` − 1 of all channels.
   *
   * @throws RangeError when the file ends before them
   */
  read(from: number, to: number): SampleArray[] {
    const { type, littleEndian, stride, offsets } = this.placed;
    const out = offsets.map(() => emptySamples(type, to - from));
    this.visitRows(from, to, (view, at, channel, sample, count) =>
      copySamples(view, type, littleEndian, at, stride, out[channel]!, sample - from, count),
    );
    return out;
  }

  /** Bytes of samples `from` … `to` − 1 of all channels. */
  bytes(from: number, to: number): Uint8Array[] {
    const { width } = this;
    const { stride, offsets } = this.placed;
    const out = offsets.map(() => new Uint8Array(width * (to - from)));
    this.visitRows(from, to, (view, at, channel, sample, count) => {
      for (let i = 0; i < count; i++) {
        for (let b = 0; b < width; b++) {
          out[channel]![(sample - from + i) * width + b] = view.getUint8(at + i * stride + b);
        }
      }
    });
    return out;
  }

  /** Calls `take` for rows of samples of a channel, with bytes in which they lie from `at` on. */
  private visitRows(
    from: number,
    to: number,
    take: (view: DataView, at: number, channel: number, sample: number, count: number) => void,
  ): void {
    const { placed, width, lowest, spread } = this;
    const { stride, offsets } = placed;
    const most = Math.max(1, Math.floor(ROW_BYTES / Math.max(1, stride)));
    const near = offsets.length > 1 ? Math.max(16, Math.floor(NEAR_BYTES / Math.max(1, stride))) : most;
    walkRows(placed, from, to, (base, first, all) => {
      for (let done = 0; done < all; done += most) {
        const count = Math.min(most, all - done);
        const row = base + done * stride;
        const bytes = (count - 1) * stride + width;
        // Channels after one another are farther apart than a row is long.
        if (spread < Math.max(bytes, READ_BYTES)) {
          const view = this.view(row + lowest, bytes + spread);
          for (let part = 0; part < count; part += near) {
            const length = Math.min(near, count - part);
            offsets.forEach((offset, channel) =>
              take(view, offset - lowest + part * stride, channel, first + done + part, length),
            );
          }
        } else {
          offsets.forEach((offset, channel) =>
            take(this.view(row + offset, bytes), 0, channel, first + done, count),
          );
        }
      }
    });
  }

  private view(position: number, length: number): DataView {
    const end = this.aheadAt + this.ahead.length;
    if (position < this.aheadAt || position + length > end) {
      // A short row is followed by others.
      const follows = position >= this.aheadAt && position - end < READ_BYTES;
      this.ahead = this.source.read(position, follows ? Math.max(length, READ_BYTES) : length);
      this.aheadAt = position;
    }
    const at = position - this.aheadAt;
    return new DataView(this.ahead.buffer, this.ahead.byteOffset + at, length);
  }
}

/** Samples `from` … `to` − 1 of a channel of a file in memory. */
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

/** A part of a file that is written. */
export interface Page {
  /** Position of its first byte in the file. */
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** A file that is written at any place. */
export interface ByteTarget {
  /** The page that holds a byte; it counts as written. */
  pageAt(position: number): Page;
}

/** That a table names places that its file does not have. */
export function outsideOfFile(position: number): BitstreamError {
  return new BitstreamError(
    `This .nbz file has a sample at byte ${position}, outside of the file that it stands for.`,
  );
}

/** A file in memory, as one page. */
export function targetInMemory(bytes: Uint8Array): ByteTarget {
  const page = { start: 0, bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  return {
    pageAt(position) {
      if (position < 0 || position >= bytes.length) throw outsideOfFile(position);
      return page;
    },
  };
}

/** Samples that are put at a time for each channel in turn, so that few pages are at work. */
const PUT_SAMPLES = 512;

/**
 * Puts samples where they belong.
 *
 * @param channels - samples of each channel from `from` on; where undefined, the channel is left as it is
 */
export function putPlaced(
  target: ByteTarget,
  placed: PlacedSamples,
  from: number,
  channels: readonly (SampleArray | undefined)[],
): void {
  const { type, littleEndian } = placed;
  const width = SAMPLE_BYTES[type];
  const count = channels.reduce((most, samples) => Math.max(most, samples?.length ?? 0), 0);
  const one = new Uint8Array(width);
  const viewOfOne = new DataView(one.buffer);
  let last: Page | undefined;
  for (let first = 0; first < count; first += PUT_SAMPLES) {
    const end = Math.min(count, first + PUT_SAMPLES);
    channels.forEach((samples, channel) => {
      if (!samples) return;
      visitPlaces(placed, channel, from + first, from + end, (position, sample) => {
        let page = last;
        if (!page || position < page.start || position >= page.start + page.bytes.length) {
          page = last = target.pageAt(position);
        }
        if (position + width <= page.start + page.bytes.length) {
          putSample(page.view, type, littleEndian, position - page.start, samples[sample - from]!);
        } else {
          putSample(viewOfOne, type, littleEndian, 0, samples[sample - from]!);
          putBytes(target, position, one);
          last = undefined;
        }
      });
    });
  }
}

/** Puts bytes at a position. */
export function putBytes(target: ByteTarget, position: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    const page = target.pageAt(position + done);
    const at = position + done - page.start;
    const part = bytes.subarray(done, done + page.bytes.length - at);
    page.bytes.set(part, at);
    done += part.length;
  }
}

/** Bytes of a file that are looked at together to tell samples from the rest. */
const COVER_BYTES = 2 ** 20;

/** Bytes that all samples take. */
export function bytesOfSamples(streams: readonly PlacedSamples[]): number {
  return streams.reduce(
    (sum, placed) => sum + samplesOf(placed) * placed.offsets.length * SAMPLE_BYTES[placed.type],
    0,
  );
}

/**
 * Stretches of a file that no sample takes, in order. Ends early where all of them have been found and `check` is false.
 *
 * @param size - bytes of the file
 * @param check - look at all of the file, so that samples in each other's place or outside of it are found
 * @returns whether each sample has bytes of its own within the file; true where that was not looked at
 */
export function* freeStretches(
  size: number,
  streams: readonly PlacedSamples[],
  check: boolean,
): Generator<{ readonly start: number; readonly end: number }, boolean> {
  const wanted = bytesOfSamples(streams);
  const covered = new Uint8Array(Math.min(size, COVER_BYTES));
  let [marked, free] = [0, 0];
  for (let at = 0; at < size; at += covered.length) {
    if (!check && free === size - wanted) return true;
    const window = covered.subarray(0, size - at);
    window.fill(0);
    let here = 0;
    for (const placed of streams) {
      const count = markWindow(window, at, placed);
      if (count < 0) return false;
      here += count;
    }
    marked += here;
    if (here === window.length) continue;
    free += window.length - here;
    for (let i = 0; i < window.length; i++) {
      if (window[i] !== 0) continue;
      const next = window.indexOf(1, i);
      const end = next < 0 ? window.length : next;
      yield { start: at + i, end: at + end };
      i = end;
    }
  }
  return marked === wanted;
}

/**
 * Whether each sample has bytes of its own within the file.
 *
 * @param size - bytes of the file
 */
export function liesApart(size: number, streams: readonly PlacedSamples[]): boolean {
  const stretches = freeStretches(size, streams, true);
  for (;;) {
    const { done, value } = stretches.next();
    if (done === true) return value;
  }
}

/**
 * Marks the bytes of samples within a window of a file.
 *
 * @param window - one entry a byte; marked ones are 1
 * @param from - position of the window in the file
 * @returns how many were marked; negative where one was marked already
 */
function markWindow(window: Uint8Array, from: number, placed: PlacedSamples): number {
  const { offsets, stride, runs } = placed;
  const width = SAMPLE_BYTES[placed.type];
  const to = from + window.length;
  const [lowest, highest] = rangeOf(offsets);
  // Channels side by side, as nearly all files have them, are marked at once.
  const together = lieSideBySide(offsets, width, stride);
  const marks = together ? offsets.length * width : width;
  let marked = 0;
  for (const run of runs) {
    const { start, blockBytes, blockSamples, samples } = run;
    if (samples === 0) continue;
    const blocks = Math.ceil(samples / blockSamples);
    const inBlock = (Math.min(samples, blockSamples) - 1) * stride + width;
    // Blocks of a channel that reach into each other would be looked at again and again.
    if ((blocks > 1 && inBlock > blockBytes) || (stride === 0 && inBlock < samples * width)) return -1;
    if (start + lowest >= to || start + highest + (blocks - 1) * blockBytes + inBlock <= from) continue;
    for (const offset of together ? [lowest] : offsets) {
      for (const { position, count } of rowsOfRun(run, start + offset, stride, marks, from, to)) {
        // Rows without gaps are one stretch.
        const [pieces, bytes] = marks === stride ? [1, count * stride] : [count, marks];
        for (let i = 0; i < pieces; i++) {
          const found = markStretch(window, position + i * stride - from, bytes);
          if (found < 0) return -1;
          marked += found;
        }
      }
    }
  }
  return marked;
}

/** Marks a stretch as far as it lies in the window. @returns how many bytes; -1 where one was marked already */
function markStretch(window: Uint8Array, from: number, bytes: number): number {
  const first = Math.max(0, from);
  const end = Math.min(window.length, from + bytes);
  if (bytes <= MOST_BYTES_ONE_BY_ONE) {
    for (let b = first; b < end; b++) {
      if (window[b] !== 0) return -1;
      window[b] = 1;
    }
  } else if (end > first) {
    const stretch = window.subarray(first, end);
    if (stretch.includes(1)) return -1;
    stretch.fill(1);
  }
  return Math.max(0, end - first);
}

/** Whether the samples that channels have at one time fill a stretch, and the next time has one behind it. */
function lieSideBySide(offsets: readonly number[], width: number, stride: number): boolean {
  if (offsets.length < 2 || offsets.length * width > stride) return false;
  const sorted = [...offsets].sort((a, b) => a - b);
  return sorted.every((offset, i) => offset === sorted[0]! + i * width);
}

/** Samples of a channel in a block, one after another. */
interface Row {
  /** Of the first byte of the first one, in the file. */
  readonly position: number;
  readonly count: number;
}

/** Rows of a channel that have bytes from `from` to `to`; the first and the last sample of a row may lie in it in part. */
export function* rowsWithin(
  { offsets, stride, runs, type }: PlacedSamples,
  channel: number,
  from: number,
  to: number,
): Generator<Row> {
  for (const run of runs) {
    if (run.samples > 0) {
      yield* rowsOfRun(run, run.start + offsets[channel]!, stride, SAMPLE_BYTES[type], from, to);
    }
  }
}

/** {@link rowsWithin} of one run, whose first sample of the channel lies at `first`. */
function* rowsOfRun(
  { blockBytes, blockSamples, samples }: PlacedRun,
  first: number,
  stride: number,
  width: number,
  from: number,
  to: number,
): Generator<Row> {
  const blocks = Math.ceil(samples / blockSamples);
  const inBlock = (Math.min(samples, blockSamples) - 1) * stride + width;
  const step = Math.max(1, blockBytes);
  const apart = Math.max(1, stride);
  const firstBlock = Math.max(0, Math.floor((from - first - inBlock) / step));
  const endBlock = Math.min(blocks, Math.floor((to - 1 - first) / step) + 1);
  for (let block = firstBlock; block < endBlock; block++) {
    const base = first + block * blockBytes;
    const inThis = Math.min(blockSamples, samples - block * blockSamples);
    const firstSample = Math.max(0, Math.floor((from - width - base) / apart) + 1);
    const endSample = Math.min(inThis, Math.floor((to - 1 - base) / apart) + 1);
    if (endSample > firstSample)
      yield { position: base + firstSample * stride, count: endSample - firstSample };
  }
}
