/**
 * `npm run check`: every rule that committed files have to meet.
 *
 *     npm run check                       all checks
 *     npm run check -- --only types,cells some of them
 */
import { join } from 'node:path';
import { projectRoot } from '../lib/files/project-root';
import { findDisagreements } from './check/agreement';
import { findArrows } from './check/arrows';
import { settleStale } from './check/awaited-run';
import { API_FILE, findApiProblems } from './check/api-reference';
import { lintCells } from './check/cell-lint';
import { checkCells, formatCellProblem } from './check/cells';
import { findChoiceProblems } from './check/choices';
import { findArrayTableProblems } from './check/array-tables';
import { findModelProblems } from './check/models';
import { notebooksOutOfLayout } from './check/notebook-layout';
import { problemsOfProgram } from './check/programs';
import { findTitleProblems } from './check/figure-titles';
import { findNumberProblems } from './check/quoted-numbers';
import { findScalingTableProblems } from './check/scaling-tables';
import { CommandLineError, runCommand } from './command-line';
import { didYouMean } from './nearest-word';
import { listNotebooks } from './reproduce/notebook-file';
import { findUnusedExports } from './uses/exports';

interface Check {
  readonly title: string;
  /** Problems, one or more lines each; none when all is well. */
  find(): Promise<Found> | Found;
}

/** Problems; or problems with a note that is shown even if there are none. */
type Found = readonly string[] | { readonly problems: readonly string[]; readonly notes: readonly string[] };

function notebookPaths(): string[] {
  const folder = join(projectRoot(), 'notebooks');
  return listNotebooks(folder).map((name) => join(folder, name));
}

/** Where the committed results are. */
const RESULTS = join(projectRoot(), 'figures', 'neuralink');

const CHECKS: Readonly<Record<string, Check>> = {
  types: {
    title: 'strict types of lib, its pages, kernel, tools, tests and bench',
    find: async () => [
      ...(await problemsOfProgram('typescript/bin/tsc', ['-p', '.'])),
      // Code for pages is compiled with the DOM types; no other code may use them.
      ...(await problemsOfProgram('typescript/bin/tsc', ['-p', 'lib/figures/page'])),
      ...(await problemsOfProgram('typescript/bin/tsc', ['-p', 'packages/page'])),
    ],
  },
  kernel: {
    title: "strict types of lib under the notebook kernel's compiler (5.0.4)",
    find: () =>
      problemsOfProgram('@tslab/typescript-for-tslab/bin/tsc', ['-p', 'tools/check/tsconfig.notebook.json']),
  },
  cells: {
    title: 'strict types of the notebook cells',
    find: () => checkCells(notebookPaths()).map(formatCellProblem),
  },
  arrows: {
    title: 'imports run down, from room to room',
    find: () => {
      const { rooms, problems } = findArrows();
      return { problems, notes: rooms };
    },
  },
  exports: {
    title: 'what lib exports is used by more than tests',
    find: () => findUnusedExports(),
  },
  lint: {
    title: 'lint, of notebook cells too',
    find: async () => [
      ...(await problemsOfProgram('eslint/bin/eslint.js', ['--max-warnings', '0', '.'])),
      ...(await lintCells(notebookPaths())).map(formatCellProblem),
    ],
  },
  format: {
    title: 'format (npm run format mends it)',
    find: async () => [
      ...(await problemsOfProgram('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.'])),
      ...notebooksOutOfLayout(notebookPaths()).map((path) => `${path} is not written as Jupyter writes it.`),
    ],
  },
  api: {
    title: `${API_FILE} is what the sources say (npm run format writes it)`,
    find: () => findApiProblems(),
  },
  models: {
    title: 'models are there, whole, and learned by the code as it is',
    find: async () => settleStale(await findModelProblems(), 'models', RESULTS),
  },
  choices: {
    title: 'the parameters of the catalog are those that the folds chose',
    find: () => findChoiceProblems(RESULTS),
  },
  numbers: {
    title: 'numbers in prose are those of the sources that they name',
    find: () => [...findNumberProblems(), ...findArrayTableProblems(), ...findScalingTableProblems()],
  },
  titles: {
    title: 'titles of the committed figures can be read, and distances grow downward',
    find: () => findTitleProblems(RESULTS),
  },
  results: {
    title: 'committed results, executed notebooks and figures agree',
    find: async () => settleStale(await findDisagreements(), 'notebooks', RESULTS),
  },
};

/** Runs one check and says how it went. */
async function report(name: string, { title, find }: Check): Promise<boolean> {
  let problems: readonly string[];
  let notes: readonly string[] = [];
  try {
    const found = await find();
    if ('problems' in found) ({ problems, notes } = found);
    else problems = found;
  } catch (error) {
    problems = [error instanceof Error ? `${error.name}: ${error.message}` : String(error)];
  }
  console.log(`${problems.length === 0 ? 'ok    ' : 'failed'}  ${name}: ${title}`);
  for (const line of [...notes, ...problems]) console.log(`          ${line.replace(/\n/g, '\n          ')}`);
  return problems.length === 0;
}

const COMMAND = {
  name: 'check',
  options: { only: { value: 'types,cells', about: 'some of the checks alone' } },
  notes: () =>
    Object.entries(CHECKS)
      .map(([name, { title }]) => `${name}: ${title}`)
      .join('\n'),
} as const;

void runCommand(COMMAND, async ({ values }) => {
  const names = Object.keys(CHECKS);
  const wanted = values.only?.split(',') ?? names;
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new CommandLineError(
      `There is no check "${unknown}".${didYouMean(unknown, names)} Choose from ${names.join(', ')}.`,
    );
  }
  const passed = await Promise.all(wanted.map((name) => report(name, CHECKS[name]!)));
  const failed = passed.filter((ok) => !ok).length;
  console.log(
    failed === 0 ? `\nAll ${passed.length} checks passed.` : `\n${failed} of ${passed.length} checks failed.`,
  );
  return failed === 0 ? 0 : 1;
});
