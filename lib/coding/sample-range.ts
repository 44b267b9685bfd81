/**
 * The codes that samples can have.
 */
import { MAX_ADC_CODE, SAMPLE_RATE } from '../recordings/adc';
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

/** Whether codes are those of Neuralink's digitizer at its sample rate, for which formats without a rate are defined. */
export function isNeuralinkRecording(range: SampleRange): boolean {
  return isNeuralinkRange(range) && (range.sampleRate ?? SAMPLE_RATE) === SAMPLE_RATE;
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
