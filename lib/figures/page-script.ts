/**
 * Scripts for pages, from the TypeScript in `page/`.
 */
import { build } from 'esbuild';
import { projectRoot } from '../files/project-root';

/**
 * A script of `lib/figures/page/` bundled with its imports, as one expression for use inside a script
 * element. The same code gives the same text.
 *
 * @param name - file without folder and ending: `"gallery"`
 */
export async function pageScript(name: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: projectRoot(),
    entryPoints: [`lib/figures/page/${name}.ts`],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2020',
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
  });
  // Escaped, since "</script" could end the script element.
  return outputFiles[0]!.text.trim().replace(/<\/(script)/gi, '<\\/$1');
}
