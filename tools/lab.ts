/**
 * `npm run lab`: opens JupyterLab with the kernel of this project, for this project only.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { projectRoot } from '../lib/files/project-root';
import { prepareKernels } from '../lib/kernels/runtime/webassembly';
import { positiveInteger, runCommand } from './command-line';
import { JUPYTERLAB, requireSystemJupyter } from './lab/jupyter';
import { installKernel, registerKernel } from './lab/kernelspec';
import { setUpNotebookDiffs } from './lab/notebook-diffs';
import { SYSTEM_TRUST, trustNotebooksOfGit, trustProgramOf, type TrustProgram } from './lab/trust';
import { preparedPython, PythonEnvironmentError } from './python-environment';

/** The notebook that JupyterLab opens with. */
const FIRST_NOTEBOOK = 'notebooks/start.ipynb';

const USAGE = `npm run lab -- [options]
  --recordings N   notebooks take a stratified subset of N recordings, and nothing is saved by itself
  --system         use the JupyterLab on the PATH (default: one is prepared in .venv on first use)
  --kernelspec     only install the kernel for other programs of yours, such as VS Code (docs/editors.md)
  --help           only show this
  Other options go to JupyterLab: --no-browser, --port 9000`;

/** Options of this command; all others are JupyterLab's. */
const OPTIONS = {
  recordings: { type: 'string' },
  system: { type: 'boolean' },
  kernelspec: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

function say(message: string): void {
  console.error(message);
}

/** Separates the options of this command from those of JupyterLab. */
function readFlags(args: readonly string[]): {
  own: { recordings?: string; system?: boolean; kernelspec?: boolean; help?: boolean };
  jupyter: string[];
} {
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  const taken = new Set<number>();
  for (const token of tokens) {
    if (token.kind !== 'option' || !(token.name in OPTIONS)) continue;
    taken.add(token.index);
    if (token.value !== undefined && token.inlineValue === false) taken.add(token.index + 1);
  }
  const own = parseArgs({ args: args.filter((_, i) => taken.has(i)), options: OPTIONS });
  return { own: own.values, jupyter: args.filter((_, i) => !taken.has(i)) };
}

function main(): void {
  const { own, jupyter } = readFlags(process.argv.slice(2));
  if (own.help) {
    console.log(USAGE);
    return;
  }
  const recordings = positiveInteger(
    'recordings',
    own.recordings ?? (process.env['NEUROBASIS_RECORDINGS'] || undefined),
  );
  if (own.kernelspec) {
    prepareKernels(say);
    console.log(
      `The kernel "TypeScript (Neurobasis)" of ${projectRoot()} is in ${installKernel()}.\n` +
        'Choose it in VS Code with "Select Kernel" > "Jupyter Kernel"; see docs/editors.md.',
    );
    return;
  }
  if (process.getuid?.() === 0 && !jupyter.includes('--allow-root')) {
    throw new PythonEnvironmentError(
      'JupyterLab does not run as root unless it is told to: npm run lab -- --allow-root',
    );
  }
  openLab(own.system === true, recordings, jupyter);
}

function openLab(system: boolean, recordings: number | undefined, flags: readonly string[]): void {
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
  // The terminal sends Ctrl-C to JupyterLab too, which asks before it ends.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => lab.kill('SIGTERM'));
  lab.on('error', (error) => {
    console.error(`JupyterLab could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  lab.on('exit', (code) => (process.exitCode = code ?? 0));
}

runCommand(main);
