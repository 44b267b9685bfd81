/**
 * What codecs keep, by three axes: the error of all samples, that of the spike band, and what users of spikes read.
 */
import { showTable } from '../../figures/display';
import { psnrAt, spikesAt, valueAt } from '../../results/curve-at-ratio';
import type { MedianSpikeMeasure, PooledSpikeMeasure } from '../../results/curve-details';
import type { Curve } from '../../results/results';

/** Measures of the table and of verdicts. */
export type TaskMeasure =
  'psnr' | 'inBandSnrMedian' | 'spikeBandPowerCorrelation' | PooledSpikeMeasure | MedianSpikeMeasure;

/** Columns: name of the measure, decimals. */
const SHOWN: readonly { readonly measure: TaskMeasure; readonly label: string; readonly digits: number }[] = [
  { measure: 'psnr', label: 'PSNR, dB', digits: 1 },
  { measure: 'inBandSnrMedian', label: 'In-band SNR, dB', digits: 1 },
  { measure: 'spikeF1', label: 'F1, threshold of the original', digits: 3 },
  { measure: 'ownThresholdF1', label: 'F1, own threshold', digits: 3 },
  { measure: 'sameCluster', label: 'Same cluster', digits: 3 },
  { measure: 'adjustedRand', label: 'Sorted afresh, Rand', digits: 2 },
  { measure: 'spikeAmplitudeCorrelation', label: 'Amplitudes, r', digits: 3 },
  { measure: 'spikeWaveformSnr', label: 'Spike waveforms, dB', digits: 1 },
  { measure: 'spikeBandPowerCorrelation', label: 'Band power, r', digits: 3 },
];

/**
 * A measure of a codec at a compression ratio; of a codec with one operating point, the measure there, whatever the
 * ratio. Undefined outside of the curve, and where the measure means nothing.
 */
export function taskAt(curve: Curve, ratio: number, measure: TaskMeasure): number | undefined {
  if (curve.points.length === 1) return curve.points[0]![measure] ?? undefined;
  if (measure === 'psnr') return psnrAt(curve, ratio);
  if (measure !== 'inBandSnrMedian' && measure !== 'spikeBandPowerCorrelation') {
    return spikesAt(curve, ratio, measure);
  }
  const measured = curve.points.flatMap((point) => {
    const quality = point[measure];
    return quality === null ? [] : [{ cost: point.compressionRatio, quality }];
  });
  return valueAt(measured, ratio);
}

/** One row a codec; a star after a number says that the encoder works toward it. */
export function showTasks(curves: readonly Curve[], ratio: number): void {
  showTable(curves, [
    { label: 'Codec', value: ({ basis }) => basis },
    {
      label: 'CR',
      value: ({ points }) => (points.length === 1 ? points[0]!.compressionRatio : ratio),
      digits: 0,
    },
    ...SHOWN.map(({ measure, label, digits }) => ({
      label,
      value: (curve: Curve) => {
        const value = taskAt(curve, ratio, measure);
        if (value === undefined) return undefined;
        return curve.optimizes?.includes(measure) ? `${value.toFixed(digits)} *` : value;
      },
      digits,
    })),
  ]);
}
