/**
 * A study that answers at once: every operating point that its controls can reach was computed beforehand, on one
 * recording. These are its data; `live-picture.ts` draws them, `page/live-study.ts` lets the reader choose.
 */
import { valueOfCubic } from '../../numerics/monotone-cubic';
import { cubicOverCost } from '../../results/curve-at-ratio';
import type { LineStyle } from '../theme';

/** Something to choose. */
export interface LiveControl {
  /** With a capital, and the unit where there is one: `"Block length, samples"`. */
  readonly label: string;
  readonly values: readonly (number | string)[];
}

/** One operating point of the recording. */
export interface LivePoint {
  /** Id of the codec. */
  readonly id: string;
  /** WAV bytes over compressed bytes. */
  readonly compressionRatio: number;
  /** dB, of the whole recording. */
  readonly snr: number;
  /** dB, of the whole recording, 300–5000 Hz. */
  readonly inBandSnr: number;
  /** Coefficients that are not zero, over samples. */
  readonly nonzeroFraction: number;
  /** Decoded minus original ADC codes of the stretch, packed (see `packed-integers.ts`). */
  readonly error: string;
}

/** Everything that a live study shows. */
export interface LiveStudy {
  /** The finding or the question, one line. */
  readonly title: string;
  /** What was measured on what, one line. */
  readonly subtitle: string;
  readonly style: LineStyle;
  /** The last is the quantizer step. */
  readonly controls: readonly LiveControl[];
  /** Place of the value of each control that is shown first. */
  readonly start: readonly number[];
  /** One for each combination of values, that of the last control changing fastest. */
  readonly points: readonly LivePoint[];
  /** Original ADC codes of the stretch, packed. */
  readonly codes: string;
  /** Time of the first sample of the stretch in the recording, ms. */
  readonly from: number;
  /** Samples a second. */
  readonly sampleRate: number;
}

/** Place in {@link LiveStudy.points} of the values at these places. */
export function pointIndex(controls: readonly LiveControl[], places: readonly number[]): number {
  return controls.reduce((index, { values }, i) => index * values.length + places[i]!, 0);
}

/** The points of all steps with the other controls at these places: a curve. */
export function pointsOfCurve({ controls, points }: LiveStudy, places: readonly number[]): LivePoint[] {
  const last = controls.length - 1;
  return controls[last]!.values.map(
    (_, step) => points[pointIndex(controls, [...places.slice(0, last), step])]!,
  );
}

/** A point of a curve against the one that is shown first. */
export interface GainPoint {
  readonly compressionRatio: number;
  /** dB of SNR more than the curve that is shown first has at the same compression ratio. */
  readonly gain: number;
}

/**
 * A curve against the one that is shown first: curves of one family lie so close that only their difference is seen.
 * That of the first is a monotone cubic over the logarithm of the ratio, which goes on straight at its ends.
 */
export function gainsOfCurve(study: LiveStudy, places: readonly number[]): GainPoint[] {
  const reference = cubicOverCost(
    pointsOfCurve(study, study.start).map(({ compressionRatio, snr }) => ({
      cost: compressionRatio,
      quality: snr,
    })),
  );
  const own = pointsOfCurve(study, places);
  if (!reference) return own.map(({ compressionRatio }) => ({ compressionRatio, gain: 0 }));
  return own.map(({ compressionRatio, snr }) => ({
    compressionRatio,
    gain: snr - valueOfCubic(reference, Math.log(compressionRatio)),
  }));
}

/** The lowest and the highest gain of all curves, dB. */
export function gainRange(study: LiveStudy): { lowest: number; highest: number } {
  const curves = study.controls
    .slice(0, -1)
    .reduce<number[][]>(
      (all, { values }) => all.flatMap((some) => values.map((_, place) => [...some, place])),
      [[]],
    );
  const gains = curves.flatMap((places) => gainsOfCurve(study, [...places, 0]).map(({ gain }) => gain));
  return { lowest: Math.min(...gains), highest: Math.max(...gains) };
}

/** Name of the axis of {@link gainsOfCurve}. */
export function gainName({ controls, points, start }: LiveStudy): string {
  return `SNR minus that of ${points[pointIndex(controls, start)]!.id}, dB`;
}

/** One line for people: what the point is and what it reaches. */
export function pointText({ controls, points }: LiveStudy, places: readonly number[]): string {
  const point = points[pointIndex(controls, places)]!;
  const step = controls[controls.length - 1]!.values[places[places.length - 1]!]!;
  const decibels = (value: number): string => value.toFixed(1).replace('-', '−');
  return (
    `${point.id} at step ${step}: CR ${point.compressionRatio.toFixed(1)}, SNR ${decibels(point.snr)} dB, ` +
    `in-band SNR ${decibels(point.inBandSnr)} dB, ${(100 * point.nonzeroFraction).toFixed(1)}% of coefficients kept`
  );
}
