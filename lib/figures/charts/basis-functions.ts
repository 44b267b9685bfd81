/** Small panels of basis functions. */
import type { Data } from 'plotly.js';
import type { Figure } from '../figure';
import { panelGrid } from './panels';
import { signalAxis, signalTraces, withEnvelope } from '../signal-traces';
import { lineStyle, linearAxis, subtitle, themeLayout, type Headline, type LineStyle } from '../theme';

/** One function of a basis. */
export interface BasisFunction {
  /** Heading of its panel: `"k = 3"`, `"scale 2"`. */
  readonly label: string;
  readonly values: ArrayLike<number>;
}

/** Settings of a figure of basis functions. */
export interface BasisFunctionOptions {
  /** Hz. With it the axis is in ms, without it in samples. */
  readonly sampleRate?: number;
  readonly columns?: number;
  readonly style?: LineStyle;
  readonly name?: string;
}

/** A few functions of a basis, one small panel each, all to the same scale. */
export function basisFunctions(
  functions: readonly BasisFunction[],
  headline: Headline,
  options: BasisFunctionOptions = {},
): Figure {
  const { columns = Math.min(4, functions.length), style = lineStyle(0), sampleRate } = options;
  const grid = panelGrid(functions.length, columns, { x: 0.14, y: 0.42 });
  const unit = sampleRate === undefined ? 1 : 1000 / sampleRate;
  const pixels = Math.max(60, Math.floor(3600 / functions.length));
  const longest = Math.max(0, ...functions.map(({ values }) => values.length));
  const explained = withEnvelope(headline, longest, pixels);
  const data = grid.panels.flatMap((panel, index): Data[] => {
    const { label, values } = functions[index] as BasisFunction;
    return signalTraces(
      values,
      pixels,
      { ...panel, start: 0, step: unit, unit: sampleRate === undefined ? 'samples' : 'ms' },
      { name: label, color: style.color, width: 1.6 },
    );
  });
  const rows = Math.ceil(functions.length / columns);
  return {
    name: options.name ?? 'basis-functions',
    title: headline.title,
    subtitle: subtitle(explained),
    data,
    layout: {
      ...themeLayout(explained, { height: 150 + 150 * rows, legendEntries: 0, panelHeadings: true }),
      ...grid.layout(
        (panel, index) => ({
          x: {
            ...linearAxis({ quantity: 'Time', unit: sampleRate === undefined ? 'samples' : 'ms' }),
            ...(panel.lowest ? {} : { title: { text: '' }, showticklabels: false }),
            nticks: 4,
            ...signalAxis(functions[index]!.values.length, pixels),
          },
          y: {
            ...linearAxis({ quantity: 'Amplitude', unit: 'none' }),
            ...(panel.yaxis === 'y' ? {} : { matches: 'y' as const }),
            ...(panel.column === 0 ? {} : { title: { text: '' }, showticklabels: false }),
            zeroline: true,
            zerolinecolor: '#bbbbbb',
            nticks: 4,
          },
        }),
        functions.map(({ label }) => label),
      ),
    },
  };
}
