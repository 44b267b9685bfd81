/**
 * `npm run decode`: one `.nbz` file back to the file that it was made of.
 */
import { decodeRecordingFile } from '../lib/codecs/files/recording-encoder';
import { refuseInputAsOutput } from './input-as-output';
import { writeWhole } from '../lib/files/write-whole';
import { runCommand } from './command-line';
import { readTypedFile, typedPath } from './typed-path';

const COMMAND = {
  name: 'decode',
  operands: 'in.nbz out',
  count: [2, 2],
  options: {},
} as const;

void runCommand(COMMAND, ({ operands }) => {
  const [input, output] = operands as [string, string];
  const to = typedPath(output);
  refuseInputAsOutput(typedPath(input), to);
  const file = decodeRecordingFile(readTypedFile(input));
  writeWhole(to, file);
  console.error(`${output}: ${file.length} bytes`);
});
