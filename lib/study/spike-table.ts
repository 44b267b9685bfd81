/** Table of the spike measures: pooled and of the median recording, with intervals. */
import { recordingLabel } from '../recordings/recording-label';
import type { TableColumn } from '../figures/table';
import type { PointIntervals, UncertainMeasure } from '../results/curve-details';
import type { Curve, OperatingPoint } from '../results/results';

const SHOWN: readonly { label: string; pooled: UncertainMeasure; median: UncertainMeasure }[] = [
  { label: 'F1, threshold of the original', pooled: 'spikeF1', median: 'spikeF1Median' },
  { label: 'F1, threshold of the decoded', pooled: 'ownThresholdF1', median: 'ownThresholdF1Median' },
  {
    label: 'Amplitudes, correlation',
    pooled: 'spikeAmplitudeCorrelation',
    median: 'spikeAmplitudeCorrelationMedian',
  },
  { label: 'SNR of waveforms, dB', pooled: 'spikeWaveformSnr', median: 'spikeWaveformSnrMedian' },
  { label: 'Same cluster', pooled: 'sameCluster', median: 'sameClusterMedian' },
  { label: 'Sorted afresh, adjusted Rand index', pooled: 'adjustedRand', median: 'adjustedRandMedian' },
];

/**
 * Columns for the operating points of a curve: each measure over all spikes together and of the median
 * recording, with its 95% interval: `"0.48 (0.40 to 0.55)"`. A measure that the encoder itself optimizes is
 * marked.
 *
 * @param intervals - intervals of the curve; points without intervals are shown without
 */
export function spikeColumns(
  { optimizes = [] }: Pick<Curve, 'optimizes'>,
  intervals: readonly PointIntervals[],
): TableColumn<OperatingPoint>[] {
  const text = (point: OperatingPoint, measure: UncertainMeasure): string => {
    const value = point[measure];
    if (value === null || value === undefined) return '–';
    const range = intervals.find(({ step }) => step === point.step)?.intervals[measure];
    const number = (one: number): string => one.toFixed(2).replace('-', '−');
    return range ? `${number(value)} (${number(range[0])} to ${number(range[1])})` : number(value);
  };
  return [
    { label: 'CR', value: (point) => point.compressionRatio, digits: 1 },
    ...SHOWN.flatMap(({ label, pooled, median }): TableColumn<OperatingPoint>[] => [
      {
        label: optimizes.includes(pooled) ? `${label} (the encoder works toward it)` : label,
        value: (point) => text(point, pooled),
      },
      { label: 'median recording', value: (point) => text(point, median) },
    ]),
  ];
}

/**
 * Text on the recordings behind the spike measures, in Markdown.
 *
 * @returns undefined where the curve does not tell, as in results of earlier versions
 */
export function spikeRecordingsText({ spikeRecordings }: Pick<Curve, 'spikeRecordings'>): string | undefined {
  if (!spikeRecordings) return undefined;
  const { counted, sorted, saturated } = spikeRecordings;
  const names = saturated.map((name) => `\`${recordingLabel(name)}\``).join(', ');
  const included =
    `Spikes of ${counted} recordings with at least one a second, both polarities; ` +
    `in ${sorted} of them a sorter finds several clusters.`;
  return saturated.length === 0
    ? included
    : `${included} Left out, at the rails for more than 1% of their samples: ${names}.`;
}
