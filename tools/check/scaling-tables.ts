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
import { findTableProblems } from './page-tables';

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
  const command = 'node --require ./tools/loader.cjs bench/scaling.ts --tables';
  return findTableProblems(SCALING_PAGE, page, withScalingTables(page, results), SCALING_FILE, command);
}
