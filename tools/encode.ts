/**
 * `npm run encode`: one file of a recording, in any format that is read, to one `.nbz` file.
 */
import { losslessPreset } from '../lib/codecs/lossless/lossless-codec';
import { encodeRecordingTo } from '../lib/codecs/files/long-recording';
import { refuseInputAsOutput } from './input-as-output';
import { CommandLineError, numberOption, positiveInteger, runCommand } from './command-line';
import { requireBasisName } from './typed-basis';
import { refuseFolder, typedPath } from './typed-path';
import { workOnBytes } from './work-on-bytes';

const COMMAND = {
  name: 'encode',
  operands: 'in out.nbz',
  count: [2, 2],
  options: {
    lossless: {
      value: 'fast|best|live',
      about:
        'nothing is lost, and nothing compresses it further: 5 million samples a second, or one (without a basis); live keeps up with hundreds of channels of one file',
    },
    basis: {
      value: 'ID',
      about:
        'instead, the basis to compress in (default: identity): dct-512, or with a quantizer of its own +rdoq, +trellis8, +trellis, +trellis256: dct-512+trellis; +trellis-window1 looks one hop ahead',
    },
    space: {
      value: 'ID',
      about:
        'beside either, a basis across the channels of a file: klt-bands, klt, dct, haar or graph with a fixed basis; mean, median, nearest, best or several with any, or with --lossless, which looks at other channels by itself and needs fewer bytes without',
    },
    step: { value: 'N', about: 'and the quantizer step in ADC codes, 0 is lossless (default: 0)' },
    'max-error': {
      value: 'E',
      about:
        'no sample is off by more than this, in its values (an ADC code of Neuralink is 64): beside --lossless, or alone for best',
    },
    'signal-only': { about: 'leaves out all bytes but samples: the file does not come back' },
    sidecar: {
      value: 'FILE',
      about: 'JSON that describes samples without a header; default: beside the file',
    },
  },
} as const;

/** Preset that groups of channels alone have. */
const LIVE = 'live';

void runCommand(COMMAND, async ({ values, operands }) => {
  const [input, output] = operands as [string, string];
  const maxError = positiveInteger('max-error', values['max-error']);
  const { lossless = maxError === undefined ? undefined : 'best', basis = 'identity' } = values;
  if (lossless !== undefined) {
    if (values.basis !== undefined || values.step !== undefined) {
      throw new CommandLineError(
        `--${maxError === undefined ? 'lossless' : 'max-error'} takes the place of --basis and --step: give it alone.`,
      );
    }
    if (lossless !== LIVE && losslessPreset(`lossless-${lossless}`) === undefined) {
      throw new CommandLineError(`--lossless ${lossless}: give fast, best or live.`);
    }
  }
  const step = numberOption('step', values.step, 0) ?? 0;
  requireBasisName(basis);
  const to = typedPath(output);
  refuseInputAsOutput(typedPath(input), to);
  refuseFolder(input);
  const alone = lossless === undefined ? basis : `lossless-${lossless}`;
  const space = values.space ?? (lossless === LIVE ? 'none' : undefined);
  const codecId = space === undefined ? alone : `${alone}@${space}`;
  const sizes = await encodeRecordingTo(
    typedPath(input),
    to,
    {
      codecId,
      step,
      signalOnly: values['signal-only'] === true,
      ...(maxError !== undefined && { maxError }),
    },
    { sidecar: values.sidecar === undefined ? undefined : typedPath(values.sidecar) },
    (note) => console.error(`${input}: ${note}`),
    workOnBytes(input),
  );
  console.error(`${output}: ${sizes.to} bytes, ratio ${(sizes.from / sizes.to).toFixed(3)}`);
});
