/**
 * Runs test files, several of them in one process where they leave it as it was.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { projectRoot } from '../../lib/files/project-root';
import { filesOfProcesses } from './processes';
import { toldByFile, type TestEvent } from './told-by-file';

/**
 * Writes a module for each process that runs several files.
 *
 * @param processes - the files of each
 * @returns the module of each process, which is the file itself where there is one, and the files of those written
 */
function writeEntries(
  folder: string,
  processes: readonly (readonly string[])[],
): { modules: string[]; groups: Map<string, readonly string[]> } {
  const groups = new Map<string, readonly string[]>();
  const runner = JSON.stringify(join(projectRoot(), 'tools', 'test', 'together.ts'));
  const modules = processes.map((files, i) => {
    if (files.length === 1) return files[0]!;
    const entry = join(folder, `${i}.cjs`);
    writeFileSync(entry, `void require(${runner}).runTogether(${JSON.stringify(files)});\n`);
    groups.set(entry, files);
    return entry;
  });
  return { modules, groups };
}

/**
 * What is to be reported of the files, in their order.
 *
 * @param files - absolute paths
 * @param processes - how many run at a time
 * @param timeout - milliseconds after which a process that does not end counts as failed, with all files that it did not
 * get to
 */
export async function* runTestFiles(
  files: readonly string[],
  processes: number,
  timeout: number,
): AsyncGenerator<TestEvent> {
  const folder = mkdtempSync(join(tmpdir(), 'neurobasis-tests-'));
  try {
    const { modules, groups } = writeEntries(folder, filesOfProcesses(files, processes));
    const events = run({ files: modules, concurrency: processes, timeout });
    yield* toldByFile(events as AsyncIterable<TestEvent>, groups);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
