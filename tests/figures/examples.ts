/** One figure of each kind, from invented numbers as many as in a study. */
import { barComparison } from '../../lib/figures/charts/bar-comparison';
import { basisFunctions } from '../../lib/figures/charts/basis-functions';
import { boundDistance } from '../../lib/figures/charts/bound-distance';
import { distribution } from '../../lib/figures/charts/distribution';
import { energyCompaction } from '../../lib/figures/charts/energy-compaction';
import type { Figure } from '../../lib/figures/figure';
import { histogram } from '../../lib/figures/charts/histogram';
import { lineFigure } from '../../lib/figures/line-figure';
import { parameterStudy } from '../../lib/figures/charts/parameter-study';
import { rateDistortion } from '../../lib/figures/charts/rate-distortion';
import { spectrum } from '../../lib/figures/charts/spectrum';
import { spikeOverlay } from '../../lib/figures/charts/spike-overlay';
import { PALETTE } from '../../lib/figures/theme';
import { waveforms } from '../../lib/figures/charts/waveforms';
import type { Curve, OperatingPoint } from '../../lib/results/results';

const SAMPLE_RATE = 19531;
const corpus = 'synthetic sample (8 recordings)';

/** Numbers like random ones, the same in every run. */
function noise(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = Math.imul(state, 1664525) + 1013904223;
    return (state >>> 0) / 2 ** 32;
  };
  return () => uniform() + uniform() + uniform() + uniform() - 2;
}

/** A signal with spikes on colored noise, ADC codes. */
function signal(samples: number, seed: number): Float64Array {
  const random = noise(seed);
  const result = new Float64Array(samples);
  let slow = 0;
  for (let i = 0; i < samples; i++) {
    slow = 0.995 * slow + random();
    const phase = (i % 331) - 40;
    const spike =
      phase >= 0 && phase < 30
        ? -70 * Math.exp(-((phase - 6) ** 2) / 12) + 25 * Math.exp(-((phase - 16) ** 2) / 40)
        : 0;
    result[i] = Math.round(512 + 2.5 * slow + 6 * random() + spike);
  }
  return result;
}

/** A curve whose PSNR is this many dB above that of the samples themselves. */
export function curve(basis: string, gain: number, notebook = '02-cosine.ipynb'): Curve {
  const steps = [1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192];
  const wavBytes = 146_800_640;
  return {
    basis,
    parameters: {},
    family: 'made up',
    learned: false,
    notebook,
    points: steps.map((step): OperatingPoint => {
      const compressionRatio = 3.2 * step ** (0.62 + gain / 40);
      const psnr = 65 - 12.5 * Math.log10(step) ** 1.15 + gain * 0.4;
      return {
        step,
        compressedBytes: Math.round(wavBytes / compressionRatio),
        compressionRatio,
        bitsPerSample: 16 / compressionRatio,
        psnr,
        snrMedian: psnr - 34,
        snrLowerQuartile: psnr - 37,
        snrUpperQuartile: psnr - 30,
        inBandSnrMedian: psnr - 41,
        nonzeroFraction: 1 / (step + 1),
        spikePrecision: 1 / (1 + (step / 150) ** 2),
        spikeRecall: 1 / (1 + (step / 100) ** 2),
        spikeF1: 1 / (1 + (step / 120) ** 2),
        spikeWaveformSnrMedian: psnr - 39,
        spikeBandPowerCorrelation: 1 / (1 + (step / 260) ** 2),
      };
    }),
    lossless: {
      compressedBytes: Math.round(wavBytes / (3.05 + gain / 30)),
      compressionRatio: 3.05 + gain / 30,
      compressionRatioTenBit: ((3.05 + gain / 30) * 10) / 16,
      bitsPerSample: 16 / (3.05 + gain / 30),
      meanCompressionRatio: 3.2 + gain / 30,
    },
    delayMs: 13.1,
    multiplyAddsPerSample: 17,
  };
}

const bound = [
  [5, 64.1],
  [10, 54.5],
  [20, 49.6],
  [50, 45.9],
  [100, 43.9],
  [200, 42.2],
].map(([compressionRatio = 1, psnr = 1]) => ({ compressionRatio, psnr }));

function gaussianValues(count: number, mean: number, spread: number, seed: number): number[] {
  const random = noise(seed);
  return Array.from({ length: count }, () => mean * Math.exp(spread * random()));
}

function spectrumOf(
  level: number,
  seed: number,
): Record<'frequencies' | 'median' | 'lowerQuartile' | 'upperQuartile', number[]> {
  const random = noise(seed);
  const frequencies = Array.from({ length: 1025 }, (_, i) => (i * SAMPLE_RATE) / 2048);
  const median = frequencies.map(
    (f) => level * (0.004 + 30 / (1 + (f / 20) ** 1.9)) * Math.exp(0.06 * random()),
  );
  return {
    frequencies,
    median,
    lowerQuartile: median.map((value) => value / 2.2),
    upperQuartile: median.map((value) => value * 2.9),
  };
}

function compaction(rate: number): { kept: number[]; energy: number[] } {
  const kept = Array.from({ length: 100 }, (_, i) => 10 ** (-4 + (4 * i) / 99));
  return { kept, energy: kept.map((k) => 1 - (1 - k) * Math.exp(-rate * k ** 0.45)) };
}

function spikes(count: number, spread: number, seed: number): number[][] {
  const random = noise(seed);
  return Array.from({ length: count }, () => {
    const size = 1 + 0.2 * random();
    return Array.from(
      { length: 32 },
      (_, i) =>
        size * (-70 * Math.exp(-((i - 10) ** 2) / 8) + 26 * Math.exp(-((i - 19) ** 2) / 30)) +
        spread * random(),
    );
  });
}

const stretch = signal(1172, 5);
const long = signal(97_655, 9);
const decoded = [5, 20, 50, 200].map((compressionRatio, level) => {
  const random = noise(level + 77);
  const width = [1, 3, 9, 31][level] ?? 1;
  const codes = Array.from(stretch, (_, i) => {
    const window = stretch.slice(Math.max(0, i - width), i + width + 1);
    return Math.round(window.reduce((a, b) => a + b, 0) / window.length + (level === 0 ? random() : 0));
  });
  return { label: `CR ${compressionRatio}, SNR ${(24 / (level + 1)).toFixed(1)} dB`, codes };
});

/** Every kind of chart. */
export const EXAMPLES: readonly Figure[] = [
  rateDistortion(
    [{ curve: curve('identity', 0, '01-samples.ipynb') }, { curve: curve('dct-256', 6) }],
    {
      title: 'At CR 20 the cosine basis keeps 3.1 dB more than the samples themselves',
      corpus,
      detail: 'CR of total bytes against 16-bit WAV files',
    },
    { bound },
  ),
  rateDistortion(
    [{ curve: curve('identity', 0, '01-samples.ipynb') }, { curve: curve('dct-256', 6) }],
    { title: 'What is lost first are the spikes of quiet units', corpus },
    { measures: ['psnr', 'snr', 'inBandSnr', 'spikes'], bound, name: 'rate-distortion-panels' },
  ),
  boundDistance(
    [{ curve: curve('identity', 0, '01-samples.ipynb') }, { curve: curve('dct-256', 6) }],
    (ratio) => (ratio < 300 ? 62 - 8 * Math.log10(ratio) : undefined),
    { title: 'No basis comes nearer than 1.2 dB', corpus },
    { deepest: 12 },
  ),
  rateDistortion(
    [
      'identity',
      'dct-16',
      'dct-32',
      'dct-64',
      'dct-128',
      'dct-256',
      'dct-512',
      'dct-1024',
      'haar',
      'sym8',
      'pca-64',
      'mdct-256',
    ].map((basis, index) => ({ curve: curve(basis, index * 0.8) })),
    {
      title:
        'Among twelve bases no one is best everywhere: lapped transforms lead at low rates, prediction leads where nothing may be lost at all',
      corpus: '743 Neuralink recordings',
      detail:
        'with a detail that is so long that it needs a second line below the first, as happens when something has to be explained',
    },
    { name: 'rate-distortion-many' },
  ),
  waveforms(
    { original: stretch, decoded, sampleRate: SAMPLE_RATE, start: 1204.2 },
    {
      title: 'At CR 20 spikes keep their shape, at CR 200 only the slow potential is left',
      corpus,
      detail: 'recording 0052503c, 60 ms, cosine basis of 256 samples',
    },
  ),
  waveforms(
    { original: long, decoded: [], sampleRate: SAMPLE_RATE, name: 'waveform-long' },
    {
      title: 'Five seconds of one electrode: spikes on slow potentials on noise',
      corpus,
    },
  ),
  distribution(
    [
      { label: 'identity', values: gaussianValues(743, 3.1, 0.2, 1) },
      { label: 'dct-256', values: gaussianValues(743, 4.6, 0.3, 2) },
    ],
    { quantity: 'Compression ratio', unit: 'none' },
    { title: 'One recording in ten is compressed twice as well as the median', corpus, detail: 'step 8' },
    { logarithmic: true },
  ),
  distribution(
    [
      { label: 'identity', values: gaussianValues(743, 12, 0.3, 1) },
      { label: 'dct-256', values: gaussianValues(743, 17, 0.3, 2) },
    ],
    { quantity: 'SNR', unit: 'dB' },
    { title: 'The cosine basis gains on every recording', corpus, detail: 'CR 20' },
    { kind: 'histogram', name: 'distribution-histogram' },
  ),
  distribution(
    ['identity', 'dct-64', 'dct-256', 'dct-1024'].map((label, i) => ({
      label,
      values: gaussianValues(743, 12 + 2 * i, 0.3, i),
    })),
    { quantity: 'SNR', unit: 'dB' },
    {
      title: 'Longer blocks help the loud recordings most',
      corpus,
      detail: 'CR 20; box: median and quartiles',
    },
    { kind: 'box', name: 'distribution-box' },
  ),
  energyCompaction(
    [
      { label: 'identity', ...compaction(2.2) },
      { label: 'dct-64', ...compaction(7) },
      { label: 'dct-256', ...compaction(9.5) },
    ],
    { title: 'A tenth of the cosine coefficients hold 99% of the energy', corpus },
  ),
  spectrum(
    [{ label: 'median over recordings', ...spectrumOf(100, 3) }],
    { title: 'Four fifths of the power lie under 300 Hz, above 7 kHz the spectrum is flat', corpus },
    { bands: [{ label: 'spikes', from: 300, to: 5000 }] },
  ),
  spectrum(
    [
      { label: 'original', ...spectrumOf(100, 3) },
      { label: 'error at CR 20', ...spectrumOf(3, 4) },
    ],
    { title: 'The error is white where the signal is above it', corpus },
    { name: 'spectrum-two' },
  ),
  histogram(
    [
      {
        label: 'all recordings',
        counts: Array.from({ length: 1024 }, (_, i) =>
          Math.round(9e5 * Math.exp(-(((i - 512) / 60) ** 2)) * (1 + 0.5 * Math.sin(i * 2.4))),
        ),
      },
    ],
    { title: 'The codes of the converter are unequally wide: neighbors differ by a third', corpus },
    { range: [400, 624] },
  ),
  histogram(
    [
      {
        label: 'all recordings',
        counts: Array.from({ length: 1024 }, (_, i) =>
          Math.round(9e5 * Math.exp(-Math.abs(i - 512) / 24) * (1 + 0.5 * Math.sin(i * 2.4))),
        ),
      },
    ],
    { title: 'Rare codes reach to both rails', corpus },
    { logarithmic: true, name: 'histogram-log' },
  ),
  spikeOverlay(
    [
      {
        label: 'original, 213 spikes',
        spikes: spikes(213, 9, 1),
        style: { color: PALETTE.gray, dash: 'solid', symbol: 'circle' },
      },
      { label: 'CR 20, 209 spikes', spikes: spikes(209, 5, 2) },
      { label: 'CR 200, 31 spikes', spikes: spikes(31, 2, 3) },
    ],
    { sampleRate: SAMPLE_RATE, samplesBefore: 10 },
    { title: 'Spikes survive CR 20 nearly unchanged', corpus, detail: 'band 300–5000 Hz' },
  ),
  parameterStudy(
    { quantity: 'Block length', unit: 'samples', values: [16, 32, 64, 128, 256, 512, 1024] },
    [
      { label: 'CR 5', values: [52, 52.6, 53.1, 53.2, 53.1, 52.7, 52] },
      { label: 'CR 20', values: [44.1, 45.6, 46.5, 47, 47.3, 47.1, 46.9] },
      { label: 'CR 100', values: [null, 39.5, 40.7, 41.8, 42.4, 42.8, 42.9] },
    ],
    { quantity: 'PSNR', unit: 'dB' },
    {
      title: 'Blocks of 256 samples are within 0.5 dB of the best at every rate',
      corpus,
      detail: '24 of 743 recordings',
    },
    { best: 'highest' },
  ),
  basisFunctions(
    [0, 1, 2, 3, 5, 8, 13, 21].map((k) => ({
      label: `k = ${k}`,
      values: Array.from(
        { length: 64 },
        (_, i) => Math.sqrt((k === 0 ? 1 : 2) / 64) * Math.cos((Math.PI * (i + 0.5) * k) / 64),
      ),
    })),
    {
      title: 'Cosines of 64 samples: each coefficient says how much of one frequency is in a block',
      corpus: 'DCT-II',
    },
    { sampleRate: SAMPLE_RATE },
  ),
  barComparison(
    [
      { label: '16-bit WAV', value: 16, color: PALETTE.gray },
      { label: '10-bit packed', value: 10, color: PALETTE.gray },
      { label: 'entropy of the codes', value: 6.31, color: PALETTE.orange },
      { label: 'entropy of the differences', value: 4.65, color: PALETTE.orange },
      { label: 'this coder, identity', value: 4.9 },
      { label: 'this coder, dct-256', value: 4.72 },
    ],
    { quantity: 'Rate', unit: 'bits per sample' },
    { title: 'Most of the rate is noise: even the best predictor leaves 4.5 bits', corpus },
  ),
  barComparison(
    [
      { label: 'dct-256', value: -31.2, interval: [-33.9, -29], group: 'fixed', color: PALETTE.blue },
      { label: 'dct-64', value: -27.9, interval: [-30.1, -25], group: 'fixed', color: PALETTE.blue },
      { label: 'pca-64', value: -29.4, interval: [-32.2, -26.8], group: 'learned', color: PALETTE.vermilion },
    ],
    { quantity: 'Bytes at equal PSNR, against identity', unit: '%' },
    {
      title: 'Every transform saves a quarter of the bytes or more',
      corpus,
      detail: 'bars: 95% intervals, bootstrap over recordings',
    },
    { name: 'comparison-intervals', digits: 1 },
  ),
  lineFigure(
    1000 / SAMPLE_RATE,
    { original: stretch, decoded: decoded[1]!.codes },
    {
      title: 'A quick look at a stretch',
      corpus,
      x: { quantity: 'Time', unit: 'ms' },
      y: { quantity: 'Signal', unit: 'µV' },
      name: 'quick-look',
    },
  ),
];
