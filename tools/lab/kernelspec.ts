import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';
import { writeWhole } from '../../lib/files/write-whole';
import { TYPESCRIPT_ARGUMENTS } from '../../kernel/notebook-process';

/** JupyterLab's own defaults that are changed: it asks for no permission to fetch news, and fetches none. */
const SETTINGS = {
  '@jupyterlab/apputils-extension:notification': { fetchNews: 'false', checkForUpdates: false },
};

/** Of a subset: its outputs take the place of those of all recordings only when the reader saves them. */
const SETTINGS_OF_SUBSET = {
  ...SETTINGS,
  '@jupyterlab/docmanager-extension:plugin': { autosave: false },
};

/** Name of the folder of the kernelspec, by which notebooks name their kernel. */
const KERNEL = 'neurobasis';

/** The kernelspec with the paths of this machine, as JSON: it starts the kernel from any folder. */
function kernelspec(): string {
  const root = projectRoot();
  const template = JSON.parse(readFileSync(join(root, 'kernel', 'kernelspec.template.json'), 'utf8')) as {
    argv: string[];
  };
  const paths: Record<string, string> = {
    '{node}': process.execPath,
    '{loader}': TYPESCRIPT_ARGUMENTS.at(-1) ?? '',
    '{main}': join(root, 'kernel', 'main.ts'),
  };
  const argv = template.argv.map((argument) => paths[argument] ?? argument);
  return `${JSON.stringify({ ...template, argv }, null, 2)}\n`;
}

/**
 * Writes the kernelspec and defaults of JupyterLab into a folder of the project, and returns the environment variables
 * that name the folder. Other programs do not see it.
 *
 * @param recordings - size of the subset that notebooks take when they open the corpus; all when it is left out
 */
export function registerKernel(recordings?: number): NodeJS.ProcessEnv {
  const subset = recordings !== undefined;
  const data = join(projectRoot(), '.cache', subset ? 'jupyter-subset' : 'jupyter');
  writeWhole(join(data, 'kernels', KERNEL, 'kernel.json'), kernelspec());
  const settings = subset ? SETTINGS_OF_SUBSET : SETTINGS;
  writeWhole(join(data, 'labconfig', 'default_setting_overrides.json'), JSON.stringify(settings));
  return {
    ...process.env,
    ...(subset && { NEUROBASIS_RECORDINGS: String(recordings) }),
    JUPYTER_PATH: firstOf(data, process.env['JUPYTER_PATH']),
    JUPYTER_CONFIG_PATH: firstOf(data, process.env['JUPYTER_CONFIG_PATH']),
  };
}

/**
 * Installs the kernelspec where all Jupyter programs of this user find it: VS Code, another JupyterLab. One of another
 * clone is replaced.
 *
 * @returns its folder
 */
export function installKernel(): string {
  const folder = join(jupyterData(), 'kernels', KERNEL);
  writeWhole(join(folder, 'kernel.json'), kernelspec());
  return folder;
}

/** The folder of this user in which Jupyter programs look. */
function jupyterData(): string {
  const { JUPYTER_DATA_DIR, XDG_DATA_HOME, APPDATA } = process.env;
  if (JUPYTER_DATA_DIR) return JUPYTER_DATA_DIR;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  if (process.platform === 'win32') return join(APPDATA || join(homedir(), 'AppData', 'Roaming'), 'jupyter');
  return join(XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'jupyter');
}

function firstOf(folder: string, others: string | undefined): string {
  return others ? `${folder}${delimiter}${others}` : folder;
}
