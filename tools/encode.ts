/**
 * `npm run encode`: one WAV file to one `.nbz` file.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { encodeWav } from '../lib/coding/wav-file';
import { writeWhole } from '../lib/write-whole';
import { CommandLineError, runCommand } from './command-line';

const USAGE = `npm run encode -- in.wav out.nbz [options]
  --basis dct-512   the basis, dct-512+trellis with a quantizer of its own (default: identity)
  --step 8          quantizer step in ADC codes, 0 is lossless (default: 0)`;

function main(): void {
  const { values, positionals } = parseArgs({
    options: {
      basis: { type: 'string', default: 'identity' },
      step: { type: 'string', default: '0' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  const [input, output] = positionals;
  if (values.help) return console.log(USAGE);
  if (!input || !output || positionals.length > 2) throw new CommandLineError(USAGE);
  const step = Number(values.step);
  if (values.step.trim() === '' || !(step >= 0 && step < Infinity)) {
    throw new CommandLineError(`--step ${values.step}: give a number of 0 or more.`);
  }
  const wav = readFileSync(input);
  const file = encodeWav(wav, input, values.basis, step);
  writeWhole(output, file);
  console.log(`${output}: ${file.length} bytes, ratio ${(wav.length / file.length).toFixed(3)}`);
}

runCommand(main);
