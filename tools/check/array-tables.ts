/** Whether the tables of `docs/space.md` are those of the kept results of arrays. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';
import { readArrayResults, type ArrayResult } from '../../lib/study/space/array-results';
import { SPACE_PAGE, withArrayTables } from '../../lib/study/space/array-tables';
import { findTableProblems } from './page-tables';

/**
 * Lines of the page that its results do not give.
 *
 * @param page - text of the page
 */
export function findArrayTableProblems(
  page: string = readFileSync(join(projectRoot(), SPACE_PAGE), 'utf8'),
  arrays: readonly ArrayResult[] = readArrayResults(),
): string[] {
  const command = 'node --require ./tools/loader.cjs bench/electrodes/measure.ts --tables';
  return findTableProblems(SPACE_PAGE, page, withArrayTables(page, arrays), 'the results of arrays', command);
}
