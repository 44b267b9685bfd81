import { CellCompiler } from './compiler';
import { createRequire } from 'node:module';
import { StringDecoder } from 'node:string_decoder';
import { setImmediate } from 'node:timers/promises';
import { inspect, types } from 'node:util';
import { createExecutor, type Executor } from 'tslab/dist/executor';
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
  /** Line of the cell (one-based) where it went wrong or from where it called what went wrong. */
  readonly line?: number | undefined;
}

/**
 * The state behind one notebook: the compiler and the variables of its cells. There can be one in a process only,
 * because tslab keeps part of its state in global variables.
 */
export class Session {
  private readonly compiler: CellCompiler;
  private readonly executor: Executor;
  private failure: { readonly thrown: unknown } | undefined;
  /** Takes precedence over `failure`, which then only says that the cell was interrupted. */
  private stray: { readonly thrown: unknown } | undefined;
  private output: CellOutput | undefined;

  /** @param root - absolute path of the project; becomes the working directory */
  constructor(root: string) {
    // Imports are resolved against the working directory, and Jupyter chooses the folder of the notebook.
    process.chdir(root);
    improveStacks(root);
    this.compiler = new CellCompiler(root);
    this.executor = createExecutor(
      root,
      { node: this.compiler, browser: this.compiler, close: () => this.compiler.close() },
      {
        log: (value: unknown) => this.output?.result(typeof value === 'string' ? value : inspect(value)),
        // Called with one argument for what was thrown, with several for each message of the compiler.
        error: (...values: unknown[]) => {
          if (values.length === 1) this.failure = { thrown: values[0] };
        },
      },
    );
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
    this.compiler.cell = number;
    this.compiler.diagnostics = [];
    this.failure = undefined;
    let succeeded = false;
    try {
      succeeded = await this.executor.execute(code);
    } catch (error) {
      this.failure = { thrown: error };
    }
    // Node reports a rejection that nobody awaits only after the cell's last step.
    await setImmediate();
    const failure = this.stray ?? this.failure;
    this.stray = undefined;
    if (failure) return thrownError(failure.thrown, number);
    return succeeded ? undefined : this.compilerError(number);
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

  /** What the kernel protocol's requests for completion and inspection are answered from. */
  get language(): Executor {
    return this.executor;
  }

  /** Frees the compiler. */
  close(): void {
    this.executor.close();
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

  private compilerError(number: number): CellError {
    const messages = this.compiler.diagnostics.map(({ fileName, start, code, messageText }) => {
      const place = `${fileName ?? `cell ${number}`}:${start.line + 1}:${start.character + 1}`;
      return `${place} - error TS${code}: ${messageText}`;
    });
    return {
      name: 'TypeScriptError',
      message: messages[0] ?? 'the cell could not be compiled',
      traceback: ['TypeScriptError: the cell was not run', ...messages],
      line: (this.compiler.diagnostics.find(({ fileName }) => !fileName)?.start.line ?? 0) + 1,
    };
  }
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
