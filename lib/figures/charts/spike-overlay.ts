/** Spikes drawn over one another. */
import type { Data } from 'plotly.js';
import { roundSignificant, type Figure } from '../figure';
import { panelGrid } from './panels';
import {
  lineStyle,
  linearAxis,
  PALETTE,
  subtitle,
  themeLayout,
  translucent,
  type Headline,
  type LineStyle,
} from '../theme';
import { everyFew } from '../thinning';

/** Spikes of one panel. */
export interface SpikeSet {
  /** Heading of the panel: `"original, 213 spikes"`. */
  readonly label: string;
  /** ADC codes, all of the same length. */
  readonly spikes: readonly ArrayLike<number>[];
  readonly style?: LineStyle;
}

/** Position of the spikes in their cuts. */
export interface SpikeCut {
  /** Hz. */
  readonly sampleRate: number;
  /** Samples before the spike. */
  readonly samplesBefore: number;
  readonly name?: string;
}

/** Most samples of spikes drawn in all panels together; the mean is taken over all spikes. */
const DRAWN_SAMPLES = 3600;

/** Aligned spikes and their mean, one panel a set. */
export function spikeOverlay(sets: readonly SpikeSet[], cut: SpikeCut, headline: Headline): Figure {
  const grid = panelGrid(sets.length, Math.min(3, sets.length), { x: 0.06, y: 0.3 });
  const time = (sample: number): number =>
    roundSignificant((1000 * (sample - cut.samplesBefore)) / cut.sampleRate, 4);
  const data = grid.panels.flatMap((panel, index): Data[] => {
    const { spikes, style = lineStyle(index) } = sets[index] as SpikeSet;
    const length = spikes[0]?.length ?? 0;
    const mean = new Array<number>(length).fill(0);
    for (const spike of spikes)
      for (let i = 0; i < length; i++) mean[i] = (mean[i] ?? 0) + (spike[i] as number);
    // One trace with gaps draws all spikes: a trace for each would be slow.
    const x: (number | null)[] = [];
    const y: (number | null)[] = [];
    for (const spike of everyFew(
      spikes,
      Math.max(2, Math.floor(DRAWN_SAMPLES / (sets.length * Math.max(1, length)))),
    )) {
      for (let i = 0; i < length; i++) {
        x.push(time(i));
        y.push(roundSignificant(spike[i] as number, 3));
      }
      x.push(null);
      y.push(null);
    }
    const axes = { type: 'scatter', mode: 'lines', xaxis: panel.xaxis, yaxis: panel.yaxis } as const;
    return [
      {
        ...axes,
        name: 'single spikes',
        legendgroup: 'single',
        showlegend: index === 0,
        x,
        y,
        line: { color: translucent(style.color, 0.3), width: 1 },
        hoverinfo: 'skip',
      },
      {
        ...axes,
        name: 'mean',
        legendgroup: 'mean',
        showlegend: index === 0,
        x: mean.map((_, i) => time(i)),
        y: mean.map((sum) => roundSignificant(sum / Math.max(1, spikes.length), 4)),
        line: { color: PALETTE.black, width: 2.6 },
        hovertemplate: '%{x:.2f} ms: %{y:.3~g}<extra>mean</extra>',
      },
    ];
  });
  return {
    name: cut.name ?? 'spikes',
    title: headline.title,
    subtitle: subtitle(headline),
    data,
    layout: {
      ...themeLayout(headline, {
        height: 200 + 260 * Math.ceil(sets.length / 3),
        legendEntries: 2,
        panelHeadings: true,
      }),
      ...grid.layout(
        (panel) => ({
          x: linearAxis({ quantity: 'Time', unit: 'ms' }),
          y: {
            ...linearAxis({ quantity: 'Signal', unit: 'ADC codes' }),
            ...(panel.yaxis === 'y' ? {} : { matches: 'y' as const }),
            ...(panel.column === 0 ? {} : { title: { text: '' }, showticklabels: false }),
          },
        }),
        sets.map(({ label }) => label),
      ),
    },
  };
}
