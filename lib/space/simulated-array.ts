/**
 * An array of electrodes whose truth is known: slow waves that are the more alike the nearer two electrodes are, cells
 * whose spikes fall off with distance, noise of the reference that all electrodes share, and noise of their own. What is
 * measured on it says nothing of a brain; it says whether a spatial basis finds what was put in.
 *
 * It adds, multiplies, divides and takes square roots of numbers from a seed, so arrays are the same, bit by bit, on every
 * machine.
 */
import { uniformNumbers } from '../numerics/random';

/** What to simulate. Standard deviations and amplitudes are in codes, lengths in µm. */
export interface ArrayDescription {
  /** Electrodes lie in columns 32 µm apart, rows 20 µm apart, from the tip upward. */
  readonly channels: number;
  readonly columns: number;
  readonly samples: number;
  readonly sampleRate: number;
  readonly seed: number;
  /** Of the slow waves of an electrode. */
  readonly slowDeviation: number;
  /** Distance at which the kernel of the slow waves has fallen to half. */
  readonly slowLength: number;
  /** Of the noise that all electrodes share. */
  readonly referenceDeviation: number;
  /** Of an electrode's own noise. */
  readonly noiseDeviation: number;
  readonly cells: number;
  /** Trough of a spike at the cell. */
  readonly spikeAmplitude: number;
  /** Distance at which a spike has fallen to half. */
  readonly spikeLength: number;
  /** Spikes of a cell a second. */
  readonly spikeRate: number;
}

/** A small array with all that an array has. */
export const SIMULATED_ARRAY: ArrayDescription = {
  channels: 16,
  columns: 2,
  samples: 16_000,
  sampleRate: 20_000,
  seed: 1,
  slowDeviation: 40,
  slowLength: 120,
  referenceDeviation: 4,
  noiseDeviation: 5,
  cells: 6,
  spikeAmplitude: 90,
  spikeLength: 30,
  spikeRate: 8,
};

/** A spike, as it was put in. */
export interface SimulatedSpike {
  readonly cell: number;
  /** Sample of its trough. */
  readonly sample: number;
}

/** An array, and its truth. */
export interface SimulatedArray extends ArrayDescription {
  /** Codes 0 … 1023 of each electrode. */
  readonly codes: readonly Uint16Array[];
  readonly places: readonly { readonly x: number; readonly y: number }[];
  readonly cellPlaces: readonly { readonly x: number; readonly y: number }[];
  /** In the order of cells, and of time for each. */
  readonly spikes: readonly SimulatedSpike[];
  /** Slow waves of each electrode, codes. */
  readonly slowWaves: readonly Float64Array[];
  /** Noise of the reference. */
  readonly reference: Float64Array;
}

const MIDDLE = 512;
const LARGEST = 1023;
const COLUMN = 32;
const ROW = 20;
/** Corner of the slow waves: two low-pass filters of first order, one after the other. */
const SLOW_CORNER = 60;
/** Corner of the noise of the reference. */
const REFERENCE_CORNER = 2000;
/** Samples of a spike before and after its trough, at 20 kHz. */
const SPIKE_REACH = 24;
/** Sources of slow waves lie this far apart, and reach so far beyond the electrodes. */
const SOURCE_STEP = 40;
const SOURCE_MARGIN = 400;

/** 1 at distance 0, half at `length`. */
function falloff(square: number, length: number): number {
  return 1 / (1 + square / (length * length));
}

/** Simulates an array. */
export function simulateArray(description: Partial<ArrayDescription> = {}): SimulatedArray {
  const all = { ...SIMULATED_ARRAY, ...description };
  const { channels, columns, samples, sampleRate } = all;
  const random = uniformNumbers(all.seed);
  const places = Array.from({ length: channels }, (_, c) => {
    return { x: COLUMN * (c % columns), y: ROW * Math.floor(c / columns) };
  });
  const top = places.reduce((most, { y }) => Math.max(most, y), 0);

  const slowWaves = places.map(() => new Float64Array(samples));
  for (let y = -SOURCE_MARGIN; y <= top + SOURCE_MARGIN; y += SOURCE_STEP) {
    const source = lowPassed(
      lowPassed(whiteNoise(random, samples), SLOW_CORNER / sampleRate),
      SLOW_CORNER / sampleRate,
    );
    scaleTo(source, 1);
    places.forEach((place, c) =>
      addTimes(slowWaves[c]!, source, falloff((place.y - y) ** 2, all.slowLength)),
    );
  }
  for (const wave of slowWaves) scaleTo(wave, all.slowDeviation);

  const reference = lowPassed(whiteNoise(random, samples), REFERENCE_CORNER / sampleRate);
  scaleTo(reference, all.referenceDeviation);

  const signals = places.map((_, c) => {
    const signal = whiteNoise(random, samples);
    scaleTo(signal, all.noiseDeviation);
    addTimes(signal, slowWaves[c]!, 1);
    addTimes(signal, reference, 1);
    return signal;
  });

  const spikes: SimulatedSpike[] = [];
  const cellPlaces = Array.from({ length: all.cells }, () => {
    return { x: COLUMN * (columns - 1) * random(), y: top * random() };
  });
  const shape = spikeShape();
  cellPlaces.forEach((cell, number) => {
    for (let sample = 0; sample < samples; sample++) {
      if (random() >= all.spikeRate / sampleRate) continue;
      spikes.push({ cell: number, sample });
      places.forEach((place, c) => {
        const height =
          all.spikeAmplitude * falloff((place.x - cell.x) ** 2 + (place.y - cell.y) ** 2, all.spikeLength);
        for (
          let i = Math.max(0, SPIKE_REACH - sample);
          i < shape.length && sample + i - SPIKE_REACH < samples;
          i++
        ) {
          signals[c]![sample + i - SPIKE_REACH]! += height * shape[i]!;
        }
      });
      // A cell is silent after a spike.
      sample += 2 * SPIKE_REACH;
    }
  });
  const codes = signals.map((signal) =>
    Uint16Array.from(signal, (value) => Math.max(0, Math.min(LARGEST, Math.floor(value + MIDDLE + 0.5)))),
  );
  return { ...all, codes, places, cellPlaces, spikes, slowWaves, reference };
}

/** A trough of depth 1 and a slower hump after it. */
function spikeShape(): Float64Array {
  return Float64Array.from({ length: 2 * SPIKE_REACH + 1 }, (_, i) => {
    const t = i - SPIKE_REACH;
    const bump = (center: number, width: number): number => Math.max(0, 1 - ((t - center) / width) ** 2) ** 2;
    return 0.35 * bump(12, 12) - bump(0, 6);
  });
}

/** Nearly normal, mean 0: sums of six uniform numbers, which need no logarithm. */
function whiteNoise(random: () => number, length: number): Float64Array {
  const noise = new Float64Array(length);
  for (let i = 0; i < length; i++)
    noise[i] = random() + random() + random() + random() + random() + random() - 3;
  return noise;
}

/** First-order low-pass filter (backward Euler), in place. @param corner - in parts of the sample rate */
function lowPassed(signal: Float64Array, corner: number): Float64Array {
  const ratio = 2 * 3.141592653589793 * corner;
  const weight = ratio / (1 + ratio);
  let state = 0;
  for (let i = 0; i < signal.length; i++) signal[i] = state += weight * (signal[i]! - state);
  return signal;
}

/** Takes the mean out and scales to a standard deviation. */
function scaleTo(signal: Float64Array, deviation: number): void {
  let sum = 0;
  for (const value of signal) sum += value;
  const mean = sum / Math.max(1, signal.length);
  let energy = 0;
  for (const value of signal) energy += (value - mean) * (value - mean);
  const factor = energy > 0 ? deviation / Math.sqrt(energy / signal.length) : 0;
  for (let i = 0; i < signal.length; i++) signal[i] = (signal[i]! - mean) * factor;
}

function addTimes(signal: Float64Array, part: Float64Array, weight: number): void {
  for (let i = 0; i < signal.length; i++) signal[i]! += weight * part[i]!;
}
