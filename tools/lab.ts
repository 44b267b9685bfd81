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
import { CommandLineError, runCommand } from './command-line';
import { preparedPython } from './python-environment';

const COMMAND = {
  name: 'lab',
  options: {
    system: { about: 'uses the JupyterLab on the PATH instead of preparing one in .venv on first use' },
    port: { value: 'N', about: 'the port to listen on' },
    'no-browser': { about: 'opens no browser; the address is printed' },
    'allow-root': { about: 'runs as root, which JupyterLab refuses otherwise' },
  },
  passesOnTo: 'JupyterLab',
} as const;

void runCommand(COMMAND, ({ values, passedOn }) => {
  if (process.getuid?.() === 0 && !values['allow-root']) {
    // JupyterLab says so itself, but only when it has been installed and started.
    throw new CommandLineError(
      'JupyterLab does not run as root unless it is told to. Start it as another user, or type\n' +
        '  npm run lab -- --allow-root',
    );
  }
  const flags = [
    ...(values.port === undefined ? [] : [`--port=${values.port}`]),
    ...(values['no-browser'] ? ['--no-browser'] : []),
    ...(values['allow-root'] ? ['--allow-root'] : []),
    ...passedOn,
  ];
  const say = (message: string): void => console.error(message);
  prepareKernels(say);
  let command: [string, ...string[]];
  if (values.system) {
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
      ...flags,
    ],
    { cwd: projectRoot(), env: registerKernel(), stdio: 'inherit' },
  );
  // The terminal sends Ctrl-C to JupyterLab too, which asks before it ends.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => lab.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    lab.on('error', ({ message }) =>
      reject(new CommandLineError(`JupyterLab could not be started: ${message}`)),
    );
    lab.on('exit', (code) => resolve(code ?? 0));
  });
});
