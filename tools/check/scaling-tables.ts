/** Whether the tables of `docs/scaling.md` are those of what was measured. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  SCALING_FILE,
  SCALING_PAGE,
  withScalingTables,
  type ScalingResults,
} from '../../bench/scaling/tables';
import { projectRoot } from '../../lib/files/project-root';

/** What was measured. */
export function readScalingResults(): ScalingResults {
  return JSON.parse(readFileSync(join(projectRoot(), SCALING_FILE), 'utf8')) as ScalingResults;
}

/**
 * That the page has other tables than its results give.
 *
 * @param page - text of the page
 */
export function findScalingTableProblems(
  page: string = readFileSync(join(projectRoot(), SCALING_PAGE), 'utf8'),
  results: ScalingResults = readScalingResults(),
): string[] {
  const made = withScalingTables(page, results);
  if (made === page) return [];
  const lines = new Set(made.split('\n'));
  const wrong = page.split('\n').filter((line) => line.startsWith('|') && !lines.has(line));
  const example = wrong.length > 0 ? `, such as "${wrong[0]!}"` : '';
  return [
    `${SCALING_PAGE}: its tables are not those of ${SCALING_FILE}${example}: run ` +
      '"node --require tsx/cjs bench/scaling.ts --tables".',
  ];
}
