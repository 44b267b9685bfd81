/**
 * `npm run extract`: moves a function that proved itself in a notebook into the library.
 */
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../lib/files/project-root';
import { writeWhole } from '../lib/files/write-whole';
import { CommandLineError } from './command-line';
import { differenceOf } from './extract/difference';
import { planExtraction, type Request } from './extract/extraction';
import { testPath, withFirstCases } from './extract/first-test';

const USAGE = `npm run extract -- notebooks/07-x.ipynb [what] [options]
  --function NAME --to lib/a/b.ts  moves a function, class, type or constant, and what it needs
  --cell ID --to lib/a/b.ts        moves all that a cell (its id, or its number among those that run) declares
                                   without either: what comments "// @extract lib/a/b.ts" in the cells ask for
  --dry-run                        shows what would change`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      function: { type: 'string' },
      cell: { type: 'string' },
      to: { type: 'string' },
      'dry-run': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help || positionals.length !== 1) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  const notebook = resolve(positionals[0]!);
  if (!existsSync(notebook)) throw new CommandLineError(`There is no notebook ${positionals[0]}.`);
  const extraction = await planExtraction(notebook, requestsOf(values.function, values.cell, values.to));
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
  // The notebook last: it imports what the others hold.
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
}

function requestsOf(
  declaration: string | undefined,
  cell: string | undefined,
  module: string | undefined,
): Request[] | undefined {
  if (declaration === undefined && cell === undefined && module === undefined) return undefined;
  if (module === undefined || (declaration === undefined && cell === undefined)) {
    throw new CommandLineError(`Say what to move and where:\n${USAGE}`);
  }
  return [{ module, ...(declaration !== undefined && { declaration }), ...(cell !== undefined && { cell }) }];
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
