/**
 * Which test files run in one process: most of the time of a small one is the start of Node and the loading of `lib`,
 * which a group of files pays once.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';

/** Files of a group at most: those that were to follow one that ends its process fail with it. */
const LARGEST_GROUP = 8;

/**
 * What a file mentions that reads or changes the process it runs in, starts others, or measures time and memory, that of
 * kernels among it, which other files may not have given back. A file with any of these, in its own text or in that of a
 * file under tests/ which it imports, has a process of its own.
 */
const OF_THE_PROCESS =
  /\bprocess\.|\bglobalThis\b|\bperformance\.|\ballocatedBytes\b|\bfc\.configureGlobal|['"](node:)?(child_process|worker_threads|process)['"]/;

/** A line that keeps a file apart from the others for any other reason. */
const MARK = /^\/\/ Apart from other test files: \S/m;

/** Modules under tests/ that a source imports. */
function importedTestFiles(path: string, source: string): string[] {
  return [...source.matchAll(/\bfrom '(\.\.?\/[^']+)'|\b(?:import|require)\('(\.\.?\/[^']+)'\)/g)]
    .map(([, from, dynamic]) => `${join(dirname(path), from ?? dynamic!)}.ts`)
    .filter((file) => file.startsWith(join(projectRoot(), 'tests')) && existsSync(file));
}

/** Whether a test file runs in a process of its own. */
export function runsApart(path: string): boolean {
  const seen = new Set<string>();
  const open = [path];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const source = readFileSync(file, 'utf8');
    if (OF_THE_PROCESS.test(source) || MARK.test(source)) return true;
    open.push(...importedTestFiles(file, source));
  }
  return false;
}

/**
 * The files of each process, in the order of the files. Neighbors go together, since they load the same modules.
 *
 * @param processes - how many run at a time: few files are spread over all of them
 * @param allApart - each file has a process of its own
 */
export function filesOfProcesses(files: readonly string[], processes: number, allApart = false): string[][] {
  const apart = new Set(allApart ? files : files.filter(runsApart));
  const size = Math.max(1, Math.min(LARGEST_GROUP, Math.ceil((files.length - apart.size) / processes)));
  const groups: string[][] = [];
  let open: string[] = [];
  for (const file of files) {
    if (apart.has(file)) {
      groups.push([file]);
      continue;
    }
    if (open.length === 0 || open.length === size) groups.push((open = []));
    open.push(file);
  }
  return groups;
}
