/**
 * `npm run format`: lays out all files as the checks want them, and mends what the linter can mend.
 */
import { join } from 'node:path';
import { projectRoot } from '../lib/files/project-root';
import { layOutNotebooks } from './check/notebook-layout';
import { runPackageProgram } from './check/programs';
import { listNotebooks } from './reproduce/notebook-file';

async function main(): Promise<number> {
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
  process.stdout.write(lint.output + layout.output);
  return lint.code || layout.code;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
