import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The working directory lies in no checkout of this project. */
export class ProjectRootError extends Error {
  override readonly name = 'ProjectRootError';
}

let found: string | undefined;

/**
 * Absolute path of the folder of this checkout: the nearest folder, from the working directory upward, whose
 * package.json is named "neurobasis". The search starts from the working directory because the code runs from
 * sources, from a bundle and inside the notebook kernel: only the working directory means the same in all
 * three.
 *
 * @throws ProjectRootError when the process was started outside of the project
 */
export function projectRoot(): string {
  if (found !== undefined) return found;
  const start = process.cwd();
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) {
      const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string };
      if (name === 'neurobasis') return (found = folder);
    }
    if (folder === dirname(folder)) break;
  }
  throw new ProjectRootError(
    `${start} is not inside the neurobasis project: start the command from the folder of the repository.`,
  );
}
