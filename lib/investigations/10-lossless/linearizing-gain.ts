/** Bytes that a basis saves, at equal PSNR, when it works on the linear scale of the digitizer. */
import { setImmediate } from 'node:timers/promises';
import type { Basis } from '../../bases/basis';
import { BlockMatrixBasis } from '../../bases/parts/block-matrix';
import { LinearScale, WIDTH_UNIT } from '../../codecs/lossless/linear-scale';
import { decodeSignal, encodeSignal } from '../../codecs/transform-codec';
import { ADC_RANGE } from '../../coding/sample-range';
import { WAV_KIND } from '../../coding/bitstream';
import { principalComponents } from '../../numerics/principal-components';
import { meanSquaredError, peakSignalToNoiseRatio } from '../../metrics/distortion';
import { ADC_CODES, MAX_ADC_CODE } from '../../recordings/adc';
import { readCodes, stratifiedSubset, type Corpus, type Recording } from '../../recordings/corpus';
import { foldOf, groupsOfEqualLength, type Fold } from '../../recordings/folds';
import { bjontegaardDeltaRate, cheapestPoints, type RatePoint } from '../../numerics/bjontegaard';
import { constantsFor } from './ablation';
import { LinearizedBasis } from './linearized-basis';
import { bootstrapInterval, type Interval } from '../../numerics/statistics';

/** Steps of the compared curves. From the first to the middle one, distortion is small. */
const STEPS = [2, 6, 12, 32, 96];
const MIDDLE = 2;

const EVEN_WIDTHS: readonly number[] = new Array<number>(ADC_CODES).fill(1 / WIDTH_UNIT);

/** A basis for a recording whose codes have these widths, in 1/4096. */
export interface LinearizingTrial {
  readonly label: string;
  /** @param recording - the recording to be coded: a learned basis must not have learned from it */
  readonly basis: (recording: Recording, widths: readonly number[]) => Basis;
}

/** Scales on which errors are measured: that of the codes, and the linear one. */
export const JUDGED_SCALES = ['codes', 'linear'] as const;
export type JudgedScale = (typeof JUDGED_SCALES)[number];

/** Gain of linearizing for a basis, with errors on one scale. */
export interface LinearizingGain {
  readonly label: string;
  readonly judged: JudgedScale;
  /**
   * Bjøntegaard delta rate in percent for small steps (2 to 12) and for large steps (12 to 96): the mean over
   * recordings, negative where bytes are saved, with its 95% interval over groups of equal length.
   */
  readonly small: Interval | null;
  readonly large: Interval | null;
}

/** One recording at one step. */
interface TrialPoint {
  readonly rate: number;
  readonly psnr: Readonly<Record<JudgedScale, number>>;
}

/** Measures bases on a few recordings, with code widths learned on the other fold. */
export async function linearizingGains(
  trials: readonly LinearizingTrial[],
  corpus: Corpus,
): Promise<LinearizingGain[]> {
  const gains: LinearizingGain[] = [];
  for (const { label, basis } of trials) {
    const measured: { samples: number; plain: TrialPoint[]; linearized: TrialPoint[] }[] = [];
    for (const recording of corpus.recordings) {
      const codes = readCodes(recording);
      const { widths } = constantsFor(recording);
      const { levels } = new LinearScale(widths);
      const linearBasis = new LinearizedBasis(basis(recording, widths), widths, meanOf(codes));
      const plain = pointsOf(codes, levels, basis(recording, EVEN_WIDTHS));
      measured.push({
        samples: recording.samples,
        plain,
        linearized: pointsOf(codes, levels, linearBasis),
      });
      // Lets an interrupt through.
      await setImmediate();
    }
    for (const judged of JUDGED_SCALES) {
      const found = measured.map(({ samples, plain, linearized }) => {
        const psnrAtStep = (k: number): number => plain[k]!.psnr[judged];
        const curves = [ratePoints(plain, judged), ratePoints(linearized, judged)] as const;
        return {
          samples,
          small: deltaRate(...curves, [psnrAtStep(MIDDLE), psnrAtStep(0)]),
          large: deltaRate(...curves, [psnrAtStep(STEPS.length - 1), psnrAtStep(MIDDLE)]),
        };
      });
      const groups = groupsOfEqualLength(found);
      const interval = (range: 'small' | 'large'): Interval | null =>
        bootstrapInterval(groups, (drawn) => {
          const rates = drawn.flatMap((one) => one[range] ?? []);
          return rates.length > 0 ? rates.reduce((sum, rate) => sum + rate, 0) / rates.length : null;
        });
      gains.push({ label, judged, small: interval('small'), large: interval('large') });
    }
  }
  return gains;
}

/**
 * Trial of principal components of blocks, learned on the scale given by the widths, from some recordings of
 * the fold without the coded recording.
 *
 * @param length - samples of a block
 * @param count - recordings to learn from
 */
export function principalTrial(corpus: Corpus, length: number, count: number): LinearizingTrial {
  const learned = new Map<string, BlockMatrixBasis>();
  return {
    label: `pca-${length}`,
    basis: (recording, widths) => {
      const fold = foldOf(recording.samples);
      const scale = widths === EVEN_WIDTHS ? 'codes' : 'linear';
      const id = `pca-${length}-${scale}-${fold}`;
      let basis = learned.get(id);
      if (basis === undefined) {
        const functions = componentsOf(corpus, length, count, fold, widths);
        learned.set(id, (basis = new BlockMatrixBasis(id, length, { functions })));
      }
      return basis;
    },
  };
}

function componentsOf(
  corpus: Corpus,
  length: number,
  count: number,
  judged: Fold,
  widths: readonly number[],
): Float64Array {
  const { levels } = new LinearScale(widths);
  const others = corpus.recordings.filter(({ samples }) => foldOf(samples) !== judged);
  const signals = stratifiedSubset(others, Math.min(count, others.length)).map((recording) => {
    const codes = readCodes(recording);
    const whole = codes.subarray(0, codes.length - (codes.length % length));
    const signal = Float64Array.from(whole, (code) => levels[code]!);
    const mean = signal.reduce((sum, value) => sum + value, 0) / signal.length;
    return signal.map((value) => value - mean);
  });
  const blocks = new Float64Array(signals.reduce((sum, signal) => sum + signal.length, 0));
  let at = 0;
  for (const signal of signals) {
    blocks.set(signal, at);
    at += signal.length;
  }
  return principalComponents(blocks, length).components;
}

function meanOf(codes: Uint16Array): number {
  return Math.round(codes.reduce((sum, code) => sum + code, 0) / codes.length);
}

function pointsOf(codes: Uint16Array, levels: Float64Array, basis: Basis): TrialPoint[] {
  return STEPS.map((step) => {
    const { header, payload } = encodeSignal(basis, codes, step, false, ADC_RANGE);
    const whole = { ...header, family: 0, parameter: 0, wavKind: WAV_KIND.canonical };
    const decoded = decodeSignal(basis, whole, payload, 0, payload.length, ADC_RANGE);
    let ofCodes = 0;
    let ofLevels = 0;
    for (let i = 0; i < codes.length; i++) {
      ofCodes += (decoded[i]! - codes[i]!) ** 2;
      ofLevels += (levels[decoded[i]!]! - levels[codes[i]!]!) ** 2;
    }
    const psnr = (sum: number): number =>
      peakSignalToNoiseRatio(meanSquaredError(sum, codes.length), MAX_ADC_CODE);
    return { rate: payload.length, psnr: { codes: psnr(ofCodes), linear: psnr(ofLevels) } };
  });
}

function ratePoints(points: readonly TrialPoint[], judged: JudgedScale): RatePoint[] {
  return cheapestPoints(points.map(({ rate, psnr }) => ({ rate, psnr: psnr[judged] })));
}

/** Null where the curves have no PSNR in common, as for a recording that is lost entirely at every step. */
function deltaRate(
  reference: readonly RatePoint[],
  curve: readonly RatePoint[],
  between: readonly [number, number],
): number | null {
  return reference.length < 2 || curve.length < 2 ? null : bjontegaardDeltaRate(reference, curve, between);
}
