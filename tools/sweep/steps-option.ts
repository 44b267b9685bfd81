import { CommandLineError } from '../command-line';

/** The option `--steps`. */
export const STEPS_OPTION = {
  value: '0,2,4',
  about: 'quantizer steps in ADC codes, 0 is lossless (default: those of the notebooks)',
} as const;

/**
 * The value of `--steps`. Undefined for options that apply to every codec.
 *
 * @throws CommandLineError
 */
export function stepsOption(text: string | undefined): readonly number[] | undefined {
  if (text === undefined) return undefined;
  return text.split(',').map((part) => {
    const step = Number(part);
    if (part.trim() !== '' && step >= 0 && step < Infinity) return step;
    throw new CommandLineError(`--steps ${text}: give numbers of 0 or more, separated by commas.`);
  });
}
