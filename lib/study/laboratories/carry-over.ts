/**
 * What carries over from the Neuralink recordings to those of another laboratory.
 */
import { bjontegaardDelta, cheapestPoints, type RatePoint } from '../../numerics/bjontegaard';
import { tiedRanks } from '../../numerics/ranks';
import { boundAt, psnrAt } from '../../results/curve-at-ratio';
import type { LaboratoryCurve, LaboratoryResult } from './laboratory-results';
import { isLearned } from './measure-laboratory';

/**
 * Least rank correlations that are beyond chance (two-sided, 5%), by the number of pairs: J. H. Zar, Biostatistical
 * Analysis, 5th ed., 2010, table B.20.
 */
const LEAST_RANK_CORRELATIONS: Readonly<Record<number, number>> = {
  ...{ 6: 0.886, 7: 0.786, 8: 0.738, 9: 0.7, 10: 0.648, 11: 0.618, 12: 0.587 },
};

/** Whether a rank correlation of so many pairs is beyond chance; of fewer than six or more than twelve none is. */
export function isBeyondChance(correlation: number, pairs: number): boolean {
  return Math.abs(correlation) >= (LEAST_RANK_CORRELATIONS[pairs] ?? Infinity);
}

/** The curve of each codec: of a learned one that with Neuralink's models, which no dataset had to learn. */
export function curvesAsOnNeuralink({ curves }: Pick<LaboratoryResult, 'curves'>): LaboratoryCurve[] {
  return curves.filter(({ models }) => models !== 'own');
}

/** PSNR of the bound less that of a codec at a compression ratio, in dB; undefined where one of them ends before. */
export function distanceFromBound(
  { bound }: Pick<LaboratoryResult, 'bound'>,
  curve: LaboratoryCurve,
  compressionRatio: number,
): number | undefined {
  const best = boundAt(bound, compressionRatio);
  const psnr = psnrAt(curve, compressionRatio);
  return best === undefined || psnr === undefined ? undefined : best - psnr;
}

/**
 * Spearman's rank correlation: Pearson's of the ranks. NaN for fewer than two values, or where all are equal.
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [tiedRanks(a), tiedRanks(b)];
  const mean = (a.length + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [dx, dy] = [x[i]! - mean, y[i]! - mean];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xy / Math.sqrt(xx * yy);
}

/** The order of codecs on one dataset beside that on the Neuralink recordings. */
export interface OrderComparison {
  readonly dataset: string;
  /** Codec with the highest PSNR. */
  readonly best: string;
  /** dB between the best codec and the worst of the twelve, and between the best and Neuralink's best. */
  readonly spread: number;
  readonly lossOfNeuralinkBest: number;
  readonly correlation: number;
  /** Whether the correlation is beyond chance. */
  readonly alike: boolean;
}

/**
 * Compares the order of codecs by their PSNR at a compression ratio.
 *
 * @param neuralink - PSNR of each codec on the Neuralink recordings, by id; those that are missing do not count
 * @returns undefined where fewer than all codecs reach the ratio, so that no order can be compared
 */
export function compareOrder(
  result: LaboratoryResult,
  neuralink: ReadonlyMap<string, number>,
  compressionRatio: number,
): OrderComparison | undefined {
  const rows = curvesAsOnNeuralink(result).flatMap((curve) => {
    const [here, there] = [psnrAt(curve, compressionRatio), neuralink.get(curve.basis)];
    return here === undefined || there === undefined ? [] : [{ basis: curve.basis, here, there }];
  });
  if (rows.length < neuralink.size || rows.length < 3) return undefined;
  const by = (key: 'here' | 'there'): typeof rows => [...rows].sort((a, b) => b[key] - a[key]);
  const [best, ofNeuralink] = [by('here')[0]!, by('there')[0]!];
  const correlation = rankCorrelation(
    rows.map(({ here }) => here),
    rows.map(({ there }) => there),
  );
  return {
    dataset: result.dataset,
    best: best.basis,
    spread: best.here - by('here').at(-1)!.here,
    lossOfNeuralinkBest: best.here - ofNeuralink.here,
    correlation,
    alike: correlation > 0 && isBeyondChance(correlation, rows.length),
  };
}

/** Bytes of a codec with models at equal PSNR, in percent of those of the codec that needs none. */
export interface ModelWorth {
  readonly dataset: string;
  readonly basis: string;
  readonly against: string;
  /** Models from the Neuralink recordings; null where the curves share too little. */
  readonly neuralink: number | null;
  /** Models from the other fold of the dataset; null where none could be learned. */
  readonly own: number | null;
}

/** The codec without models that a learned one is compared with. */
const WITHOUT_MODELS: Readonly<Record<string, string>> = {
  'network-256': 'mdct-256-sine+trellis',
  'contexts-256': 'mdct-256-sine+trellis',
  'spikes-256-16+trellis': 'mdct-256-sine+trellis',
  'classified-64-16-kmeans': 'dct-512',
};

/** Points of a curve for Bjøntegaard rates. */
function ratesOf({ points }: LaboratoryCurve): RatePoint[] {
  return cheapestPoints(
    points.flatMap(({ bitsPerSample, psnr }) => (psnr === null ? [] : [{ rate: bitsPerSample, psnr }])),
  );
}

/**
 * What learned models are worth on a dataset: those of Neuralink, and its own.
 *
 * @throws TypeError when a codec lacks the one that it is compared with
 */
export function modelWorth(result: LaboratoryResult): ModelWorth[] {
  const learned = [...new Set(result.curves.map(({ basis }) => basis))].filter(isLearned);
  return learned.map((basis) => {
    const against = WITHOUT_MODELS[basis];
    const reference = result.curves.find((curve) => curve.basis === against);
    if (against === undefined || !reference) {
      throw new TypeError(`Nothing is said of what ${basis} is compared with: add it to WITHOUT_MODELS.`);
    }
    const percent = (models: LaboratoryCurve['models']): number | null => {
      const curve = result.curves.find((one) => one.basis === basis && one.models === models);
      return curve ? (bjontegaardDelta(ratesOf(reference), ratesOf(curve))?.percent ?? null) : null;
    };
    return {
      dataset: result.dataset,
      basis,
      against,
      neuralink: percent('neuralink'),
      own: percent('own'),
    };
  });
}
