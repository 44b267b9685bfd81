/** Bytes of codecs at equal error over the groups of a dataset, with intervals over stretches of time. */
import { monotoneCubic, valueOfCubic, valueWithin, type PiecewiseCubic } from '../../numerics/monotone-cubic';
import { bootstrapInterval, type Interval } from '../../numerics/statistics';
import { groupBoundRate, type GroupSpectrum } from '../../metrics/group-bound';
import type { GroupCurve } from './group-sweep';

/** Bits of a sample in the files that compression ratios refer to. */
const WAV_BITS = 16;

/** A point of a curve over some groups. */
export interface GroupPoint {
  readonly step: number;
  readonly bitsPerSample: number;
  readonly compressionRatio: number;
  /** codes². */
  readonly mse: number;
}

/**
 * The points of a curve.
 *
 * @param groups - numbers of the groups that count, some of them more than once; all once unless given
 */
export function pointsOfGroups({ steps, measured }: GroupCurve, groups?: readonly number[]): GroupPoint[] {
  return measured.map((row, i) => {
    let [bytes, error, samples] = [0, 0, 0];
    for (const at of groups ?? row.keys()) {
      bytes += row[at]!.bytes;
      error += row[at]!.squaredError;
      samples += row[at]!.samples;
    }
    const bitsPerSample = (8 * bytes) / samples;
    return {
      step: steps[i]!,
      bitsPerSample,
      compressionRatio: WAV_BITS / bitsPerSample,
      mse: error / samples,
    };
  });
}

/** Logarithm of the bits over the logarithm of the error, both ascending in the error; undefined with fewer than two points. */
function logarithmicCurve(points: readonly GroupPoint[]): PiecewiseCubic | undefined {
  const sorted = points
    .filter(({ mse, bitsPerSample }) => mse > 0 && bitsPerSample > 0)
    .sort((a, b) => a.mse - b.mse)
    .filter(({ mse }, i, all) => mse !== all[i - 1]?.mse);
  if (sorted.length < 2) return undefined;
  return monotoneCubic(
    Float64Array.from(sorted, ({ mse }) => Math.log(mse)),
    Float64Array.from(sorted, ({ bitsPerSample }) => Math.log(bitsPerSample)),
  );
}

/** Halvings of the range of errors. */
const HALVINGS = 50;

/** Mean squared error of a curve at a compression ratio, codes²; undefined outside of its points. */
export function errorAtRatio(points: readonly GroupPoint[], compressionRatio: number): number | undefined {
  const curve = logarithmicCurve(points);
  if (!curve) return undefined;
  const wanted = Math.log(WAV_BITS / compressionRatio);
  let [low, high] = [curve.x[0]!, curve.x[curve.x.length - 1]!];
  if (valueOfCubic(curve, low) < wanted || valueOfCubic(curve, high) > wanted) return undefined;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (valueOfCubic(curve, middle) > wanted) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/** Bits a sample of a curve at a mean squared error; undefined outside of its points. */
export function rateAtError(points: readonly GroupPoint[], mse: number): number | undefined {
  const curve = logarithmicCurve(points);
  const logarithm = curve && valueWithin(curve, Math.log(mse));
  return logarithm === undefined ? undefined : Math.exp(logarithm);
}

/**
 * By how many percent a codec needs fewer bytes than a reference, at the error that the reference has at a compression
 * ratio. The interval is over groups, which are stretches of time.
 *
 * @returns null where one of the curves does not reach that far
 */
export function bytesSaved(
  reference: GroupCurve,
  curve: GroupCurve,
  compressionRatio: number,
): Interval | null {
  const groups = (reference.measured[0] ?? []).map((_, group) => [group]);
  return bootstrapInterval(groups, (drawn) => {
    const mse = errorAtRatio(pointsOfGroups(reference, drawn), compressionRatio);
    const rate = mse === undefined ? undefined : rateAtError(pointsOfGroups(curve, drawn), mse);
    return rate === undefined ? null : 100 * (1 - (rate * compressionRatio) / WAV_BITS);
  });
}

/** By how many percent a lossless codec needs fewer bytes than another. */
export function losslessSaved(reference: GroupCurve, curve: GroupCurve): Interval | null {
  const groups = (reference.measured[0] ?? []).map((_, group) => [group]);
  return bootstrapInterval(groups, (drawn) => {
    const [before, after] = [reference, curve].map((one) => pointsOfGroups(one, drawn)[0]!.bitsPerSample);
    return 100 * (1 - after! / before!);
  });
}

/** What the bound says of space at an error. */
export interface BoundSaving {
  /** Bits a sample of all channels together. */
  readonly together: number;
  /** By how many percent that is less than each alone; null where each alone needs nothing. */
  readonly saved: number | null;
}

/** The Gaussian bound at a mean squared error, codes². */
export function boundSaving(spectra: readonly GroupSpectrum[], mse: number): BoundSaving {
  const [together, alone] = [groupBoundRate(spectra, 'together', mse), groupBoundRate(spectra, 'alone', mse)];
  return { together, saved: alone > 0 ? 100 * (1 - together / alone) : null };
}
