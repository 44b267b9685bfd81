/**
 * `npm run encode`: one WAV file to one `.nbz` file.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { losslessPreset } from '../lib/codecs/lossless/lossless-codec';
import { encodeWav } from '../lib/codecs/files/wav-file';
import { writeWhole } from '../lib/files/write-whole';
import { CommandLineError, runCommand } from './command-line';

const USAGE = `npm run encode -- in.wav out.nbz [options]
  --lossless fast|best  nothing is lost, and nothing compresses it further: 5 million samples a second, or one
  --basis dct-512       instead, the basis to compress in (default: identity), with a quantizer of its own
                        +rdoq, +trellis8, +trellis, +trellis256: dct-512+trellis
  --step 8              and the quantizer step in ADC codes, 0 is lossless (default: 0)`;

function main(): void {
  const { values, positionals } = parseArgs({
    options: {
      lossless: { type: 'string' },
      basis: { type: 'string' },
      step: { type: 'string' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  const [input, output] = positionals;
  if (values.help) return console.log(USAGE);
  if (!input || !output || positionals.length > 2) throw new CommandLineError(USAGE);
  const { lossless, basis = 'identity', step: stepText = '0' } = values;
  if (lossless !== undefined) {
    if (values.basis !== undefined || values.step !== undefined) {
      throw new CommandLineError('--lossless takes the place of --basis and --step: give it alone.');
    }
    if (losslessPreset(`lossless-${lossless}`) === undefined) {
      throw new CommandLineError(`--lossless ${lossless}: give fast or best.`);
    }
  }
  const step = Number(stepText);
  if (stepText.trim() === '' || !(step >= 0 && step < Infinity)) {
    throw new CommandLineError(`--step ${stepText}: give a number of 0 or more.`);
  }
  const wav = readFileSync(input);
  const file = encodeWav(wav, input, lossless === undefined ? basis : `lossless-${lossless}`, step);
  writeWhole(output, file);
  console.log(`${output}: ${file.length} bytes, ratio ${(wav.length / file.length).toFixed(3)}`);
}

runCommand(main);
