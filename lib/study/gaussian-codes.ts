/** White Gaussian noise as a recording. */
import { uniformNumbers } from '../numerics/random';
import { MAX_ADC_CODE } from '../recordings/adc';

/**
 * White Gaussian noise around the middle code, by the method of Box and Muller, rounded to ADC codes and held in their
 * range.
 *
 * @param samples - number of samples
 * @param deviation - standard deviation in ADC codes
 * @param seed - another seed gives independent noise
 */
export function gaussianCodes(samples: number, deviation: number, seed = 1): Uint16Array {
  const uniform = uniformNumbers(seed);
  return Uint16Array.from({ length: samples }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const value = MAX_ADC_CODE / 2 + deviation * radius * Math.cos(2 * Math.PI * uniform());
    return Math.max(0, Math.min(MAX_ADC_CODE, Math.round(value)));
  });
}
