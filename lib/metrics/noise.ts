/**
 * The noise of a recording: the unit in which operating points and errors of different digitizers are compared.
 */
import { bandFilter, leastNoise, SPIKE_BAND } from './spike-band';
import { spikeThreshold, THRESHOLD_DEVIATIONS } from './spikes';

/**
 * Estimates the standard deviation of the noise of codes: that of the spike band by its median absolute deviation, which
 * spikes hardly move (`spikes.ts`); where the sample rate leaves no such band, that of second differences by the same,
 * scaled as for white noise. Never less than the digitizer's own rounding error within the band.
 *
 * @param sampleRate - of the codes, Hz
 * @returns a function of any number of codes; it owns working memory, so make one and use it for many recordings
 */
export function noiseEstimator(sampleRate: number): (codes: Uint16Array) => number {
  const filter = bandFilter(SPIKE_BAND, sampleRate);
  const floor = leastNoise(sampleRate);
  return (codes) => {
    const signal = Float64Array.from(codes);
    const inBand = new Float64Array(signal.length);
    filter.apply(signal, inBand);
    if (inBand.every((value) => value === 0)) {
      for (let i = 2; i < signal.length; i++) {
        inBand[i] = (signal[i]! - 2 * signal[i - 1]! + signal[i - 2]!) / Math.sqrt(6);
      }
    }
    return spikeThreshold(inBand, floor, new Float64Array(signal.length)) / THRESHOLD_DEVIATIONS;
  };
}
