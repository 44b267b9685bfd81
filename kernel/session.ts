import { CellCompiler } from './compiler';
import { createRequire } from 'node:module';
import { StringDecoder } from 'node:string_decoder';
import { setImmediate } from 'node:timers/promises';
import { inspect, types } from 'node:util';
import type { Diagnostic } from 'tslab/dist/converter';
import { createExecutor, type Executor } from 'tslab/dist/executor';
import { isDeclarationError } from './cell-source';
import { KeptDeclarations, ownNames } from './kept-declarations';
import { completeImport, exportedNames, type Completion } from './completion';
import { adviceOn, importLines } from './lib-modules';
import { LiveModules } from './live-modules';
import { improveStacks } from './stack';

// The object itself, not an import's view of it: cells find in it where their displays go.
const jupyter = createRequire(__filename)('tslab/dist/jupyter') as object;

/** What a cell shows, in Jupyter's terms: values by MIME type. */
export interface DisplayData {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** With a display id the output can be updated in place later. */
  readonly transient?: { readonly display_id?: string | undefined } | undefined;
}

/** Receives what a cell prints and shows. */
export interface CellOutput {
  stream(name: 'stdout' | 'stderr', text: string): void;
  /** @param update - whether to replace the outputs with the same display id instead of adding one */
  display(content: DisplayData, update: boolean): void;
  /** The value of the cell's last expression, as text. */
  result(text: string): void;
}

/** Why a cell failed. */
export interface CellError {
  readonly name: string;
  readonly message: string;
  /** Name and message, then the stack: the lines that a notebook shows. */
  readonly traceback: readonly string[];
  /** Line of the cell, from 1: the line that failed, or the call that led to the failure. */
  readonly line?: number | undefined;
}

/** Why code did not run: the compiler refused it, or it threw. */
type Failure = { readonly diagnostics: readonly Diagnostic[] } | { readonly thrown: unknown };

/**
 * The state behind one notebook: the compiler and the variables of its cells. There can be one in a process only,
 * because tslab keeps part of its state in global variables.
 */
export class Session {
  private readonly compiler: CellCompiler;
  private readonly declarations: KeptDeclarations;
  private readonly modules = new LiveModules();
  private readonly executor: Executor;
  /** Why names that earlier cells imported could not be brought up to date, by their names. */
  private readonly outdated = new Map<string, Failure>();
  private failure: { readonly thrown: unknown } | undefined;
  /** Takes precedence over `failure`, which then only says that the cell was interrupted. */
  private stray: { readonly thrown: unknown } | undefined;
  private output: CellOutput | undefined;

  /** @param root - absolute path of the project; becomes the working directory */
  constructor(private readonly root: string) {
    // Imports are resolved against the working directory, and Jupyter chooses the folder of the notebook.
    process.chdir(root);
    improveStacks(root);
    this.compiler = new CellCompiler(root);
    this.declarations = new KeptDeclarations(
      this.compiler,
      () => this.executor.locals,
      (outputs) => this.modules.remember(outputs),
    );
    this.executor = createExecutor(
      root,
      { node: this.declarations, browser: this.declarations, close: () => this.declarations.close() },
      {
        log: (value: unknown) => this.output?.result(typeof value === 'string' ? value : inspect(value)),
        // Called with one argument for what was thrown, with several for each message of the compiler.
        error: (...values: unknown[]) => {
          if (values.length === 1) this.failure = { thrown: values[0] };
        },
      },
    );
    // What tslab gives cells for their imports.
    const { __tslab__: given } = globalThis as unknown as { __tslab__: { require: NodeJS.Require } };
    given.require = this.modules.requireLive(given.require);
  }

  /**
   * Runs a cell.
   *
   * @param number - the cell's number in error messages; best the execution count
   * @param output - receives all that is printed and shown until the next cell runs, late output of this cell included
   * @returns what went wrong, if anything
   */
  async execute(code: string, number: number, output: CellOutput): Promise<CellError | undefined> {
    this.capture(output);
    await this.renewImports();
    const own = this.outdated.size > 0 ? ownNames(code) : [];
    const stale = [...this.outdated].find(([name]) => mentions(code, name) && !own.includes(name))?.[1];
    if (stale) {
      if ('thrown' in stale) return thrownError(stale.thrown, number);
      return this.compilerError(number, stale.diagnostics);
    }
    const succeeded = await this.run(code, number);
    // Node reports a rejection that nobody awaits only after the cell's last step.
    await setImmediate();
    const failure = this.stray ?? this.failure;
    this.stray = undefined;
    this.declarations.settle(!succeeded || failure !== undefined);
    if (failure) return thrownError(failure.thrown, number);
    if (!succeeded) return this.compilerError(number, this.compiler.diagnostics);
    for (const name of own) this.outdated.delete(name);
    return undefined;
  }

  /** Makes the running cell fail with an error that it did not wait for; it stops at its present `await`. */
  fail(thrown: unknown): void {
    this.stray ??= { thrown };
    this.executor.interrupt();
  }

  /** Stops waiting for the running cell. */
  interrupt(): void {
    this.executor.interrupt();
  }

  /** Completion and inspection, for requests of the kernel protocol. */
  get language(): Executor {
    return this.executor;
  }

  /**
   * What can stand where the cursor is: members and names that the compiler knows, paths of modules, and names that
   * `lib/` exports.
   *
   * @param position - of the cursor, in UTF-16 units
   */
  complete(code: string, position: number): Completion {
    const completed = completeImport(this.root, code, position);
    if (completed) return completed;
    let known: Completion = { start: position, end: position, candidates: [] };
    try {
      known = this.executor.complete(code, position);
    } catch {
      // Where the compiler stumbles, it knows nothing.
    }
    const { start, end, candidates } = known;
    const exported = exportedNames(this.root, code.slice(0, position));
    if (exported.length === 0) return known;
    if (candidates.length > 0) return { start, end, candidates: [...new Set([...candidates, ...exported])] };
    const typed = /[\w$]*$/.exec(code.slice(0, position))?.[0].length ?? 0;
    return { start: position - typed, end: position, candidates: exported };
  }

  /** How to import the name at a position: `import { f } from './lib/g';` for each module that exports it. */
  importsOf(code: string, position: number): string[] {
    const before = /[\w$]*$/.exec(code.slice(0, position))?.[0] ?? '';
    const after = /^[\w$]*/.exec(code.slice(position))?.[0] ?? '';
    return importLines(this.root, before + after);
  }

  /** Frees the compiler. */
  close(): void {
    this.executor.close();
  }

  /** @returns whether the cell was compiled and ran to its end */
  private async run(code: string, number: number): Promise<boolean> {
    this.compiler.cell = number;
    this.compiler.diagnostics = [];
    this.failure = undefined;
    try {
      return await this.executor.execute(code);
    } catch (error) {
      this.failure = { thrown: error };
      return false;
    }
  }

  /**
   * Runs modules that were edited since, and gives what cells imported from them its new values. What cannot be brought
   * up to date is kept with the reason: a cell that needs it must not run with what it was.
   */
  private async renewImports(): Promise<void> {
    if (!this.modules.haveChanged()) return;
    this.outdated.clear();
    const imports = this.declarations.imports();
    const named = new Set(imports.map(({ specifier }) => specifier));
    // Functions of cells may use what no later cell sees any more.
    const others = this.modules.specifiers.filter((specifier) => !named.has(specifier));
    const all = [
      ...imports,
      ...others.map((specifier) => ({ text: `import ${JSON.stringify(specifier)};`, names: [] })),
    ];
    if (await this.renew(all.map(({ text }) => text).join('\n'))) return;
    for (const { text, names } of all) {
      if (await this.renew(text)) continue;
      const { failure, compiler } = this;
      for (const name of names) this.outdated.set(name, failure ?? { diagnostics: compiler.diagnostics });
    }
  }

  private async renew(imports: string): Promise<boolean> {
    const renewed = await this.run(imports, 0);
    if (renewed) this.declarations.settle(false);
    return renewed;
  }

  private capture(output: CellOutput): void {
    this.output = output;
    Object.assign(jupyter, {
      lastWriteDisplayData: (content: DisplayData, update: boolean | undefined) =>
        output.display(content, update === true),
    });
    for (const name of ['stdout', 'stderr'] as const) {
      const decoder = new StringDecoder('utf8');
      process[name].write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
        output.stream(name, typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk)));
        const done = rest.find((value) => typeof value === 'function');
        if (done) process.nextTick(done as () => void);
        return true;
      };
    }
  }

  private compilerError(number: number, found: readonly Diagnostic[]): CellError {
    // Beside other errors, that a type cannot be written down is of no interest.
    const wrong = found.filter((diagnostic) => !isDeclarationError(diagnostic));
    const diagnostics = wrong.length > 0 ? wrong : found;
    const messages = diagnostics.map((diagnostic) => {
      const { fileName, start, code: error, messageText } = diagnostic;
      const place = `${fileName ?? `cell ${number}`}:${start.line + 1}:${start.character + 1}`;
      const advice = fileName === undefined ? adviceOn(this.root, diagnostic) : undefined;
      return `${place} - error TS${error}: ${messageText}${advice === undefined ? '' : `\n${advice}`}`;
    });
    return {
      name: 'TypeScriptError',
      message: messages[0] ?? 'the cell could not be compiled',
      traceback: ['TypeScriptError: the cell was not run', ...messages],
      line: (diagnostics.find(({ fileName }) => !fileName)?.start.line ?? 0) + 1,
    };
  }
}

/** Whether a name stands somewhere in a cell. */
function mentions(code: string, name: string): boolean {
  return code.split(/[^\p{ID_Continue}$]+/u).includes(name);
}

function thrownError(thrown: unknown, number: number): CellError {
  if (wasInterrupted(thrown)) {
    const message = 'the cell was stopped; what it had started may still be running';
    return { name: 'Interrupted', message, traceback: [`Interrupted: ${message}`] };
  }
  if (!types.isNativeError(thrown)) {
    const message = `the cell threw ${inspect(thrown)}, which is not an Error`;
    return { name: 'Error', message, traceback: [message] };
  }
  withoutExcerpt(thrown);
  const line = new RegExp(`\\bcell ${number}:(\\d+)`).exec(thrown.stack ?? '')?.[1];
  return {
    name: thrown.name,
    message: thrown.message,
    traceback: inspect(thrown).split('\n'),
    line: line === undefined ? undefined : Number(line),
  };
}

/** Removes the lines of compiled code that Node puts before the stack of what a script throws. */
function withoutExcerpt(error: Error): void {
  const start = error.stack?.indexOf(Error.prototype.toString.call(error)) ?? -1;
  if (start > 0) error.stack = error.stack?.slice(start) ?? '';
}

/** Recognizes what tslab throws into a cell that waits, and Node into one that computes. */
function wasInterrupted(thrown: unknown): boolean {
  if (!types.isNativeError(thrown)) return false;
  const { code } = thrown as NodeJS.ErrnoException;
  return code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' || thrown.message === 'Interrupted asynchronously';
}
