import { cellTypeScriptVersion } from './typescript';
import type { CellError, CellOutput, DisplayData, Session } from './session';
import { setTimeout } from 'node:timers/promises';
import { JupyterHandlerImpl, ZmqServer } from 'tslab/dist/jupyter';
import { languageInfo } from './kernel-info';
import { subsetNotice } from './subset-notice';

type Handler = JupyterHandlerImpl;
type Message = Parameters<ZmqServer['handleExecute']>[1];
type Socket = Parameters<ZmqServer['handleCommInfoRequest']>[0];

interface ExecuteRequest {
  readonly code: string;
  readonly silent?: boolean;
  readonly store_history?: boolean;
  readonly stop_on_error?: boolean;
}

/** Milliseconds to wait, after a cell failed, for cells that were sent together with it; they are not run. */
const LATE_ARRIVALS = 50;

/** Milliseconds for which printed text is collected into one message. */
const STREAM_DELAY = 20;

/** Milliseconds in which the reply to a shutdown leaves the process. */
const FAREWELL = 100;

/** Answers questions about the language as tslab does, with what `lib/` offers, and about the kernel truthfully. */
class LanguageHandler extends JupyterHandlerImpl {
  constructor(private readonly session: Session) {
    super(session.language, false);
  }

  override handleKernel(): ReturnType<Handler['handleKernel']> {
    return {
      protocol_version: '5.3',
      implementation: 'neurobasis',
      implementation_version: '1',
      language_info: languageInfo,
      banner: `TypeScript ${cellTypeScriptVersion}, Node ${process.version}`,
    };
  }

  override handleInspect({
    code,
    cursor_pos,
  }: Parameters<Handler['handleInspect']>[0]): ReturnType<Handler['handleInspect']> {
    const position = utf16Position(code, cursor_pos);
    try {
      const known = super.handleInspect({ code, cursor_pos: position, detail_level: 0 });
      if (known.found) return known;
    } catch {
      // Where the compiler stumbles, it knows nothing.
    }
    const text = this.session.importsOf(code, position).join('\n');
    if (text === '') return { status: 'ok', found: false, data: {}, metadata: {} };
    return { status: 'ok', found: true, data: { 'text/plain': text }, metadata: {} };
  }

  override handleComplete({
    code,
    cursor_pos,
  }: Parameters<Handler['handleComplete']>[0]): ReturnType<Handler['handleComplete']> {
    const position = utf16Position(code, cursor_pos);
    const { start, end, candidates } = this.session.complete(code, position);
    return {
      status: 'ok',
      matches: [...candidates],
      cursor_start: codePoints(code, start),
      cursor_end: codePoints(code, end),
      metadata: {},
    };
  }
}

/** Position in UTF-16 units, as the compiler counts, of a position in code points, as Jupyter does. */
function utf16Position(code: string, position: number): number {
  return Array.from(code).slice(0, position).join('').length;
}

function codePoints(code: string, position: number): number {
  return Array.from(code.slice(0, position)).length;
}

/**
 * tslab's Jupyter server, with executions answered as the protocol says: every cell has its number, an error
 * arrives as one, values of cells are results, and cells queued behind a failing one are given up.
 */
export class KernelServer extends ZmqServer {
  private executionCount = 0;
  private queue: Promise<void> = Promise.resolve();
  /** Rises when the queue is given up; an execution of an earlier generation is not started. */
  private generation = 0;
  /** What the first output tells the reader. */
  private notice = subsetNotice();

  constructor(
    private readonly session: Session,
    connectionFile: string,
  ) {
    super(new LanguageHandler(session), connectionFile);
  }

  override handleExecute(socket: Socket, message: Message): Promise<void> {
    const { generation } = this;
    const execution = this.queue.then(async () => {
      // What was given up has no number: a viewer would show it beside the cell, as if it had run.
      const content = generation === this.generation ? await this.execute(message) : { status: 'aborted' };
      this.send(socket, message, 'execute_reply', content);
    });
    this.queue = execution.catch(() => undefined);
    return execution;
  }

  override handleShellMessage(socket: Socket, ...frames: Buffer[]): Promise<void> {
    // tslab warns at once of requests that it does not know, and the warning would land in the output of a cell.
    const { warn } = console;
    console.warn = () => {};
    try {
      return super.handleShellMessage(socket, ...frames);
    } finally {
      console.warn = warn;
    }
  }

  override handleCommInfoRequest(socket: Socket, message: Message): void {
    this.send(socket, message, 'comm_info_reply', { status: 'ok', comms: {} });
  }

  override handleShutdown(socket: Socket, message: Message): void {
    const { restart } = message.content as { restart?: boolean };
    this.send(socket, message, 'shutdown_reply', { status: 'ok', restart: restart === true });
    // Workers and browsers that cells left running would keep the process alive.
    void setTimeout(FAREWELL).then(() => process.exit());
  }

  private send(socket: unknown, to: Message, type: string, content: object): void {
    const message = to.createReply();
    message.header.msg_type = type;
    message.content = content;
    message.signAndSend(this.connInfo.key, socket);
  }

  private async execute(message: Message): Promise<object> {
    const { code, silent, store_history, stop_on_error } = message.content as ExecuteRequest;
    if (!silent && store_history !== false) this.executionCount++;
    const count = this.executionCount;
    const output = new OutputMessages((type, content) => {
      if (!silent) this.send(this.iopub, message, type, content);
    }, count);
    if (!silent) this.send(this.iopub, message, 'execute_input', { code, execution_count: count });
    if (!silent && this.notice) {
      output.display(this.notice, false);
      this.notice = undefined;
    }
    const error = await this.session.execute(code, count, output);
    output.flush();
    if (!error) return { status: 'ok', execution_count: count, user_expressions: {}, payload: [] };
    const description = describe(error);
    if (!silent) this.send(this.iopub, message, 'error', description);
    if (stop_on_error !== false) {
      // A request that comes before the reply was sent by someone who did not know of the error.
      await setTimeout(LATE_ARRIVALS);
      this.generation++;
    }
    return { status: 'error', execution_count: count, ...description };
  }
}

function describe({ name, message, traceback }: CellError): object {
  return { ename: name, evalue: message, traceback };
}

/** Turns the output of a cell into messages; text printed in quick succession becomes one. */
class OutputMessages implements CellOutput {
  private pending: { readonly name: string; text: string } | undefined;

  constructor(
    private readonly send: (type: string, content: object) => void,
    private readonly count: number,
  ) {}

  stream(name: 'stdout' | 'stderr', text: string): void {
    if (this.pending?.name === name) {
      this.pending.text += text;
      return;
    }
    this.flush();
    this.pending = { name, text };
    void setTimeout(STREAM_DELAY, undefined, { ref: false }).then(() => this.flush());
  }

  display({ data, metadata, transient }: DisplayData, update: boolean): void {
    this.flush();
    this.send(update ? 'update_display_data' : 'display_data', {
      data,
      metadata,
      transient: transient ?? {},
    });
  }

  result(text: string): void {
    this.flush();
    this.send('execute_result', { data: { 'text/plain': text }, metadata: {}, execution_count: this.count });
  }

  flush(): void {
    const { pending } = this;
    this.pending = undefined;
    if (pending) this.send('stream', pending);
  }
}
