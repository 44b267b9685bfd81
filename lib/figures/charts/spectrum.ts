/**
 * Power spectral densities.
 */
import type { Data, Shape } from 'plotly.js';
import { roundSignificant, type Figure } from '../figure';
import {
  lineStyle,
  logAxis,
  subtitle,
  themeLayout,
  translucent,
  type Headline,
  type LineStyle,
  type Unit,
} from '../theme';
import { thinSpectrum } from '../thinning';

/** Spectra of the recordings of a corpus, summarized. */
export interface SpectrumSummary {
  readonly label: string;
  /** Hz, ascending. */
  readonly frequencies: ArrayLike<number>;
  /** Median over recordings of the power spectral density. */
  readonly median: ArrayLike<number>;
  /** Quartiles over recordings; give both or neither. */
  readonly lowerQuartile?: ArrayLike<number>;
  readonly upperQuartile?: ArrayLike<number>;
  readonly style?: LineStyle;
}

/** A range of frequencies that is shaded and named. */
export interface FrequencyBand {
  readonly label: string;
  /** Hz. */
  readonly from: number;
  readonly to: number;
}

/** Settings of a figure of spectra. */
export interface SpectrumOptions {
  /** Name of the vertical axis; power spectral density when left out. */
  readonly quantity?: string;
  readonly unit?: Unit;
  readonly bands?: readonly FrequencyBand[];
  readonly name?: string;
}

const POINTS = 220;

/** Shades of the bands, used in turn. */
const SHADES = ['rgba(0,0,0,0.05)', 'rgba(0,0,0,0.09)'] as const;

/** Power spectral density over frequency, both logarithmic, with the band between the quartiles shaded. */
export function spectrum(
  summaries: readonly SpectrumSummary[],
  headline: Headline,
  options: SpectrumOptions = {},
): Figure {
  const frequencies: number[] = [];
  const densities: number[] = [];
  const light = (values: readonly number[]): number[] => values.map((value) => roundSignificant(value, 4));
  const data = summaries.flatMap((summary, index): Data[] => {
    const { label, median, lowerQuartile, upperQuartile, style = lineStyle(index) } = summary;
    const columns = lowerQuartile && upperQuartile ? [median, lowerQuartile, upperQuartile] : [median];
    const thinned = thinSpectrum(summary.frequencies, columns, POINTS);
    const x = light(thinned.frequencies);
    const [middle = [], lower, upper] = thinned.columns.map(light);
    frequencies.push(...x);
    densities.push(...middle, ...(lower ?? []), ...(upper ?? []));
    const band = { type: 'scatter', mode: 'lines', legendgroup: label, hoverinfo: 'skip', x } as const;
    return [
      ...(lower && upper
        ? ([
            { ...band, y: lower, line: { width: 0 }, showlegend: false },
            {
              ...band,
              y: upper,
              line: { width: 0 },
              fill: 'tonexty',
              fillcolor: translucent(style.color, 0.2),
              name: summaries.length > 1 ? `${label}, quartiles` : 'quartiles over recordings',
              showlegend: summaries.length === 1,
            },
          ] satisfies Data[])
        : []),
      {
        type: 'scatter',
        mode: 'lines',
        name: label,
        legendgroup: label,
        x,
        y: middle,
        line: { color: style.color, dash: style.dash, width: 2 },
        hovertemplate: `%{x:.4~g} Hz: %{y:.3~g}<extra>${label}</extra>`,
      },
    ];
  });
  const bands = options.bands ?? [];
  return {
    name: options.name ?? 'spectrum',
    title: headline.title,
    subtitle: subtitle(headline),
    data,
    layout: {
      ...themeLayout(headline, {
        legendEntries: summaries.length === 1 ? 2 : summaries.length,
        panelHeadings: bands.length > 0,
      }),
      xaxis: logAxis({ quantity: 'Frequency', unit: 'Hz' }, frequencies),
      yaxis: logAxis(
        { quantity: options.quantity ?? 'Power spectral density', unit: options.unit ?? 'ADC codes²/Hz' },
        densities,
      ),
      shapes: bands.map((band, index): Partial<Shape> => ({
        type: 'rect',
        xref: 'x',
        yref: 'paper',
        x0: band.from,
        x1: band.to,
        y0: 0,
        y1: 1,
        line: { width: 0 },
        fillcolor: SHADES[index % SHADES.length] as string,
        layer: 'below',
      })),
      annotations: bands.map((band) => ({
        text: band.label,
        xref: 'x',
        yref: 'paper',
        // Plotly places annotations on a logarithmic axis by the logarithm.
        x: (Math.log10(band.from) + Math.log10(band.to)) / 2,
        y: 1,
        yanchor: 'bottom',
        showarrow: false,
      })),
    },
  };
}
