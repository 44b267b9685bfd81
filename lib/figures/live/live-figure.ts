/** The first view of a live study as an ordinary figure, for the gallery. */
import type { Data } from 'plotly.js';
import type { Figure } from '../figure';
import { gainName, gainsOfCurve, pointIndex, pointText, type LiveStudy } from './live-study';
import { unpackCodes, unpackIntegers } from '../../results/packed-integers';
import { linearAxis, logAxis, PALETTE, themeLayout } from '../theme';

/** Waveforms on the left; on the right the curves of all values of the first control. */
export function liveFigure(study: LiveStudy): Figure {
  const { controls, points, start, style, from, sampleRate } = study;
  const original = unpackCodes(study.codes);
  const error = unpackIntegers(points[pointIndex(controls, start)]!.error);
  const line = { type: 'scatter', mode: 'lines', x0: from, dx: 1000 / sampleRate } as const;
  const others = controls[0]!.values.flatMap((value, place): Data[] => {
    if (place === start[0]) return [];
    const curve = gainsOfCurve(study, [place, ...start.slice(1)]);
    return [
      {
        type: 'scatter',
        mode: 'lines',
        name: `${controls[0]!.label.split(',')[0]!.toLowerCase()} ${value}`,
        x: curve.map(({ compressionRatio }) => compressionRatio),
        y: curve.map(({ gain }) => gain),
        xaxis: 'x2',
        yaxis: 'y2',
        showlegend: false,
        line: { color: '#a8a8a8', width: 1 },
      },
    ];
  });
  const chosen = gainsOfCurve(study, start);
  const text = pointText(study, start);
  const headline = { title: study.title, corpus: study.subtitle, detail: text };
  return {
    name: 'live',
    title: study.title,
    subtitle: `${study.subtitle} · ${text}`,
    data: [
      {
        ...line,
        name: 'original',
        y: Array.from(original),
        line: { color: '#a8a8a8', width: 2.4 },
      },
      {
        ...line,
        name: 'decoded',
        y: Array.from(original, (code, i) => code + error[i]!),
        line: { color: style.color, width: 1.4 },
      },
      ...others,
      {
        type: 'scatter',
        mode: 'lines+markers',
        name: points[pointIndex(controls, start)]!.id,
        x: chosen.map(({ compressionRatio }) => compressionRatio),
        y: chosen.map(({ gain }) => gain),
        xaxis: 'x2',
        yaxis: 'y2',
        showlegend: false,
        line: { color: style.color, width: 2 },
        marker: {
          color: style.color,
          opacity: 1,
          size: chosen.map((_, i) => (i === start[start.length - 1] ? 12 : 6)),
          line: {
            color: PALETTE.black,
            width: chosen.map((_, i) => (i === start[start.length - 1] ? 2 : 0)),
          },
        },
      },
    ],
    layout: {
      ...themeLayout(headline, { height: 460, legendEntries: 2 }),
      xaxis: linearAxis({ quantity: 'Time', unit: 'ms' }, { domain: [0, 0.6] }),
      yaxis: linearAxis({ quantity: 'Signal', unit: 'ADC codes' }),
      xaxis2: logAxis(
        { quantity: 'Compression ratio', unit: 'none' },
        points.map(({ compressionRatio }) => compressionRatio),
        { domain: [0.72, 1], anchor: 'y2' },
      ),
      yaxis2: linearAxis({ quantity: gainName(study), unit: 'none' }, { anchor: 'x2' }),
    },
  };
}
