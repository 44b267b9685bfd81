import type { Shard } from '../../lib/measuring/shards';
import { CommandLineError } from '../command-line';

/**
 * The value of `--shard`: `3/16` is the third of sixteen.
 *
 * @throws CommandLineError
 */
export function shardOption(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined;
  const [, number = 0, count = 0] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (number >= 1 && number <= count) return { number, count };
  throw new CommandLineError(
    `--shard ${text}: give its number and how many there are: 3/16 is the third of 16.`,
  );
}
