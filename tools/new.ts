/**
 * `npm run new`: the files of a new basis, which run at once and are to be filled in.
 */
import { dirname, join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { projectRoot } from '../lib/files/project-root';
import { writeWhole } from '../lib/files/write-whole';
import { missing, runCommand } from './command-line';
import { newBasisFiles } from './new/basis-files';

const COMMAND = {
  name: 'new',
  options: { basis: { value: 'NAME', about: 'what the basis is called, first part of its ids: chirplet' } },
  notes:
    'Written are a basis that does nothing yet (lib/bases/blocks/chirplet.ts), its entry in the catalog, its row in the ' +
    'format, a test of perfect reconstruction, and a notebook with the next free number. Undo is git checkout and ' +
    'git clean.',
} as const;

void runCommand(COMMAND, async ({ values }) => {
  if (values.basis === undefined) throw missing(COMMAND, 'Say what the basis is called: --basis NAME.');
  for (const [path, text] of await newBasisFiles(values.basis)) {
    const file = join(projectRoot(), path);
    mkdirSync(dirname(file), { recursive: true });
    writeWhole(file, text);
    console.log(`wrote ${path}`);
  }
  console.log(`Try it: npm test -- tests/bases, npm run sweep -- --basis ${values.basis} --recordings 6`);
});
