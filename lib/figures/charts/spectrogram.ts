/** Spectrogram: power of one recording over time and frequency. */
import type { Data } from 'plotly.js';
import { roundSignificant, type Figure } from '../figure';
import { linearAxis, subtitle, themeLayout, type Headline } from '../theme';

/** Power on a grid of times and frequencies. */
export interface TimeFrequencyPower {
  /** Seconds, ascending, equally spaced. */
  readonly times: ArrayLike<number>;
  /** Hz, ascending, equally spaced. */
  readonly frequencies: ArrayLike<number>;
  /** dB; one row for each frequency. */
  readonly power: readonly ArrayLike<number>[];
}

/** Range of the color scale in decibels below the maximum. */
const DYNAMIC_RANGE = 60;

/** One recording's power over time and frequency, in dB, in a colour scale that also works in gray. */
export function spectrogram(
  { times, frequencies, power }: TimeFrequencyPower,
  headline: Headline,
  options: { readonly unit?: string; readonly name?: string } = {},
): Figure {
  const { unit = 'dB re 1 code²/Hz', name = 'spectrogram' } = options;
  let highest = -Infinity;
  for (const row of power) for (let i = 0; i < row.length; i++) highest = Math.max(highest, row[i]!);
  const data: Data[] = [
    {
      type: 'heatmap',
      x: Array.from(times, (time) => roundSignificant(time, 6)),
      y: Array.from(frequencies, (frequency) => roundSignificant(frequency / 1000, 6)),
      // Rounded to a tenth of a decibel, which is less than one color.
      z: power.map((row) => Array.from(row, (value) => Math.round(10 * value) / 10)),
      zmin: Math.round(highest - DYNAMIC_RANGE),
      zmax: Math.round(highest),
      colorscale: 'Cividis',
      colorbar: { title: { text: unit, side: 'right' }, thickness: 14, outlinewidth: 0 },
      hovertemplate: '%{x:.3f} s, %{y:.2f} kHz: %{z:.1f} dB<extra></extra>',
    } as Data,
  ];
  return {
    name,
    title: headline.title,
    subtitle: subtitle(headline),
    data,
    layout: {
      ...themeLayout(headline, { legendEntries: 0 }),
      xaxis: linearAxis({ quantity: 'Time', unit: 's' }),
      yaxis: linearAxis({ quantity: 'Frequency', unit: 'kHz' }),
    },
  };
}
