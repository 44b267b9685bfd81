/**
 * Original over decoded waveforms.
 */
import type { Data } from 'plotly.js';
import type { Figure } from '../figure';
import { panelGrid } from './panels';
import {
  lineStyle,
  linearAxis,
  PALETTE,
  subtitle,
  themeLayout,
  type Headline,
  type LineStyle,
} from '../theme';
import { thinSeries } from '../thinning';

/** The same stretch of a recording, decoded from one compressed file. */
export interface DecodedStretch {
  /** Heading of the panel: `"CR 20, SNR 12.3 dB"`. */
  readonly label: string;
  /** ADC codes, as many as the original has. */
  readonly codes: ArrayLike<number>;
}

/** A stretch of a recording, and what is left of it. */
export interface WaveformStretch {
  /** ADC codes. */
  readonly original: ArrayLike<number>;
  /** One panel each; with none, the original is drawn alone. */
  readonly decoded: readonly DecodedStretch[];
  /** Hz. */
  readonly sampleRate: number;
  /** Time of the first sample in the recording, ms. */
  readonly start?: number;
  readonly style?: LineStyle;
  readonly name?: string;
}

/** Pixel columns of a panel; all panels together stay under the limit of a figure. */
function columnsFor(lines: number): number {
  return Math.max(150, Math.min(800, Math.floor(4800 / lines)));
}

/** Panels one over another, each with the original (gray) and what was decoded (colored). */
export function waveforms(stretch: WaveformStretch, headline: Headline): Figure {
  const { original, decoded, sampleRate, start = 0, style = lineStyle(0) } = stretch;
  const count = Math.max(1, decoded.length);
  const grid = panelGrid(count, 1, { x: 0, y: 0.2 });
  const columns = columnsFor(count + decoded.length);
  const line = (codes: ArrayLike<number>): { x0: number; dx: number; y: number[] } => {
    const thinned = thinSeries(codes, columns);
    const milliseconds = 1000 / sampleRate;
    return {
      x0: start + thinned.start * milliseconds,
      dx: thinned.step * milliseconds,
      y: thinned.values,
    };
  };
  const data = grid.panels.flatMap((panel, index): Data[] => {
    const axes = { xaxis: panel.xaxis, yaxis: panel.yaxis, type: 'scatter', mode: 'lines' } as const;
    const left = decoded[index];
    return [
      {
        ...axes,
        ...line(original),
        name: 'original',
        legendgroup: 'original',
        showlegend: index === 0,
        line: { color: left ? '#a8a8a8' : PALETTE.black, width: left ? 2.4 : 0.9 },
        hovertemplate: '%{x:.2f} ms: %{y}<extra>original</extra>',
      },
      ...(left
        ? [
            {
              ...axes,
              ...line(left.codes),
              name: 'decoded',
              legendgroup: 'decoded',
              showlegend: index === 0,
              line: { color: style.color, width: 1.4 },
              hovertemplate: `%{x:.2f} ms: %{y}<extra>${left.label}</extra>`,
            },
          ]
        : []),
    ];
  });
  return {
    name: stretch.name ?? 'waveforms',
    title: headline.title,
    subtitle: subtitle(headline),
    data,
    layout: {
      ...themeLayout(headline, {
        height: 190 + Math.max(230, 150 * count),
        legendEntries: decoded.length > 0 ? 2 : 0,
        panelHeadings: decoded.length > 0,
      }),
      ...grid.layout(
        (panel, index) => ({
          x: {
            ...linearAxis({ quantity: 'Time', unit: 'ms' }),
            ...(index > 0 ? { matches: 'x' as const } : {}),
            ...(panel.lowest ? {} : { title: { text: '' }, showticklabels: false }),
          },
          y: {
            ...linearAxis({ quantity: count > 2 ? '' : 'Signal', unit: 'ADC codes' }),
            ...(index > 0 ? { matches: 'y' as const } : {}),
            nticks: 5,
          },
        }),
        decoded.length > 0 ? decoded.map(({ label }) => label) : undefined,
      ),
    },
  };
}
