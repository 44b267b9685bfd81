/**
 * `npm run lab`: opens JupyterLab with the kernel of this project, for this project only.
 *
 *     npm run lab                       prepares JupyterLab in .venv on first use
 *     npm run lab -- --system           uses the JupyterLab on the PATH
 *     npm run lab -- --no-browser --port 9000   other flags go to JupyterLab
 */
import { spawn } from 'node:child_process';
import { projectRoot } from '../lib/files/project-root';
import { prepareKernels } from '../lib/kernels/runtime/webassembly';
import { JUPYTERLAB, requireSystemJupyter } from './lab/jupyter';
import { registerKernel } from './lab/kernelspec';
import { setUpNotebookDiffs } from './lab/notebook-diffs';
import { preparedPython, PythonEnvironmentError } from './python-environment';
import { LockedError } from './lock';

const SYSTEM = '--system';

function main(): void {
  const flags = process.argv.slice(2);
  const say = (message: string): void => console.error(message);
  prepareKernels(say);
  let command: [string, ...string[]];
  if (flags.includes(SYSTEM)) {
    requireSystemJupyter();
    command = ['jupyter', 'lab'];
  } else {
    const python = preparedPython(JUPYTERLAB, say);
    if (setUpNotebookDiffs(projectRoot(), python))
      say('git shows and merges notebooks by their cells in this clone.');
    command = [python, '-m', 'jupyterlab'];
  }
  const [program, ...args] = command;
  const lab = spawn(
    program,
    [
      ...args,
      // The whole project, so that links between notebooks, docs and sources work.
      `--ServerApp.root_dir=${projectRoot()}`,
      '--LabApp.default_url=/lab/tree/notebooks',
      ...flags.filter((flag) => flag !== SYSTEM),
    ],
    { cwd: projectRoot(), env: registerKernel(), stdio: 'inherit' },
  );
  // The terminal sends Ctrl-C to JupyterLab too, which asks before it ends.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => lab.kill('SIGTERM'));
  lab.on('error', (error) => {
    console.error(`JupyterLab could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  lab.on('exit', (code) => (process.exitCode = code ?? 0));
}

try {
  main();
} catch (error) {
  if (!(error instanceof PythonEnvironmentError || error instanceof LockedError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
