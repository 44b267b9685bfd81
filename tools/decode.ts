/**
 * `npm run decode`: one `.nbz` file back to one WAV file.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { decodeWav } from '../lib/codecs/files/wav-file';
import { writeWhole } from '../lib/files/write-whole';
import { CommandLineError, runCommand } from './command-line';

const USAGE = 'npm run decode -- in.nbz out.wav';

function main(): void {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [input, output] = positionals;
  if (values.help) return console.log(USAGE);
  if (!input || !output || positionals.length > 2) throw new CommandLineError(USAGE);
  const wav = decodeWav(readFileSync(input));
  writeWhole(output, wav);
  console.log(`${output}: ${wav.length} bytes`);
}

runCommand(main);
