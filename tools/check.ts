/**
 * `npm run check`: everything that has to hold of what is committed.
 *
 *     npm run check                       all checks
 *     npm run check -- --only types,cells some of them
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../lib/files/project-root';
import { findDisagreements } from './check/agreement';
import { lintCells } from './check/cell-lint';
import { checkCells, formatCellProblem } from './check/cells';
import { findModelProblems } from './check/models';
import { notebooksOutOfLayout } from './check/notebook-layout';
import { problemsOfProgram } from './check/programs';
import { listNotebooks } from './reproduce/notebook-file';
import { findUnusedExports } from './uses/exports';

interface Check {
  readonly title: string;
  /** Problems, one or more lines each; none when all is well. */
  find(): Promise<readonly string[]> | readonly string[];
}

function notebookPaths(): string[] {
  const folder = join(projectRoot(), 'notebooks');
  return listNotebooks(folder).map((name) => join(folder, name));
}

const CHECKS: Readonly<Record<string, Check>> = {
  types: {
    title: 'strict types of lib, its pages, kernel, tools, tests and bench',
    find: async () => [
      ...(await problemsOfProgram('typescript/bin/tsc', ['-p', '.'])),
      // What runs in pages knows a document, which nothing else may.
      ...(await problemsOfProgram('typescript/bin/tsc', ['-p', 'lib/figures/page'])),
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
  exports: {
    title: 'what lib exports is used somewhere',
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
  models: {
    title: 'models are there, whole, and learned by the code as it is',
    find: () => findModelProblems(),
  },
  results: {
    title: 'committed results, executed notebooks and figures agree',
    find: () => findDisagreements(),
  },
};

/** Runs one check and says how it went. */
async function report(name: string, { title, find }: Check): Promise<boolean> {
  let problems: readonly string[];
  try {
    problems = await find();
  } catch (error) {
    problems = [error instanceof Error ? `${error.name}: ${error.message}` : String(error)];
  }
  console.log(`${problems.length === 0 ? 'ok    ' : 'failed'}  ${name}: ${title}`);
  for (const problem of problems) console.log(`          ${problem.replace(/\n/g, '\n          ')}`);
  return problems.length === 0;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const wanted = values.only?.split(',') ?? Object.keys(CHECKS);
  const unknown = wanted.filter((name) => !(name in CHECKS));
  if (unknown.length > 0) {
    console.error(`There is no check ${unknown.join(', ')}: choose from ${Object.keys(CHECKS).join(', ')}.`);
    return 1;
  }
  const passed = await Promise.all(wanted.map((name) => report(name, CHECKS[name]!)));
  const failed = passed.filter((ok) => !ok).length;
  console.log(
    failed === 0 ? `\nAll ${passed.length} checks passed.` : `\n${failed} of ${passed.length} checks failed.`,
  );
  return failed === 0 ? 0 : 1;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
