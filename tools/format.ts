/**
 * `npm run format`: formats all files as the checks require, and applies the fixes of the linter.
 */
import { join } from 'node:path';
import { projectRoot } from '../lib/files/project-root';
import { writeWhole } from '../lib/files/write-whole';
import { API_FILE, apiReference } from './check/api-reference';
import { layOutNotebooks } from './check/notebook-layout';
import { runPackageProgram } from './check/programs';
import { runCommand } from './command-line';
import { listNotebooks } from './reproduce/notebook-file';

void runCommand({ name: 'format', options: {} }, async () => {
  // One after the other: both write the same files.
  const lint = await runPackageProgram('eslint/bin/eslint.js', ['--fix', '.']);
  const layout = await runPackageProgram('prettier/bin/prettier.cjs', [
    '--write',
    '--log-level',
    'warn',
    '.',
  ]);
  const notebooks = join(projectRoot(), 'notebooks');
  layOutNotebooks(listNotebooks(notebooks).map((name) => join(notebooks, name)));
  // Last: what it is made from is laid out by then.
  const { text, problems } = await apiReference();
  writeWhole(join(projectRoot(), API_FILE), text);
  process.stdout.write([lint.output, layout.output, ...problems.map((problem) => `${problem}\n`)].join(''));
  return lint.code || layout.code || (problems.length > 0 ? 1 : 0);
});
