/**
 * What a reader of any laboratory's file gives: streams of channels that are read in windows, in the values of the
 * file. Nothing is scaled, filled in or cut: gains and gaps are reported, not applied or filled.
 */

/** How one sample is stored. Integers of 24 bits are read as 32, those of 64 as doubles where that is exact. */
export type SampleType =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int24'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float32'
  | 'float64';

/** Samples of one channel. */
export type SampleArray =
  Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/**
 * What a channel measured. Only electrodes belong into a study of brain recordings; auxiliary is every other analog
 * signal (accelerometers, ADC inputs, supply voltages), sync a line that aligns devices, digital a word of lines.
 */
export type ChannelKind = 'electrode' | 'auxiliary' | 'sync' | 'digital';

/** Where an electrode sits, as far as the file says. Lengths in µm. */
export interface Place {
  readonly x?: number;
  readonly y?: number;
  readonly z?: number;
  /** Shank, port, group or brain region, by the file's name for it. */
  readonly group?: string;
}

/** One channel of a stream. The physical value is `gain · sample + offset`, in `unit`. */
export interface Channel {
  /** Unlike every other in its stream. */
  readonly id: string;
  /** As the file names it. */
  readonly name: string;
  readonly kind: ChannelKind;
  /** `"uV"`, `"V"` …; empty where the file says none: then gain is 1, and values are digitizer codes. */
  readonly unit: string;
  readonly gain: number;
  readonly offset: number;
  readonly place?: Place;
  /** Extremes of the digitizer where a header declares them, in values of the file; the grid itself is found. */
  readonly declared?: { readonly lowest: number; readonly highest: number };
  /** True where the header says that the input was inverted: the voltage at the electrode has the other sign. */
  readonly inverted?: boolean;
}

/** Time that was not recorded between two samples. */
export interface Gap {
  /** Index of the first sample after it. */
  readonly before: number;
  /** How much longer than one sample's time the step is, in seconds; negative where a clock was set back. */
  readonly seconds: number;
}

/** Where samples of a stream lie in its files, byte by byte. */
export interface Placement {
  /** Which channels of the stream, in the order of {@link offsets}. */
  readonly channels: readonly number[];
  readonly littleEndian: boolean;
  /** Position of each channel's first sample, in bytes from the start of a block. */
  readonly offsets: readonly number[];
  /** Bytes from one sample of a channel to its next. */
  readonly stride: number;
  /** Rows of blocks, in the order of time. */
  readonly runs: readonly {
    readonly path: string;
    readonly start: number;
    readonly blockBytes: number;
    readonly blockSamples: number;
    readonly samples: number;
  }[];
}

/** Channels that were sampled together. */
export interface Stream {
  /** As the file, or as Neo and SpikeInterface, name it; unlike every other of its segment. */
  readonly name: string;
  /** Recordings that were stopped and started again are numbered from 0. */
  readonly segment: number;
  /** Samples per second of every channel, above 0. */
  readonly sampleRate: number;
  /** Samples per second at which the values were taken, where the file repeats each value up to {@link sampleRate}. */
  readonly takenAt?: number;
  /** Samples of each channel; those beside a gap follow one another. */
  readonly samples: number;
  readonly type: SampleType;
  readonly channels: readonly Channel[];
  readonly gaps: readonly Gap[];
  /** Where its samples lie, unless they are packed. */
  readonly placements?: readonly Placement[];
  /**
   * A window of some channels, one array each, in memory of their own.
   *
   * @param channels - indices into {@link channels}
   * @param from - first sample, 0 or more
   * @param count - samples of each; `from + count` is at most {@link samples}
   * @throws RangeError when the window lies outside of the stream
   * @throws RecordingFormatError when the file is not what its header said
   */
  read(channels: readonly number[], from: number, count: number): Promise<SampleArray[]>;
}

/** A recording, opened: headers are read, samples are not. */
export interface RecordingFile {
  /** File or folder. */
  readonly path: string;
  /** Name of the format, for people. */
  readonly format: string;
  readonly streams: readonly Stream[];
  /** What was assumed, left out or is missing: sentences. */
  readonly notes: readonly string[];
  /** Lets go of what is open; reading afterwards is an error. */
  close(): void;
}

/** A file is of no known format, is damaged, cut off, or contradicts itself. */
export class RecordingFormatError extends Error {
  override readonly name = 'RecordingFormatError';

  /**
   * @param file - path of the file or folder
   * @param problem - what was found, and what would be right
   * @param remedy - what to do about it, a sentence
   */
  constructor(
    readonly file: string,
    problem: string,
    remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}. ${remedy}`, options);
  }
}

/** What to do about a header that cannot be true. */
export const GET_AGAIN = 'The file is damaged: get it again.';
/** What to do about a file that ends early. */
export const GET_WHOLE = 'The file was cut off: get it whole.';

/** Most channels of a stream; a damaged count must not take all memory. */
export const MOST_CHANNELS = 65_536;

/**
 * Checks the claims of a header that every format makes.
 *
 * @throws RecordingFormatError when the rate, or the number of channels, cannot be true
 */
export function checkClaims(file: string, claims: { sampleRate: number; channels: number }): void {
  const { sampleRate, channels } = claims;
  if (!(sampleRate > 0 && sampleRate < 1e9)) {
    throw new RecordingFormatError(file, `its header says ${sampleRate} samples a second`, GET_AGAIN);
  }
  if (!Number.isInteger(channels) || channels < 1 || channels > MOST_CHANNELS) {
    throw new RecordingFormatError(file, `its header says ${channels} channels`, GET_AGAIN);
  }
}

/**
 * Checks a window.
 *
 * @throws RangeError when it lies outside of the stream
 */
export function checkWindow(
  stream: { readonly name: string; readonly samples: number; readonly channels: readonly unknown[] },
  channels: readonly number[],
  from: number,
  count: number,
): void {
  const whole = Number.isInteger(from) && Number.isInteger(count);
  if (!whole || from < 0 || count < 0 || from + count > stream.samples) {
    throw new RangeError(
      `Samples ${from}…${from + count - 1} are not in stream "${stream.name}", which has ${stream.samples}.`,
    );
  }
  for (const channel of channels) {
    if (!Number.isInteger(channel) || channel < 0 || channel >= stream.channels.length) {
      throw new RangeError(
        `Channel ${channel} is not in stream "${stream.name}", which has ${stream.channels.length}.`,
      );
    }
  }
}

/** Seconds of a stream that were recorded, gaps left out. */
export function secondsOf(stream: Pick<Stream, 'samples' | 'sampleRate'>): number {
  return stream.samples / stream.sampleRate;
}
