/**
 * A basis in time and one across channels, as one basis of a signal that has all channels of a group one after another.
 * So the coder, the quantizers and the header need to know nothing of groups.
 */
import {
  SideInformationError,
  type AdaptiveBasis,
  type Basis,
  type CoefficientLayout,
  type Coefficients,
} from '../../bases/basis';
import { writeVarint, zigzag, zigzagOf } from '../../coding/header-reader';
import type { Subband } from '../../coding/layout';
import { ACTIVE_BITS } from '../../coding/entropy/coefficient-coder';
import {
  ChannelGroupError,
  type Places,
  type SpatialBasis,
  type SpatialFamily,
} from '../../space/spatial-basis';
import { readSide } from '../../space/parts/probe-order';

/** Most channels of a group: a forged file must not make a decoder take a matrix of all memory. */
export const MOST_CHANNELS = 1024;

/** Most subbands that the coder can count. */
const MOST_SUBBANDS = 2 ** ACTIVE_BITS - 1;

/** Where a basis in time has this many subbands or fewer, each is a band of its own. */
const FEW_SUBBANDS = 16;

/**
 * Step that bases in time are told, whatever that of the quantizer is: at step 1 some become transforms of integers, which
 * are not linear, and a spatial basis would not commute with them.
 */
const LINEAR_STEP = 2;

/** A basis in time that groups can have: fixed, linear, and quantized from outside. */
export function isJointly(basis: Basis | AdaptiveBasis): basis is Basis {
  return !('choose' in basis) && basis.quantizesItself !== true && basis.orthonormal !== false;
}

/** Where each band starts, in subbands, and their number at the end. Bands are octaves of subbands. */
export function bandStarts(subbands: number, banded: boolean): number[] {
  if (!banded || subbands <= 1) return [0, subbands];
  if (subbands <= FEW_SUBBANDS) return Array.from({ length: subbands + 1 }, (_, k) => k);
  const starts: number[] = [];
  for (let start = 0; start < subbands; start = 2 * start + 1) starts.push(start);
  return [...starts, subbands];
}

/**
 * The layout of all components: in each hop component after component, each with its subbands from low to high. In the
 * flat array a component's coefficients follow those of the component before.
 */
export function jointLayout(layout: CoefficientLayout, channels: number): CoefficientLayout {
  const { coefficientCount, hop } = layout;
  const subbands: Subband[] = [];
  for (let c = 0; c < channels; c++) {
    for (const subband of layout.subbands) {
      subbands.push({ ...subband, offset: subband.offset + c * coefficientCount });
    }
  }
  return {
    signalLength: channels * layout.signalLength,
    coefficientCount: channels * coefficientCount,
    hop,
    subbands,
  };
}

/** Basis of a group whose spatial bases are chosen. */
class ChosenGroupBasis implements Basis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly orthonormal = true;
  private latest: CoefficientLayout | undefined;

  /**
   * @param means - of each channel, less the mean of all
   * @param bands - spatial basis of each band
   */
  constructor(
    private readonly time: Basis,
    private readonly channels: number,
    private readonly means: readonly number[],
    private readonly banded: boolean,
    private readonly bands: readonly SpatialBasis[],
  ) {
    this.id = time.id;
    this.delay = time.delay;
    const cost = bands.reduce((sum, { multiplyAddsPerSample }) => sum + multiplyAddsPerSample, 0);
    this.multiplyAddsPerSample = time.multiplyAddsPerSample + cost / Math.max(1, bands.length);
  }

  layout(length: number): CoefficientLayout {
    if (this.latest?.signalLength !== length) {
      this.latest = jointLayout(this.time.layout(this.channelLength(length)), this.channels);
    }
    return this.latest;
  }

  analyze(signal: Float64Array): Coefficients {
    return this.transformed(analyzeChannels(this.time, signal, this.channels, this.means));
  }

  /** Components of coefficients of channels. */
  transformed(channels: readonly Coefficients[]): Coefficients {
    const layout = this.layout(channels.reduce((sum, one) => sum + one.layout.signalLength, 0));
    const values = new Float64Array(layout.coefficientCount);
    if (channels.length > 0) {
      eachBand(channels[0]!.layout, this.banded, (places, band) => {
        const count = values.length / this.channels;
        const targets = channels.map((_, c) => gathered(values, c * count, places));
        const given = channels.map((one) => gathered(one.values, 0, places));
        this.bands[band]!.analyze(given, targets).forEach((component, c) => {
          if (component !== targets[c] || places.length > 2) scatter(component, values, c * count, places);
        });
      });
    }
    return { values, layout };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const { channels, time, means } = this;
    const signal = new Float64Array(layout.signalLength);
    if (channels === 0) return signal;
    const length = this.channelLength(layout.signalLength);
    const inner = time.layout(length);
    const count = inner.coefficientCount;
    const all = Array.from({ length: channels }, () => new Float64Array(count));
    eachBand(inner, this.banded, (places, band) => {
      const components = all.map((_, c) => gathered(values, c * count, places));
      this.bands[band]!.synthesize(components).forEach((channel, c) => scatter(channel, all[c]!, 0, places));
    });
    all.forEach((coefficients, c) => {
      const channel = time.synthesize({ values: coefficients, layout: inner }, LINEAR_STEP);
      for (let i = 0; i < length; i++) signal[c * length + i] = channel[i]! + means[c]!;
    });
    return signal;
  }

  private channelLength(length: number): number {
    return this.channels > 0 ? length / this.channels : 0;
  }
}

/** Coefficients of each channel, its mean taken out. */
function analyzeChannels(
  time: Basis,
  signal: Float64Array,
  channels: number,
  means: readonly number[],
): Coefficients[] {
  const length = channels > 0 ? signal.length / channels : 0;
  return Array.from({ length: channels }, (_, c) => {
    const mean = means[c]!;
    const start = c * length;
    const centered = new Float64Array(length);
    for (let i = 0; i < length; i++) centered[i] = signal[start + i]! - mean;
    return time.analyze(centered, LINEAR_STEP);
  });
}

/** Stretches of the flat array of one channel that belong to a band: offset and length by turns; no two adjoin. */
type Stretches = readonly number[];

function eachBand(
  layout: CoefficientLayout,
  banded: boolean,
  visit: (places: Stretches, band: number) => void,
): void {
  const starts = bandStarts(layout.subbands.length, banded);
  for (let band = 0; band + 1 < starts.length; band++) {
    const subbands = layout.subbands.slice(starts[band], starts[band + 1]);
    const places: number[] = [];
    for (const { offset, length } of subbands) {
      const last = places.length - 2;
      if (last >= 0 && places[last]! + places[last + 1]! === offset) places[last + 1]! += length;
      else places.push(offset, length);
    }
    visit(places, band);
  }
}

/** The values of a band: the array itself where they are one stretch, a copy where they are not. */
function gathered(values: Float64Array, from: number, places: Stretches): Float64Array {
  if (places.length === 2) return values.subarray(from + places[0]!, from + places[0]! + places[1]!);
  let count = 0;
  for (let i = 1; i < places.length; i += 2) count += places[i]!;
  const result = new Float64Array(count);
  for (let i = 0, at = 0; i < places.length; at += places[i + 1]!, i += 2) {
    const start = from + places[i]!;
    result.set(values.subarray(start, start + places[i + 1]!), at);
  }
  return result;
}

function scatter(band: Float64Array, values: Float64Array, from: number, places: Stretches): void {
  for (let i = 0, at = 0; i < places.length; at += places[i + 1]!, i += 2) {
    values.set(band.subarray(at, at + places[i + 1]!), from + places[i]!);
  }
}

/** A group's basis in time and family of spatial bases. */
export class GroupBasis implements AdaptiveBasis {
  readonly id: string;
  readonly delay: number;
  readonly wholeRecording: boolean;
  readonly multiplyAddsPerSample: number;
  readonly losslessStep?: number;
  /** Number of channels of the last group whose basis was {@link chosen}. */
  decodedChannels = 0;
  /** The last group that was analyzed: its coefficients do not depend on the step. */
  private latest:
    | { readonly signal: Float64Array; readonly means: number[]; readonly coefficients: Coefficients[] }
    | undefined;

  /**
   * @param time - basis in time, of each channel
   * @param family - orthonormal spatial bases
   * @param banded - whether each octave of subbands has a spatial basis of its own
   * @param channels - number of channels of the groups that {@link choose} is given; decoders read it
   * @throws ChannelGroupError when they are too many for the format, or the bases are none of groups
   */
  constructor(
    private readonly time: Basis,
    private readonly family: SpatialFamily,
    private readonly banded: boolean,
    private readonly channels = 0,
    private readonly places: Places = [],
  ) {
    this.id = `${time.id}@${family.id}${banded ? '-bands' : ''}`;
    this.delay = time.delay;
    this.wholeRecording = family.wholeRecording;
    this.multiplyAddsPerSample = time.multiplyAddsPerSample;
    if (time.losslessStep !== undefined) this.losslessStep = time.losslessStep;
    if (!isJointly(time) || family.kind !== 'orthonormal') {
      throw new ChannelGroupError(
        `${this.id} is no basis of groups: the basis in time must be fixed and orthonormal, and so the spatial one. ` +
          'Code the group in a closed loop.',
      );
    }
    if (channels > MOST_CHANNELS) {
      throw new ChannelGroupError(
        `A group may have ${MOST_CHANNELS} channels at most, not ${channels}: split it.`,
      );
    }
  }

  choose(signal: Float64Array, step: number): Uint8Array {
    const { channels, places, family, banded } = this;
    const bytes: number[] = [];
    writeVarint(bytes, channels);
    if (channels === 0) return Uint8Array.from(bytes);
    const { means, coefficients } = this.analyzed(signal);
    for (const mean of means) writeVarint(bytes, zigzag(mean));
    const { layout } = coefficients[0]!;
    requireSubbands(layout.subbands.length, channels);
    eachBand(layout, banded, (stretches) => {
      const side = family.choose(
        coefficients.map(({ values }) => gathered(values, 0, stretches)),
        places,
        step,
      );
      writeVarint(bytes, side.length);
      for (const byte of side) bytes.push(byte);
    });
    return Uint8Array.from(bytes);
  }

  chosen(side: Uint8Array, length: number): Basis {
    const { time, family, banded } = this;
    return readSide(side, (reader) => {
      const channels = reader.varint();
      if (channels > MOST_CHANNELS || (channels === 0 ? length > 0 : length % channels !== 0)) {
        throw new SideInformationError(`${length} samples are no group of ${channels} channels`);
      }
      this.decodedChannels = channels;
      if (channels === 0) return new ChosenGroupBasis(time, 0, [], banded, []);
      const means = Array.from({ length: channels }, () => zigzagOf(reader.varint()));
      const subbands = time.layout(length / channels).subbands.length;
      if (subbands * channels > MOST_SUBBANDS) {
        throw new SideInformationError(`${subbands} subbands of ${channels} channels are too many`);
      }
      const count = bandStarts(subbands, banded).length - 1;
      const bands = Array.from({ length: count }, () => {
        return family.chosen(reader.take(reader.varint()), channels);
      });
      return new ChosenGroupBasis(time, channels, means, banded, bands);
    });
  }

  private analyzed(signal: Float64Array): NonNullable<GroupBasis['latest']> {
    if (this.latest?.signal === signal) return this.latest;
    const { channels, time } = this;
    const length = signal.length / channels;
    const means = Array.from({ length: channels }, (_, c) => {
      let sum = 0;
      for (let i = c * length; i < (c + 1) * length; i++) sum += signal[i]!;
      return length > 0 ? Math.round(sum / length) + 0 : 0;
    });
    this.latest = { signal, means, coefficients: analyzeChannels(time, signal, channels, means) };
    return this.latest;
  }
}

function requireSubbands(subbands: number, channels: number): void {
  if (subbands * channels <= MOST_SUBBANDS) return;
  const most = Math.floor(MOST_SUBBANDS / subbands);
  throw new ChannelGroupError(
    `${channels} channels of ${subbands} subbands are more than a file can count (${MOST_SUBBANDS}): split the group ` +
      `into groups of ${most} channels, or take shorter blocks.`,
  );
}
