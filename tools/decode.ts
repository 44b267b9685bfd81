/**
 * `npm run decode`: one `.nbz` file back to the file that it was made of, or to a WAV file where samples alone were kept.
 */
import { decodeRecordingFile } from '../lib/codecs/files/recording-encoder';
import { refuseInputAsOutput } from './input-as-output';
import { writeWhole } from '../lib/files/write-whole';
import { CommandLineError, positiveInteger, runCommand } from './command-line';
import { readTypedFile, typedPath } from './typed-path';

const COMMAND = {
  name: 'decode',
  operands: 'in.nbz out',
  count: [2, 2],
  options: {
    rate: {
      value: 'HZ',
      about: 'samples a second, where samples alone were kept and the file does not say it',
    },
    stream: { value: 'N', about: 'where samples alone were kept: the stream to write, from 0' },
  },
  notes: 'Files that hold samples alone (--signal-only, or one channel of a dataset) become WAV files.',
} as const;

void runCommand(COMMAND, ({ values, operands }) => {
  const [input, output] = operands as [string, string];
  const to = typedPath(output);
  refuseInputAsOutput(typedPath(input), to);
  if (values.stream !== undefined && !/^\d+$/.test(values.stream)) {
    throw new CommandLineError(`--stream ${values.stream}: give a whole number, from 0.`);
  }
  const file = decodeRecordingFile(readTypedFile(input), {
    sampleRate: positiveInteger('rate', values.rate),
    stream: values.stream === undefined ? undefined : Number(values.stream),
  });
  writeWhole(to, file);
  console.error(`${output}: ${file.length} bytes`);
});
