/**
 * Original over decoded waveforms.
 */
import type { Data, Layout, LayoutAxis } from 'plotly.js';
import type { Figure } from '../figure';
import { panelGrid, type Panel } from './panels';
import {
  drawnOffset,
  drawnValue,
  signalAxis,
  signalTraces,
  withEnvelope,
  withOffset,
} from '../signal-traces';
import {
  lineStyle,
  linearAxis,
  PALETTE,
  subtitle,
  themeLayout,
  type Headline,
  type LineStyle,
} from '../theme';

/** A decoded stretch of a recording. */
export interface DecodedStretch {
  /** Heading of the panel: `"CR 20, SNR 12.3 dB"`. */
  readonly label: string;
  /** ADC codes, as many as the original has. */
  readonly codes: ArrayLike<number>;
}

/** A stretch of a recording with its decoded versions. */
export interface WaveformStretch {
  /** ADC codes. */
  readonly original: ArrayLike<number>;
  /** Decoded versions with a panel each; without any, the original is drawn alone. */
  readonly decoded: readonly DecodedStretch[];
  /** Hz. */
  readonly sampleRate: number;
  /** Time of the first sample in the recording, ms. */
  readonly start?: number;
  readonly style?: LineStyle;
  readonly name?: string;
}

/** Letters of all numbers together, so that a figure stays below its size limit. */
const MOST_LETTERS = 46_000;

/**
 * Pixel columns of a panel. An envelope has two numbers for each.
 *
 * @param lines - all that is drawn
 */
function columnsFor(lines: readonly ArrayLike<number>[]): number {
  const letters = lines.map(
    (line) =>
      Array.from(line).reduce((sum, value) => sum + String(drawnValue(value)).length + 1, 0) /
      Math.max(1, line.length),
  );
  const fitting = MOST_LETTERS / (2 * letters.reduce((sum, one) => sum + one, 0));
  return Math.max(150, Math.min(800, Math.floor(fitting)));
}

/** Gray of the original. */
const ORIGINAL = '#a8a8a8';

/** Height of the error strip below the waveforms as a part of the panel, and the gap between the two. */
const ERROR_PART = 0.24;
const ERROR_GAP = 0.06;

/**
 * Panels one over another, each with the original (gray) and the decoded signal (colored). The error is drawn
 * below them where the two can hardly be told apart. A stretch with more samples than the picture can resolve
 * is drawn as its envelope; the figure says so and cannot be zoomed in time.
 */
export function waveforms(stretch: WaveformStretch, headline: Headline): Figure {
  const { decoded, sampleRate, start = 0, style = lineStyle(0) } = stretch;
  const offset = drawnOffset(stretch.original);
  const drawn = (codes: ArrayLike<number>): number[] => Array.from(codes, (code) => code - offset);
  const original = drawn(stretch.original);
  const count = Math.max(1, decoded.length);
  const grid = panelGrid(count, 1, { x: 0, y: 0.2 });
  const panelsOf = decoded.map(({ codes }) => {
    const own = drawn(codes);
    return { codes: own, error: own.map((code, i) => code - original[i]!) };
  });
  const columns = columnsFor(
    panelsOf.length > 0 ? panelsOf.flatMap(({ codes, error }) => [original, codes, error]) : [original],
  );
  const explained = withEnvelope(withOffset(headline, offset), original.length, columns);
  // The axes of the errors are numbered after those of the waveforms.
  const errorAxis = (index: number): string => `y${count + index + 1}`;
  const data = grid.panels.flatMap((panel, index): Data[] => {
    const time = { ...panel, start, step: 1000 / sampleRate, unit: 'ms' };
    const left = decoded[index];
    const legend = index === 0;
    const before = signalTraces(original, columns, time, {
      name: 'original',
      color: left ? ORIGINAL : PALETTE.black,
      width: left ? 2.4 : 0.9,
      legend,
    });
    if (!left) return before;
    const { codes, error } = panelsOf[index]!;
    return [
      ...before,
      ...signalTraces(codes, columns, time, {
        name: 'decoded',
        color: style.color,
        width: 1.4,
        hover: left.label,
        legend,
      }),
      ...signalTraces(
        error,
        columns,
        { ...time, yaxis: errorAxis(index) },
        {
          name: 'error',
          color: PALETTE.black,
          width: 0.9,
          hover: `error, ${left.label}`,
          legend,
        },
      ),
    ];
  });
  const panels = grid.layout(
    (panel, index) => ({
      x: {
        ...linearAxis({ quantity: 'Time', unit: 'ms' }, signalAxis(original.length, columns)),
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
  );
  return {
    name: stretch.name ?? 'waveforms',
    title: headline.title,
    subtitle: subtitle(explained),
    data,
    layout: {
      ...themeLayout(explained, {
        height: 190 + Math.max(230, (decoded.length > 0 ? 190 : 150) * count),
        legendEntries: decoded.length > 0 ? 3 : 0,
        panelHeadings: decoded.length > 0,
      }),
      ...panels,
      ...(decoded.length > 0 && withErrors(panels, grid.panels, errorAxis)),
    },
  };
}

/** The panels with a strip for the error at the bottom of each. */
function withErrors(
  layout: Partial<Layout>,
  panels: readonly Panel[],
  errorAxis: (index: number) => string,
): Partial<Layout> {
  const axes: Record<string, Partial<LayoutAxis>> = {};
  panels.forEach(({ xaxis, yaxis }, index) => {
    const long = (axis: string): string => axis.replace(/^[xy]/, '$&axis');
    const own = layout[long(yaxis) as 'yaxis']!;
    const [bottom, top] = own.domain as [number, number];
    const height = top - bottom;
    const error = errorAxis(index);
    axes[long(xaxis)] = { ...layout[long(xaxis) as 'xaxis'], anchor: error as LayoutAxis['anchor'] };
    axes[long(yaxis)] = { ...own, domain: [bottom + (ERROR_PART + ERROR_GAP) * height, top] };
    axes[long(error)] = {
      // The strip is too low for an axis name: the legend names it, and its unit is that of the waveforms.
      title: { text: '' },
      domain: [bottom, bottom + ERROR_PART * height],
      anchor: xaxis as LayoutAxis['anchor'],
      zeroline: true,
      zerolinecolor: ORIGINAL,
      nticks: 3,
      ...(index > 0 ? { matches: errorAxis(0) as LayoutAxis['matches'] } : {}),
    };
  });
  return axes as Partial<Layout>;
}
