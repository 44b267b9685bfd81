import type { CommandName } from './commands';

/** An option; without `value` it is a flag. */
export interface CommandOption {
  /** Placeholder of its value in the help: `"N"`. */
  readonly value?: string;
  readonly about: string;
}

/** Arguments and options of a command. */
export interface CommandDescription {
  readonly name: CommandName;
  /** Text of the usage line between the name and the options: `"in.wav out.nbz"`. */
  readonly operands?: string;
  /** How many operands there may be; none unless said otherwise. */
  readonly count?: readonly [least: number, most: number];
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Text after the options in the help. */
  readonly notes?: string | (() => string);
  /** The program to which options go that the command does not know. */
  readonly passesOnTo?: string;
}
