/** Whether the tables of `docs/space.md` are those of the kept results of arrays. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';
import { readArrayResults, type ArrayResult } from '../../lib/study/space/array-results';
import { SPACE_PAGE, withArrayTables } from '../../lib/study/space/array-tables';

/**
 * Lines of the page that its results do not give.
 *
 * @param page - text of the page
 */
export function findArrayTableProblems(
  page: string = readFileSync(join(projectRoot(), SPACE_PAGE), 'utf8'),
  arrays: readonly ArrayResult[] = readArrayResults(),
): string[] {
  const made = withArrayTables(page, arrays);
  if (made === page) return [];
  const lines = new Set(made.split('\n'));
  const wrong = page.split('\n').filter((line) => line.startsWith('|') && !lines.has(line));
  const example = wrong.length > 0 ? `, such as "${wrong[0]!}"` : '';
  return [
    `${SPACE_PAGE}: its tables are not those of the results of arrays${example}: run ` +
      '"node --require tsx/cjs bench/electrodes/measure.ts --tables".',
  ];
}
