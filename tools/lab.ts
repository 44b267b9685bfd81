/**
 * `npm run lab`: opens JupyterLab with the kernel of this project, for this project only.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { readNotebook } from '../kernel/notebook';
import { NotebookRunner } from '../kernel/notebook-process';
import { projectRoot } from '../lib/files/project-root';
import { prepareKernels } from '../lib/kernels/runtime/webassembly';
import { CommandLineError, positiveInteger, runCommand } from './command-line';
import { endWithCommand } from './lab/end-with-command';
import { JUPYTERLAB, requireSystemJupyter } from './lab/jupyter';
import { installKernel, registerKernel } from './lab/kernelspec';
import { setUpNotebookDiffs } from './lab/notebook-diffs';
import { SYSTEM_TRUST, trustNotebooksOfGit, trustProgramOf, type TrustProgram } from './lab/trust';
import { preparedPython } from './python-environment';
import { importedModules } from './reproduce/notebook-file';

/** The notebook that JupyterLab opens with. */
const FIRST_NOTEBOOK = 'notebooks/start.ipynb';

const COMMAND = {
  name: 'lab',
  options: {
    recordings: {
      value: 'N',
      about: 'notebooks take a stratified subset of N recordings, and nothing is saved by itself',
    },
    system: { about: 'uses the JupyterLab on the PATH instead of preparing one in .venv on first use' },
    kernelspec: {
      about: 'only installs the kernel for other programs of yours, such as VS Code (docs/editors.md)',
    },
    port: { value: 'N', about: 'the port to listen on' },
    'no-browser': { about: 'opens no browser; the address is printed' },
    'allow-root': { about: 'runs as root, which JupyterLab refuses otherwise' },
  },
  passesOnTo: 'JupyterLab',
} as const;

function say(message: string): void {
  console.error(message);
}

void runCommand(COMMAND, ({ values, passedOn }) => {
  const recordings = positiveInteger(
    'recordings',
    values.recordings ?? (process.env['NEUROBASIS_RECORDINGS'] || undefined),
  );
  if (values.kernelspec) {
    prepareKernels(say);
    console.log(
      `The kernel "TypeScript (Neurobasis)" of ${projectRoot()} is in ${installKernel()}.\n` +
        'Choose it in VS Code with "Select Kernel" > "Jupyter Kernel"; see docs/editors.md.',
    );
    return 0;
  }
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
  return openLab(values.system, recordings, flags);
});

/**
 * Compiles what the first notebook imports, in a process beside the start of JupyterLab: with nothing compiled, its first
 * cell would wait several seconds. What is wrong with a module, or with the notebook, the kernel says.
 */
async function compileAhead(): Promise<void> {
  const runner = new NotebookRunner();
  try {
    await runner.prepare(importedModules(readNotebook(join(projectRoot(), FIRST_NOTEBOOK))));
  } catch {
    // Nothing depends on it.
  } finally {
    await runner.end();
  }
}

function openLab(system: boolean, recordings: number | undefined, flags: readonly string[]): Promise<number> {
  prepareKernels(say);
  let command: [string, ...string[]];
  let trust: TrustProgram;
  if (system) {
    requireSystemJupyter();
    command = ['jupyter', 'lab'];
    trust = SYSTEM_TRUST;
  } else {
    const python = preparedPython(JUPYTERLAB, say);
    if (setUpNotebookDiffs(projectRoot(), python))
      say('git shows and merges notebooks by their cells in this clone.');
    command = [python, '-m', 'jupyterlab'];
    trust = trustProgramOf(python);
  }
  void compileAhead();
  // Done before JupyterLab is ready.
  void trustNotebooksOfGit(projectRoot(), trust, FIRST_NOTEBOOK).then((problem) => {
    if (problem !== undefined) say(problem);
  });
  const [program, ...args] = command;
  const lab = spawn(
    program,
    [
      ...args,
      // The whole project, so that links between notebooks, docs and sources work.
      `--ServerApp.root_dir=${projectRoot()}`,
      `--LabApp.default_url=/lab/tree/${FIRST_NOTEBOOK}`,
      ...flags,
    ],
    { cwd: projectRoot(), env: registerKernel(recordings), stdio: 'inherit' },
  );
  endWithCommand(lab);
  // The terminal sends Ctrl-C to JupyterLab too, which asks before it ends.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => lab.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    lab.on('error', ({ message }) =>
      reject(new CommandLineError(`JupyterLab could not be started: ${message}`)),
    );
    lab.on('exit', (code) => resolve(code ?? 0));
  });
}
