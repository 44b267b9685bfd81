/**
 * Codecs compared recording by recording at equal quality, and what follows from it: paired tests, ranks.
 *
 * The quality is what the reference gives a recording where it brings the whole corpus to a compression ratio, at one step
 * for all: a loud recording is coded with more bytes than a quiet one, as a codec of the corpus would do.
 */
import { cubicOverCost, valueAt } from '../../results/curve-at-ratio';
import type { Curve } from '../../results/results';
import { meanSquaredError, peakSignalToNoiseRatio } from '../../metrics/distortion';
import { cheapestPoints } from '../../numerics/bjontegaard';
import { holmCorrected } from '../../numerics/holm';
import { monotoneCubic, valueOfCubic, valueWithin, type PiecewiseCubic } from '../../numerics/monotone-cubic';
import { tiedRanks } from '../../numerics/ranks';
import { signedRankTest } from '../../numerics/signed-rank';
import { bootstrapInterval, median, quantile, type Interval } from '../../numerics/statistics';
import { groupsOfEqualLength } from '../../recordings/folds';
import { VERDICT_RATIOS } from './corpus-intervals';
import type { MeasuredCodec, VerdictMeasurements } from './measured-codecs';

/** One codec on every recording. */
export interface PairedCodec {
  readonly codec: MeasuredCodec;
  /**
   * For each of {@link VERDICT_RATIOS} and each recording the logarithm of its bytes over the reference's at equal quality;
   * NaN where one of the two does not reach that quality.
   */
  readonly logBytes: readonly Float64Array[];
}

/** Decibels of one ADC code over the error: the PSNR but for a constant, which comparisons at equal quality do not see. */
function qualityOf(squaredError: number, samples: number): number {
  return peakSignalToNoiseRatio(meanSquaredError(squaredError, samples), 1);
}

/** The logarithm of bytes of one recording over its PSNR; undefined where it has fewer than two qualities. */
function bytesOverQuality(
  { bytes, squaredError }: MeasuredCodec,
  index: number,
  samples: number,
): PiecewiseCubic | undefined {
  const points = cheapestPoints(
    Array.from(bytes[index]!, (rate, i) => ({
      rate,
      psnr: qualityOf(squaredError[index]![i]!, samples),
    })),
  ).sort((a, b) => a.psnr - b.psnr);
  if (points.length < 2) return undefined;
  return monotoneCubic(
    Float64Array.from(points, ({ psnr }) => psnr),
    Float64Array.from(points, ({ rate }) => Math.log(rate)),
  );
}

/** The step at which a codec brings the corpus to a ratio, between its operating points; undefined beyond them. */
export function stepAtRatio({ points }: Pick<Curve, 'points'>, ratio: number): number | undefined {
  const steps = points.map(({ step, compressionRatio }) => ({
    cost: compressionRatio,
    quality: Math.log(step),
  }));
  const at = valueAt(steps, ratio);
  return at === undefined ? undefined : Math.exp(at);
}

/** The logarithm of that step at each of {@link VERDICT_RATIOS}; NaN beyond the points. */
function logStepsAt({ curve }: MeasuredCodec): number[] {
  return VERDICT_RATIOS.map((ratio) => Math.log(stepAtRatio(curve, ratio) ?? NaN));
}

/** PSNR of a recording under a codec at each of some steps. */
function qualitiesAt(
  { steps, squaredError }: MeasuredCodec,
  index: number,
  samples: number,
  logSteps: readonly number[],
): number[] {
  const psnrs = Array.from(squaredError[index]!, (error) => qualityOf(error, samples));
  const finite = psnrs.map((_, i) => i).filter((i) => Number.isFinite(psnrs[i]!));
  if (finite.length < 2) return logSteps.map(() => NaN);
  const cubic = monotoneCubic(
    Float64Array.from(finite, (i) => Math.log(steps[i]!)),
    Float64Array.from(finite, (i) => psnrs[i]!),
  );
  return logSteps.map((at) => valueWithin(cubic, at) ?? NaN);
}

/** Every codec against a reference, recording by recording. */
export function pairedCodecs(
  { recordings }: Pick<VerdictMeasurements, 'recordings'>,
  codecs: readonly MeasuredCodec[],
  reference: MeasuredCodec,
): PairedCodec[] {
  const logSteps = logStepsAt(reference);
  const qualities = recordings.map(({ facts }, r) => qualitiesAt(reference, r, facts.samples, logSteps));
  const logBytesOf = (codec: MeasuredCodec): number[][] =>
    recordings.map(({ facts }, r) => {
      const cubic = bytesOverQuality(codec, r, facts.samples);
      return qualities[r]!.map((quality) => (cubic && valueWithin(cubic, quality)) ?? NaN);
    });
  const ofReference = logBytesOf(reference);
  return codecs.map((codec) => {
    const own = codec === reference ? ofReference : logBytesOf(codec);
    return {
      codec,
      logBytes: VERDICT_RATIOS.map((_, i) =>
        Float64Array.from(own, (ofRecording, r) => ofRecording[i]! - ofReference[r]![i]!),
      ),
    };
  });
}

/**
 * SNR of the spike band against the reference's at equal bytes of each recording, in dB: the median over recordings with its
 * 95% interval, for each of {@link VERDICT_RATIOS}; null where no recording has both. The bytes are those that the reference
 * takes where it brings the corpus to that ratio.
 */
export function inBandDifferences(
  { recordings }: Pick<VerdictMeasurements, 'recordings'>,
  codec: MeasuredCodec,
  reference: MeasuredCodec,
): (Interval | null)[] {
  const logSteps = logStepsAt(reference);
  const rows = recordings.map(({ recording }, r) => {
    const bytes = monotoneCubic(
      Float64Array.from(reference.steps, Math.log),
      Float64Array.from(reference.bytes[r]!, Math.log),
    );
    const snrs = ({ bytes: costs, inBandError }: MeasuredCodec): PiecewiseCubic | undefined =>
      cubicOverCost(
        Array.from(costs[r]!, (cost, i) => ({ cost, quality: -10 * Math.log10(inBandError[r]![i]!) })).filter(
          ({ quality }) => Number.isFinite(quality),
        ),
      );
    const [own, other] = [snrs(reference), snrs(codec)];
    const differences = logSteps.map((at) => {
      const rate = valueOfCubic(bytes, at);
      return ((other && valueWithin(other, rate)) ?? NaN) - ((own && valueWithin(own, rate)) ?? NaN);
    });
    return { samples: recording.samples, differences };
  });
  return VERDICT_RATIOS.map((_, i) => {
    const known = rows.filter(({ differences }) => Number.isFinite(differences[i]!));
    return known.length === 0
      ? null
      : bootstrapInterval(
          groupsOfEqualLength(known),
          (drawn) => median(drawn.map(({ differences }) => differences[i]!)),
          {
            replicates: 1000,
          },
        );
  });
}

/** Values of groups of recordings of equal length, which may depend on each other: the mean of each group. */
export function groupMeans(
  { recordings }: Pick<VerdictMeasurements, 'recordings'>,
  values: ArrayLike<number>,
): number[] {
  const groups = groupsOfEqualLength(
    recordings.map(({ recording }, index) => ({ samples: recording.samples, index })),
  );
  return groups.flatMap((group) => {
    const known = group.map(({ index }) => values[index]!).filter(Number.isFinite);
    return known.length === 0 ? [] : [known.reduce((sum, value) => sum + value, 0) / known.length];
  });
}

/** A paired test of one codec at one ratio. */
export interface PairedTest {
  /** Groups of recordings that count. */
  readonly pairs: number;
  /** Corrected for all tests of the same call. */
  readonly p: number;
}

/**
 * Signed-rank tests of every codec at every ratio, over groups of recordings of equal length, corrected together by Holm's
 * procedure.
 *
 * @returns for each codec one test for each of {@link VERDICT_RATIOS}; null where no group is compared
 */
export function pairedTests(
  measurements: Pick<VerdictMeasurements, 'recordings'>,
  paired: readonly PairedCodec[],
): (PairedTest | null)[][] {
  const tests = paired.map(({ logBytes }) =>
    logBytes.map((values) => signedRankTest(groupMeans(measurements, values))),
  );
  const corrected = holmCorrected(tests.flat().map(({ pairs, p }) => (pairs > 0 ? p : null)));
  return tests.map((row, c) =>
    row.map(({ pairs }, i) => {
      const p = corrected[c * VERDICT_RATIOS.length + i];
      return p === null || p === undefined ? null : { pairs, p };
    }),
  );
}

/** Ranks of a codec over recordings at one ratio: 1 needs the fewest bytes. */
export interface Ranks {
  readonly mean: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
  /** Share of the recordings for which it is the best. */
  readonly best: number;
}

/**
 * Ranks of codecs at one ratio, over the recordings that the reference has a quality for. A codec that does not reach it
 * comes last; equal ones share the mean of their ranks.
 *
 * @param at - position in {@link VERDICT_RATIOS}
 */
export function ranksAt(paired: readonly PairedCodec[], at: number): Ranks[] {
  const recordings = paired[0]?.logBytes[at]?.length ?? 0;
  const ranks = paired.map(() => [] as number[]);
  const wins = paired.map(() => 0);
  for (let r = 0; r < recordings; r++) {
    const values = paired.map(({ logBytes }) => logBytes[at]![r]!);
    if (!values.some(Number.isFinite)) continue;
    const costs = values.map((value) => (Number.isFinite(value) ? value : Infinity));
    const least = Math.min(...costs);
    const winners = costs.filter((cost) => cost === least).length;
    tiedRanks(costs).forEach((rank, c) => {
      ranks[c]!.push(rank);
      if (costs[c] === least) wins[c]! += 1 / winners;
    });
  }
  return ranks.map((own, c) => ({
    mean: own.reduce((sum, rank) => sum + rank, 0) / own.length,
    lowerQuartile: quantile(own, 0.25) ?? NaN,
    upperQuartile: quantile(own, 0.75) ?? NaN,
    best: wins[c]! / own.length,
  }));
}
