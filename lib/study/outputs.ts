import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Name of the environment variable with the folder that a notebook saves its figures and curves to. `npm run
 * reproduce` sets it; a notebook that runs without it (in JupyterLab) saves nothing, so that exploring changes no
 * kept result.
 */
export const FIGURES_VARIABLE = 'NEUROBASIS_FIGURES';

let writes = 0;

/** Writes a file, and its folders, so that a reader finds the earlier contents or the new ones, whole. */
export function writeWhole(path: string, contents: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}-${writes++}.part`;
  try {
    writeFileSync(partial, contents);
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}
