/**
 * The Python package as a user has it: the wheel, beside what it needs in a virtual environment.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';
import { buildWheel } from '../../tools/build-packages/wheel';
import { PythonEnvironmentError } from '../../tools/python-environment';
import { sharedPython } from '../tools/shared-python';

const HERE = join('tests', 'packages');

/**
 * Interpreter of a virtual environment, made from nothing where it is not there yet; or why there is none.
 *
 * @param name - `requirements-<name>.txt` lists its packages
 */
export function interpreterOf(
  purpose: string,
  name: string,
): { readonly python: string; readonly skip: string | false } {
  const environment = {
    purpose,
    folder: `.cache/python-${name}`,
    requirements: join(HERE, `requirements-${name}.txt`),
    alternative: '',
  };
  try {
    return { python: sharedPython(environment), skip: false };
  } catch (error) {
    if (!(error instanceof PythonEnvironmentError)) throw error;
    return { python: '', skip: error.message.split('\n')[0]! };
  }
}

/**
 * Runs a script of this folder with the wheel.
 *
 * @param folder - the wheel is built and installed there, once
 * @returns what the script printed
 */
export function runWithWheel(
  folder: string,
  python: string,
  script: string,
  args: readonly string[],
): string {
  const site = join(folder, 'site');
  const run = (command: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(python, command, {
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: site, PYTHONDONTWRITEBYTECODE: '1' },
    });
    assert.equal(status, 0, `${stdout}${stderr}`);
    return stdout;
  };
  if (!existsSync(site)) {
    const wheel = buildWheel(join(folder, 'wheel'), () => {});
    run(['-m', 'pip', 'install', '--quiet', '--no-index', '--no-deps', '--target', site, wheel]);
  }
  return run([join(projectRoot(), HERE, script), ...args]);
}
