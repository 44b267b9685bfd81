/**
 * How uncertain the stationary Gaussian bound of a corpus is.
 */
import { peakSignalToNoiseRatio } from '../metrics/distortion';
import { recordingAtLevel, type BoundPoint, type RecordingSpectrum } from '../metrics/gaussian-bound';
import { monotoneCubic, valueOfCubic } from '../numerics/monotone-cubic';
import { bootstrapInterval } from '../numerics/statistics';
import { groupsOfEqualLength } from '../recordings/folds';

/** Distortion levels between which a drawn corpus is interpolated, in each octave. */
const PER_OCTAVE = 3;

/** Octaves of level beyond those of the corpus itself that a drawn one may need. */
const MARGIN = 2;

/** Corpora that are drawn. */
const REPLICATES = 500;

/** Standard errors in a 95% interval, on each side. */
const NORMAL_95 = 1.96;

/** Recordings at each level, in total. */
interface Totals {
  samples: number;
  readonly bits: Float64Array;
  readonly squaredError: Float64Array;
}

/**
 * 95% intervals of the PSNR of the bound with rounding. Drawn again are groups of recordings of equal length, each with
 * its spectrum as it was estimated: what the estimates scatter by is part of what recordings differ by. It is not less
 * than what the scatter of the estimates alone leaves uncertain, which counts where groups are few.
 *
 * @param recordings - without weights
 * @param points - of their bound
 * @param fullScale - of its PSNR, in codes
 * @returns lower and upper end for each point, dB
 */
export function boundIntervals(
  recordings: readonly RecordingSpectrum[],
  points: readonly BoundPoint[],
  fullScale: number,
): (readonly [number, number])[] {
  const levels = levelsAround(points);
  const groups = groupsOfEqualLength(recordings).map((group) => [totalsOf(group, levels)]);
  return points.map(({ bitsPerSample, rounded, standardError }) => {
    const interval = bootstrapInterval(
      groups,
      (drawn) => psnrAtRate(drawn, levels.length, bitsPerSample, fullScale),
      {
        replicates: REPLICATES,
      },
    );
    const alone = NORMAL_95 * standardError;
    // Between levels the curve is a little off, as much at the estimate as at the ends: their differences count.
    const below = interval ? interval.estimate - interval.lower : 0;
    const above = interval ? interval.upper - interval.estimate : 0;
    return [rounded.psnr - Math.max(alone, below), rounded.psnr + Math.max(alone, above)];
  });
}

function levelsAround(points: readonly BoundPoint[]): number[] {
  const octaves = points.map(({ level }) => Math.log2(level)).filter(Number.isFinite);
  const from = Math.min(...octaves) - MARGIN;
  const count = Math.ceil((Math.max(...octaves) + MARGIN - from) * PER_OCTAVE);
  return Array.from({ length: count + 1 }, (_, i) => 2 ** (from + i / PER_OCTAVE));
}

function totalsOf(recordings: readonly RecordingSpectrum[], levels: readonly number[]): Totals {
  const totals = emptyTotals(levels.length);
  for (const recording of recordings) {
    totals.samples += recording.samples;
    levels.forEach((level, i) => {
      const at = recordingAtLevel(recording, level);
      totals.bits[i]! += at.bits;
      totals.squaredError[i]! += at.roundedSquaredError;
    });
  }
  return totals;
}

function emptyTotals(levels: number): Totals {
  return { samples: 0, bits: new Float64Array(levels), squaredError: new Float64Array(levels) };
}

/** PSNR of drawn groups at a rate; null where they take no bits or have no error at two of the levels. */
function psnrAtRate(
  drawn: readonly Totals[],
  levels: number,
  bitsPerSample: number,
  fullScale: number,
): number | null {
  const sum = emptyTotals(levels);
  for (const { samples, bits, squaredError } of drawn) {
    sum.samples += samples;
    for (let i = 0; i < levels; i++) {
      sum.bits[i]! += bits[i]!;
      sum.squaredError[i]! += squaredError[i]!;
    }
  }
  const rates: number[] = [];
  const psnrs: number[] = [];
  for (let i = levels - 1; i >= 0; i--) {
    const rate = Math.log(sum.bits[i]! / sum.samples);
    const psnr = peakSignalToNoiseRatio(sum.squaredError[i]! / sum.samples, fullScale);
    if (!Number.isFinite(rate) || !Number.isFinite(psnr) || rate <= (rates.at(-1) ?? -Infinity)) continue;
    rates.push(rate);
    psnrs.push(psnr);
  }
  if (rates.length < 2) return null;
  return valueOfCubic(
    monotoneCubic(Float64Array.from(rates), Float64Array.from(psnrs)),
    Math.log(bitsPerSample),
  );
}
