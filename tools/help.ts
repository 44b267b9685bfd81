/**
 * `npm run help`: all commands, each with what it does.
 */
import { runCommand } from './command-line';
import { COMMANDS } from './commands';

void runCommand({ name: 'help', options: {} }, () => {
  const width = Math.max(...Object.keys(COMMANDS).map(({ length }) => length));
  for (const [name, summary] of Object.entries(COMMANDS)) {
    console.log(`npm run ${name.padEnd(width)}  ${summary}`);
  }
  console.log(
    '\nOptions come after two dashes: npm run encode -- --help prints what encode takes.\n' +
      'New here? README.md says what this is, CONTRIBUTING.md how to work on it.',
  );
});
