/** Figure of the compression ratio and the speed of all compressors. */
import type { Data } from 'plotly.js';
import type { Figure } from '../../lib/figures/figure';
import { linearAxis, logAxis, PALETTE, subtitle, themeLayout, type Headline } from '../../lib/figures/theme';
import { FORM_NAMES, FORMS, type Form } from './forms';
import type { Comparison } from './measure';

const STYLES: Readonly<Record<Form, { readonly color: string; readonly symbol: string }>> = {
  wav: { color: PALETTE.blue, symbol: 'circle' },
  'code-wav': { color: PALETTE.vermilion, symbol: 'square' },
  codes: { color: PALETTE.green, symbol: 'diamond' },
  packed: { color: PALETTE.orange, symbol: 'triangle-up' },
};

const RATIO = { quantity: 'Compression ratio', unit: 'none' } as const;
const ENCODING = { quantity: 'Encoding, Msamples/s', unit: 'none' } as const;
const DECODING = { quantity: 'Decoding, Msamples/s', unit: 'none' } as const;

/**
 * One row for each compressor and one mark for each form of input: ratio, speed of encoding, speed of
 * decoding.
 */
export function compressorFigure(
  comparisons: readonly Comparison[],
  corpus: string,
  machine: string,
): Figure {
  const byRatio = [...comparisons].sort((a, b) => b.ratio - a.ratio);
  const names = [...new Set(byRatio.map(({ name }) => name))];
  const [best] = byRatio;
  const next = byRatio.find(({ name }) => !name.startsWith('neurobasis'));
  if (best === undefined || next === undefined) {
    throw new RangeError('comparisons: give Neurobasis and at least one other compressor.');
  }
  const headline: Headline = {
    title: `${best.name} reaches ${best.ratio.toFixed(3)}; the best of the others, ${next.name}, ${next.ratio.toFixed(3)}`,
    corpus,
    detail: `lossless, every file compared; one thread, ${machine}`,
  };
  const panel = (what: 'ratio' | 'encodeSpeed' | 'decodeSpeed', axis: '' | '2' | '3'): Data[] =>
    FORMS.map((form) => {
      const members = byRatio.filter((one) => one.form === form);
      return {
        type: 'scatter',
        mode: 'markers',
        name: FORM_NAMES[form],
        legendgroup: form,
        showlegend: axis === '',
        x: members.map((one) => one[what]),
        y: members.map(({ name }) => name),
        marker: { ...STYLES[form], size: 9 },
        xaxis: `x${axis}`,
        hovertemplate: `%{y}: %{x:.4~g}<extra>${FORM_NAMES[form]}</extra>`,
      } as Data;
    });
  const speedAxis = (way: 'encodeSpeed' | 'decodeSpeed', name: typeof ENCODING | typeof DECODING) => {
    const speeds = comparisons.map((one) => one[way]);
    // Leaves room for the marks at both ends.
    const axis = logAxis(name, [...speeds, Math.min(...speeds) / 1.5, Math.max(...speeds) * 1.5]);
    return { ...axis, tickvals: [0.1, 1, 10, 100], ticktext: ['0.1', '1', '10', '100'] };
  };
  const layout = themeLayout(headline, { height: 560, legendEntries: FORMS.length });
  return {
    name: 'compressors',
    title: headline.title,
    subtitle: subtitle(headline),
    data: [...panel('ratio', ''), ...panel('encodeSpeed', '2'), ...panel('decodeSpeed', '3')],
    layout: {
      ...layout,
      margin: { ...layout.margin, l: 150 },
      xaxis: { ...linearAxis(RATIO), range: [1.3, 3.75], domain: [0, 0.34] },
      xaxis2: { ...speedAxis('encodeSpeed', ENCODING), domain: [0.37, 0.67] },
      xaxis3: { ...speedAxis('decodeSpeed', DECODING), domain: [0.7, 1] },
      yaxis: {
        type: 'category',
        categoryorder: 'array',
        categoryarray: [...names].reverse(),
        showgrid: true,
      },
    },
  };
}
