/** Samples of one channel. */
export type Samples =
  Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** What a file says of a channel. The physical value is `gain · sample + offset`, in `unit`. */
export interface ChannelFacts {
  readonly name: string;
  /** Samples per second; 0 where the file does not say. */
  readonly sampleRate: number;
  /** Number of samples. */
  readonly length: number;
  /** `"uV"`, `"V"` …; empty where the file says none. */
  readonly unit: string;
  readonly gain: number;
  readonly offset: number;
}

/** A decoded channel. */
export interface Channel extends ChannelFacts {
  readonly samples: Samples;
}

/** A stretch of a file. */
export interface Range {
  /** Numbers of channels, from 0; all unless given. */
  readonly channels?: readonly number[];
  /** First sample; 0 unless given. */
  readonly from?: number;
  /** Sample after the last; the end of the shortest channel unless given. */
  readonly to?: number;
}

/** How samples are encoded. */
export interface EncodeOptions {
  /**
   * `"lossless-best"` (unless given), `"lossless-fast"`, or a basis with its quantizer: `"mdct-256-sine+trellis"` is the
   * best conventional one.
   */
  readonly codec?: string;
  /** Quantizer step of a basis, in steps of the digitizer: 4 is faint, 64 is coarse. A basis needs one. */
  readonly step?: number;
  /**
   * Largest error of any sample, in the values of the samples: they are moved by no more than this, and what they become
   * is kept without loss. For integers and a lossless codec; 0 unless given.
   */
  readonly maxError?: number;
  /** Number of channels where one array holds the samples of all, one time after another. */
  readonly channels?: number;
  /** Samples per second. */
  readonly sampleRate?: number;
  /** Names of the channels, from the first; numbers unless given. */
  readonly names?: readonly string[];
  /** The physical value of a sample is `gain · sample + offset`, in this unit. */
  readonly unit?: string;
  readonly gain?: number;
  readonly offset?: number;
}
