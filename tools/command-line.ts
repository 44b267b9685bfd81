import type { Dataset } from '../lib/recordings/corpus';

/** A command was given options that make no sense. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
}

/**
 * A whole number of at least 1 from the command line.
 *
 * @param option - its name, without the dashes
 * @throws CommandLineError
 */
export function positiveInteger(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new CommandLineError(`--${option} ${text}: give a whole number from 1 on.`);
}

/**
 * The value of `--dataset`.
 *
 * @throws CommandLineError
 */
export function datasetOption(text: string | undefined): Dataset | undefined {
  if (text === undefined || text === 'neuralink' || text === 'sample') return text;
  throw new CommandLineError(`There is no dataset "${text}": choose "neuralink" or "sample".`);
}

/** Runs the body of a command: an error is shown by its message alone and sets the exit code. */
export function runCommand(body: () => void): void {
  try {
    body();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
