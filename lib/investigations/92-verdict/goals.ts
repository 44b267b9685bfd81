/**
 * What was asked of codecs that keep spikes, and how far they are from it.
 */
import { fixed, withInterval } from '../../study/sections/verdict-numbers';
import { keptAt, type KeptCodec } from './kept-at-ratio';

/** A goal and what was reached. */
export interface Goal {
  readonly what: string;
  readonly id: string;
  readonly ratio: number;
  readonly asked: number;
  /** With its interval as text, and a star where the encoder works toward it; undefined where it was not measured. */
  readonly reached: string | undefined;
  readonly met: 'met' | 'missed' | 'not measured';
}

/** Slow waves of two codecs at the highest ratio, dB; undefined beyond their curves. */
export interface SlowWavesAt {
  readonly layers: number | undefined;
  readonly waveform: number | undefined;
}

/**
 * The goals: at CR 200 of layers, at CR 50 of the codec that weights the spike band.
 *
 * @param layers - layered codec; undefined where it was not measured
 * @param inBand - weighted codec
 */
export function goalsOf(
  layers: KeptCodec | undefined,
  inBand: KeptCodec | undefined,
  slow: SlowWavesAt,
): Goal[] {
  const measured = (
    what: string,
    kept: KeptCodec | undefined,
    ratio: number,
    measure: Parameters<typeof keptAt>[2],
    asked: number,
  ): Goal => {
    const interval = kept ? keptAt(kept, ratio, measure) : null;
    return {
      what,
      id: kept?.curve.basis ?? '–',
      ratio,
      asked,
      reached: interval
        ? `${withInterval(interval, 3)}${kept?.curve.optimizes?.includes(measure) ? ' *' : ''}`
        : undefined,
      met: interval === null ? 'not measured' : interval.estimate >= asked ? 'met' : 'missed',
    };
  };
  const { layers: own, waveform } = slow;
  const behind = own === undefined || waveform === undefined ? undefined : own - waveform;
  return [
    measured('F1 of spikes, threshold of the original', layers, 200, 'spikeF1', 0.99),
    measured('F1 of spikes, threshold of the decoded signal', layers, 200, 'ownThresholdF1', 0.99),
    measured('spikes in the same cluster', layers, 200, 'sameCluster', 0.9),
    measured('sorted afresh, adjusted Rand index', layers, 200, 'adjustedRand', 0.9),
    measured('correlation of spike-band power', layers, 200, 'spikeBandPowerCorrelation', 0.98),
    {
      what: 'slow waves against the waveform codec, dB',
      id: layers?.curve.basis ?? '–',
      ratio: 200,
      asked: -0.5,
      reached: behind === undefined ? undefined : fixed(behind),
      met: behind === undefined ? 'not measured' : behind >= -0.5 ? 'met' : 'missed',
    },
    measured('spikes in the same cluster', inBand, 50, 'sameCluster', 0.9),
    measured('correlation of spike amplitudes', inBand, 50, 'spikeAmplitudeCorrelation', 0.84),
  ];
}
