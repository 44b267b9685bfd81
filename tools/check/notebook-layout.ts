import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { parseNotebook, serializeNotebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';
import { writeWhole } from '../../lib/files/write-whole';

/**
 * Notebooks that are not laid out as Jupyter writes them: the first save in JupyterLab would change lines that nobody
 * touched.
 *
 * @returns their paths from the project root
 * @throws NotebookFormatError when a file is not a notebook
 */
export function notebooksOutOfLayout(paths: readonly string[]): string[] {
  return paths
    .filter((path) => {
      const text = readFileSync(path, 'utf8');
      return serializeNotebook(parseNotebook(text, path)) !== text;
    })
    .map((path) => relative(projectRoot(), path));
}

/**
 * Writes notebooks as Jupyter writes them; what they hold stays as it is.
 *
 * @throws NotebookFormatError when a file is not a notebook
 */
export function layOutNotebooks(paths: readonly string[]): void {
  for (const path of paths) {
    const text = readFileSync(path, 'utf8');
    const laidOut = serializeNotebook(parseNotebook(text, path));
    if (laidOut !== text) writeWhole(path, laidOut);
  }
}
