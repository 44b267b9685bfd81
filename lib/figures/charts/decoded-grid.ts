/**
 * Several recordings as several codecs decode them: a column a recording, a row a codec.
 */
import type { Data } from 'plotly.js';
import type { Figure } from '../figure';
import { drawnOffset, signalTraces, withEnvelope, withOffset } from '../signal-traces';
import { linearAxis, panelHeading, subtitle, themeLayout, type Headline } from '../theme';
import { panelGrid } from './panels';

/** One recording, as it was and as each codec gives it back. */
export interface DecodedColumn {
  /** Heading of the column: `"spiking, 35 spikes a second"`. */
  readonly label: string;
  /** ADC codes, or the signal of a band. */
  readonly original: ArrayLike<number>;
  /** In the order of the rows, each as long as the original. */
  readonly decoded: readonly ArrayLike<number>[];
  /** Time of the first sample, ms. */
  readonly start: number;
}

/** A row of the grid. */
export interface DecodedRow {
  readonly label: string;
  /** CSS color. */
  readonly color: string;
}

/** Gray of the original. */
const ORIGINAL = '#a8a8a8';

/** Numbers of all lines together, so that a figure stays below the size limit. */
const MOST_NUMBERS = 7000;

/**
 * Originals (gray) under what codecs decode (in the color of the codec). Panels of one column share their axes.
 *
 * @param columns - one or more, all with as many samples
 * @param sampleRate - Hz
 */
export function decodedGrid(
  columns: readonly DecodedColumn[],
  rows: readonly DecodedRow[],
  sampleRate: number,
  headline: Headline,
  name: string,
): Figure {
  const grid = panelGrid(rows.length * columns.length, columns.length, { x: 0.16, y: 0.16 });
  const pixels = Math.max(60, Math.floor(MOST_NUMBERS / (4 * rows.length * columns.length)));
  const samples = columns[0]!.original.length;
  const offsets = columns.map(({ original }) => drawnOffset(original));
  const explained = withEnvelope(withOffset(headline, Math.max(...offsets)), samples, pixels);
  const data = grid.panels.flatMap((panel): Data[] => {
    const column = columns[panel.column]!;
    const row = rows[panel.row]!;
    const time = { ...panel, start: column.start, step: 1000 / sampleRate, unit: 'ms' };
    const legend = panel.column === 0;
    const offset = offsets[panel.column]!;
    const drawn = (codes: ArrayLike<number>): number[] => Array.from(codes, (code) => code - offset);
    return [
      ...signalTraces(drawn(column.original), pixels, time, {
        name: 'original',
        color: ORIGINAL,
        width: 2,
        legend: legend && panel.row === 0,
      }),
      ...signalTraces(drawn(column.decoded[panel.row]!), pixels, time, {
        name: row.label,
        color: row.color,
        width: 1.2,
        legend,
      }),
    ];
  });
  const layout = grid.layout((panel) => {
    const top = panel.row === 0 ? panel : grid.panels[panel.column]!;
    const shared = panel.row > 0;
    return {
      x: {
        ...linearAxis(
          { quantity: 'Time', unit: 'ms' },
          { nticks: 4, ...(shared && { matches: top.xaxis as 'x' }) },
        ),
        ...(panel.lowest ? {} : { title: { text: '' }, showticklabels: false }),
      },
      y: {
        ...linearAxis(
          { quantity: '', unit: panel.column === 0 ? 'ADC codes' : 'none' },
          { nticks: 4, ...(shared && { matches: top.yaxis as 'y' }) },
        ),
      },
    };
  });
  const headings = columns.map(({ label }, column) => {
    const { xaxis, yaxis } = grid.panels[column]!;
    return panelHeading(label, xaxis, yaxis);
  });
  return {
    name,
    title: headline.title,
    subtitle: subtitle(explained),
    data,
    layout: {
      ...themeLayout(explained, {
        height: 190 + 150 * rows.length,
        legendEntries: 1 + rows.length,
        panelHeadings: true,
      }),
      ...layout,
      annotations: headings,
    },
  };
}
