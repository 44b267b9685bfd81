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

/** How test files are run. */
export interface TestRun {
  /** How many processes at a time. */
  readonly processes: number;
  /** Milliseconds after which a file that does not end has failed, and with it those that were to follow in its process. */
  readonly timeout: number;
  /** Of the inputs that properties are tried with: equal seeds try equal ones. */
  readonly seed: number;
  /** Whether each file has a process of its own. */
  readonly allApart: boolean;
}

/**
 * What is to be reported of the files, in their order.
 *
 * @param files - absolute paths
 */
export async function* runTestFiles(
  files: readonly string[],
  { processes, timeout, seed, allApart }: TestRun,
): AsyncGenerator<TestEvent> {
  const folder = mkdtempSync(join(tmpdir(), 'neurobasis-tests-'));
  try {
    const runner = JSON.stringify(join(projectRoot(), 'tools', 'test', 'together.ts'));
    const filesOf = new Map<string, readonly string[]>();
    for (const [i, group] of filesOfProcesses(files, processes, allApart).entries()) {
      const module = join(folder, `${i}.cjs`);
      const call = `runTogether(${JSON.stringify(group)}, ${timeout}, ${seed})`;
      writeFileSync(module, `void require(${runner}).${call};\n`);
      filesOf.set(module, group);
    }
    const events = run({ files: [...filesOf.keys()], concurrency: processes });
    yield* toldByFile(events as AsyncIterable<TestEvent>, filesOf);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
