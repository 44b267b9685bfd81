/**
 * Virtual environments for the Python programs that some commands drive.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { projectRoot } from '../lib/files/project-root';
import { takeLock } from './lock';

/** A Python environment could not be made ready on this machine. */
export class PythonEnvironmentError extends Error {
  override readonly name = 'PythonEnvironmentError';
}

/** Purpose of an environment. */
export interface PythonEnvironment {
  /** In words: `"JupyterLab"`. */
  readonly purpose: string;
  /** Its folder, from the root of the project. */
  readonly folder: string;
  /** File with the pinned packages, from the root of the project. */
  readonly requirements: string;
  /** What still works without it; the end of the error message. */
  readonly alternative: string;
}

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
 * Makes a virtual environment with pinned packages, unless it is there already.
 *
 * @param say - told when something starts that takes a while
 * @returns path of its interpreter
 * @throws PythonEnvironmentError when there is no Python, or the packages could not be installed
 * @throws LockedError when another process is making it
 */
export function preparedPython(environment: PythonEnvironment, say: (message: string) => void): string {
  const { purpose, alternative } = environment;
  const root = projectRoot();
  const folder = join(root, environment.folder);
  const python =
    process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const requirements = join(root, environment.requirements);
  const stamp = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const stampFile = join(folder, '.neurobasis-installed');
  const isReady = (): boolean =>
    existsSync(python) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (isReady()) return python;

  const problem = pythonProblem();
  if (problem !== undefined) {
    throw new PythonEnvironmentError(
      `${purpose} needs Python 3.10 or later, but ${problem}. Install it and run the command again. ${alternative}`,
    );
  }
  const lock = join(root, '.cache', `${basename(folder)}.lock`);
  const release = takeLock(lock, `preparing ${purpose}`);
  try {
    // Another process may have been quicker.
    if (isReady()) return python;
    say(`Preparing ${purpose} in ${environment.folder} (once; a minute or two) …`);
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
        // Most modules are never imported: compiling all of them is two fifths of the processor time.
        '--no-compile',
        '-r',
        requirements,
      ],
    ] as [string, ...string[]][]) {
      const { status, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
      if (status === 0) continue;
      throw new PythonEnvironmentError(
        `${purpose} could not be installed: ${args.slice(0, 3).join(' ')} failed.\n${(stderr ?? '').trim()}\n` +
          `Check that the Python package index can be reached, then run the command again. ${alternative}`,
      );
    }
    writeFileSync(stampFile, stamp);
  } finally {
    release();
  }
  return python;
}
