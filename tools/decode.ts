/**
 * `npm run decode`: one `.nbz` file back to one WAV file.
 */
import { decodeWav } from '../lib/codecs/files/wav-file';
import { refuseInputAsOutput } from './input-as-output';
import { writeWhole } from '../lib/files/write-whole';
import { runCommand } from './command-line';
import { readTypedFile, typedPath } from './typed-path';

const COMMAND = {
  name: 'decode',
  operands: 'in.nbz out.wav',
  count: [2, 2],
  options: {},
} as const;

void runCommand(COMMAND, ({ operands }) => {
  const [input, output] = operands as [string, string];
  const to = typedPath(output);
  refuseInputAsOutput(typedPath(input), to);
  const wav = decodeWav(readTypedFile(input));
  writeWhole(to, wav);
  console.error(`${output}: ${wav.length} bytes`);
});
