/**
 * Common part of both programs of the challenge: reads bytes from a file or standard input, calls a function, and
 * writes its result to a file or standard output.
 */
import { readFileSync, writeSync } from 'node:fs';
import { writeWhole } from '../../lib/files/write-whole';
import { errorText } from '../error-text';
import { refuseInputAsOutput } from '../input-as-output';

const STANDARD_INPUT = 0;
const STANDARD_OUTPUT = 1;

/** A pipe takes what it has room for. */
function writeToPipe(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(STANDARD_OUTPUT, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

/**
 * Runs a program: `-` is standard input or output. An error is shown by its message and sets the exit code; then
 * nothing is written.
 *
 * @param usage - shown when there are not two arguments
 */
export function runProgram(
  usage: string,
  args: readonly string[],
  convert: (bytes: Uint8Array) => Uint8Array,
): void {
  const [input, output] = args;
  if (input === undefined || output === undefined || args.length > 2) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  try {
    if (input !== '-' && output !== '-') refuseInputAsOutput(input, output);
    const bytes = convert(readFileSync(input === '-' ? STANDARD_INPUT : input));
    if (output === '-') writeToPipe(bytes);
    else writeWhole(output, bytes);
  } catch (error) {
    console.error(errorText(error));
    process.exitCode = 1;
  }
}
