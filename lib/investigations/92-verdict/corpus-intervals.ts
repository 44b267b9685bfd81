/**
 * Codecs on drawn corpora: PSNR at equal bytes and bytes at equal PSNR, with intervals. All codecs see the same draws, so
 * differences are paired.
 */
import { meanSquaredError, peakSignalToNoiseRatio } from '../../metrics/distortion';
import { cheapestPoints } from '../../numerics/bjontegaard';
import { monotoneCubic, valueWithin, type PiecewiseCubic } from '../../numerics/monotone-cubic';
import { uniformNumbers } from '../../numerics/random';
import { quantileOfSorted, type Interval } from '../../numerics/statistics';
import { groupsOfEqualLength } from '../../recordings/folds';
import type { MeasuredCodec, VerdictMeasurements } from './measured-codecs';

/** Compression ratios of the verdict. */
export const VERDICT_RATIOS: readonly number[] = [5, 10, 20, 50, 100, 200];

const REPLICATES = 1000;
const SEED = 1;

/** 95%. */
const TAIL = 0.025;

/** One codec at each of {@link VERDICT_RATIOS}; null where its curve does not reach. */
export interface CorpusNumbers {
  readonly codec: MeasuredCodec;
  /** dB at this compression ratio. */
  readonly psnr: readonly (Interval | null)[];
  /** dB more than the reference has at this compression ratio. */
  readonly difference: readonly (Interval | null)[];
  /** % of bytes more than the reference needs, at the PSNR that the reference has at this compression ratio. */
  readonly bytes: readonly (Interval | null)[];
}

/** The corpus itself first, then as many drawn ones as there are replicates: how often each group counts. */
export function drawnGroups(groups: number): Uint16Array[] {
  const random = uniformNumbers(SEED);
  const once = new Uint16Array(groups).fill(1);
  return [
    once,
    ...Array.from({ length: REPLICATES }, () => {
      const counts = new Uint16Array(groups);
      for (let draw = 0; draw < groups; draw++) counts[Math.floor(random() * groups)]!++;
      return counts;
    }),
  ];
}

/** An interval from the value on the corpus itself and those on drawn ones; null where the corpus has none. */
export function intervalOfDraws(values: readonly (number | null)[]): Interval | null {
  const [estimate, ...drawn] = values;
  if (estimate === null || estimate === undefined) return null;
  const sorted = Float64Array.from(drawn.filter((value): value is number => value !== null)).sort();
  return {
    estimate,
    lower: quantileOfSorted(sorted, TAIL) ?? estimate,
    upper: quantileOfSorted(sorted, 1 - TAIL) ?? estimate,
  };
}

/** The logarithm of the compression ratio over the PSNR, and the other way round. */
interface DrawnCurve {
  readonly psnr: PiecewiseCubic;
  readonly ratio: PiecewiseCubic;
}

/**
 * Every codec against one of them, on the corpus and on drawn ones: groups of recordings of equal length.
 *
 * @param codecs - the compared ones, of the same measurements
 */
export function corpusNumbers(
  { recordings, corpus }: Pick<VerdictMeasurements, 'recordings' | 'corpus'>,
  codecs: readonly MeasuredCodec[],
  reference: MeasuredCodec,
): CorpusNumbers[] {
  const groups = groupsOfEqualLength(
    recordings.map(({ recording }, index) => ({ samples: recording.samples, index })),
  );
  const draws = drawnGroups(groups.length);
  const summed = (value: (index: number) => number): Float64Array =>
    Float64Array.from(groups, (group) => group.reduce((sum, { index }) => sum + value(index), 0));
  const weighted = (counts: Uint16Array, values: Float64Array): number =>
    values.reduce((sum, value, i) => sum + counts[i]! * value, 0);
  const samples = summed((index) => recordings[index]!.recording.samples);
  const wavBytes = summed((index) => recordings[index]!.recording.wavBytes);
  const curvesOf = ({ steps, bytes, squaredError }: MeasuredCodec): (DrawnCurve | null)[] => {
    const columns = steps.map((_, i) => ({
      bytes: summed((index) => bytes[index]![i]!),
      error: summed((index) => squaredError[index]![i]!),
    }));
    return draws.map((counts) => {
      const [whole, drawnSamples] = [weighted(counts, wavBytes), weighted(counts, samples)];
      const points = cheapestPoints(
        columns.map((column) => ({
          rate: weighted(counts, column.bytes) / whole,
          psnr: peakSignalToNoiseRatio(
            meanSquaredError(weighted(counts, column.error), drawnSamples),
            corpus.fullScale.codes,
          ),
        })),
      );
      return drawnCurve(points.map(({ rate, psnr }) => ({ ratio: -Math.log(rate), psnr })));
    });
  };
  const ofReference = curvesOf(reference);
  return codecs.map((codec) => {
    const curves = codec === reference ? ofReference : curvesOf(codec);
    const numbers = VERDICT_RATIOS.map((ratio) => {
      const at = Math.log(ratio);
      const drawn = curves.map((curve, d) => {
        const other = ofReference[d];
        const psnr = curve ? valueWithin(curve.psnr, at) : undefined;
        const quality = other ? valueWithin(other.psnr, at) : undefined;
        // Both are read from curves over the quality: one over the ratio would part from them between points.
        const [reached, own] = [curve, other].map((one) =>
          one && quality !== undefined ? valueWithin(one.ratio, quality) : undefined,
        );
        return {
          psnr: psnr ?? null,
          difference: psnr === undefined || quality === undefined ? null : psnr - quality,
          bytes: reached === undefined || own === undefined ? null : 100 * Math.expm1(own - reached),
        };
      });
      return {
        psnr: intervalOfDraws(drawn.map((one) => one.psnr)),
        difference: intervalOfDraws(drawn.map((one) => one.difference)),
        bytes: intervalOfDraws(drawn.map((one) => one.bytes)),
      };
    });
    return {
      codec,
      psnr: numbers.map(({ psnr }) => psnr),
      difference: numbers.map(({ difference }) => difference),
      bytes: numbers.map(({ bytes }) => bytes),
    };
  });
}

/** Null where fewer than two points are left. */
function drawnCurve(points: readonly { readonly ratio: number; readonly psnr: number }[]): DrawnCurve | null {
  const byRatio = [...points]
    .sort((a, b) => a.ratio - b.ratio)
    .filter(({ ratio }, i, all) => ratio !== all[i - 1]?.ratio);
  const byPsnr = [...byRatio].sort((a, b) => a.psnr - b.psnr);
  if (byRatio.length < 2) return null;
  return {
    psnr: monotoneCubic(
      Float64Array.from(byRatio, ({ ratio }) => ratio),
      Float64Array.from(byRatio, ({ psnr }) => psnr),
    ),
    ratio: monotoneCubic(
      Float64Array.from(byPsnr, ({ psnr }) => psnr),
      Float64Array.from(byPsnr, ({ ratio }) => ratio),
    ),
  };
}
