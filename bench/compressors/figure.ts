/**
 * Ratio against speed of all compressors, encoding above, decoding below.
 */
import type { Data } from 'plotly.js';
import type { Figure } from '../../lib/figures/figure';
import {
  linearAxis,
  logAxis,
  PALETTE,
  panelHeading,
  subtitle,
  themeLayout,
  type Headline,
} from '../../lib/figures/theme';
import { FORM_NAMES, FORMS, type Form } from './forms';
import type { Comparison } from './measure';

const STYLES: Readonly<Record<Form, { readonly color: string; readonly symbol: string }>> = {
  wav: { color: PALETTE.blue, symbol: 'circle' },
  'code-wav': { color: PALETTE.vermilion, symbol: 'square' },
  codes: { color: PALETTE.green, symbol: 'diamond' },
  packed: { color: PALETTE.orange, symbol: 'triangle-up' },
};

const SPEED = { quantity: 'Speed, million samples a second', unit: 'none' } as const;
const RATIO = { quantity: 'Compression ratio of the WAV files', unit: 'none' } as const;

/** One mark for each compressor and form, in two panels with one axis of ratios. */
export function compressorFigure(
  comparisons: readonly Comparison[],
  corpus: string,
  machine: string,
): Figure {
  const best = comparisons.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  const others = comparisons.filter(({ name }) => !name.startsWith('neurobasis'));
  const next = others.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  const headline: Headline = {
    title: `${best.name} reaches ${best.ratio.toFixed(3)}; the best of the others, ${next.name}, ${next.ratio.toFixed(3)}`,
    corpus,
    detail: `without loss, every file decoded and compared; one thread, ${machine}`,
  };
  const ratios = comparisons.map(({ ratio }) => ratio);
  const panel = (way: 'encodeSpeed' | 'decodeSpeed', axis: '' | '2'): Data[] =>
    FORMS.map((form) => {
      const members = comparisons.filter((one) => one.form === form);
      return {
        type: 'scatter',
        mode: 'text+markers',
        name: FORM_NAMES[form],
        legendgroup: form,
        showlegend: axis === '',
        x: members.map((one) => one[way]),
        y: members.map(({ ratio }) => ratio),
        text: members.map(({ name }) => name),
        textposition: 'top center',
        textfont: { size: 10 },
        marker: { ...STYLES[form], size: 9 },
        xaxis: `x${axis}`,
        yaxis: `y${axis}`,
        hovertemplate: '%{text}: ratio %{y:.3f}, %{x:.3~g} Ms/s<extra></extra>',
      } as Data;
    });
  const range = [Math.min(...ratios) - 0.1, Math.max(...ratios) + 0.15];
  return {
    name: 'compressors',
    title: headline.title,
    subtitle: subtitle(headline),
    data: [...panel('encodeSpeed', ''), ...panel('decodeSpeed', '2')],
    layout: {
      ...themeLayout(headline, { height: 1050, legendEntries: FORMS.length }),
      xaxis: {
        ...logAxis(
          SPEED,
          comparisons.map((one) => one.encodeSpeed),
        ),
        anchor: 'y',
      },
      xaxis2: {
        ...logAxis(
          SPEED,
          comparisons.map((one) => one.decodeSpeed),
        ),
        anchor: 'y2',
      },
      yaxis: { ...linearAxis(RATIO), range, domain: [0.56, 1] },
      yaxis2: { ...linearAxis(RATIO), range, domain: [0, 0.44], anchor: 'x2' },
      annotations: [
        ...(themeLayout(headline, { height: 1050, legendEntries: FORMS.length }).annotations ?? []),
        panelHeading('Encoding', 'x', 'y'),
        panelHeading('Decoding', 'x2', 'y2'),
      ],
    },
  };
}
