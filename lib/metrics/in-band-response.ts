/**
 * What the filter of in-band measures lets through, to weigh spectra by.
 */
import { RealFourierTransform } from '../kernels/fft';
import { bandFilter, SPIKE_BAND } from './spike-band';

/**
 * The power response of the filter of the spike band: that of its answer to an impulse, so that it is the filter's
 * own whatever its design.
 *
 * @param segment - samples, a power of two, 1024 or more: the answer must have died away in half of them
 * @param sampleRate - Hz
 * @returns `segment / 2 + 1` numbers, 0 … 1, at the frequencies of a `Spectrum` of such segments
 */
export function inBandPowerResponse(segment: number, sampleRate: number): Float64Array {
  const impulse = new Float64Array(segment);
  impulse[segment / 2] = 1;
  const answer = new Float64Array(segment);
  bandFilter(SPIKE_BAND, sampleRate).apply(impulse, answer);
  const power = new Float64Array(segment / 2 + 1);
  new RealFourierTransform(segment).power(answer, power);
  return power;
}
