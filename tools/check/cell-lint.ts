import { basename, join, relative } from 'node:path';
import { ESLint } from 'eslint';
import { joined, readNotebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';
import { codeCells } from '../reproduce/notebook-file';
import type { CellProblem } from './cells';

/**
 * Rules that are off in cells: unused names (later cells use them) and expressions without effect (a cell ends with the
 * value that it shows).
 */
const RULES_OF_CELLS = {
  'no-unused-vars': 'off',
  '@typescript-eslint/no-unused-vars': 'off',
  '@typescript-eslint/no-unused-expressions': 'off',
} as const;

/**
 * Lints the cells of some notebooks with the rules of the project, one by one.
 *
 * @throws NotebookFormatError when a file is not a notebook
 */
export async function lintCells(notebookPaths: readonly string[]): Promise<CellProblem[]> {
  const eslint = new ESLint({
    cwd: projectRoot(),
    overrideConfig: { files: ['**/*.ts'], rules: RULES_OF_CELLS },
  });
  const problems: CellProblem[] = [];
  for (const path of notebookPaths) {
    const notebook = relative(projectRoot(), path);
    for (const [index, { id, source }] of codeCells(readNotebook(path)).entries()) {
      const cell = index + 1;
      // The name of a file that there is not, within the project, so that its rules for TypeScript hold.
      const filePath = join(projectRoot(), 'notebooks', `${basename(path)}.cell-${cell}.ts`);
      const [result] = await eslint.lintText(joined(source), { filePath });
      for (const { line, column, message, ruleId } of result?.messages ?? []) {
        problems.push({ notebook, cell, id, line, column, message: `${message} (${ruleId ?? 'syntax'})` });
      }
    }
  }
  return problems;
}
