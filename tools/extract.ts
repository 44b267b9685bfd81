/**
 * `npm run extract`: moves a function that proved itself in a notebook into the library.
 */
import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { projectRoot } from '../lib/files/project-root';
import { writeWhole } from '../lib/files/write-whole';
import { CommandLineError, missing, runCommand } from './command-line';
import { differenceOf } from './extract/difference';
import { planExtraction, type Request } from './extract/extraction';
import { testPath, withFirstCases } from './extract/first-test';
import { typedPath } from './typed-path';

const COMMAND = {
  name: 'extract',
  operands: 'notebooks/07-x.ipynb',
  count: [1, 1],
  options: {
    function: { value: 'NAME', about: 'moves a function, class, type or constant, and what it needs' },
    cell: {
      value: 'ID',
      about: 'moves all that a cell declares: its id, or its number among those that run',
    },
    to: { value: 'lib/a/b.ts', about: 'the module that it is moved to, new or old' },
    'dry-run': { about: 'shows what would change, and changes nothing' },
  },
  notes: 'Without --function and --cell, comments "// @extract lib/a/b.ts" in the cells say what goes where.',
} as const;

void runCommand(COMMAND, async ({ values, operands }) => {
  const notebook = typedPath(operands[0]!);
  if (!existsSync(notebook)) throw new CommandLineError(`There is no notebook ${operands[0]}.`);
  const extraction = await planExtraction(
    notebook,
    requestsOf(values.function, values.cell, values.to && moduleTyped(values.to)),
  );
  const changes = new Map(extraction.changes);
  if (changes.size === 0) {
    console.log('Nothing to move: all of it was moved before, or no cell asks for it.');
    return 0;
  }
  const without: string[] = [];
  for (const [module, names] of extraction.moved) {
    const test = await withFirstCases(notebook, module, names);
    if (test === undefined) without.push(module);
    else changes.set(join(projectRoot(), testPath(module)), test);
  }
  if (values['dry-run']) {
    process.stdout.write(differenceOf(changes));
    return 0;
  }
  // Write the notebook last, because it imports from the other files.
  for (const [file, text] of [...changes].sort(
    ([a], [b]) => Number(a === notebook) - Number(b === notebook),
  )) {
    writeWhole(file, text);
    console.log(`wrote ${relative(projectRoot(), file)}`);
  }
  for (const [module, names] of extraction.moved) console.log(`${module} now has ${names.join(', ')}.`);
  for (const module of without) {
    console.log(`No call with values that fit into a test was found: write ${testPath(module)}.`);
  }
  return 0;
});

/** As cells import it, from the root of the project: so it may be typed anywhere, as well as from where one is. */
function moduleTyped(path: string): string {
  if (/^(\.\/)?lib\//.test(path)) return path;
  return relative(projectRoot(), typedPath(path)).split(sep).join('/');
}

function requestsOf(
  declaration: string | undefined,
  cell: string | undefined,
  module: string | undefined,
): Request[] | undefined {
  if (declaration === undefined && cell === undefined && module === undefined) return undefined;
  if (module === undefined || (declaration === undefined && cell === undefined)) {
    throw missing(COMMAND, 'Say what to move and where: --function NAME --to lib/a/b.ts.');
  }
  return [{ module, ...(declaration !== undefined && { declaration }), ...(cell !== undefined && { cell }) }];
}
