/**
 * `npm run format`: lays out all files as the checks want them, and mends what the linter can mend.
 */
import { runPackageProgram } from './check/programs';
import { runCommand } from './command-line';

void runCommand({ name: 'format', options: {} }, async () => {
  // One after the other: both write the same files.
  const lint = await runPackageProgram('eslint/bin/eslint.js', ['--fix', '.']);
  const layout = await runPackageProgram('prettier/bin/prettier.cjs', [
    '--write',
    '--log-level',
    'warn',
    '.',
  ]);
  process.stdout.write(lint.output + layout.output);
  return lint.code || layout.code;
});
