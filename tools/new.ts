/**
 * `npm run new`: the files of a new basis, which run at once and are to be filled in.
 */
import { dirname, join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { projectRoot } from '../lib/files/project-root';
import { writeWhole } from '../lib/files/write-whole';
import { CommandLineError } from './command-line';
import { newBasisFiles } from './new/basis-files';

const USAGE = `npm run new -- --basis chirplet
  writes a basis that does nothing yet (lib/bases/chirplet.ts), its entry in the catalog, its row in the format, a
  test of perfect reconstruction, and a notebook with the next free number; undo is git checkout and git clean`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { basis: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) return console.log(USAGE);
  if (values.basis === undefined) throw new CommandLineError(USAGE);
  for (const [path, text] of await newBasisFiles(values.basis)) {
    const file = join(projectRoot(), path);
    mkdirSync(dirname(file), { recursive: true });
    writeWhole(file, text);
    console.log(`wrote ${path}`);
  }
  console.log(`Try it: npm test -- tests/bases, npm run sweep -- --basis ${values.basis} --recordings 6`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
