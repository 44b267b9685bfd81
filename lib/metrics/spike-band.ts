/**
 * The frequency bands of spikes and their filters. The metrics, the spike codec and the learner of its
 * waveforms all take them from here, so that they see the same signal.
 */
import { designButterworthBandpass, ZeroPhaseFilter } from '../kernels/iir';
import { SAMPLE_RATE } from '../recordings/adc';

/** The band of spikes, Hz. */
export const SPIKE_BAND = [300, 5000] as const;

/** The band whose power movement decoders read, Hz. */
export const SPIKE_POWER_BAND = [300, 1000] as const;

/** Order of the low-pass prototype of both filters. */
const FILTER_ORDER = 2;

/**
 * Lower limit of noise estimates, ADC codes: the standard deviation of the converter's own rounding error
 * (uniform, one code wide) within the spike band. No real noise is lower. It matters for recordings that sit
 * at a rail for most of their samples, and for decoded signals with a silent background.
 */
export const LEAST_NOISE = Math.sqrt((SPIKE_BAND[1] - SPIKE_BAND[0]) / (SAMPLE_RATE / 2) / 12);

/**
 * The filter of a band: a Butterworth band-pass of order 2 (four poles, the usual choice for spike detection:
 * H. G. Rey, C. Pedreira and R. Quian Quiroga, "Past, present and future of spike sorting techniques", Brain
 * Research Bulletin 119, 2015, who also ask for zero phase), run forward and backward. It owns working
 * memory: make one and use it for many signals.
 *
 * @param band - lower and upper edge, Hz: {@link SPIKE_BAND} or {@link SPIKE_POWER_BAND}
 */
export function bandFilter([low, high]: readonly [number, number]): ZeroPhaseFilter {
  return new ZeroPhaseFilter(designButterworthBandpass(FILTER_ORDER, low, high, SAMPLE_RATE));
}
