/**
 * The swap table: a codec's distance from the stationary Gaussian bound, charged to what causes it by replacing one part
 * after another by its ideal on the same integers. All parts are bits at equal error, so they sum to the distance.
 *
 * Errors that differ are made equal by the slope of the rate–distortion function that they are compared with: at the level
 * θ a squared error of 1 is worth 1/(2θ·ln 2) bits.
 */
import { peakSignalToNoiseRatio } from '../../metrics/distortion';
import { gaussianBound, recordingAtLevel, type RecordingSpectrum } from '../../metrics/gaussian-bound';
import { bootstrapInterval, type Interval } from '../../numerics/statistics';
import { groupsOfEqualLength } from '../../recordings/folds';
import type { CodedPair } from './coded-pair';
import type { CodedParts } from './coded-parts';
import { knownRecording } from './gaussian-surrogate';
import { lappedVariances } from './lapped-variances';

/** Parts of a distance, in the order in which they are replaced. */
export const SWAPS = ['header', 'coder', 'learning', 'quantizer', 'basis', 'rounding'] as const;
export type Swap = (typeof SWAPS)[number];

/** What was coded: the recordings, or stationary Gaussian signals with their spectra. */
export type Coded = 'recording' | 'surrogate';

/** Surrogates that the range of the ADC cuts off more often than this are no Gaussian signals any more. */
const MOST_CLIPPED = 0.001;

/** Corpora drawn for an interval. */
const REPLICATES = 1000;

/** Halvings of the range that a level is looked for in. */
const HALVINGS = 50;

/** Levels, codes², lie below this power of two. */
const HIGHEST_EXPONENT = 80;

/** A codec's distance from the bound at one step. */
export interface BoundDistanceParts {
  /** 16 bits over the bits per sample. */
  readonly compressionRatio: number;
  /** dB. */
  readonly psnr: number;
  /** PSNR of the bound at this ratio less that of the codec, dB. */
  readonly decibels: number;
  /** Bits of the codec that the bound does without at equal error, percent of the codec's. */
  readonly total: Interval;
  /** The same of each part; they sum to the total. */
  readonly parts: Readonly<Record<Swap, Interval>>;
}

/** Pairs whose surrogate is Gaussian. */
export function gaussianPairs(pairs: readonly CodedPair[]): CodedPair[] {
  return pairs.filter(({ clipped }) => clipped <= MOST_CLIPPED);
}

/**
 * Charges the distance of a codec from the bound to its parts. Both kinds are compared with the bound of the spectrum that
 * the surrogates were made with.
 *
 * @param pairs - of {@link gaussianPairs}
 * @param step - index of the step
 * @param fullScale - largest code
 */
export function swapTable(
  pairs: readonly CodedPair[],
  coded: Coded,
  step: number,
  fullScale: number,
): BoundDistanceParts {
  const rows = distances(pairs, coded, step);
  const groups = groupsOfEqualLength(rows);
  const percent = (part: Swap | 'total'): Interval =>
    bootstrapInterval(groups, (drawn) => percentOf(drawn, part), { replicates: REPLICATES })!;
  const samples = sumOf(pairs, (pair) => pair.samples);
  const compressionRatio = (16 * samples) / sumOf(rows, (row) => row.bits);
  const psnr = peakSignalToNoiseRatio(
    sumOf(pairs, ({ steps }) => steps[step]![coded].squaredError) / samples,
    fullScale,
  );
  const spectra = pairs.map(({ variances, samples: length }) => knownRecording(variances, length));
  return {
    compressionRatio,
    psnr,
    decibels: gaussianBound(spectra, [compressionRatio], fullScale)[0]!.rounded.psnr - psnr,
    total: percent('total'),
    parts: Object.fromEntries(SWAPS.map((swap) => [swap, percent(swap)])) as Record<Swap, Interval>,
  };
}

/**
 * How much farther a part of the distance reaches on surrogates than on their recordings, percent of the bytes, paired.
 *
 * @param pairs - of {@link gaussianPairs}
 * @param step - index of the step
 */
export function surrogatesBeyondRecordings(
  pairs: readonly CodedPair[],
  part: Swap | 'total',
  step: number,
): Interval {
  const recordings = distances(pairs, 'recording', step);
  const both = distances(pairs, 'surrogate', step).map((surrogate, i) => ({
    samples: surrogate.samples,
    surrogate,
    recording: recordings[i]!,
  }));
  return bootstrapInterval(
    groupsOfEqualLength(both),
    (drawn) =>
      percentOf(
        drawn.map(({ surrogate }) => surrogate),
        part,
      ) -
      percentOf(
        drawn.map(({ recording }) => recording),
        part,
      ),
    { replicates: REPLICATES },
  )!;
}

/** The parts of one recording's distance, bits. */
type Distance = Readonly<Record<Swap | 'total', number>> & {
  readonly samples: number;
  /** Of the whole file. */
  readonly bits: number;
};

function percentOf(rows: readonly Distance[], part: Swap | 'total'): number {
  return (100 * sumOf(rows, (row) => row[part])) / sumOf(rows, (row) => row.bits);
}

function distances(pairs: readonly CodedPair[], coded: Coded, step: number): Distance[] {
  const parts = pairs.map(({ steps }) => steps[step]![coded]);
  const spectra = pairs.map(({ variances, samples }) => knownRecording(variances, samples));
  const bands = pairs.map(({ variances, samples }) => ({ variances: lappedVariances(variances), samples }));
  const squaredError = sumOf(parts, (part) => part.squaredError);
  const realSquaredError = sumOf(parts, (part) => part.realSquaredError);
  const roundedLevel = levelOf(squaredError, (level) =>
    sumOf(spectra, (one) => recordingAtLevel(one, level).roundedSquaredError),
  );
  const realLevel = levelOf(realSquaredError, (level) =>
    sumOf(spectra, (one) => recordingAtLevel(one, level).squaredError),
  );
  const bandLevel = levelOf(realSquaredError, (level) =>
    sumOf(bands, (one) => bandsAtLevel(one, level).squaredError),
  );
  return parts.map((part, i) => ({
    samples: pairs[i]!.samples,
    bits: 8 * part.bytes,
    ...distanceOf(part, {
      rounded: boundPoint(spectra[i]!, roundedLevel, 'roundedSquaredError'),
      real: boundPoint(spectra[i]!, realLevel, 'squaredError'),
      bands: { ...bandsAtLevel(bands[i]!, bandLevel), level: bandLevel },
    }),
  }));
}

/** Bits and squared error of a recording on a rate–distortion function, at a level. */
interface IdealPoint {
  readonly bits: number;
  readonly squaredError: number;
  readonly level: number;
}

/** Bits of each part of one recording, errors made equal. */
function distanceOf(
  part: CodedParts,
  ideal: { readonly rounded: IdealPoint; readonly real: IdealPoint; readonly bands: IdealPoint },
): Record<Swap | 'total', number> {
  const { rounded, real, bands } = ideal;
  const worth = (squaredError: number, { level }: IdealPoint): number =>
    squaredError / (2 * level * Math.LN2);
  const total = 8 * part.bytes - rounded.bits + worth(part.squaredError - rounded.squaredError, rounded);
  const header = 8 * part.headerBytes;
  const coder = 8 * (part.bytes - part.headerBytes) - part.modelBits;
  const learning = part.modelBits - part.idealBits;
  const quantizer = part.idealBits - bands.bits + worth(part.realSquaredError - bands.squaredError, bands);
  const basis = bands.bits - real.bits + worth(bands.squaredError - real.squaredError, real);
  const rounding = total - header - coder - learning - quantizer - basis;
  return { total, header, coder, learning, quantizer, basis, rounding };
}

function boundPoint(
  recording: RecordingSpectrum,
  level: number,
  error: 'squaredError' | 'roundedSquaredError',
): IdealPoint {
  const at = recordingAtLevel(recording, level);
  return { bits: at.bits, squaredError: at[error], level };
}

/** Reverse water-filling over independent coefficients with the variances of lapped cosines. */
function bandsAtLevel(
  { variances, samples }: { readonly variances: Float64Array; readonly samples: number },
  level: number,
): { readonly bits: number; readonly squaredError: number } {
  let bits = 0;
  let squaredError = 0;
  for (const variance of variances) {
    if (variance > level) bits += Math.log2(variance / level) / 2;
    squaredError += Math.min(variance, level);
  }
  const each = samples / variances.length;
  return { bits: bits * each, squaredError: squaredError * each };
}

/** The level at which a total error, which grows with it, has this value. */
function levelOf(squaredError: number, at: (level: number) => number): number {
  let [low, high] = [-20, 20];
  // Errors of digitizers of 16 bits are larger than any of 10 bits.
  while (high < HIGHEST_EXPONENT && at(2 ** high) < squaredError) high *= 2;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (at(2 ** middle) < squaredError) low = middle;
    else high = middle;
  }
  return 2 ** ((low + high) / 2);
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}
