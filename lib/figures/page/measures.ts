/**
 * What can be drawn over what in the explorer.
 */
import type { CostQuality } from '../../results/curve-at-ratio';
import type { OperatingPoint } from '../../results/results';
import type { UncertainMeasure } from '../../results/curve-details';
import type { ExplorerCurve } from '../gallery/explorer-data';
import type { AxisName } from '../theme';

/** A quality: a number of an operating point where more is better. */
export interface Quality {
  readonly id: UncertainMeasure;
  readonly name: AxisName;
  /** Short name for lists. */
  readonly label: string;
  readonly digits: number;
  /** Explanation in one sentence. */
  readonly meaning: string;
}

export const QUALITIES: readonly Quality[] = [
  {
    id: 'psnr',
    label: 'PSNR',
    name: { quantity: 'PSNR', unit: 'dB' },
    digits: 2,
    meaning: 'Full scale over the error of all samples of the corpus.',
  },
  {
    id: 'snrMedian',
    label: 'SNR',
    name: { quantity: 'SNR of the median recording', unit: 'dB' },
    digits: 2,
    meaning: 'Variance over mean squared error, of the median recording.',
  },
  {
    id: 'inBandSnrMedian',
    label: 'In-band SNR, 300–5000 Hz',
    name: { quantity: 'In-band SNR of the median recording', unit: 'dB' },
    digits: 2,
    meaning: 'As the SNR, after a zero-phase filter that lets the band of spikes through.',
  },
  {
    id: 'spikeF1',
    label: 'Spikes kept, F1',
    name: { quantity: 'F1 of threshold crossings', unit: 'none' },
    digits: 3,
    meaning:
      'Harmonic mean of precision and recall of threshold crossings, matched within 0.5 ms, with the threshold of the ' +
      'original on both. Encoders of spike codecs work toward it.',
  },
  {
    id: 'spikeRecall',
    label: 'Spikes kept, recall',
    name: { quantity: 'Recall of threshold crossings', unit: 'none' },
    digits: 3,
    meaning: 'How many of the crossings of the original are found in the decoded signal.',
  },
  {
    id: 'spikePrecision',
    label: 'Spikes kept, precision',
    name: { quantity: 'Precision of threshold crossings', unit: 'none' },
    digits: 3,
    meaning: 'How many of the crossings of the decoded signal are crossings of the original.',
  },
  {
    id: 'ownThresholdF1',
    label: 'Spikes found, F1',
    name: { quantity: 'F1 of crossings of each signal’s own threshold', unit: 'none' },
    digits: 3,
    meaning: 'As the F1, with the threshold that the decoded signal gives: what a user has.',
  },
  {
    id: 'spikeAmplitudeCorrelationMedian',
    label: 'Spike amplitudes, correlation',
    name: { quantity: 'Correlation of spike amplitudes, median recording', unit: 'none' },
    digits: 3,
    meaning: 'Of the amplitudes of the original’s spikes, original against decoded, found again or not.',
  },
  {
    id: 'sameCluster',
    label: 'Spikes in the same cluster',
    name: { quantity: 'Spikes in the same cluster', unit: 'none' },
    digits: 3,
    meaning: 'How many waveforms stay in the cluster that a sorter learned for them on the original.',
  },
  {
    id: 'adjustedRand',
    label: 'Sorted afresh, adjusted Rand index',
    name: { quantity: 'Adjusted Rand index of sorted spikes', unit: 'none' },
    digits: 3,
    meaning: 'Agreement of a sorter that learns its clusters on each of the two signals; 0 is chance.',
  },
  {
    id: 'spikeWaveformSnrMedian',
    label: 'SNR of spike waveforms',
    name: { quantity: 'SNR of spike waveforms, median recording', unit: 'dB' },
    digits: 2,
    meaning: 'In-band SNR within 1.6 ms about each spike, of the median recording with spikes.',
  },
  {
    id: 'spikeBandPowerCorrelation',
    label: 'Spike-band power, correlation',
    name: { quantity: 'Correlation of spike-band power', unit: 'none' },
    digits: 3,
    meaning: 'Of power in 300–1000 Hz in bins of 50 ms, original against decoded, of the median recording.',
  },
];

/** A cost: a number of an operating point that tells how much is spent. All costs have a logarithmic axis. */
export interface Cost {
  readonly id: 'compressionRatio' | 'bitsPerSample' | 'nonzeroFraction';
  readonly name: AxisName;
  readonly label: string;
  readonly digits: number;
  value(point: OperatingPoint): number;
  /**
   * Interval of the cost, from the interval of the compression ratio; undefined where the ratio does not
   * determine it.
   */
  interval?(ratio: readonly [number, number], point: OperatingPoint): readonly [number, number];
  /** Costs at which the table compares curves. */
  readonly compared: readonly number[];
  /** Name of a cost in the table: `"CR 20"`. */
  at(cost: number): string;
}

export const COSTS: readonly Cost[] = [
  {
    id: 'compressionRatio',
    label: 'Compression ratio',
    name: { quantity: 'Compression ratio', unit: 'none' },
    digits: 2,
    value: (point) => point.compressionRatio,
    interval: (ratio) => ratio,
    compared: [5, 20, 50, 100, 200],
    at: (cost) => `CR ${cost}`,
  },
  {
    id: 'bitsPerSample',
    label: 'Bits per sample',
    name: { quantity: 'Rate', unit: 'bits per sample' },
    digits: 3,
    value: (point) => point.bitsPerSample,
    // Bits per sample are inversely proportional to the ratio, except for the headers of WAV files.
    interval: ([low, high], { compressionRatio, bitsPerSample }) => [
      (bitsPerSample * compressionRatio) / high,
      (bitsPerSample * compressionRatio) / low,
    ],
    compared: [3, 1, 0.5, 0.2, 0.1],
    at: (cost) => (cost === 1 ? '1 bit' : `${cost} bits`),
  },
  {
    id: 'nonzeroFraction',
    label: 'Coefficients kept, %',
    name: { quantity: 'Coefficients that are not zero', unit: '%' },
    digits: 2,
    value: (point) => 100 * point.nonzeroFraction,
    compared: [50, 20, 10, 5, 2],
    at: (cost) => `${cost}% kept`,
  },
];

/** The points of a curve that have the quality, in the order of their steps. */
export function costQualities(curve: ExplorerCurve, cost: Cost, quality: Quality): CostQuality[] {
  return curve.points.flatMap((point) => {
    const value = point[quality.id];
    return value === null || value === undefined ? [] : [{ cost: cost.value(point), quality: value }];
  });
}
