/**
 * A signal in a panel: a line through its samples, or its envelope when the samples are too many for the
 * width.
 */
import type { Data, LayoutAxis } from 'plotly.js';
import { roundSignificant } from './figure';
import { translucent, withDetail, type Headline } from './theme';
import { envelope } from './thinning';

/** Color, width and texts of a drawn signal. */
export interface SignalLook {
  readonly name: string;
  /** CSS color `#rrggbb`. */
  readonly color: string;
  /** CSS pixels. */
  readonly width: number;
  /** Text at the pointer; the name when left out. */
  readonly hover?: string;
  /** Whether the signal has a legend entry. Default true. */
  readonly legend?: boolean;
}

/** The horizontal axis of a signal. */
export interface SignalTime {
  /** Time of the first sample, and from one sample to the next, in the unit of the axis. */
  readonly start: number;
  readonly step: number;
  /** `"ms"`. */
  readonly unit: string;
  readonly xaxis: string;
  readonly yaxis: string;
}

/** Samples for each pixel column up to which all are drawn; a screen of twice the resolution can show two. */
const SAMPLES_OF_COLUMN = 2;

/** Digits that values are drawn with. */
const DIGITS = 4;

/** A value as it is drawn. */
export function drawnValue(value: number): number {
  return roundSignificant(value, DIGITS);
}

/**
 * What is taken off codes before they are drawn: their mean where they have too many digits, as those of digitizers of 16
 * bits, whose neighbors would look alike; else nothing.
 *
 * @param codes - of the original
 */
export function drawnOffset(codes: ArrayLike<number>): number {
  const list = Array.from(codes);
  if (list.every((code) => Math.abs(code) < 10 ** DIGITS)) return 0;
  return Math.round(list.reduce((sum, code) => sum + code, 0) / list.length);
}

/** A headline that says whether a mean was taken off: see {@link drawnOffset}. */
export function withOffset(headline: Headline, offset: number): Headline {
  return offset === 0 ? headline : withDetail(headline, 'about the mean');
}

/** Whether a signal of so many samples is drawn as its envelope. */
export function isEnvelope(samples: number, columns: number): boolean {
  return samples > SAMPLES_OF_COLUMN * columns;
}

/** The traces of a signal: one line, or the two edges of its envelope. */
export function signalTraces(
  signal: ArrayLike<number>,
  columns: number,
  time: SignalTime,
  look: SignalLook,
): Data[] {
  const { start, step, unit, xaxis, yaxis } = time;
  const { name, color, width, hover = name, legend = true } = look;
  const values = (list: ArrayLike<number>): number[] => Array.from(list, drawnValue);
  const common = { type: 'scatter', mode: 'lines', xaxis, yaxis, legendgroup: name } as const;
  if (!isEnvelope(signal.length, columns)) {
    return [
      {
        ...common,
        name,
        showlegend: legend,
        x0: start,
        dx: step,
        y: values(signal),
        line: { color, width },
        hovertemplate: `%{x:.5~g} ${unit}: %{y:.4~g}<extra>${hover}</extra>`,
      },
    ];
  }
  const { group, start: middle, lowest, highest } = envelope(signal, columns);
  const edge = {
    ...common,
    x0: start + middle * step,
    dx: group * step,
    // A thin line keeps the envelope visible where the signal is constant.
    line: { color, width: Math.min(width, 0.8) },
  };
  const text = (which: string): string =>
    `about %{x:.5~g} ${unit}: %{y:.4~g}, the ${which} of ${group} samples<extra>${hover}</extra>`;
  return [
    { ...edge, name: `${name}, lowest`, showlegend: false, y: values(lowest), hovertemplate: text('lowest') },
    {
      ...edge,
      name: `${name}, envelope`,
      showlegend: legend,
      y: values(highest),
      fill: 'tonexty',
      fillcolor: translucent(color, 0.75),
      hovertemplate: text('highest'),
    },
  ];
}

/** Adds to a headline that the picture is an envelope, and of how many samples. */
export function withEnvelope(headline: Headline, samples: number, columns: number): Headline {
  if (!isEnvelope(samples, columns)) return headline;
  return withDetail(headline, `envelope: lowest and highest of each ${Math.ceil(samples / columns)} samples`);
}

/**
 * The time axis of a signal. That of an envelope cannot be zoomed, since the picture holds no finer detail.
 */
export function signalAxis(samples: number, columns: number): Partial<LayoutAxis> {
  return isEnvelope(samples, columns) ? { fixedrange: true } : {};
}
