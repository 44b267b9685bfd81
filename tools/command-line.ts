/**
 * Common parts of all commands: help, parsing of arguments, errors and exit codes.
 */
import { parseArgs } from 'node:util';
import { datasetNames } from '../lib/recordings/corpus';
import { COMMANDS } from './commands';
import { errorText } from './error-text';
import type { CommandDescription, CommandOption } from './command-description';
import { didYouMean } from './nearest-word';
import { endProgressLine } from './progress-line';
import { swallowedByNpm } from './swallowed-by-npm';
// Every command takes the launcher's variable from its environment, or commands that it starts would believe it.
import './typed-path';

export type { CommandDescription } from './command-description';

/** A command was given options that make no sense. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
}

/** Values by option: texts where there is a value, whether it was given where it is a flag. */
export type OptionValues<Options> = {
  readonly [Name in keyof Options]: Options[Name] extends { readonly value: string }
    ? string | undefined
    : boolean;
};

/** The parsed command line. */
export interface CommandLine<Options = Readonly<Record<string, CommandOption>>> {
  readonly values: OptionValues<Options>;
  readonly operands: readonly string[];
  /** Where there is someone to pass them on to: options that the command does not know, and all operands. */
  readonly passedOn: readonly string[];
}

const HELP: CommandOption = { about: 'prints this text and does nothing else' };

/** Columns of the help. */
const WIDTH = 110;

/** A text in lines of at most so many columns. */
function wrapped(text: string, columns: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines = [''];
    for (const word of paragraph.split(' ')) {
      const last = lines[lines.length - 1]!;
      if (last !== '' && last.length + 1 + word.length > columns) lines.push(word);
      else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
    }
    return lines;
  });
}

/** `npm run encode -- in.wav out.nbz [options]` */
function firstLine({ name, operands }: CommandDescription): string {
  const script = name === 'test' ? 'npm test' : `npm run ${name}`;
  return `${script} -- ${operands === undefined ? '' : `${operands} `}[options]`;
}

/** The text of `--help`. */
export function helpText(command: CommandDescription): string {
  const options = Object.entries({ ...command.options, help: HELP }).map(
    ([name, { value, about }]) => [value === undefined ? `--${name}` : `--${name} ${value}`, about] as const,
  );
  const column = Math.max(...options.map(([option]) => option.length)) + 4;
  const lines = options.flatMap(([option, about]) =>
    wrapped(about, WIDTH - column).map(
      (line, i) => (i === 0 ? `  ${option}`.padEnd(column) : ' '.repeat(column)) + line,
    ),
  );
  const summary = COMMANDS[command.name];
  const notes = [
    typeof command.notes === 'function' ? command.notes() : command.notes,
    command.passesOnTo && `All other options go to ${command.passesOnTo}.`,
  ].filter((text) => text !== undefined);
  return [
    firstLine(command),
    `\n${summary[0]!.toUpperCase()}${summary.slice(1)}.\n`,
    ...lines,
    ...notes.flatMap((text) => ['', ...wrapped(text, WIDTH)]),
  ].join('\n');
}

/** The error for a command line without a required argument; its message is the whole help. */
export function missing(command: CommandDescription, what: string): CommandLineError {
  return new CommandLineError(`${what}\n\n${helpText(command)}`);
}

/**
 * Parses the command line.
 *
 * @returns `'help'` when that was asked for, whatever else was
 * @throws CommandLineError that names the mistake and the probable correction
 */
export function readCommandLine<Options extends CommandDescription['options']>(
  command: CommandDescription & { readonly options: Options },
  args: readonly string[],
): CommandLine<Options> | 'help' {
  const help = ` (npm run ${command.name} -- --help lists what there is.)`;
  const refuse = (message: string): CommandLineError => new CommandLineError(message + help);
  const withValue = Object.entries(command.options).map(
    ([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }] as const,
  );
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...Object.fromEntries(withValue), help: { type: 'boolean' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string | boolean | undefined> = {};
  for (const [name, { value }] of Object.entries(command.options)) {
    values[name] = value === undefined ? false : undefined;
  }
  const operands: string[] = [];
  const passedOn: string[] = [];
  if (tokens.some((token) => token.kind === 'option' && token.rawName === '--help')) return 'help';
  for (const token of tokens) {
    if (token.kind === 'positional') {
      // A value of an option that is passed on cannot be told from an operand: they keep their order.
      (command.passesOnTo === undefined ? operands : passedOn).push(token.value);
    } else if (token.kind === 'option') {
      const option = token.rawName.startsWith('--') ? command.options[token.name] : undefined;
      if (!option) {
        if (command.passesOnTo !== undefined) {
          passedOn.push(token.value === undefined ? token.rawName : `${token.rawName}=${token.value}`);
          continue;
        }
        const known = [...Object.keys(command.options), 'help'].map((name) => `--${name}`);
        throw refuse(`There is no option ${token.rawName}.${didYouMean(token.rawName, known)}`);
      }
      if (option.value === undefined) {
        if (token.value !== undefined) throw refuse(`${token.rawName} takes no value.`);
        values[token.name] = true;
      } else if (token.value === undefined) {
        throw refuse(`${token.rawName} needs a value: ${token.rawName} ${option.value}.`);
      } else if (!token.inlineValue && /^--?[a-z]/.test(token.value)) {
        throw refuse(
          `${token.rawName} needs a value, and "${token.value}" looks like another option: ` +
            `${token.rawName} ${option.value}.`,
        );
      } else values[token.name] = token.value;
    }
  }
  const line = { values: values as OptionValues<Options>, operands, passedOn };
  if (command.passesOnTo !== undefined) return line;
  const [least, most] = command.count ?? [0, 0];
  if (operands.length >= least && operands.length <= most) return line;
  if (most === 0) {
    throw refuse(
      `"${operands[0]}" is no option of npm run ${command.name}: names of options begin with two dashes.` +
        didYouMean(
          `--${operands[0]}`,
          Object.keys(command.options).map((name) => `--${name}`),
        ),
    );
  }
  const given = operands.length === 0 ? 'nothing was given' : `given was ${operands.join(' ')}`;
  throw refuse(`Type ${firstLine(command)}; ${given}.`);
}

/**
 * Runs a command: `--help` prints what it takes; an error is shown by its message and sets the exit code.
 *
 * @param body - gives the exit code, 0 unless it says otherwise
 */
export async function runCommand<Options extends CommandDescription['options']>(
  command: CommandDescription & { readonly options: Options },
  body: (line: CommandLine<Options>) => number | void | Promise<number | void>,
): Promise<void> {
  try {
    const args = process.argv.slice(2);
    const swallowed = swallowedByNpm(command, args);
    if (swallowed !== undefined) throw new CommandLineError(swallowed);
    const line = readCommandLine(command, args);
    if (line === 'help') console.log(helpText(command));
    else process.exitCode = (await body(line)) ?? 0;
  } catch (error) {
    endProgressLine();
    console.error(errorText(error));
    const stopped = error instanceof Error && error.name.endsWith('StoppedError');
    process.exitCode = stopped ? INTERRUPTED : 1;
  }
}

/** Exit code of a command that Ctrl-C has stopped: 128 and the number of the signal. */
const INTERRUPTED = 130;

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
 * A number from the command line; above 0 unless a least one is given.
 *
 * @param option - its name, without the dashes
 * @throws CommandLineError
 */
export function numberOption(option: string, text: string | undefined, least?: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  const enough = least === undefined ? value > 0 : value >= least;
  if (text.trim() !== '' && Number.isFinite(value) && enough) return value;
  throw new CommandLineError(
    `--${option} ${text}: give a number ${least === undefined ? 'above 0' : `of ${least} or more`}.`,
  );
}

/** Options that choose recordings; {@link datasetOption} and {@link positiveInteger} read them. */
export const CORPUS_OPTIONS = {
  dataset: {
    value: 'NAME',
    about:
      'the recordings to use: neuralink, sample or an imported one (default: neuralink when imported, else sample)',
  },
  recordings: { value: 'N', about: 'use a stratified subset of N recordings' },
} as const;

/**
 * The value of `--dataset`. It becomes that of the environment, too, so that models are those of the dataset here, in
 * worker threads and in processes that are started.
 *
 * @throws CommandLineError
 */
export function datasetOption(text: string | undefined): string | undefined {
  const names = datasetNames();
  if (text === undefined) return undefined;
  if (names.includes(text)) {
    process.env['NEUROBASIS_DATASET'] = text;
    return text;
  }
  throw new CommandLineError(
    `There is no dataset "${text}".${didYouMean(text, names)} Choose from ${names.join(', ')}, or import it: ` +
      `npm run data -- --from PATH --name ${text}.`,
  );
}
