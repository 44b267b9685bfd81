/**
 * Trust for the notebooks that are as git has them: JupyterLab runs the scripts of their outputs, such as the controls of
 * live studies, from the start. Who starts the kernel of a clone trusts its code anyway.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What signs the notebooks that it is given. */
export type TrustProgram = readonly [program: string, ...args: string[]];

/** That of the JupyterLab on the PATH. */
export const SYSTEM_TRUST: TrustProgram = ['jupyter', 'trust'];

/** That of an environment. */
export function trustProgramOf(python: string): TrustProgram {
  return [python, join(__dirname, 'trust.py')];
}

/** Paths from the root, or none where there is no clone, or another one around it. */
function listedByGit(root: string, ...args: string[]): string[] {
  const { status, stdout } = spawnSync('git', [...args, '-z', '--', 'notebooks/*.ipynb'], {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.split('\0').filter((path) => path !== '') : [];
}

/** The notebooks that are as the last commit has them. */
export function notebooksOfGit(root: string): string[] {
  const changed = new Set(listedByGit(root, 'diff', '--name-only', '--no-ext-diff', '--relative', 'HEAD'));
  return listedByGit(root, 'ls-files').filter((path) => !changed.has(path));
}

/**
 * Signs the notebooks that are as git has them. Signatures lie with Jupyter's other data of this user: no notebook is
 * changed.
 *
 * @param first - path of the notebook that is opened first
 * @returns what went wrong, if anything
 */
export function trustNotebooksOfGit(
  root: string,
  [program, ...args]: TrustProgram,
  first: string,
): Promise<string | undefined> {
  const notebooks = notebooksOfGit(root).sort((a, b) => Number(b === first) - Number(a === first));
  if (notebooks.length === 0) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const child = spawn(program, [...args, ...notebooks], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const fail = (reason: string): void =>
      resolve(
        `The notebooks could not be trusted (${reason.trim()}): live studies have no controls until you click the shield ` +
          'below a notebook.',
      );
    child.on('error', ({ message }) => fail(message));
    child.on('close', (code) => (code === 0 ? resolve(undefined) : fail(said)));
  });
}
