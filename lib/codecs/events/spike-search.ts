/**
 * Finds the spikes that a file holds. The search ends when the decoded signal crosses the detection threshold where the
 * original does: analysis by synthesis. So it works toward the measures of threshold crossings, which codecs that use it
 * must name in `optimizes`; it does not see clusters and takes no threshold from the decoded signal.
 */
import { bandFilter, leastNoise, SPIKE_BAND, type BandFilter } from '../../metrics/spike-band';
import { SAMPLE_RATE } from '../../recordings/adc';
import {
  matchSpikes,
  spikePeaks,
  spikeThreshold,
  spikeTimes,
  THRESHOLD_DEVIATIONS,
  thresholdCrossings,
  type SpikeTimes,
} from '../../metrics/spikes';
import { levelOfAmplitude, unitNoise } from '../noise';
import type { EventScale } from './event-scale';
import {
  COMMON_SHAPE,
  gainOfLevel,
  levelOfGain,
  MOST_SHAPE_STEPS,
  MOST_SHAPES,
  SHAPE_COSINES,
  SHAPE_FUNCTIONS,
  SHAPE_LEAD,
  SHAPE_STEP,
  SHAPE_WINDOW,
  shapeOf,
} from './spike-shapes';
import { MOST_SPREAD, type SpikeEvent, type SpikeTrain } from './spike-train';

/** Seconds on each side of a shape in which its filtered form is kept: 6 ms. */
const REACH = 120 / SAMPLE_RATE;

/** Numbers of shapes that are tried. */
const SHAPE_COUNTS = [0, 1, 2, 3, 4, 6, MOST_SHAPES];

/** Rounds of clustering, and of correction. */
const CLUSTER_ROUNDS = 12;
const CORRECTION_ROUNDS = 12;

/** Corrections of a recording: one at the rails has thousands of crossings, and no train can follow them. */
const MOST_CORRECTIONS = 500;

/** With more wrong crossings than this, the search ends when a round does not take a tenth of them away. */
const FEW_WRONG = 20;

/** Bits of a shape in a file, about. */
const SHAPE_BITS = 60;

/** Bits that a squared error of the noise's variance is worth when the number of shapes is chosen. */
const BITS_PER_VARIANCE = 0.1;

/** Largest shift of a spike in a correction, in samples. */
const MOST_SHIFT = 4;

/**
 * Part of the threshold by which crossings must be certain: rounding to ADC codes and the noise of the background move
 * amplitudes, and the step of its level moves the threshold.
 */
const MARGIN = 0.05;

/** Times that the filter is undone, so that the filtered shape is the waveform that was found. */
const UNDOINGS = 3;

/** Samples of the noise from which {@link seenNoise} is computed. */
const UNIT_SAMPLES = 2 ** 16;

const unitSeen = new Map<number, number>();

/**
 * Standard deviation that the detector estimates for noise of a root-mean-square of 1. Uniform noise has no tails, and
 * keeps some of that through the filter: the estimate is above the root of the power in the band.
 */
function seenNoise(sampleRate: number): number {
  const known = unitSeen.get(sampleRate);
  if (known !== undefined) return known;
  const next = unitNoise();
  const noise = new Float64Array(UNIT_SAMPLES).map(next);
  bandFilter(SPIKE_BAND, sampleRate).apply(noise, noise);
  const seen = spikeThreshold(noise, 0, new Float64Array(UNIT_SAMPLES)) / THRESHOLD_DEVIATIONS;
  unitSeen.set(sampleRate, seen);
  return seen;
}

/** Samples over which a shape fades in and out. */
const FADE = 8;

/** A shape as the detector sees it. */
interface SeenShape {
  /** Steps of its coefficients; none for the common shape. */
  readonly steps: Int8Array | undefined;
  /** Filtered, from so many samples before it to as many after it. */
  readonly filtered: Float64Array;
  readonly reach: number;
}

/** Runs the detector's filter over short signals. */
class ShapeFilter {
  private readonly filter: BandFilter;
  private readonly reach: number;
  private readonly padded: Float64Array;

  constructor({ sampleRate }: EventScale) {
    this.filter = bandFilter(SPIKE_BAND, sampleRate);
    this.reach = Math.round(REACH * sampleRate);
    this.padded = new Float64Array(SHAPE_WINDOW + 2 * this.reach);
  }

  seen(shape: Float64Array, steps: Int8Array | undefined): SeenShape {
    const { reach } = this;
    this.padded.fill(0);
    this.padded.set(shape, reach);
    const filtered = new Float64Array(this.padded.length);
    this.filter.apply(this.padded, filtered);
    return { steps, filtered, reach };
  }

  /** The shape, in steps, whose filtered form is nearest to a waveform. */
  shapeFor(waveform: Float64Array): SeenShape {
    const peak = waveform.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    const wanted = waveform.map((value) => value / peak);
    const shape = wanted.slice();
    for (let round = 0; round < UNDOINGS; round++) {
      const { filtered } = this.seen(shape, undefined);
      for (let i = 0; i < SHAPE_WINDOW; i++) shape[i]! += wanted[i]! - filtered[this.reach + i]!;
    }
    // The noise of few spikes would end in a jump at either end of the window.
    for (let i = 0; i < FADE; i++) {
      const part = (i + 0.5) / FADE;
      shape[i]! *= part;
      shape[SHAPE_WINDOW - 1 - i]! *= part;
    }
    const steps = Int8Array.from({ length: SHAPE_COSINES }, (_, k) => {
      const product = dot(shape, SHAPE_FUNCTIONS.subarray(k * SHAPE_WINDOW, (k + 1) * SHAPE_WINDOW));
      return Math.max(-MOST_SHAPE_STEPS, Math.min(MOST_SHAPE_STEPS, Math.round(product / SHAPE_STEP)));
    });
    return this.seen(shapeOf(steps), steps);
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * The spikes of a signal.
 *
 * @param signal - the recording, of any mean
 * @param scale - of the recording
 * @param other - what the decoder adds to the spikes, as long as the signal: the slow waves of the same file
 */
export function findSpikes(signal: Float64Array, scale: EventScale, other?: Float64Array): SpikeTrain {
  return new SpikeSearch(signal, scale, other).find(true);
}

/** Spikes as they fit best, without the search for crossings: to take them out of a signal. */
export function fittedSpikes(signal: Float64Array, scale: EventScale): SpikeTrain {
  return new SpikeSearch(signal, scale, undefined).find(false);
}

/** The search in one signal. */
class SpikeSearch {
  private readonly times: SpikeTimes;
  private readonly shapes: ShapeFilter;
  private readonly inBand: Float64Array;
  /** The in-band part of the signal that is not left to others. */
  private readonly wanted: Float64Array;
  private readonly threshold: number;
  /** Both ends of the margin. */
  private readonly thresholds: readonly number[];
  private readonly tried: Float64Array;
  private readonly reach: number;
  private readonly crossings: Int32Array;
  private readonly peaks: number[];
  private readonly noise: number;

  constructor(
    private readonly signal: Float64Array,
    private readonly scale: EventScale,
    other: Float64Array | undefined,
  ) {
    const { length } = signal;
    const { sampleRate } = scale;
    const filter = bandFilter(SPIKE_BAND, sampleRate);
    this.times = spikeTimes(sampleRate);
    this.shapes = new ShapeFilter(scale);
    this.reach = Math.round(REACH * sampleRate);
    this.tried = new Float64Array(2 * this.reach);
    this.inBand = new Float64Array(length);
    filter.apply(signal, this.inBand);
    this.threshold = spikeThreshold(this.inBand, leastNoise(sampleRate), new Float64Array(length));
    this.thresholds = [this.threshold * (1 + MARGIN), this.threshold * (1 - MARGIN)];
    this.noise = this.threshold / THRESHOLD_DEVIATIONS;
    this.crossings = thresholdCrossings(this.inBand, this.threshold, this.times.dead);
    // Two crossings may share a peak where the signal never falls back.
    this.peaks = [...new Set(spikePeaks(this.inBand, this.crossings, this.times.dead))].sort((a, b) => a - b);
    this.wanted = this.inBand.slice();
    if (other) {
      const leaked = new Float64Array(length);
      filter.apply(other, leaked);
      for (let i = 0; i < length; i++) this.wanted[i]! -= leaked[i]!;
    }
  }

  /** @param corrects - whether crossings of the decoded signal must be those of the original */
  find(corrects: boolean): SpikeTrain {
    const noise = levelOfAmplitude(this.noise / seenNoise(this.scale.sampleRate), this.scale.noiseBits);
    if (this.peaks.length === 0) return { shapes: [], events: [], noise };
    let best: { readonly cost: number; readonly seen: readonly SeenShape[] } | undefined;
    for (const count of SHAPE_COUNTS) {
      if (count > 1 && this.peaks.length < 4 * count) break;
      const seen = this.clustered(count);
      const cost = this.costOf(seen);
      if (best === undefined || cost < best.cost) best = { cost, seen };
    }
    const { seen } = best!;
    const fitted = this.fitted(seen);
    const events = corrects ? this.corrected(fitted, seen) : limited(fitted);
    return { shapes: seen.slice(1).map(({ steps }) => steps!), events, noise };
  }

  /** The common shape and `count` others, from the waveforms: k-means of directions, either polarity. */
  private clustered(count: number): SeenShape[] {
    const common = this.shapes.seen(COMMON_SHAPE, undefined);
    if (count === 0) return [common];
    const waveforms = this.peaks.map((peak) => this.waveformAt(peak));
    const first = waveforms.reduce((most, one) => (dot(one, one) > dot(most, most) ? one : most));
    let directions = [unit(first)];
    while (directions.length < count) {
      const far = waveforms.reduce((most, one) =>
        missed(one, directions) > missed(most, directions) ? one : most,
      );
      directions.push(unit(far));
    }
    for (let round = 0; round < CLUSTER_ROUNDS; round++) {
      const sums = directions.map(() => new Float64Array(SHAPE_WINDOW));
      for (const waveform of waveforms) {
        const products = directions.map((direction) => dot(direction, waveform));
        const nearest = products.reduce(
          (at, product, j) => (Math.abs(product) > Math.abs(products[at]!) ? j : at),
          0,
        );
        for (let i = 0; i < SHAPE_WINDOW; i++) sums[nearest]![i]! += products[nearest]! * waveform[i]!;
      }
      directions = sums.map((sum, j) => (dot(sum, sum) > 0 ? unit(sum) : directions[j]!));
    }
    return [common, ...directions.map((direction) => this.shapes.shapeFor(direction))];
  }

  private waveformAt(peak: number): Float64Array {
    return Float64Array.from({ length: SHAPE_WINDOW }, (_, i) => this.wanted[peak - SHAPE_LEAD + i] ?? 0);
  }

  /** Bits of shapes and of what the best of them misses. */
  private costOf(seen: readonly SeenShape[]): number {
    let error = 0;
    for (const peak of this.peaks) {
      const waveform = this.waveformAt(peak);
      const parts = seen.map(({ filtered, reach }) => filtered.subarray(reach, reach + SHAPE_WINDOW));
      error += missed(waveform, parts.map(unit));
    }
    const shapes = seen.length - 1;
    const bitsOfIndices = this.peaks.length * Math.log2(shapes + 1);
    return (BITS_PER_VARIANCE * error) / this.noise ** 2 + SHAPE_BITS * shapes + bitsOfIndices;
  }

  /** For each peak in turn the shape and gain that leave the least of what the spikes before have left. */
  private fitted(seen: readonly SeenShape[]): SpikeEvent[] {
    const rest = this.wanted.slice();
    return this.peaks.map((time) => {
      const event = this.bestAt(rest, time, seen);
      add(rest, event, seen, -1);
      return event;
    });
  }

  private bestAt(rest: Float64Array, time: number, seen: readonly SeenShape[]): SpikeEvent {
    let best: SpikeEvent = { time, shape: 0, level: 0, inverted: false };
    let most = -Infinity;
    seen.forEach(({ filtered, reach }, shape) => {
      let product = 0;
      let energy = 0;
      for (let i = 0; i < SHAPE_WINDOW; i++) {
        const value = filtered[reach + i]!;
        product += value * (rest[time - SHAPE_LEAD + i] ?? 0);
        energy += value * value;
      }
      const saved = (product * product) / energy;
      if (saved > most) {
        most = saved;
        best = {
          time,
          shape,
          level: levelOfGain(Math.abs(product) / energy, this.scale),
          inverted: product < 0,
        };
      }
    });
    return best;
  }

  /** Changes events until the decoded signal crosses the threshold where the original does. */
  private corrected(fitted: readonly SpikeEvent[], seen: readonly SeenShape[]): SpikeEvent[] {
    let events = limited(fitted);
    const decoded = new Float64Array(this.signal.length);
    const leaked = this.inBand.map((value, i) => value - this.wanted[i]!);
    let best = { wrong: Infinity, events };
    let left = MOST_CORRECTIONS;
    for (let round = 0; round <= CORRECTION_ROUNDS; round++) {
      decoded.set(leaked);
      for (const event of events) add(decoded, event, seen, 1);
      const places = this.wrongPlaces(decoded);
      const stalled = places.length > FEW_WRONG && places.length > 0.9 * best.wrong;
      if (places.length < best.wrong) best = { wrong: places.length, events };
      if (places.length === 0 || round === CORRECTION_ROUNDS || left === 0 || stalled) break;
      const changed = [...events];
      for (const place of places.slice(0, left)) this.correctAt(place, changed, decoded, seen);
      left -= Math.min(left, places.length);
      events = limited(changed);
    }
    return [...best.events].sort((a, b) => a.time - b.time);
  }

  /** Crossings that only one of both signals has, at either end of the margin. */
  private wrongPlaces(decoded: Float64Array): number[] {
    const wrong = this.thresholds.flatMap((threshold) => {
      const found = thresholdCrossings(decoded, threshold, this.times.dead);
      const partners = matchSpikes(this.crossings, found, this.times.tolerance);
      const kept = new Set(partners);
      return [...this.crossings.filter((_, i) => partners[i]! < 0), ...found.filter((_, j) => !kept.has(j))];
    });
    return [...new Set(wrong)].sort((x, y) => x - y);
  }

  /** Tries other shapes, gains and shifts for the event nearest to a place, and keeps what leaves fewest errors. */
  private correctAt(
    place: number,
    events: SpikeEvent[],
    decoded: Float64Array,
    seen: readonly SeenShape[],
  ): void {
    let nearest = 0;
    for (let i = 1; i < events.length; i++) {
      if (Math.abs(events[i]!.time - place) < Math.abs(events[nearest]!.time - place)) nearest = i;
    }
    const event = events[nearest]!;
    const from = Math.max(0, event.time - this.reach);
    const to = Math.min(decoded.length, event.time + this.reach);
    add(decoded, event, seen, -1);
    const part = decoded.slice(from, to);
    const own = this.crossings
      .filter((crossing) => crossing > from && crossing < to)
      .map((crossing) => crossing - from);
    const taken = new Set(events.filter((_, i) => i !== nearest).map(({ time }) => time));
    let best = event;
    let least = Infinity;
    for (let shift = -MOST_SHIFT; shift <= MOST_SHIFT; shift++) {
      const time = event.time + shift;
      if (time < 0 || time >= decoded.length || taken.has(time)) continue;
      for (let shape = 0; shape < seen.length; shape++) {
        for (let louder = -4; louder <= 6; louder++) {
          const level = Math.max(0, Math.min(this.scale.gainLevels - 1, event.level + louder));
          for (const inverted of [false, true]) {
            const tried = { time, shape, level, inverted };
            const cost = this.localCost(part, from, own, tried, seen[shape]!);
            if (cost < least) [least, best] = [cost, tried];
          }
        }
      }
    }
    events[nearest] = best;
    add(decoded, best, seen, 1);
  }

  /** Wrong crossings about an event, and a little for the squared error. */
  private localCost(
    part: Float64Array,
    from: number,
    own: Int32Array,
    event: SpikeEvent,
    { filtered, reach }: SeenShape,
  ): number {
    const { threshold, thresholds, inBand } = this;
    const gain = event.inverted ? -gainOfLevel(event.level) : gainOfLevel(event.level);
    const first = event.time - SHAPE_LEAD - reach - from;
    const { tried } = this;
    let error = 0;
    for (let i = 0; i < part.length; i++) {
      tried[i] = part[i]! + gain * (filtered[i - first] ?? 0);
      const difference = tried[i]! - inBand[from + i]!;
      error += difference * difference;
    }
    let wrong = 0;
    for (const one of thresholds) {
      const found = thresholdCrossings(tried.subarray(0, part.length), one, this.times.dead);
      const matched = matchSpikes(own, found, this.times.tolerance).filter((at) => at >= 0).length;
      wrong += own.length + found.length - 2 * matched;
    }
    return wrong + 1e-3 * (error / (threshold * threshold));
  }
}

function unit(values: Float64Array): Float64Array {
  const length = Math.sqrt(dot(values, values)) || 1;
  return values.map((value) => value / length);
}

/** Energy of a waveform that no direction has. */
function missed(waveform: Float64Array, directions: readonly Float64Array[]): number {
  return dot(waveform, waveform) - Math.max(...directions.map((direction) => dot(direction, waveform) ** 2));
}

/** Adds a filtered spike to a signal, or takes it away. */
function add(
  signal: Float64Array,
  { time, shape, level, inverted }: SpikeEvent,
  seen: readonly SeenShape[],
  direction: 1 | -1,
): void {
  const { filtered, reach } = seen[shape]!;
  const gain = direction * (inverted ? -1 : 1) * gainOfLevel(level);
  const from = time - SHAPE_LEAD - reach;
  for (let i = Math.max(0, -from); i < filtered.length && from + i < signal.length; i++) {
    signal[from + i]! += gain * filtered[i]!;
  }
}

/** Events whose levels lie within what a file can hold, from the largest down. */
function limited(events: readonly SpikeEvent[]): SpikeEvent[] {
  const lowest = Math.max(0, ...events.map(({ level }) => level)) - MOST_SPREAD;
  return events.map((event) => ({ ...event, level: Math.max(event.level, lowest) }));
}
