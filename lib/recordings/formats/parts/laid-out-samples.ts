import {
  checkWindow,
  type Channel,
  type Gap,
  type SampleArray,
  type SampleType,
  type Stream,
} from '../../recording-file';
import type { FileBytes } from './file-bytes';
import { copySamples, emptySamples, SAMPLE_BYTES } from './sample-values';

/** Bytes that are read at a time. */
const WINDOW_BYTES = 2 ** 22;

/** Blocks of equal size, one after another in one file, each with the same number of samples of every channel. */
export interface Run {
  readonly file: FileBytes;
  /** Position of the first block. */
  readonly start: number;
  /** Bytes from the start of one block to the next. */
  readonly blockBytes: number;
  /** Samples of each channel in a block, 1 or more. */
  readonly blockSamples: number;
  /** Samples of each channel in all blocks; the last block may hold fewer. */
  readonly samples: number;
}

/** Where samples lie within a block. */
export interface BlockLayout {
  readonly type: SampleType;
  readonly littleEndian: boolean;
  /** Position of each channel's first sample, in bytes from the start of the block. */
  readonly offsets: readonly number[];
  /** Bytes from one sample of a channel to its next. */
  readonly stride: number;
}

/** What a stream is beside its samples. */
export type StreamFacts = Pick<Stream, 'name' | 'sampleRate' | 'channels'> &
  Partial<Pick<Stream, 'segment' | 'takenAt' | 'gaps'>>;

/**
 * Samples that lie in a file as they are: interleaved, channel after channel, or in blocks of either kind. That is all
 * formats but those in containers of their own.
 *
 * @param facts - name, rate, channels and gaps
 * @param layout - positions within a block
 * @param runs - rows of blocks, in the order of time
 */
export function laidOutStream(facts: StreamFacts, layout: BlockLayout, runs: readonly Run[]): Stream {
  const starts: number[] = [];
  let samples = 0;
  for (const run of runs) {
    starts.push(samples);
    samples += run.samples;
  }
  const stream: Stream = {
    segment: 0,
    gaps: [],
    ...facts,
    samples,
    type: layout.type,
    placements: [
      {
        channels: facts.channels.map((_, i) => i),
        littleEndian: layout.littleEndian,
        offsets: layout.offsets,
        stride: layout.stride,
        runs: runs.map(({ file, ...run }) => ({ path: file.path, ...run })),
      },
    ],
    read(channels, from, count) {
      checkWindow(stream, channels, from, count);
      const out = channels.map(() => emptySamples(layout.type, count));
      const end = from + count;
      for (let i = indexOfRun(starts, from); i < runs.length && starts[i]! < end; i++) {
        const first = Math.max(from - starts[i]!, 0);
        const last = Math.min(end - starts[i]!, runs[i]!.samples);
        if (first < last) readRun(runs[i]!, layout, channels, first, last, out, starts[i]! - from);
      }
      return Promise.resolve(out);
    },
  };
  return stream;
}

/** The run that holds a sample, by halving. */
function indexOfRun(starts: readonly number[], sample: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= sample) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Reads samples `first` to `last` (not included) of a run; sample `i` of it belongs at `outShift + i`. */
function readRun(
  run: Run,
  layout: BlockLayout,
  channels: readonly number[],
  first: number,
  last: number,
  out: readonly SampleArray[],
  outShift: number,
): void {
  if (run.blockBytes > WINDOW_BYTES) {
    for (let at = first; at < last;) {
      const block = Math.floor(at / run.blockSamples);
      const end = Math.min(last, (block + 1) * run.blockSamples);
      readWithinBlock(run, layout, channels, block, at, end, out, outShift);
      at = end;
    }
    return;
  }
  const atATime = Math.max(1, Math.floor(WINDOW_BYTES / run.blockBytes));
  const lastBlock = Math.ceil(last / run.blockSamples);
  for (let block = Math.floor(first / run.blockSamples); block < lastBlock; block += atATime) {
    const blocks = Math.min(atATime, lastBlock - block);
    const view = wholeBlocks(run, layout, block, blocks, last);
    channels.forEach((channel, index) => {
      for (let b = 0; b < blocks; b++) {
        const blockStart = (block + b) * run.blockSamples;
        const from = Math.max(first, blockStart);
        const count = Math.min(last, blockStart + run.blockSamples) - from;
        if (count <= 0) continue;
        const at = b * run.blockBytes + layout.offsets[channel]! + (from - blockStart) * layout.stride;
        copySamples(
          view,
          layout.type,
          layout.littleEndian,
          at,
          layout.stride,
          out[index]!,
          outShift + from,
          count,
        );
      }
    });
  }
}

/** The bytes of some blocks; of the last as many as its samples up to `last` take, because a file may end there. */
function wholeBlocks(run: Run, layout: BlockLayout, block: number, blocks: number, last: number): DataView {
  const lastStart = (block + blocks - 1) * run.blockSamples;
  const inLast = Math.min(last - lastStart, run.blockSamples);
  const needed =
    (blocks - 1) * run.blockBytes +
    Math.max(...layout.offsets) +
    (inLast - 1) * layout.stride +
    SAMPLE_BYTES[layout.type];
  return run.file.fields(run.start + block * run.blockBytes, needed, 'its samples');
}

/** A window of one long block: interleaved channels together, separate ones each by itself. */
function readWithinBlock(
  run: Run,
  layout: BlockLayout,
  channels: readonly number[],
  block: number,
  first: number,
  last: number,
  out: readonly SampleArray[],
  outShift: number,
): void {
  const { stride, offsets, type, littleEndian } = layout;
  const sampleBytes = SAMPLE_BYTES[type];
  const blockStart = block * run.blockSamples;
  const position = run.start + block * run.blockBytes - blockStart * stride;
  const interleaved = stride > sampleBytes;
  const groups = interleaved ? [channels.map((channel, index) => ({ channel, index }))] : [];
  if (!interleaved) channels.forEach((channel, index) => groups.push([{ channel, index }]));
  const atATime = Math.max(1, Math.floor(WINDOW_BYTES / stride));
  for (const group of groups) {
    const lowest = Math.min(...group.map(({ channel }) => offsets[channel]!));
    const highest = Math.max(...group.map(({ channel }) => offsets[channel]!));
    for (let from = first; from < last; from += atATime) {
      const count = Math.min(atATime, last - from);
      const bytes = highest - lowest + (count - 1) * stride + sampleBytes;
      const view = run.file.fields(position + lowest + from * stride, bytes, 'its samples');
      for (const { channel, index } of group) {
        const at = offsets[channel]! - lowest;
        copySamples(view, type, littleEndian, at, stride, out[index]!, outShift + from, count);
      }
    }
  }
}

/** Samples of all channels in turn, the most common layout: one block without end. */
export function interleavedStream(
  facts: StreamFacts,
  samples: {
    readonly file: FileBytes;
    readonly start: number;
    readonly count: number;
    readonly type: SampleType;
    readonly littleEndian: boolean;
    /** Channels in the file, and which of them are those of the stream; all unless said otherwise. */
    readonly columns?: { readonly all: number; readonly taken: readonly number[] };
  },
): Stream {
  const bytes = SAMPLE_BYTES[samples.type];
  const all = samples.columns?.all ?? facts.channels.length;
  const taken = samples.columns?.taken ?? facts.channels.map((_, i) => i);
  return laidOutStream(
    facts,
    {
      type: samples.type,
      littleEndian: samples.littleEndian,
      offsets: taken.map((column) => column * bytes),
      stride: all * bytes,
    },
    [
      {
        file: samples.file,
        start: samples.start,
        blockBytes: Math.max(1, samples.count * all * bytes),
        blockSamples: Math.max(1, samples.count),
        samples: samples.count,
      },
    ],
  );
}

/**
 * Streams of one channel each, recorded together, as one stream.
 *
 * @param facts - the name of the whole; channels are those of the parts
 * @param parts - one or more, of the same rate, length, type and gaps
 */
export function togetherStream(
  facts: { readonly name: string; readonly channels?: readonly Channel[] },
  parts: readonly Stream[],
): Stream {
  const first = parts[0]!;
  const stream: Stream = {
    ...first,
    placements: parts.flatMap(({ placements = [] }, i) =>
      placements.map((one) => ({ ...one, channels: [i] })),
    ),
    name: facts.name,
    channels: facts.channels ?? parts.flatMap(({ channels }) => channels),
    async read(channels, from, count) {
      checkWindow(stream, channels, from, count);
      const out: SampleArray[] = [];
      for (const channel of channels) out.push(...(await parts[channel]!.read([0], from, count)));
      return out;
    },
  };
  return stream;
}

/** Whether streams were recorded together, sample by sample. */
export function simultaneous(a: Stream, b: Stream): boolean {
  return (
    a.sampleRate === b.sampleRate &&
    a.samples === b.samples &&
    a.type === b.type &&
    a.segment === b.segment &&
    a.gaps.length === b.gaps.length &&
    a.gaps.every((gap: Gap, i) => gap.before === b.gaps[i]!.before && gap.seconds === b.gaps[i]!.seconds)
  );
}
