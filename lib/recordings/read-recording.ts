/**
 * One electrode of any file, in one line of a cell.
 */
import { fullScaleOf, sharedGrids } from './datasets/shared-grids';
import { codesOnGrid, findDigitizer } from './digitizer';
import { RecordingFormatError, type SampleArray } from './recording-file';
import { openRecording, type OpenOptions } from './recognize';
import type { ElectrodeFacts, FullScale } from './recording';

/** Some seconds of one electrode, in memory. */
export interface ElectrodeRecording extends ElectrodeFacts {
  /** Name of the file and of the electrode. */
  readonly name: string;
  /** Codes of the digitizer, from 0 upward. */
  readonly codes: Uint16Array;
  readonly fullScale: FullScale;
}

/** Which electrode to read, and which seconds of it. */
export interface ReadOptions extends OpenOptions {
  /** Name of the stream; the first with electrodes unless given. */
  readonly stream?: string;
  /** Number of the electrode among those of the stream, from 0. Default: 0. */
  readonly electrode?: number;
  /** Default: 0. */
  readonly fromSecond?: number;
  /** Default: 10, or all that there is. */
  readonly seconds?: number;
}

const USUAL_SECONDS = 10;

/**
 * Reads an electrode from a file or folder of any format that `npm run data -- --inspect` knows.
 *
 * @throws RecordingFormatError when it cannot be read, or its samples are on no grid
 * @throws RangeError when it has no such stream, electrode or seconds
 *
 * @public
 */
export async function readRecording(path: string, options: ReadOptions = {}): Promise<ElectrodeRecording> {
  const { electrode = 0, fromSecond = 0, seconds = USUAL_SECONDS } = options;
  const file = await openRecording(path, options);
  try {
    const able = file.streams.filter(({ channels }) => channels.some(({ kind }) => kind === 'electrode'));
    const stream = able.find(({ name }) => options.stream === undefined || name === options.stream);
    const channel = stream?.channels.filter(({ kind }) => kind === 'electrode')[electrode];
    if (!stream || !channel) {
      const there = able.map(
        ({ name, channels }) => `${name} (${channels.filter(({ kind }) => kind === 'electrode').length})`,
      );
      throw new RangeError(
        `${path} has no electrode ${electrode}${options.stream === undefined ? '' : ` in stream "${options.stream}"`}: ` +
          `streams and their electrodes, numbered from 0, are ${there.join(', ') || 'none'}.`,
      );
    }
    const { sampleRate } = stream;
    const from = Math.round(fromSecond * sampleRate);
    const count = Math.min(Math.round(seconds * sampleRate), stream.samples - from);
    if (!(from >= 0 && count > 0)) {
      throw new RangeError(
        `${path} has ${(stream.samples / sampleRate).toFixed(2)} s; there are none from second ${fromSecond} on.`,
      );
    }
    const samples = (await stream.read([stream.channels.indexOf(channel)], from, count))[0] as SampleArray;
    const found = findDigitizer(samples, stream.type);
    if (found.kind === 'none') {
      throw new RecordingFormatError(
        path,
        `samples of electrode ${channel.name} lie on no digitizer's grid, ${found.reason}`,
        'Take the recording as it was digitized, before filters and other processing.',
      );
    }
    const digitizer = sharedGrids([channel], [found])[0]!;
    const codes = codesOnGrid(digitizer, samples)!;
    let [low, high] = [Infinity, -Infinity];
    for (const code of codes) {
      low = Math.min(low, code);
      high = Math.max(high, code);
    }
    const { name, unit, gain, offset, place } = channel;
    return {
      name: `${path.replace(/^.*[\\/]/, '')}, electrode ${name}`,
      codes,
      sampleRate,
      digitizer,
      unit,
      gain,
      offset,
      electrode: name,
      ...(place && { place }),
      fullScale: fullScaleOf([channel], [digitizer], [high - low]),
    };
  } finally {
    file.close();
  }
}
