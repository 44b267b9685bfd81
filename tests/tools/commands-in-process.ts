/**
 * Runs commands of `tools/` in this process, each time as if in a new one: the command and all its modules are
 * bundled, and every run evaluates the bundle anew. A process for each run would take twenty times as long.
 */
import { build } from 'esbuild';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { runInThisContext } from 'node:vm';
import { endSession } from '../../lib/files/session-end';
import { listenToProgress } from '../../lib/files/progress';

/** How a command ended. */
export interface CommandEnd {
  readonly code: number;
  readonly stdout: string;
  /** Messages, warnings and progress. */
  readonly stderr: string;
  /** Absolute paths of files that the command asked the system for, in this thread. */
  readonly touched: ReadonlySet<string>;
}

/** Settings of one run. */
export interface CommandRun {
  readonly args?: readonly string[];
  /** Absolute path of a file that this user may neither read nor write. */
  readonly denied?: string | undefined;
}

/** A command, bundled. */
export type InProcessCommand = (run?: CommandRun) => Promise<CommandEnd>;

type BundleFunction = (
  require: (name: string) => unknown,
  module: { exports: unknown },
  exports: unknown,
  filename: string,
  dirname: string,
  process: NodeJS.Process,
  console: Pick<Console, 'log' | 'error' | 'warn'>,
) => void;

/**
 * Bundles scripts.
 *
 * @param root - absolute path of this project
 * @param scripts - paths from the root; each ends by setting `process.exitCode`, as `runCommand` does
 * @returns by the name of the script without folder and ending
 */
export async function commandsInProcess(
  root: string,
  scripts: readonly string[],
): Promise<Record<string, InProcessCommand>> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: scripts.map((script) => join(root, script)),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    // A script of `vm` may not import.
    supported: { 'dynamic-import': false },
    outdir: 'bundles',
    write: false,
    logLevel: 'silent',
  });
  const load = createRequire(join(root, 'package.json'));
  return Object.fromEntries(
    outputFiles.map(({ path, text }) => {
      const name = basename(path, '.js');
      const script = runInThisContext(
        `(function (require, module, exports, __filename, __dirname, process, console) {${text}\n})`,
        { filename: `${name}.bundle.js` },
      ) as BundleFunction;
      return [name, (run) => runOnce(script, join(root, 'tools', `${name}.ts`), load, run ?? {})];
    }),
  );
}

async function runOnce(
  script: BundleFunction,
  filename: string,
  load: NodeJS.Require,
  { args = [], denied }: CommandRun,
): Promise<CommandEnd> {
  const touched = new Set<string>();
  const watched = watchedFiles(touched, denied);
  let stdout = '';
  let stderr = '';
  const printed = (...parts: unknown[]): string => `${parts.map(String).join(' ')}\n`;
  const console = {
    log: (...parts: unknown[]) => void (stdout += printed(...parts)),
    error: (...parts: unknown[]) => void (stderr += printed(...parts)),
    warn: (...parts: unknown[]) => void (stderr += printed(...parts)),
  };
  const listening = new Set(process.listeners('SIGINT'));
  const code = await new Promise<number>((done) => {
    const own: Readonly<Record<string, unknown>> = {
      argv: [process.execPath, filename, ...args],
      exit: (status?: number) => done(status ?? 0),
      stdout: { write: (text: string) => (stdout += text) },
      stderr: { write: (text: string) => (stderr += text) },
    };
    const view = new Proxy(process, {
      get(target, name) {
        if (typeof name === 'string' && Object.hasOwn(own, name)) return own[name];
        const value = Reflect.get(target, name) as unknown;
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
      set(target, name, value) {
        if (name !== 'exitCode') return Reflect.set(target, name, value);
        done(Number(value));
        return true;
      },
    });
    const require = (name: string): unknown => watched[name] ?? load(name);
    const module = { exports: {} };
    script(require, module, module.exports, filename, join(filename, '..'), view, console);
  });
  // Threads and listeners of this run.
  await endSession();
  listenToProgress(undefined);
  for (const listener of process.listeners('SIGINT')) {
    if (!listening.has(listener)) process.removeListener('SIGINT', listener);
  }
  const warnings = (globalThis as Record<symbol, { said: Set<string> } | undefined>)[
    Symbol.for('neurobasis.warnings')
  ];
  warnings?.said.clear();
  return { code, stdout, stderr, touched };
}

/** Functions of `node:fs` that need a right to the contents of the file that is their first argument. */
const NEEDS_RIGHT =
  /^(open|read|readFile|writeFile|appendFile|copyFile|createReadStream|createWriteStream)(Sync)?$/;

/** The modules of the file system, by name, with a record of the paths that they were given. */
function watchedFiles(touched: Set<string>, denied: string | undefined): Record<string, unknown> {
  const watch = <T extends object>(module: T): T => {
    const functions = Object.entries(module).map(([name, value]): [string, unknown] => {
      if (typeof value !== 'function' || /^[A-Z]/.test(name)) return [name, value];
      const call = value as (...args: unknown[]) => unknown;
      return [
        name,
        (...args: unknown[]) => {
          for (const path of args.slice(0, 2)) if (typeof path === 'string') touched.add(resolve(path));
          if (denied !== undefined && NEEDS_RIGHT.test(name) && resolve(String(args[0])) === denied) {
            const error = Object.assign(new Error(`EACCES: permission denied, open '${denied}'`), {
              ...{ code: 'EACCES', syscall: 'open', path: denied },
            });
            if (module === (fs.promises as object)) return Promise.reject(error);
            throw error;
          }
          return call.apply(module, args);
        },
      ];
    });
    return { ...module, ...(Object.fromEntries(functions) as object) };
  };
  const promises = watch(fs.promises);
  const sync = { ...watch({ ...fs }), promises };
  return { fs: sync, 'node:fs': sync, 'fs/promises': promises, 'node:fs/promises': promises };
}
