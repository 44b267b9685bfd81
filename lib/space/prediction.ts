/**
 * Predictions of a channel from the channels before it, at the same time: reversible in integers, whatever is predicted.
 * References are the simplest of them: the mean of all channels, or their median (K. A. Ludwig et al., "Using a common
 * average reference to improve cortical neuron recordings from microelectrode arrays", Journal of Neurophysiology 101,
 * 2009; the median, which spikes do not move, is that of spike sorters). The mean of all channels is not known to a
 * decoder before they are, that of the channels before is.
 */
import { SideInformationError } from '../bases/basis';
import { writeVarint } from '../coding/header-reader';
import { requireNoSide } from './no-space';
import { covarianceOf } from './karhunen-loeve';
import { readSide } from './parts/probe-order';
import {
  lengthOfGroup,
  type PredictiveSpatialBasis,
  type Signals,
  type SpatialFamily,
} from './spatial-basis';

/** One prediction for a channel. */
type Predict = (before: Signals, channel: number, length: number) => Float64Array;

class Prediction implements PredictiveSpatialBasis {
  readonly kind = 'predictive';

  constructor(
    readonly channels: number,
    readonly multiplyAddsPerSample: number,
    readonly predict: Predict,
  ) {}

  analyze(channels: Signals): Float64Array[] {
    const length = lengthOfGroup(channels, this.channels);
    return channels.map((channel, c) => {
      const expected = this.predict(channels, c, length);
      return channel.map((value, i) => value - expected[i]!);
    });
  }

  synthesize(components: Signals): Float64Array[] {
    const length = lengthOfGroup(components, this.channels);
    const channels: Float64Array[] = [];
    components.forEach((component, c) => {
      const expected = this.predict(channels, c, length);
      channels.push(component.map((value, i) => value + expected[i]!));
    });
    return channels;
  }
}

/** Rounded mean of the channels before. */
const predictMean: Predict = (before, channel, length) => {
  const expected = new Float64Array(length);
  if (channel === 0) return expected;
  for (let c = 0; c < channel; c++) {
    for (let i = 0; i < length; i++) expected[i] = expected[i]! + before[c]![i]!;
  }
  for (let i = 0; i < length; i++) expected[i] = Math.floor(expected[i]! / channel + 0.5);
  return expected;
};

/** Median of the channels before: of an even number the lower of the two in the middle. */
const predictMedian: Predict = (before, channel, length) => {
  const expected = new Float64Array(length);
  if (channel === 0) return expected;
  const sorted = new Float64Array(channel);
  for (let i = 0; i < length; i++) {
    for (let c = 0; c < channel; c++) sorted[c] = before[c]![i]!;
    expected[i] = sorted.sort()[(channel - 1) >> 1]!;
  }
  return expected;
};

function reference(id: string, predict: Predict, cost: (channels: number) => number): SpatialFamily {
  return {
    id,
    kind: 'predictive',
    wholeRecording: false,
    choose: () => new Uint8Array(0),
    chosen(side, channels) {
      requireNoSide(side);
      return new Prediction(channels, cost(channels), predict);
    },
  };
}

/** Common average reference. One addition a sample, if sums are kept. */
export const MEAN_REFERENCE = reference('mean', predictMean, () => 1);

/** Common median reference. A median of C values takes about C comparisons. */
export const MEDIAN_REFERENCE = reference('median', predictMedian, (channels) => channels / 2);

/** A source of a channel and its weight in 1/64. */
export interface Source {
  /** How many channels before. */
  readonly distance: number;
  /** −128 … 127. */
  readonly weight: number;
}

/** Weights are multiples of 1/64. */
const WEIGHT_UNIT = 64;

/** Most sources of a channel. */
const MOST_SOURCES = 4;

/** Bits that a source must save beyond those of its bytes. */
const MARGIN_BITS = 8;

/** Rounded weighted sum of sources. */
function predictFrom(sources: readonly (readonly Source[])[]): Predict {
  return (before, channel, length) => {
    const expected = new Float64Array(length);
    const list = sources[channel]!;
    if (list.length === 0) return expected;
    for (const { distance, weight } of list) {
      const source = before[channel - distance]!;
      for (let i = 0; i < length; i++) expected[i] = expected[i]! + weight * source[i]!;
    }
    for (let i = 0; i < length; i++) expected[i] = Math.floor(expected[i]! / WEIGHT_UNIT + 0.5);
    return expected;
  };
}

/** For each channel a byte with the number of its sources; for each a varint, its distance, and a byte, its weight. */
function writeSources(sources: readonly (readonly Source[])[]): Uint8Array {
  if (sources.every((list) => list.length === 0)) return new Uint8Array(0);
  const bytes: number[] = [];
  for (const list of sources.slice(1)) {
    bytes.push(list.length);
    for (const { distance, weight } of list) {
      writeVarint(bytes, distance);
      bytes.push(weight & 255);
    }
  }
  return Uint8Array.from(bytes);
}

function readSources(side: Uint8Array, channels: number): Source[][] {
  if (side.length === 0) return Array.from({ length: channels }, () => []);
  return readSide(side, (reader) => {
    return Array.from({ length: channels }, (_, c) => {
      const count = c === 0 ? 0 : reader.byte();
      if (count > MOST_SOURCES) throw new SideInformationError(`${count} sources of a channel`);
      return Array.from({ length: count }, () => {
        const distance = reader.varint();
        const weight = (reader.byte() << 24) >> 24;
        if (distance < 1 || distance > c)
          throw new SideInformationError(`a source ${distance} channels before ${c}`);
        return { distance, weight };
      });
    });
  });
}

/** A predictive family whose side information is the sources of each channel. */
function fromSources(
  id: string,
  wholeRecording: boolean,
  sourcesOf: (...given: Parameters<SpatialFamily['choose']>) => readonly (readonly Source[])[],
): SpatialFamily {
  return {
    id,
    kind: 'predictive',
    wholeRecording,
    choose: (channels, places, step) => writeSources(sourcesOf(channels, places, step)),
    chosen(side, channels) {
      const sources = readSources(side, channels);
      const count = sources.reduce((sum, list) => sum + list.length, 0);
      return new Prediction(channels, channels > 0 ? count / channels : 0, predictFrom(sources));
    },
  };
}

/** The nearest electrode of those before, by their places; the channel before, where places are not known. */
export const NEAREST_NEIGHBOR = fromSources('nearest', false, (channels, places) =>
  channels.map((_, c) => {
    if (c === 0) return [];
    const here = places[c];
    let [nearest, least] = [c - 1, Infinity];
    for (let source = c - 1; source >= 0; source--) {
      const there = places[source];
      if (here?.x === undefined || there?.x === undefined) continue;
      const dy = (here.y ?? 0) - (there.y ?? 0);
      const square = (here.x - there.x) ** 2 + dy * dy + ((here.z ?? 0) - (there.z ?? 0)) ** 2;
      if (square < least) [nearest, least] = [source, square];
    }
    return [{ distance: c - nearest, weight: WEIGHT_UNIT }];
  }),
);

/**
 * Without loss the small differences count, which slow waves hide in a covariance: signals less what their past tells.
 */
function whitened(channels: Signals): Float64Array[] {
  return channels.map((channel) => {
    const residual = new Float64Array(channel.length);
    for (let i = 2; i < channel.length; i++)
      residual[i] = channel[i]! - 1.6 * channel[i - 1]! + 0.7 * channel[i - 2]!;
    return residual;
  });
}

/**
 * Sources of each channel by forward selection: the next source is the one that leaves least, as long as it saves more
 * bits than it costs.
 *
 * @param unit - whether weights are 1
 */
function selectedSources(channels: Signals, step: number, most: number, unit: boolean): Source[][] {
  const count = channels.length;
  const samples = lengthOfGroup(channels);
  const covariance = covarianceOf(step > 0 ? channels : whitened(channels));
  const floor = step > 0 ? (step * step) / 12 : 1e-9;
  const bits = (variance: number): number => 0.5 * Math.log2(Math.max(variance, floor)) * samples;
  return channels.map((_, c) => {
    let chosen: number[] = [];
    let weights: number[] = [];
    let left = covariance[c * count + c]!;
    while (chosen.length < most) {
      let found: { source: number; weights: number[]; left: number } | undefined;
      for (let source = 0; source < c; source++) {
        if (chosen.includes(source)) continue;
        const sources = [...chosen, source];
        const fit = unit ? [WEIGHT_UNIT] : fittedWeights(covariance, count, c, sources);
        const rest = fit && remaining(covariance, count, c, sources, fit);
        if (fit && rest !== undefined && rest < (found?.left ?? Infinity))
          found = { source, weights: fit, left: rest };
      }
      if (!found || bits(left) - bits(found.left) < 24 + MARGIN_BITS) break;
      chosen = [...chosen, found.source];
      ({ weights, left } = found);
    }
    return chosen.map((source, i) => ({ distance: c - source, weight: weights[i]! }));
  });
}

/** Least-squares weights in units of 1/64; undefined where they are not small or not unique. */
function fittedWeights(
  covariance: Float64Array,
  count: number,
  channel: number,
  sources: readonly number[],
): number[] | undefined {
  const n = sources.length;
  const rows = sources.map((a) => [
    ...sources.map((b) => covariance[a * count + b]!),
    covariance[a * count + channel]!,
  ]);
  for (let k = 0; k < n; k++) {
    const pivot = rows[k]![k]!;
    // Gauss–Jordan without exchange: the matrix is a covariance, whose pivots are variances left over.
    if (!(pivot > 1e-9 * covariance[sources[k]! * count + sources[k]!]!)) return undefined;
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = rows[i]![k]! / pivot;
      for (let j = k; j <= n; j++) rows[i]![j] = rows[i]![j]! - factor * rows[k]![j]!;
    }
  }
  const weights = rows.map((row, k) => Math.round((WEIGHT_UNIT * row[n]!) / row[k]!));
  return weights.every((weight) => weight >= -128 && weight <= 127) ? weights : undefined;
}

/** Variance of a channel less weighted sources. */
function remaining(
  covariance: Float64Array,
  count: number,
  channel: number,
  sources: readonly number[],
  weights: readonly number[],
): number {
  let left = covariance[channel * count + channel]!;
  sources.forEach((a, i) => {
    const weight = weights[i]! / WEIGHT_UNIT;
    left -= 2 * weight * covariance[a * count + channel]!;
    sources.forEach((b, j) => (left += weight * (weights[j]! / WEIGHT_UNIT) * covariance[a * count + b]!));
  });
  return Math.max(0, left);
}

/** Difference to the earlier channel that leaves least: a tree of the most correlated channels. */
export const BEST_EARLIER = fromSources('best', true, (channels, _places, step) =>
  selectedSources(channels, step, 1, true),
);

/** Weighted sum of up to four earlier channels. */
export const SEVERAL_EARLIER = fromSources('several', true, (channels, _places, step) =>
  selectedSources(channels, step, MOST_SOURCES, false),
);
