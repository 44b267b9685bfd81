/**
 * Kinds of recordings, and which basis each of them wants.
 */
import { isSaturated } from '../../measuring/spike-measures';
import { holmCorrected } from '../../numerics/holm';
import { medianInPlace } from '../../numerics/median';
import { signedRankTest } from '../../numerics/signed-rank';
import { bootstrapInterval, quantile, type Interval } from '../../numerics/statistics';
import { readCodes } from '../../recordings/corpus';
import { groupsOfEqualLength } from '../../recordings/folds';
import type { VerdictMeasurements } from './measured-codecs';
import type { PairedCodec } from './paired-recordings';

/** A recording is of the first kind that it meets. */
export const RECORDING_KINDS = ['rails', 'jumps', 'spiking', 'quiet', 'others'] as const;
export type RecordingKind = (typeof RECORDING_KINDS)[number];

/**
 * A step from one sample to the next of so many deviations of all such steps is a jump. On the Neuralink recordings the
 * largest step of the median recording is 5 deviations, and that of 98% of them is below 20.
 */
export const JUMP_DEVIATIONS = 20;

/** Threshold crossings a second of a recording that is called spiking. */
export const SPIKING_RATE_OF_KIND = 10;

/** Share of the recordings, those with the least standard deviation, that are called quiet. */
export const QUIET_SHARE = 0.25;

/** Median absolute deviations of a normal distribution in one deviation of it. */
const NORMAL_MAD = 0.6745;

/** What each kind means, for tables. */
export const KIND_MEANINGS: Readonly<Record<RecordingKind, string>> = {
  rails: 'more than 1% of the samples at the ends of the range',
  jumps: `a step between samples of ${JUMP_DEVIATIONS} deviations of all steps`,
  spiking: `${SPIKING_RATE_OF_KIND} threshold crossings a second`,
  quiet: 'standard deviation in the lowest quarter',
  others: 'none of these',
};

/** The largest step between neighboring samples over the deviation of all such steps, which outliers do not change. */
export function largestJump(codes: ArrayLike<number>): number {
  const steps = new Float64Array(Math.max(0, codes.length - 1));
  let largest = 0;
  for (let i = 0; i < steps.length; i++) {
    steps[i] = Math.abs(codes[i + 1]! - codes[i]!);
    largest = Math.max(largest, steps[i]!);
  }
  const deviation = steps.length > 0 ? medianInPlace(steps) / NORMAL_MAD : 0;
  return deviation > 0 ? largest / deviation : largest > 0 ? Infinity : 0;
}

/** The kind of every recording; reads all of them. */
export function kindsOf({ recordings }: Pick<VerdictMeasurements, 'recordings'>): RecordingKind[] {
  const quietest = quantile(
    recordings.map(({ facts }) => facts.variance),
    QUIET_SHARE,
  )!;
  return recordings.map(({ recording, facts }) => {
    if (isSaturated(facts)) return 'rails';
    if (largestJump(readCodes(recording)) >= JUMP_DEVIATIONS) return 'jumps';
    if (facts.spikes >= SPIKING_RATE_OF_KIND * facts.duration) return 'spiking';
    return facts.variance <= quietest ? 'quiet' : 'others';
  });
}

/** One codec on the recordings of one kind. */
export interface CodecOfKind {
  readonly id: string;
  readonly kind: RecordingKind;
  /** Recordings of the kind that both codecs have a quality for. */
  readonly recordings: number;
  /** % of bytes against the reference at equal quality, mean over recordings; null without recordings. */
  readonly bytes: Interval | null;
  /** Corrected for all codecs and kinds of the same call; null without recordings. */
  readonly p: number | null;
}

/**
 * Codecs on each kind of recordings.
 *
 * @param at - position of the compression ratio
 */
export function codecsOfKinds(
  { recordings }: Pick<VerdictMeasurements, 'recordings'>,
  kinds: readonly RecordingKind[],
  paired: readonly PairedCodec[],
  at: number,
): CodecOfKind[] {
  const rows = RECORDING_KINDS.flatMap((kind) =>
    paired.map(({ codec, logBytes }) => {
      const values = recordings.flatMap(({ recording }, r) => {
        const value = logBytes[at]![r]!;
        return kinds[r] === kind && Number.isFinite(value) ? [{ samples: recording.samples, value }] : [];
      });
      const groups = groupsOfEqualLength(values);
      const mean = (drawn: readonly { readonly value: number }[]): number =>
        drawn.reduce((sum, { value }) => sum + value, 0) / drawn.length;
      const bytes =
        values.length === 0
          ? null
          : bootstrapInterval(groups, (drawn) => 100 * Math.expm1(mean(drawn)), { replicates: 1000 });
      const test = signedRankTest(groups.map(mean));
      return {
        id: codec.curve.basis,
        kind,
        recordings: values.length,
        bytes,
        p: test.pairs > 0 ? test.p : null,
      };
    }),
  );
  const corrected = holmCorrected(rows.map(({ p }) => p));
  return rows.map((row, i) => ({ ...row, p: corrected[i]! }));
}
