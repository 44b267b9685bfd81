import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/project-root';
import { takeLock } from '../lock';

/** JupyterLab could not be made ready on this machine. */
export class JupyterUnavailableError extends Error {
  override readonly name = 'JupyterUnavailableError';
}

const ALTERNATIVE = 'Notebooks run without Python too: npm run reproduce.';

/** Name of the interpreter; Windows knows no python3. */
const PYTHON = process.platform === 'win32' ? 'python' : 'python3';

/** Why there can be no virtual environment on this machine; undefined when there can. */
export function pythonProblem(): string | undefined {
  const found = spawnSync(PYTHON, [
    '-c',
    'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))',
  ]);
  if (found.error) return `${PYTHON} is not installed`;
  if (found.status === 0) return undefined;
  const said = found.stderr.toString();
  if (said.includes('ModuleNotFoundError'))
    return `${PYTHON} cannot make virtual environments (on Debian: install python3-venv)`;
  return `${PYTHON} is older than 3.10`;
}

/**
 * Prepares `.venv` with the versions that `kernel/requirements.txt` pins, unless it has them already.
 *
 * @param say - told when something starts that takes a while
 * @returns path of the environment's Python
 * @throws JupyterUnavailableError when there is no Python, or the packages could not be installed
 * @throws LockedError when another process prepares it right now
 */
export function preparedPython(say: (message: string) => void): string {
  const root = projectRoot();
  const folder = join(root, '.venv');
  const python =
    process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const requirements = join(root, 'kernel', 'requirements.txt');
  const stamp = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const stampFile = join(folder, '.neurobasis-installed');
  const isReady = (): boolean =>
    existsSync(python) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (isReady()) return python;

  const problem = pythonProblem();
  if (problem !== undefined) {
    throw new JupyterUnavailableError(
      `JupyterLab needs Python 3.10 or later, but ${problem}. Install it and run the command again, or use a ` +
        `JupyterLab of your own with npm run lab -- --system. ${ALTERNATIVE}`,
    );
  }
  const release = takeLock(join(root, '.cache', 'jupyter.lock'), 'preparing JupyterLab');
  try {
    // Another process may have been quicker.
    if (isReady()) return python;
    say('Preparing JupyterLab in .venv (once; a minute or two) …');
    install(root, folder, python, requirements);
    writeFileSync(stampFile, stamp);
  } finally {
    release();
  }
  return python;
}

/** Makes the virtual environment anew. @throws JupyterUnavailableError */
function install(root: string, folder: string, python: string, requirements: string): void {
  for (const [program, ...args] of [
    [PYTHON, '-m', 'venv', '--clear', folder],
    [
      python,
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-input',
      '--disable-pip-version-check',
      '-r',
      requirements,
    ],
  ] as [string, ...string[]][]) {
    const { status, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
    if (status === 0) continue;
    throw new JupyterUnavailableError(
      `JupyterLab could not be installed: ${args.slice(0, 3).join(' ')} failed.\n${(stderr ?? '').trim()}\n` +
        `Check that the Python package index can be reached, then run the command again. ${ALTERNATIVE}`,
    );
  }
}

/**
 * Makes sure that the JupyterLab on the PATH can be used, as far as that can be told beforehand.
 *
 * @throws JupyterUnavailableError when there is none
 */
export function requireSystemJupyter(): void {
  const { error, status, stdout } = spawnSync('jupyter', ['lab', '--version'], { encoding: 'utf8' });
  const major = Number.parseInt(stdout ?? '', 10);
  if (!error && status === 0 && major >= 4) return;
  throw new JupyterUnavailableError(
    (Number.isFinite(major)
      ? `The JupyterLab on the PATH is version ${stdout.trim()}`
      : 'There is no JupyterLab on the PATH') +
      `: install JupyterLab 4, or leave --system away and one is prepared in .venv. ${ALTERNATIVE}`,
  );
}
