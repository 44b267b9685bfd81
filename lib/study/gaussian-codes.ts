/** White Gaussian noise as a recording. */
import { gaussianNumbers } from '../numerics/random';
import { MAX_ADC_CODE } from '../recordings/adc';

/**
 * White Gaussian noise around the middle code, rounded to ADC codes and held in their range.
 *
 * @param samples - number of samples
 * @param deviation - standard deviation in ADC codes
 * @param seed - another seed gives independent noise
 */
export function gaussianCodes(samples: number, deviation: number, seed = 1): Uint16Array {
  const gaussian = gaussianNumbers(seed);
  return Uint16Array.from({ length: samples }, () => {
    const value = MAX_ADC_CODE / 2 + gaussian(deviation);
    return Math.max(0, Math.min(MAX_ADC_CODE, Math.round(value)));
  });
}
