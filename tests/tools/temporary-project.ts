import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../lib/files/project-root';

/** Output of a command, and how it ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
}

/** A folder that is laid out like this project, with the same code and none of its notebooks, data and results. */
export interface TemporaryProject {
  readonly folder: string;
  /** Writes a notebook of code cells, with their texts as given. */
  writeNotebook(name: string, cells: readonly string[]): void;
  /**
   * Runs `tools/<command>.ts` in the folder.
   *
   * @param interruptAt - sends SIGINT as soon as this text was printed
   */
  run(command: string, args: readonly string[], interruptAt?: string): Promise<CommandResult>;
  remove(): void;
}

/**
 * Makes a temporary project; its data folder is empty, so that the commands use the sample.
 *
 * @param environment - variables for the commands, beside those of this process
 * @param root - project that is copied; this project by default
 */
export function createTemporaryProject(
  environment: Readonly<Record<string, string>> = {},
  root: string = projectRoot(),
): TemporaryProject {
  const folder = mkdtempSync(join(tmpdir(), 'neurobasis-'));
  for (const name of [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'lib',
    'kernel',
    'packages',
    'tools',
    join('bench', 'scaling'),
  ]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  // What is kept of the code is copied, so that it is not compiled, bundled and hashed again.
  for (const kept of ['kernels', 'modules', 'code', 'workers'].map((name) => join('.cache', name))) {
    if (existsSync(join(root, kept))) cpSync(join(root, kept), join(folder, kept), { recursive: true });
  }
  // A browser that was unpacked is used as it is: it takes seconds, and 200 MB.
  const cache = join(root, '.cache');
  for (const browser of existsSync(cache) ? readdirSync(cache) : []) {
    if (!browser.startsWith('chromium-')) continue;
    mkdirSync(join(folder, '.cache'), { recursive: true });
    symlinkSync(join(cache, browser), join(folder, '.cache', browser), 'dir');
  }
  for (const name of ['data', 'notebooks']) mkdirSync(join(folder, name));
  cpSync(join(root, 'data', 'neuralink.manifest.tsv'), join(folder, 'data', 'neuralink.manifest.tsv'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return {
    folder,
    writeNotebook(name, cells) {
      const notebook = {
        cells: cells.map((source, i) => ({
          cell_type: 'code',
          id: `cell-${i}`,
          metadata: {},
          source,
          execution_count: null,
          outputs: [],
        })),
        metadata: {},
        nbformat: 4,
        nbformat_minor: 5,
      };
      writeFileSync(join(folder, 'notebooks', name), JSON.stringify(notebook));
    },
    run(command, args, interruptAt) {
      return new Promise((resolve, reject) => {
        const child = spawn(
          process.execPath,
          ['--require', join(folder, 'tools', 'loader.cjs'), join(folder, 'tools', `${command}.ts`), ...args],
          {
            cwd: folder,
            // A test runner's own variables would make its children report to it.
            env: {
              ...process.env,
              ...environment,
              NODE_TEST_CONTEXT: undefined,
              NEUROBASIS_DATASET: '',
              NEUROBASIS_RECORDINGS: '',
            },
            stdio: ['ignore', 'pipe', 'pipe'],
          },
        );
        let output = '';
        const append = (chunk: Buffer): void => {
          const before = output.length;
          output += chunk.toString();
          const position = interruptAt === undefined ? -1 : output.indexOf(interruptAt);
          if (position >= 0 && position + interruptAt!.length > before) child.kill('SIGINT');
        };
        child.stdout.on('data', append);
        child.stderr.on('data', append);
        child.on('error', reject);
        child.on('close', (code) => resolve({ code, output }));
      });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
