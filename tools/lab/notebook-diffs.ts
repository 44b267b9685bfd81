/**
 * git and notebooks: `git diff`, `git log -p` and merges that know cells and outputs, through nbdime.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';

/** `.gitattributes` gives notebooks to these drivers; where git does not know them, it goes on as with text. */
const DRIVER = 'jupyternotebook';

/**
 * Tells git, for this clone only, how to show and merge notebooks. Existing settings of git are kept; outside of a
 * clone nothing happens.
 *
 * @param root - of the clone
 * @param python - of the environment in which nbdime is
 * @returns whether something was set
 */
export function setUpNotebookDiffs(root: string, python: string): boolean {
  // A folder within the clone of something else is none of our business.
  const { status, stdout } = spawnSync('git', ['rev-parse', '--show-prefix'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0 || stdout.trim() !== '') return false;
  const program = (name: string): string => `"${join(dirname(python), name).replaceAll('\\', '/')}"`;
  const settings: Readonly<Record<string, string>> = {
    // Metadata and counts of executions are not what a reader looks for.
    [`diff.${DRIVER}.command`]: `${program('git-nbdiffdriver')} diff --ignore-metadata --ignore-details`,
    [`merge.${DRIVER}.name`]: 'nbdime merge driver',
    [`merge.${DRIVER}.driver`]: `${program('git-nbmergedriver')} merge %O %A %B %L %P`,
  };
  let changed = false;
  for (const [key, value] of Object.entries(settings)) {
    if (spawnSync('git', ['config', '--get', key], { cwd: root }).status === 0) continue;
    changed = spawnSync('git', ['config', '--local', key, value], { cwd: root }).status === 0 || changed;
  }
  return changed;
}
