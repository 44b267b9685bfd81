/**
 * Charts of the page: waveforms, spectra, curves.
 */
import type { Data, Layout } from 'plotly.js';
import { SpectrumEstimator } from '../../lib/metrics/spectrum';
import type { SampleArray } from '../../lib/recordings/recording-file';
import type { ExplorerData } from '../../lib/figures/gallery/explorer-data';
import type { PageChannel } from './opened-recording';
import type { CodedPoint } from './coded-stretch';

const ORIGINAL = '#8a8a8a';
const DECODED = '#0072b2';
const ERROR = '#d55e00';
const SEGMENT = 2048;

/** A chart. */
export interface PageChart {
  readonly data: readonly Data[];
  readonly layout: Partial<Layout>;
}

const BASE: Partial<Layout> = {
  margin: { l: 62, r: 14, t: 10, b: 48 },
  font: { family: 'Open Sans, Arial, sans-serif', size: 13, color: '#222222' },
  paper_bgcolor: '#ffffff',
  plot_bgcolor: '#ffffff',
  legend: { orientation: 'h', x: 0, y: 1.02, yanchor: 'bottom' },
  hovermode: 'x',
};

const axis = (title: string, more: object = {}): object => {
  return { title: { text: title }, gridcolor: '#e4e4e4', zeroline: false, automargin: true, ...more };
};

function physical(samples: SampleArray, { gain, offset }: PageChannel): number[] {
  return Array.from(samples, (value) => gain * value + offset);
}

function unitOf({ unit }: PageChannel): string {
  return unit === '' ? 'sample value' : unit;
}

/** Original over decoded, and the error. */
export function waveformChart(
  channel: PageChannel,
  from: number,
  original: SampleArray,
  decoded: SampleArray | undefined,
): PageChart {
  const x = Array.from(original, (_, i) => (from + i) / channel.sampleRate);
  const y = physical(original, channel);
  const data: Data[] = [
    { type: 'scatter', mode: 'lines', name: 'original', x, y, line: { color: ORIGINAL, width: 2 } },
  ];
  if (decoded) {
    const back = physical(decoded, channel);
    const error = y.map((value, i) => back[i]! - value);
    data.push(
      { type: 'scatter', mode: 'lines', name: 'decoded', x, y: back, line: { color: DECODED, width: 1.3 } },
      {
        type: 'scatter',
        mode: 'lines',
        name: 'error',
        x,
        y: error,
        yaxis: 'y2',
        line: { color: ERROR, width: 1 },
      },
    );
  }
  return {
    data,
    layout: {
      ...BASE,
      xaxis: axis('time, s', { anchor: 'y2' }),
      yaxis: axis(unitOf(channel), { domain: [0.32, 1] }),
      yaxis2: axis('error', { domain: [0, 0.24] }),
    },
  };
}

/** Power spectral densities of original and decoded. */
export function spectrumChart(
  channel: PageChannel,
  original: SampleArray,
  decoded: SampleArray | undefined,
): PageChart {
  const segment = Math.min(SEGMENT, 2 ** Math.floor(Math.log2(Math.max(16, original.length))));
  const estimator = new SpectrumEstimator(segment, channel.sampleRate);
  const line = (samples: SampleArray, name: string, color: string): Data => {
    const { density, frequencyStep } = estimator.estimate(Float64Array.from(physical(samples, channel)));
    const bins = Array.from(density.subarray(1));
    return {
      type: 'scatter',
      mode: 'lines',
      name,
      x: bins.map((_, i) => (i + 1) * frequencyStep),
      y: bins.map((value) => 10 * Math.log10(Math.max(value, 1e-30))),
      line: { color, width: 1.5 },
    };
  };
  const data = [line(original, 'original', ORIGINAL)];
  if (decoded) data.push(line(decoded, 'decoded', DECODED));
  return {
    data,
    layout: {
      ...BASE,
      xaxis: axis('frequency, Hz', { type: 'log' }),
      yaxis: axis(`power, dB re ${channel.unit === '' ? '1' : `1 ${channel.unit}`}²/Hz`),
    },
  };
}

/** SNR over ratio: this recording, and the median recording of the corpus in the same basis. */
export function curveChart(
  id: string,
  points: readonly CodedPoint[],
  chosen: CodedPoint | undefined,
  corpus: ExplorerData | undefined,
): PageChart {
  const finite = points.filter(({ snr }) => Number.isFinite(snr));
  const data: Data[] = [
    {
      type: 'scatter',
      mode: 'lines+markers',
      name: 'this stretch',
      x: finite.map(({ compressionRatio }) => compressionRatio),
      y: finite.map(({ snr }) => snr),
      line: { color: DECODED, width: 2 },
    },
  ];
  const curve = corpus?.curves.find(({ basis }) => basis === id);
  const known = curve?.points.filter(({ snrMedian }) => snrMedian !== null) ?? [];
  if (known.length > 0) {
    data.push({
      type: 'scatter',
      mode: 'lines',
      name: `${corpus!.dataset.label}, median`,
      x: known.map(({ compressionRatio }) => compressionRatio),
      y: known.map(({ snrMedian }) => snrMedian),
      line: { color: ORIGINAL, width: 2, dash: 'dash' },
    });
  }
  if (chosen && Number.isFinite(chosen.snr)) {
    data.push({
      type: 'scatter',
      mode: 'markers',
      name: 'chosen rate',
      x: [chosen.compressionRatio],
      y: [chosen.snr],
      marker: { color: ERROR, size: 12, symbol: 'circle-open', line: { width: 3 } },
    });
  }
  return {
    data,
    layout: {
      ...BASE,
      hovermode: 'closest',
      xaxis: axis('compression ratio', { type: 'log' }),
      yaxis: axis('SNR, dB'),
    },
  };
}
