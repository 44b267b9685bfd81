/**
 * A linear decoder that the recordings allow: no movement was recorded, but many recordings come in pairs of the same time,
 * so the spike-band power of one electrode is predicted from that of the other as a codec gives it back, by ridge regression
 * (A. E. Hoerl and R. W. Kennard, "Ridge regression: biased estimation for nonorthogonal problems", Technometrics 12,
 * 1970).
 */
import { preparedRecording } from '../../coding/codec';
import { Matrix, solve } from 'ml-matrix';
import { codecFromId } from '../../codecs/codec-from-id';
import { binnedPower, correlation } from '../../metrics/band-power';
import { POWER_BIN } from '../../metrics/recording-metrics';
import { bandFilter, SPIKE_POWER_BAND } from '../../metrics/spike-band';
import { signedRankTest } from '../../numerics/signed-rank';
import { bootstrapInterval, median, type Interval } from '../../numerics/statistics';
import { corpusRange, readCodes, type Corpus, type Recording } from '../../recordings/corpus';
import { evenlySpread } from '../../recordings/evenly-spread';
import { groupsOfEqualLength } from '../../recordings/folds';
import type { Curve } from '../../results/results';
import { stepAtRatio } from './paired-recordings';

/** Bins before and after the predicted one that the decoder sees. */
const LAGS = 2;

/** Weight of the squared coefficients over the number of bins: fifty bins are few for six coefficients. */
const RIDGE = 0.1;

/** Pairs that are decoded, at most: each takes some seconds where codecs are compared. */
const MOST_PAIRS = 100;

/** Codecs are compared where the originals correlate with at most this probability of chance. */
const LEVEL = 0.05;

/** How well the other electrode is predicted. */
export interface HeldOutDecoding {
  /** Id of a codec; `"original"` where the power of the recording itself was given. */
  readonly id: string;
  /** Compression ratio of the corpus; 1 for the originals. */
  readonly ratio: number;
  readonly pairs: number;
  /** Correlation of predicted and real power in the half of the time that the decoder was not fitted on, median over pairs. */
  readonly correlation: Interval | null;
  /** Probability of such correlations if there were none. */
  readonly p: number;
}

/** Recordings in groups of two of equal length, which most of the simultaneous ones are; evenly over all lengths. */
export function simultaneousPairs(
  { recordings }: Pick<Corpus, 'recordings'>,
  most = MOST_PAIRS,
): (readonly [Recording, Recording])[] {
  const pairs = groupsOfEqualLength(recordings).flatMap(([first, second, ...others]) =>
    first && second && others.length === 0 ? [[first, second] as const] : [],
  );
  return evenlySpread(pairs, most);
}

/** Logarithm of the band power in bins, less its mean. */
function logPower(signal: ArrayLike<number>, sampleRate: number): Float64Array {
  const band = Float64Array.from(signal);
  bandFilter(SPIKE_POWER_BAND, sampleRate).apply(band, band);
  // A decoded signal may be silent in a whole bin.
  return binnedPower(band, POWER_BIN * sampleRate).map((power) => Math.log(power + 1e-3));
}

/**
 * Fits a linear decoder on one half of the bins and returns the correlation of its prediction on the other.
 *
 * @param given - series of the electrode that is seen
 * @param wanted - series of the other electrode, as long
 * @param first - whether the first half is fitted on
 * @internal
 */
export function decodedCorrelation(given: Float64Array, wanted: Float64Array, first: boolean): number | null {
  const rows: { readonly input: number[]; readonly output: number; readonly fitted: boolean }[] = [];
  for (let bin = LAGS; bin < given.length - LAGS; bin++) {
    const input = Array.from({ length: 2 * LAGS + 1 }, (_, lag) => given[bin - LAGS + lag]!);
    rows.push({ input, output: wanted[bin]!, fitted: bin < given.length / 2 === first });
  }
  const fitted = rows.filter((row) => row.fitted);
  const tested = rows.filter((row) => !row.fitted);
  if (fitted.length < 2 * LAGS + 2 || tested.length < 2) return null;
  const meanOf = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const centers = fitted[0]!.input.map((_, k) => meanOf(fitted.map(({ input }) => input[k]!)));
  const center = meanOf(fitted.map(({ output }) => output));
  const inputs = new Matrix(fitted.map(({ input }) => input.map((value, k) => value - centers[k]!)));
  const outputs = Matrix.columnVector(fitted.map(({ output }) => output - center));
  const moments = inputs.transpose().mmul(inputs);
  const energy = moments.trace() / moments.rows;
  const weights = solve(
    Matrix.add(moments, Matrix.eye(moments.rows).mul(RIDGE * energy + 1e-9)),
    inputs.transpose().mmul(outputs),
  );
  const predicted = tested.map(({ input }) =>
    input.reduce((sum, value, k) => sum + (value - centers[k]!) * weights.get(k, 0), 0),
  );
  return correlation(
    Float64Array.from(tested, ({ output }) => output),
    Float64Array.from(predicted),
    1e-9,
  );
}

/**
 * Decodes one electrode of each pair from the other, both ways and on both halves of the time. Where nothing can be decoded
 * from the originals, no codec can lose anything, and only the originals are in the result.
 *
 * @param curves - of the codecs
 * @param ratios - compression ratios of the corpus at which each is used
 */
export function heldOutDecoding(
  corpus: Corpus,
  curves: readonly Curve[],
  ratios: readonly number[],
): HeldOutDecoding[] {
  const pairs = simultaneousPairs(corpus);
  const range = corpusRange(corpus);
  const originals = pairs.map((pair) =>
    pair.map((recording) => logPower(readCodes(recording), recording.sampleRate)),
  );
  const row = (id: string, ratio: number, given: readonly (readonly Float64Array[])[]): HeldOutDecoding => {
    const ofPairs = pairs.flatMap(([{ samples }], i) => {
      const found = [0, 1].flatMap((which) =>
        [true, false].flatMap(
          (first) => decodedCorrelation(given[i]![which]!, originals[i]![1 - which]!, first) ?? [],
        ),
      );
      return found.length === 0
        ? []
        : [{ samples, value: found.reduce((sum, one) => sum + one, 0) / found.length }];
    });
    const middle = (drawn: readonly { readonly value: number }[]): number | null =>
      median(drawn.map(({ value }) => value));
    return {
      id,
      ratio,
      pairs: ofPairs.length,
      correlation:
        ofPairs.length === 0
          ? null
          : bootstrapInterval(groupsOfEqualLength(ofPairs), middle, { replicates: 1000 }),
      p: signedRankTest(ofPairs.map(({ value }) => value)).p,
    };
  };
  if (pairs.length === 0) return [];
  const ofOriginals = row('original', 1, originals);
  if (!((ofOriginals.correlation?.estimate ?? 0) > 0 && ofOriginals.p < LEVEL)) return [ofOriginals];
  const coded = curves.flatMap((curve) => {
    const codec = codecFromId(curve.basis, range);
    const steps = ratios.map((ratio) => stepAtRatio(curve, ratio));
    // For each pair and recording the power at each ratio; a recording is prepared once for all.
    const given = pairs.map((pair) =>
      pair.map((recording) => {
        const codes = readCodes(recording);
        const prepared = preparedRecording(codec, codes);
        return steps.map((step) => {
          if (step === undefined) return undefined;
          const { bytes } = prepared.encode(step);
          return logPower(codec.decodeViews?.(bytes).power ?? codec.decode(bytes), recording.sampleRate);
        });
      }),
    );
    return ratios.flatMap((ratio, i) =>
      steps[i] === undefined
        ? []
        : [
            row(
              curve.basis,
              ratio,
              given.map((pair) => pair.map((powers) => powers[i]!)),
            ),
          ],
    );
  });
  return [ofOriginals, ...coded];
}
