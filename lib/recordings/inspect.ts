/**
 * What is in a recording: its streams, and of each channel the digitizer, flat lines and saturation, from windows
 * spread over all of it. A long recording is looked at in parts and the report says in which.
 */
import { DigitizerFinder, type Digitizer, type NoGrid } from './digitizer';
import type { Channel, SampleArray, SampleType, Stream } from './recording-file';

/** Report on one channel. */
export interface ChannelReport {
  readonly channel: Channel;
  readonly digitizer: Digitizer | NoGrid;
  /** True when all samples that were looked at are equal. */
  readonly flat: boolean;
  /** Fraction of samples at the ends of the digitizer's range. */
  readonly saturated: number;
}

/** Report on one stream. */
export interface StreamReport {
  readonly stream: Stream;
  /** Samples of each channel that were looked at; all of them, or fewer. */
  readonly looked: number;
  readonly channels: readonly ChannelReport[];
}

/** Samples of all channels together that are looked at, unless told otherwise: some seconds of work. */
const SAMPLES_LOOKED_AT = 2 ** 26;
/** Windows that they are spread over. */
const WINDOWS = 64;
/** Samples of all channels that are in memory at once. */
const SAMPLES_AT_ONCE = 2 ** 22;
/** Channels that are looked at together: the values seen of each take 64 KB. */
const CHANNELS_AT_ONCE = 128;

/** More than this fraction at the ends of the range counts as saturated. */
export const SATURATED = 0.01;

/**
 * Looks at a stream.
 *
 * @param samplesLookedAt - how many samples of all channels together to look at
 */
export async function inspectStream(
  stream: Stream,
  samplesLookedAt = SAMPLES_LOOKED_AT,
): Promise<StreamReport> {
  const width = stream.channels.length;
  const each = Math.min(stream.samples, Math.max(WINDOWS, Math.floor(samplesLookedAt / width)));
  const windows = windowsOver(stream.samples, each);
  const channels: ChannelReport[] = [];
  for (let first = 0; first < width; first += CHANNELS_AT_ONCE) {
    const indices = Array.from({ length: Math.min(CHANNELS_AT_ONCE, width - first) }, (_, i) => first + i);
    const looks = indices.map((index) => new ChannelLook(stream.type, stream.channels[index]!));
    const atOnce = Math.max(1, Math.floor(SAMPLES_AT_ONCE / indices.length));
    for (const [start, end] of windows) {
      for (let from = start; from < end; from += atOnce) {
        const samples = await stream.read(indices, from, Math.min(atOnce, end - from));
        samples.forEach((part, i) => looks[i]!.add(part));
      }
    }
    channels.push(...looks.map((look) => look.report()));
  }
  return { stream, looked: each, channels };
}

/** Windows that are spread evenly and together hold so many samples, the first and the last ones among them. */
function windowsOver(samples: number, looked: number): [number, number][] {
  if (looked >= samples) return samples === 0 ? [] : [[0, samples]];
  const length = Math.floor(looked / WINDOWS);
  return Array.from({ length: WINDOWS }, (_, i) => {
    const start = Math.round(((samples - length) * i) / (WINDOWS - 1));
    return [start, start + length];
  });
}

/** Extremes of a sample type; floats have none. */
const EXTREMES: Partial<Record<SampleType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int24: [-(2 ** 23), 2 ** 23 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
};

/** Statistics of one channel, collected window by window. */
class ChannelLook {
  private readonly finder: DigitizerFinder;
  private count = 0;
  private atEnds = 0;
  private firstValue = NaN;
  private flat = true;
  private readonly low: number;
  private readonly high: number;

  constructor(
    type: SampleType,
    private readonly channel: Channel,
  ) {
    this.finder = new DigitizerFinder(type);
    const [lowest = -Infinity, highest = Infinity] = EXTREMES[type] ?? [];
    this.low = channel.declared?.lowest ?? lowest;
    this.high = channel.declared?.highest ?? highest;
  }

  add(samples: SampleArray): void {
    const { low, high } = this;
    if (this.count === 0 && samples.length > 0) this.firstValue = samples[0]!;
    let atEnds = 0;
    let same = 0;
    for (let i = 0; i < samples.length; i++) {
      const value = samples[i]!;
      if (value <= low || value >= high) atEnds++;
      if (value === this.firstValue) same++;
    }
    this.atEnds += atEnds;
    if (same < samples.length) this.flat = false;
    this.count += samples.length;
    this.finder.add(samples);
  }

  report(): ChannelReport {
    // Lines are 0 or 1, and a line that does not change is not saturated.
    const analog = this.channel.kind === 'electrode' || this.channel.kind === 'auxiliary';
    return {
      channel: this.channel,
      digitizer: this.finder.find(),
      flat: this.flat,
      saturated: !analog || this.count === 0 ? 0 : this.atEnds / this.count,
    };
  }
}
