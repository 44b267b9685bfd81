/**
 * One recording of a corpus: some seconds of one electrode, as codes of its digitizer.
 */
import type { Digitizer } from './digitizer';
import type { Place, SampleType } from './recording-file';

/** Where a recording was taken from. */
export interface RecordingSource {
  /** File or folder that was imported. */
  readonly path: string;
  /** Name of the stream, and which of several starts of the recording it is from. */
  readonly stream: string;
  readonly segment: number;
  /** Id of the channel. */
  readonly channel: string;
  /** First sample, within the segment. */
  readonly from: number;
  /** Bytes of one sample in the file. */
  readonly sampleBytes: number;
}

/** What is known of the electrode and of what digitized it. */
export interface ElectrodeFacts {
  /** Samples per second. */
  readonly sampleRate: number;
  /** The values that a sample can have; codes are 0 … `digitizer.codes − 1`. */
  readonly digitizer: Digitizer;
  /** Physical value = `gain · value + offset`, in this unit, for a value of the digitizer; empty where none is known. */
  readonly unit: string;
  readonly gain: number;
  readonly offset: number;
  /** Name of the electrode, where the file has one. */
  readonly electrode?: string;
  readonly place?: Place;
}

/** A WAV file of one electrode. */
export interface Recording extends ElectrodeFacts {
  /** File name without folder, `"<uuid>.wav"`. */
  readonly name: string;
  /** Absolute path of the WAV file. */
  readonly path: string;
  /** Bytes of the WAV file. */
  readonly wavBytes: number;
  /** Number of samples. Simultaneous recordings have equal lengths, and no others do; the parity is that of the fold. */
  readonly samples: number;
  /** Standard deviation in codes, to two decimals. */
  readonly standardDeviation: number;
  /** SHA-256 of the WAV file, hexadecimal. */
  readonly sha256: string;
  /** Name of the group of recordings that were made at the same time. */
  readonly group: string;
  /** Undefined where the WAV file is the original. */
  readonly source?: RecordingSource;
  /** Dataset whose learned models code it, its own; that of NEUROBASIS_DATASET where it has none. */
  readonly models?: string;
}

/** Full scale of a PSNR. */
export interface FullScale {
  /** Largest difference of two codes. */
  readonly codes: number;
  /** Whether the digitizer's range is known; else it is the range that the recordings use. */
  readonly known: boolean;
}

/** What a file says of the samples that its codes stand for. */
export interface ChannelDescription {
  /** How samples were stored. */
  readonly type: SampleType;
  /** The grid that they lie on. */
  readonly digitizer: Digitizer;
  /** Samples per second; 0 where the file does not say. */
  readonly sampleRate: number;
  /** The physical value is gain · sample + offset, in this unit. */
  readonly unit: string;
  readonly gain: number;
  readonly offset: number;
}

/** The values that a sample can have; what is decoded is clipped to them. */
export interface SampleRange {
  /** 0 for ADC codes. */
  readonly smallest: number;
  /** Up to 65,535. */
  readonly largest: number;
  /** What codes stand for, which a file then says; undefined for Neuralink's codes, or where nothing is known. */
  readonly description?: ChannelDescription | undefined;
  /** Dataset whose learned models an encoder takes; that of NEUROBASIS_DATASET where it is undefined. */
  readonly models?: string | undefined;
  /** Samples per second, by which an encoder finds bands that are given in hertz; Neuralink's where it is undefined. */
  readonly sampleRate?: number | undefined;
}

/** Number of codes of Neuralink's digitizer, whose files need no description. */
const NEURALINK_CODES = 1024;

/** Whether codes are those of Neuralink's files, stretched from 10 bits to 16. */
export function isNeuralinkDigitizer({ kind, codes }: Digitizer): boolean {
  return kind === 'stretched' && codes === NEURALINK_CODES;
}

/**
 * The codes that a recording can have: `codecFromId("dct-256", sampleRangeOf(recording))`. What they stand for is in the
 * dataset's manifest and costs a file nothing, unless they are as many as Neuralink's and would be taken for those.
 *
 * @public
 */
export function sampleRangeOf({
  digitizer,
  models,
  sampleRate,
}: Pick<Recording, 'digitizer'> & Partial<Pick<Recording, 'models' | 'sampleRate'>>): SampleRange {
  const { codes } = digitizer;
  const range = {
    ...{ smallest: 0, largest: codes - 1 },
    ...(models !== undefined && { models }),
    ...(sampleRate !== undefined && { sampleRate }),
  };
  if (codes !== NEURALINK_CODES || isNeuralinkDigitizer(digitizer)) return range;
  const plain: Digitizer = {
    kind: 'linear',
    lowest: 0,
    highest: codes - 1,
    step: 1,
    codes,
    bits: 10,
    used: codes,
  };
  return {
    ...range,
    description: { type: 'uint16', digitizer: plain, sampleRate: 0, unit: '', gain: 1, offset: 0 },
  };
}
