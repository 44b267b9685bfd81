/**
 * What codecs keep of the spike band on the recordings of one laboratory: with all errors counted alike, and with errors
 * weighted for spikes.
 */
import { measuredCurve } from '../../measuring/measured-curve';
import { SPIKE_BAND } from '../../metrics/spike-band';
import type { Corpus } from '../../recordings/corpus';
import type { Curve } from '../../results/results';

/** Both codecs: that of the verdict's reference, and the same with weighted errors. */
export const SPIKE_AXES_CODECS: readonly string[] = [
  'mdct-256-sine+trellis',
  'mdct-256-sine+weight-spikes+trellis',
];

/** One operating point; null where a measure means nothing or no recording has it. */
export interface SpikeAxesPoint {
  readonly compressionRatio: number;
  /** dB in 300–5000 Hz, median recording. */
  readonly inBandSnrMedian: number | null;
  /** Share of the spikes that stay in their cluster. */
  readonly sameCluster: number | null;
  readonly spikeAmplitudeCorrelation: number | null;
}

/** A codec on the axes of spikes. */
export interface SpikeAxesCurve {
  readonly basis: string;
  readonly points: readonly SpikeAxesPoint[];
}

/** What is kept of a curve. */
export function spikeAxesCurve({ basis, points }: Pick<Curve, 'basis' | 'points'>): SpikeAxesCurve {
  return {
    basis,
    points: points.map(
      ({ compressionRatio, inBandSnrMedian, sameCluster = null, spikeAmplitudeCorrelation = null }) => {
        return { compressionRatio, inBandSnrMedian, sameCluster, spikeAmplitudeCorrelation };
      },
    ),
  };
}

/** Both codecs on a corpus; none where its sample rate has no whole spike band. */
export async function spikeAxes(corpus: Corpus): Promise<SpikeAxesCurve[]> {
  if (corpus.sampleRate <= 2 * SPIKE_BAND[1]) return [];
  const curves: SpikeAxesCurve[] = [];
  for (const id of SPIKE_AXES_CODECS) curves.push(spikeAxesCurve(await measuredCurve(id, corpus)));
  return curves;
}
