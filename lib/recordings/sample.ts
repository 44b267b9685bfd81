import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../files/write-whole';
import { MAX_ADC_CODE, pcm16FromCodes, SAMPLE_RATE, standardDeviation } from './adc';
import { formatManifest, ManifestError, type ManifestEntry, parseManifest } from './manifest';
import { canonicalWav } from './wav';

/**
 * The synthetic sample: recordings that stand in for the real ones where those are not at hand, 4 of one second for a first
 * look and 8 of two seconds for whoever asks for more. They resemble the real ones in what a basis sees – spectrum, noise
 * floor, spread of amplitudes, spikes – but what is measured on them says nothing of a brain, and every title says that it
 * was the sample.
 *
 * A recording is the sum of three noises (white, of the spike band, of the local field), slow potentials and
 * the spikes of a few units, rounded to ADC codes. Not modeled: the unequal widths of the digitizer's codes, and
 * electrodes that record the same event at the same time.
 *
 * The generator adds, multiplies, divides and takes square roots, which IEEE 754 specifies exactly, and uses
 * no sine, exponential or logarithm: the files are the same, bit by bit, on every machine.
 */

/** Version of the generator; another version makes other files. */
export const SAMPLE_VERSION = 3;

/** A unit (a neuron near the electrode). */
interface Unit {
  /** Depth of the trough of its spikes, ADC codes; negative where they point up. */
  readonly amplitude: number;
  /** Spikes per second. */
  readonly rate: number;
}

/** Components of one recording. Standard deviations are in ADC codes. */
interface SampleRecording {
  readonly samples: number;
  /** Of the whole recording; slow potentials fill up the variance that the other parts leave. */
  readonly standardDeviation: number;
  /** Of the white noise. */
  readonly floor: number;
  /** Of the noise of the spike band (distant units). */
  readonly hash: number;
  /** Of the local field between 50 and 300 Hz. */
  readonly field: number;
  readonly units: readonly Unit[];
  /** Height of one excursion of 0.8 seconds, which comes on top of the standard deviation. */
  readonly excursion?: number;
}

/** Amplitudes as `[depth of trough, spikes per second]`. */
function units(...list: readonly (readonly [number, number])[]): Unit[] {
  return list.map(([amplitude, rate]) => ({ amplitude, rate }));
}

// Ordered by standard deviation; about half of the electrodes are nearly silent, as in the real recordings. Lengths are
// odd and even by turns, since they decide the fold.
const RECORDINGS: readonly SampleRecording[] = [
  { samples: 39367, standardDeviation: 10, floor: 2.7, hash: 3.4, field: 4.5, units: units([13, 8]) },
  {
    samples: 39548,
    standardDeviation: 13.2,
    floor: 2.95,
    hash: 4.4,
    field: 6,
    units: units([45, 0.8], [18, 8]),
  },
  {
    samples: 39411,
    standardDeviation: 15.2,
    floor: 3.15,
    hash: 4.7,
    field: 6.5,
    units: units([70, 9], [52, 4], [24, 10]),
  },
  { samples: 39650, standardDeviation: 18.8, floor: 3.2, hash: 5, field: 7.3, units: units([20, 9]) },
  {
    samples: 39597,
    standardDeviation: 21.2,
    floor: 3.15,
    hash: 5.1,
    field: 8,
    units: units([130, 28], [85, 19], [60, 13], [40, 8]),
  },
  {
    samples: 39404,
    standardDeviation: 25,
    floor: 3.35,
    hash: 5.5,
    field: 8.5,
    units: units([-75, 2], [23, 10]),
  },
  {
    samples: 39755,
    standardDeviation: 30,
    floor: 3.45,
    hash: 5.5,
    field: 9,
    units: units([60, 1], [26, 8]),
  },
  {
    samples: 39822,
    standardDeviation: 34,
    floor: 3.45,
    hash: 5.4,
    field: 9,
    units: units([72, 6], [35, 10]),
    excursion: 520,
  },
];

// Two of each fold: one nearly silent, one with many spikes, one with a unit that fires upward, one with a large excursion.
const FIRST_LOOK: readonly SampleRecording[] = [
  { samples: 19643, standardDeviation: 10, floor: 2.7, hash: 3.4, field: 4.5, units: units([18, 8]) },
  {
    samples: 19781,
    standardDeviation: 17,
    floor: 3.15,
    hash: 5.1,
    field: 8,
    units: units([130, 22], [75, 22]),
  },
  {
    samples: 19712,
    standardDeviation: 14,
    floor: 3.35,
    hash: 5.5,
    field: 6,
    units: units([-75, 3], [40, 6]),
  },
  {
    samples: 19854,
    standardDeviation: 20,
    floor: 3.45,
    hash: 5.4,
    field: 7,
    units: units([72, 4], [35, 4]),
    excursion: 100,
  },
];

const ALL: readonly SampleRecording[] = [...RECORDINGS, ...FIRST_LOOK];

/** Names of the recordings of a first look. */
export const FIRST_RECORDINGS: readonly string[] = FIRST_LOOK.map((_, i) =>
  nameOfRecording(RECORDINGS.length + i),
);

function nameOfRecording(index: number): string {
  return `synthetic-${String(index + 1).padStart(2, '0')}.wav`;
}

/** Baseline of the electrodes, ADC codes. */
const BASELINE = 525;
/** A unit does not fire again within this time, seconds. */
const REFRACTORY = 0.0025;

/** The sample on disk. */
export interface Sample {
  readonly folder: string;
  readonly entries: readonly ManifestEntry[];
  /** True when it was written now, false when it was there. */
  readonly written: boolean;
}

/**
 * Writes the sample unless this very version of it is there, to the last bit. The manifest is written last, so a folder with
 * a manifest is whole; several processes may do so at once, as all write the same bytes.
 *
 * @param folder - folder of the sample; made when missing
 */
export function ensureSample(folder: string): Sample {
  const manifestFile = join(folder, 'manifest.tsv');
  const remark = `synthetic sample, generator version ${SAMPLE_VERSION}`;
  const present = readSample(folder, manifestFile, remark);
  if (present) return { folder, entries: present, written: false };
  rmSync(manifestFile, { force: true });
  mkdirSync(folder, { recursive: true });
  const entries = ALL.map((_, index) => {
    const name = nameOfRecording(index);
    const codes = generateSampleRecording(index);
    const wav = canonicalWav(pcm16FromCodes(codes), SAMPLE_RATE);
    writeWhole(join(folder, name), wav);
    return {
      name,
      bytes: wav.length,
      samples: codes.length,
      standardDeviation: Number(standardDeviation(codes).toFixed(2)),
      sha256: hashOf(wav),
    };
  });
  writeWhole(manifestFile, formatManifest(entries, [remark]));
  return { folder, entries, written: true };
}

/** The entries of a sample that is there as it was written; undefined when it has to be written anew. */
function readSample(folder: string, manifestFile: string, remark: string): ManifestEntry[] | undefined {
  if (!existsSync(manifestFile)) return undefined;
  const text = readFileSync(manifestFile, 'utf8');
  if (!text.startsWith(`# ${remark}\n`)) return undefined;
  let entries: ManifestEntry[];
  try {
    entries = parseManifest(text, manifestFile);
  } catch (error) {
    if (error instanceof ManifestError) return undefined;
    throw error;
  }
  const whole =
    entries.length === ALL.length &&
    entries.every(({ name, sha256 }) => {
      const path = join(folder, name);
      return existsSync(path) && hashOf(readFileSync(path)) === sha256;
    });
  return whole ? entries : undefined;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Number of the recordings of two seconds. @internal */
export const SAMPLE_RECORDINGS = RECORDINGS.length;

/**
 * Makes one recording of the sample.
 *
 * @param index - which one: 0…7 those of two seconds, 8…11 those of one
 * @returns its ADC codes
 */
export function generateSampleRecording(index: number): Uint16Array {
  const recording = ALL[index];
  if (!recording) throw new RangeError(`The sample has no recording ${index}: it has ${ALL.length}.`);
  const length = recording.samples;
  const random = new Random(index + 1);

  const signal = whiteNoise(random, length);
  scaleTo(signal, recording.floor);

  const hash = whiteNoise(random, length);
  for (let pass = 0; pass < 3; pass++) lowPass(hash, 4000);
  highPass(hash, 400);
  addScaled(signal, hash, recording.hash);

  const field = whiteNoise(random, length);
  lowPass(field, 100);
  lowPass(field, 500);
  highPass(field, 40);
  addScaled(signal, field, recording.field);

  for (const unit of recording.units) addSpikes(signal, unit, random);

  // The remaining variance goes to the slow potentials.
  const rest = recording.standardDeviation * recording.standardDeviation - variance(signal);
  addScaled(signal, slowPotentials(random, length), Math.sqrt(Math.max(0, rest)));
  addBump(signal, length * (0.3 + 0.4 * random.uniform()), 0.4 * SAMPLE_RATE, recording.excursion ?? 0);

  const codes = new Uint16Array(length);
  for (let i = 0; i < length; i++) {
    const code = Math.floor(BASELINE + signal[i]! + 0.5);
    codes[i] = Math.min(MAX_ADC_CODE, Math.max(0, code));
  }
  return codes;
}

/** Colored noise between 1 and 30 Hz, with deflections of a tenth to a third of a second. */
function slowPotentials(random: Random, length: number): Float64Array {
  const slow = whiteNoise(random, length);
  lowPass(slow, 22);
  scaleTo(slow, 1);
  const deflections = Math.floor((2 * length) / SAMPLE_RATE);
  for (let k = 0; k < deflections; k++) {
    const center = random.uniform() * length;
    const halfWidth = (0.04 + 0.12 * random.uniform()) * SAMPLE_RATE;
    addBump(slow, center, halfWidth, 1.5 * random.gaussian());
  }
  // High-pass, like the amplifiers of the electrodes.
  highPass(slow, 1.5);
  return slow;
}

/** Adds the spikes of a unit: Poisson firing with a refractory period, one shape in varying sizes. */
function addSpikes(signal: Float64Array, { amplitude, rate }: Unit, random: Random): void {
  // Half-widths in samples of a peak before the trough, the trough, and the repolarization after it.
  const trough = 4 + 2.5 * random.uniform();
  const repolarization = 8 + 5 * random.uniform();
  const peakBefore = random.uniform() < 0.4 ? 0.25 * random.uniform() : 0;
  const after = 0.25 + 0.25 * random.uniform();

  const chance = rate / SAMPLE_RATE / (1 - rate * REFRACTORY);
  const pause = Math.ceil(REFRACTORY * SAMPLE_RATE);
  for (let i = 0; i < signal.length; i++) {
    if (random.uniform() >= chance) continue;
    const time = i + random.uniform();
    const size = amplitude * (1 + 0.1 * random.gaussian());
    addBump(signal, time - 1.3 * trough, trough, peakBefore * size);
    addBump(signal, time, trough, -size);
    addBump(signal, time + 0.6 * trough + 0.7 * repolarization, repolarization, after * size);
    i += pause;
  }
}

/**
 * Adds a smooth bump, `height · (1 − (t / halfWidth)²)²`.
 *
 * @param center - its time in samples, any real number
 * @param halfWidth - samples from its top to where it ends
 */
function addBump(signal: Float64Array, center: number, halfWidth: number, height: number): void {
  const first = Math.max(0, Math.ceil(center - halfWidth));
  const last = Math.min(signal.length - 1, Math.floor(center + halfWidth));
  for (let i = first; i <= last; i++) {
    const t = (i - center) / halfWidth;
    const inner = 1 - t * t;
    signal[i]! += height * inner * inner;
  }
}

/** First-order low-pass filter in place (backward Euler). */
function lowPass(signal: Float64Array, corner: number): void {
  const ratio = (2 * Math.PI * corner) / SAMPLE_RATE;
  const weight = ratio / (1 + ratio);
  let state = 0;
  for (let i = 0; i < signal.length; i++) {
    state += weight * (signal[i]! - state);
    signal[i] = state;
  }
}

/** First-order high-pass filter in place: what the low-pass filter takes away. */
function highPass(signal: Float64Array, corner: number): void {
  const slow = signal.slice();
  lowPass(slow, corner);
  for (let i = 0; i < signal.length; i++) signal[i]! -= slow[i]!;
}

function whiteNoise(random: Random, length: number): Float64Array {
  const noise = new Float64Array(length);
  for (let i = 0; i < length; i++) noise[i] = random.gaussian();
  return noise;
}

/** Adds a part, scaled to the standard deviation. */
function addScaled(signal: Float64Array, part: Float64Array, deviation: number): void {
  scaleTo(part, deviation);
  for (let i = 0; i < signal.length; i++) signal[i]! += part[i]!;
}

/** Takes the mean out and scales to the standard deviation. */
function scaleTo(signal: Float64Array, deviation: number): void {
  const middle = mean(signal);
  const factor = deviation / Math.sqrt(variance(signal));
  for (let i = 0; i < signal.length; i++) signal[i] = (signal[i]! - middle) * factor;
}

function mean(signal: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < signal.length; i++) sum += signal[i]!;
  return sum / signal.length;
}

function variance(signal: Float64Array): number {
  const middle = mean(signal);
  let squares = 0;
  for (let i = 0; i < signal.length; i++) {
    const difference = signal[i]! - middle;
    squares += difference * difference;
  }
  return squares / signal.length;
}

/** Random numbers from a seed: sfc32 (Doty-Humphrey, PractRand), in 32-bit integers. */
class Random {
  private a = 0x9e3779b9;
  private b = 0x243f6a88;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    this.c = seed;
    for (let i = 0; i < 16; i++) this.next();
  }

  /** 32 random bits, as a signed integer. */
  private next(): number {
    const result = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) | 0;
    return result;
  }

  /** Uniform from 0 to less than 1. */
  uniform(): number {
    return (this.next() >>> 0) / 4294967296;
  }

  /**
   * Nearly normal, mean 0 and variance 1: the sum of eight uniform 16-bit numbers (kurtosis 2.85, nothing
   * beyond 4.9). Its sum is exact, where the usual ways take logarithms and cosines.
   */
  gaussian(): number {
    let sum = 0;
    for (let i = 0; i < 4; i++) {
      const bits = this.next();
      sum += (bits >>> 16) + (bits & 0xffff);
    }
    return (sum - 4 * 65535) / GAUSSIAN_SCALE;
  }
}

/** Standard deviation of the sum of eight uniform 16-bit numbers. */
const GAUSSIAN_SCALE = Math.sqrt((8 * (65536 * 65536 - 1)) / 12);
