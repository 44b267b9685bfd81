/**
 * The difference of files before and after a change, as `git diff` shows it; for notebooks that of the sources of
 * cells.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { joined, parseNotebook } from '../../kernel/notebook';
import { projectRoot } from '../../lib/files/project-root';

/** @param changes - texts after the change, by absolute path */
export function differenceOf(changes: ReadonlyMap<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'difference-'));
  try {
    for (const [file, text] of changes) {
      const path = relative(projectRoot(), file);
      const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
      if (before !== undefined) write(join(folder, 'before', path), shown(file, before));
      write(join(folder, 'after', path), shown(file, text));
    }
    mkdirSync(join(folder, 'before'), { recursive: true });
    const { stdout } = spawnSync(
      'git',
      ['diff', '--no-index', '--no-color', '--no-prefix', 'before', 'after'],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function shown(file: string, text: string): string {
  if (!file.endsWith('.ipynb')) return text;
  return parseNotebook(text, file)
    .cells.map((cell, i) => `# cell ${i + 1} (${cell.cell_type})\n${joined(cell.source)}\n`)
    .join('\n');
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
