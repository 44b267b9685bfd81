import { CommandLineError } from './command-line';

/** Most electrodes that can be asked for. */
const MOST_CHANNELS = 65_536;

/**
 * Numbers and ranges: `0-15,20`.
 *
 * @throws CommandLineError
 */
export function channelsOption(text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  const numbers = text.split(',').flatMap((part) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === undefined || to < from || to >= MOST_CHANNELS) {
      throw new CommandLineError(`--channels ${text}: give numbers and ranges, such as 0-15,20.`);
    }
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}
