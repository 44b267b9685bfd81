import { statSync } from 'node:fs';

/** A command was to write what it makes of a file over that file. */
export class InputAsOutputError extends Error {
  override readonly name = 'InputAsOutputError';
}

/**
 * Makes sure that an output is not the input, under another name or by a link of either kind: what is made of a
 * recording with loss would be all that is left of it.
 *
 * @throws InputAsOutputError
 */
export function refuseInputAsOutput(input: string, output: string): void {
  const from = statSync(input, { bigint: true, throwIfNoEntry: false });
  const to = statSync(output, { bigint: true, throwIfNoEntry: false });
  if (!from?.isFile() || !to?.isFile() || from.dev !== to.dev || from.ino !== to.ino) return;
  throw new InputAsOutputError(
    input === output
      ? `${output} is the input itself: give the output another name.`
      : `${output} is the same file as the input ${input}: give the output another name.`,
  );
}
