/**
 * `npm run decode`: one `.nbz` file back to the file that it was made of, or to a WAV file where samples alone were kept.
 */
import { decodeRecordingTo } from '../lib/codecs/files/long-recording';
import { refuseInputAsOutput } from './input-as-output';
import { channelsOption } from './channels-option';
import { CommandLineError, numberOption, positiveInteger, runCommand } from './command-line';
import { refuseFolder, typedPath } from './typed-path';
import { workOnBytes } from './work-on-bytes';

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
    channels: { value: 'LIST', about: 'a WAV file of these channels of a stream alone: 0-15,20' },
    'from-second': { value: 'N', about: 'a WAV file from this second on; nothing else is decoded' },
    seconds: { value: 'N', about: 'a WAV file of so many seconds' },
  },
  notes: 'Files that hold samples alone (--signal-only, or one channel of a dataset) become WAV files.',
} as const;

void runCommand(COMMAND, async ({ values, operands }) => {
  const [input, output] = operands as [string, string];
  const to = typedPath(output);
  refuseInputAsOutput(typedPath(input), to);
  if (values.stream !== undefined && !/^\d+$/.test(values.stream)) {
    throw new CommandLineError(`--stream ${values.stream}: give a whole number, from 0.`);
  }
  refuseFolder(input);
  const bytes = await decodeRecordingTo(
    typedPath(input),
    to,
    {
      sampleRate: positiveInteger('rate', values.rate),
      stream: values.stream === undefined ? undefined : Number(values.stream),
      channels: channelsOption(values.channels),
      fromSecond: numberOption('from-second', values['from-second'], 0),
      seconds: numberOption('seconds', values.seconds, 0),
    },
    workOnBytes(input),
  );
  console.error(`${output}: ${bytes} bytes`);
});
