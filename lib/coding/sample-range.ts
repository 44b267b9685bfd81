/**
 * The codes that samples can have.
 */
import { MAX_ADC_CODE } from '../recordings/adc';
import type { ChannelDescription, SampleRange } from '../recordings/recording';

export type { SampleRange };

/** Codes of Neuralink's digitizer, of whose files nothing more needs to be said. */
export const ADC_RANGE: SampleRange = { smallest: 0, largest: MAX_ADC_CODE };

/** Samples of 16 bits as they are. */
export const PCM16_RANGE: SampleRange = { smallest: -32768, largest: 32767 };

/** Whether codes are those of Neuralink's digitizer. Compared by value: ranges travel to worker threads as copies. */
export function isNeuralinkRange({ smallest, largest, description }: SampleRange): boolean {
  return smallest === 0 && largest === MAX_ADC_CODE && description === undefined;
}

/**
 * The codes of a channel: of its digitizer.
 *
 * @public
 */
export function rangeOf(description: ChannelDescription): SampleRange {
  const { digitizer, sampleRate } = description;
  const known = sampleRate > 0 ? { sampleRate } : {};
  return { smallest: 0, largest: digitizer.codes - 1, description, ...known };
}
