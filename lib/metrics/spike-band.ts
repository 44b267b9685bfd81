/**
 * The frequency bands of spikes and their filters. The metrics, the spike codec and the learner of its
 * waveforms all take them from here, so that they see the same signal.
 */
import { designButterworthBandpass, ZeroPhaseFilter } from '../kernels/iir';

/** The band of spikes, Hz. */
export const SPIKE_BAND = [300, 5000] as const;

/** The band whose power movement decoders read, Hz. */
export const SPIKE_POWER_BAND = [300, 1000] as const;

/** Order of the low-pass prototype of both filters. */
const FILTER_ORDER = 2;

/** The highest frequency that a band may reach, as a part of the sample rate: nearer to half of it filters are no more. */
const HIGHEST_PART = 0.45;

/** The least ratio of a band's edges; below it the sample rate is too low for the band. */
const LEAST_RATIO = 2;

/**
 * The part of a band that a sample rate leaves: the whole of the spike band from 11.1 kHz on; undefined below 1,333 Hz,
 * as for field potentials, which have no spikes.
 */
export function bandAt(
  [low, high]: readonly [number, number],
  sampleRate: number,
): readonly [number, number] | undefined {
  const highest = Math.min(high, HIGHEST_PART * sampleRate);
  return highest >= LEAST_RATIO * low ? [low, highest] : undefined;
}

/**
 * Lower limit of noise estimates, codes: the standard deviation of the converter's own rounding error
 * (uniform, one code wide) within the spike band. No real noise is lower. It matters for recordings that sit
 * at a rail for most of their samples, and for decoded signals with a silent background.
 *
 * @param sampleRate - Hz
 */
export function leastNoise(sampleRate: number): number {
  const [low, high] = bandAt(SPIKE_BAND, sampleRate) ?? [0, sampleRate / 2];
  return Math.sqrt((high - low) / (sampleRate / 2) / 12);
}

/** Filters a signal into an array of the same length. */
export type BandFilter = Pick<ZeroPhaseFilter, 'apply'>;

/**
 * The filter of a band: a Butterworth band-pass of order 2 (four poles, the usual choice for spike detection:
 * H. G. Rey, C. Pedreira and R. Quian Quiroga, "Past, present and future of spike sorting techniques", Brain
 * Research Bulletin 119, 2015, who also ask for zero phase), run forward and backward. It owns working
 * memory: make one and use it for many signals.
 *
 * @param band - lower and upper edge, Hz: {@link SPIKE_BAND} or {@link SPIKE_POWER_BAND}
 * @param sampleRate - Hz; where it leaves nothing of the band, nothing passes
 */
export function bandFilter(band: readonly [number, number], sampleRate: number): BandFilter {
  const edges = bandAt(band, sampleRate);
  if (!edges) return { apply: (_, output) => void output.fill(0) };
  return new ZeroPhaseFilter(designButterworthBandpass(FILTER_ORDER, ...edges, sampleRate));
}
