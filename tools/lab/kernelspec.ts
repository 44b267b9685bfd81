import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';
import { writeWhole } from '../../lib/files/write-whole';
import { TYPESCRIPT_ARGUMENTS } from '../../kernel/notebook-process';

/** JupyterLab's own defaults that are changed: it asks for no permission to fetch news, and fetches none. */
const SETTINGS = {
  '@jupyterlab/apputils-extension:notification': { fetchNews: 'false', checkForUpdates: false },
};

/**
 * Writes the kernelspec with the paths of this machine, and defaults of JupyterLab, where only the processes that
 * are told see them, and returns the environment that tells them.
 */
export function registerKernel(): NodeJS.ProcessEnv {
  const root = projectRoot();
  const template = JSON.parse(readFileSync(join(root, 'kernel', 'kernelspec.template.json'), 'utf8')) as {
    argv: string[];
  };
  const paths: Record<string, string> = {
    '{node}': process.execPath,
    '{tsx}': TYPESCRIPT_ARGUMENTS.at(-1) ?? '',
    '{main}': join(root, 'kernel', 'main.ts'),
  };
  const specification = { ...template, argv: template.argv.map((argument) => paths[argument] ?? argument) };
  const data = join(root, '.cache', 'jupyter');
  const folder = join(data, 'kernels', 'neurobasis');
  writeWhole(join(folder, 'kernel.json'), `${JSON.stringify(specification, null, 2)}\n`);
  writeWhole(join(data, 'labconfig', 'default_setting_overrides.json'), JSON.stringify(SETTINGS));
  return {
    ...process.env,
    JUPYTER_PATH: firstOf(data, process.env['JUPYTER_PATH']),
    JUPYTER_CONFIG_PATH: firstOf(data, process.env['JUPYTER_CONFIG_PATH']),
  };
}

function firstOf(folder: string, others: string | undefined): string {
  return others ? `${folder}${delimiter}${others}` : folder;
}
