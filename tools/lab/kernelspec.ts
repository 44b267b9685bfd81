import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { projectRoot } from '../../lib/study/root';
import { TYPESCRIPT_ARGUMENTS } from '../../kernel/notebook-process';

/**
 * Writes the kernelspec with the paths of this machine, where only the processes that are told see it, and
 * returns the environment that tells them.
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
  mkdirSync(folder, { recursive: true });
  const partial = join(folder, `kernel.json.${process.pid}.part`);
  writeFileSync(partial, `${JSON.stringify(specification, null, 2)}\n`);
  renameSync(partial, join(folder, 'kernel.json'));
  const inherited = process.env['JUPYTER_PATH'];
  return { ...process.env, JUPYTER_PATH: inherited ? `${data}${delimiter}${inherited}` : data };
}
