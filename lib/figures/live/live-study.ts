/**
 * Data of a live study: every operating point that its controls can reach, computed beforehand on one
 * recording, so that it answers at once. `live-picture.ts` draws it; `page/live-study.ts` has the controls.
 */
import { valueOfCubic } from '../../numerics/monotone-cubic';
import { cubicOverCost } from '../../results/curve-at-ratio';
import type { LineStyle } from '../theme';

/** One control: a parameter and its values. */
export interface LiveControl {
  /** Label with a capital, and the unit where there is one: `"Block length, samples"`. */
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
  /** Coefficients that are not zero, divided by samples. */
  readonly nonzeroFraction: number;
  /** Decoded minus original ADC codes of the stretch, packed (see `packed-integers.ts`). */
  readonly error: string;
}

/** All data of a live study. */
export interface LiveStudy {
  /** Title: the finding or the question, one line. */
  readonly title: string;
  /** Subtitle: what was measured on which data, one line. */
  readonly subtitle: string;
  readonly style: LineStyle;
  /** The last control is the quantizer step. */
  readonly controls: readonly LiveControl[];
  /** Index of the initial value of each control. */
  readonly start: readonly number[];
  /** Points of all combinations of values; the last control changes fastest. */
  readonly points: readonly LivePoint[];
  /** Original ADC codes of the stretch, packed. */
  readonly codes: string;
  /** Time of the first sample of the stretch in the recording, ms. */
  readonly from: number;
  /** Samples a second. */
  readonly sampleRate: number;
}

/** Index in {@link LiveStudy.points} of the point with these value indices. */
export function pointIndex(controls: readonly LiveControl[], places: readonly number[]): number {
  return controls.reduce((index, { values }, i) => index * values.length + places[i]!, 0);
}

/** A curve: the points of all steps, with the other controls at these values. */
export function pointsOfCurve({ controls, points }: LiveStudy, places: readonly number[]): LivePoint[] {
  const last = controls.length - 1;
  return controls[last]!.values.map(
    (_, step) => points[pointIndex(controls, [...places.slice(0, last), step])]!,
  );
}

/** A point of a curve relative to the initial curve. */
export interface GainPoint {
  readonly compressionRatio: number;
  /** SNR in dB above the initial curve at the same compression ratio. */
  readonly gain: number;
}

/**
 * A curve relative to the initial curve: curves of one family lie so close together that only their
 * difference can be seen. The initial curve is interpolated by a monotone cubic over the logarithm of the
 * ratio, and continues straight beyond its ends.
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

/** One line of text: the operating point and its quality. */
export function pointText({ controls, points }: LiveStudy, places: readonly number[]): string {
  const point = points[pointIndex(controls, places)]!;
  const step = controls[controls.length - 1]!.values[places[places.length - 1]!]!;
  const decibels = (value: number): string => value.toFixed(1).replace('-', '−');
  return (
    `${point.id} at step ${step}: CR ${point.compressionRatio.toFixed(1)}, SNR ${decibels(point.snr)} dB, ` +
    `in-band SNR ${decibels(point.inBandSnr)} dB, ${(100 * point.nonzeroFraction).toFixed(1)}% of coefficients kept`
  );
}
