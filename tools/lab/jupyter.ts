import { spawnSync } from 'node:child_process';
import { PythonEnvironmentError, type PythonEnvironment } from '../python-environment';

const ALTERNATIVE = 'Notebooks run without Python too: npm run reproduce.';

/** The JupyterLab of this project. */
export const JUPYTERLAB: PythonEnvironment = {
  purpose: 'JupyterLab',
  folder: '.venv',
  requirements: 'kernel/requirements.txt',
  alternative: `A JupyterLab of your own will do: npm run lab -- --system. ${ALTERNATIVE}`,
};

/**
 * Makes sure that there is a JupyterLab on the PATH, version 4 or later.
 *
 * @throws PythonEnvironmentError when there is none
 */
export function requireSystemJupyter(): void {
  const { error, status, stdout } = spawnSync('jupyter', ['lab', '--version'], { encoding: 'utf8' });
  const major = Number.parseInt(stdout ?? '', 10);
  if (!error && status === 0 && major >= 4) return;
  throw new PythonEnvironmentError(
    (Number.isFinite(major)
      ? `The JupyterLab on the PATH is version ${stdout.trim()}`
      : 'There is no JupyterLab on the PATH') +
      `: install JupyterLab 4, or leave --system away and one is prepared in .venv. ${ALTERNATIVE}`,
  );
}
