/**
 * Shows how far each notebook is: lines that are redrawn on a terminal, a line for each step elsewhere.
 */
import { formatProgress, formatSeconds, type Progress } from '../../lib/files/progress';

/** State of one notebook. */
interface NotebookState {
  state: 'waiting' | 'running' | 'unchanged' | 'done' | 'failed' | 'stopped';
  cells: number;
  /** Of the code cells, from 1; 0 before the first. */
  cell: number;
  startedAt: number;
  cellStartedAt: number;
  endedAt: number;
  /** The long work that the cell does now. */
  progress: Progress | undefined;
  /** Seconds of each code cell in an earlier run. */
  expected: readonly number[];
}

/** Milliseconds between two plain lines about the same long work. */
const PLAIN_INTERVAL = 10_000;
/** Milliseconds between two drawings on a terminal. */
const DRAW_INTERVAL = 200;

const SIGNS = { waiting: '·', running: '▸', unchanged: '=', done: '✓', failed: '✗', stopped: '■' } as const;

/** Where the lines go: standard output, or a test's own. */
export interface LineOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export class ProgressView {
  private readonly notebooks = new Map<string, NotebookState>();
  private readonly lastPlain = new Map<string, number>();
  private drawnLines = 0;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param names - the notebooks, in order
   * @param concurrency - how many run at a time
   */
  constructor(
    private readonly output: LineOutput,
    names: readonly string[],
    private readonly concurrency: number,
  ) {
    for (const name of names) {
      this.notebooks.set(name, {
        state: 'waiting',
        cells: 0,
        cell: 0,
        startedAt: 0,
        cellStartedAt: 0,
        endedAt: 0,
        progress: undefined,
        expected: [],
      });
    }
    if (this.output.isTTY) {
      this.timer = setInterval(() => this.draw(), DRAW_INTERVAL);
      this.timer.unref();
    }
  }

  /** Nothing of this notebook has changed. */
  unchanged(name: string): void {
    this.set(name, { state: 'unchanged' });
    this.plain(name, 'unchanged');
  }

  /** What the notebook took in an earlier run; the estimate of the time left starts from it. */
  expect(name: string, cellSeconds: readonly number[]): void {
    this.set(name, { expected: cellSeconds });
  }

  start(name: string, cells: number): void {
    const now = performance.now();
    this.set(name, { state: 'running', cells, startedAt: now, cellStartedAt: now });
    this.plain(name, `started, ${cells} code cells`);
  }

  startCell(name: string, cell: number): void {
    this.set(name, { cell, cellStartedAt: performance.now(), progress: undefined });
    this.plain(name, `cell ${cell} of ${this.get(name).cells}${this.left()}`);
  }

  progress(name: string, progress: Progress): void {
    this.set(name, { progress });
    const last = this.lastPlain.get(name) ?? -Infinity;
    if (performance.now() - last < PLAIN_INTERVAL) return;
    const { cell, cells } = this.get(name);
    this.plain(name, `cell ${cell} of ${cells}, ${formatProgress(progress)}`);
  }

  end(name: string, state: 'done' | 'failed' | 'stopped'): void {
    this.set(name, { state, endedAt: performance.now(), progress: undefined });
    const { startedAt, endedAt } = this.get(name);
    this.plain(name, `${state} after ${formatSeconds((endedAt - startedAt) / 1000)}${this.left()}`);
  }

  /** Draws for the last time. */
  close(): void {
    clearInterval(this.timer);
    this.draw();
  }

  private get(name: string): NotebookState {
    return this.notebooks.get(name)!;
  }

  private set(name: string, change: Partial<NotebookState>): void {
    Object.assign(this.get(name), change);
  }

  private plain(name: string, text: string): void {
    if (this.output.isTTY) return;
    this.lastPlain.set(name, performance.now());
    this.output.write(`${name}: ${text}\n`);
  }

  /** Seconds that one notebook still needs; undefined when nothing is known of it. */
  private secondsLeft({ state, cell, cellStartedAt, expected, progress }: NotebookState): number | undefined {
    if (state !== 'running' && state !== 'waiting') return 0;
    if (expected.length === 0) return state === 'running' ? progress?.secondsLeft : undefined;
    const current = Math.max(cell - 1, 0);
    const later = expected.slice(cell).reduce((sum, seconds) => sum + seconds, 0);
    if (state === 'waiting') return later;
    const spent = (performance.now() - cellStartedAt) / 1000;
    return later + Math.max(progress?.secondsLeft ?? 0, (expected[current] ?? 0) - spent, 0);
  }

  /** Seconds until all is done; undefined while a notebook is unknown. */
  private allSecondsLeft(): number | undefined {
    let sum = 0;
    let longest = 0;
    for (const notebook of this.notebooks.values()) {
      const seconds = this.secondsLeft(notebook);
      if (seconds === undefined) return undefined;
      sum += seconds;
      longest = Math.max(longest, seconds);
    }
    return Math.max(longest, sum / this.concurrency);
  }

  private left(): string {
    const seconds = this.allSecondsLeft();
    return seconds === undefined || seconds < 1 ? '' : `, about ${formatSeconds(seconds)} left in all`;
  }

  private draw(): void {
    if (!this.output.isTTY) return;
    const width = Math.max(...[...this.notebooks.keys()].map((name) => name.length));
    const lines = [...this.notebooks].map(([name, notebook]) => {
      const line = `${SIGNS[notebook.state]} ${name.padEnd(width)}  ${this.describe(notebook)}`;
      return line.slice(0, (this.output.columns ?? 80) - 1);
    });
    const left = this.left();
    lines.push(left.replace(/^, /, ''));
    const up = this.drawnLines > 0 ? `\x1b[${this.drawnLines}A` : '';
    this.output.write(`${up}${lines.map((line) => `\x1b[2K${line}\n`).join('')}`);
    this.drawnLines = lines.length;
  }

  private describe(notebook: NotebookState): string {
    const { state, cell, cells, startedAt, endedAt, progress } = notebook;
    if (state === 'waiting' || state === 'unchanged') return state;
    if (state !== 'running') return `${state}, ${formatSeconds((endedAt - startedAt) / 1000)}`;
    const elapsed = formatSeconds((performance.now() - startedAt) / 1000);
    const work = progress && !progress.finished ? `  ${formatProgress(progress)}` : '';
    return `${cell === 0 ? 'starting' : `cell ${cell} of ${cells}`}, ${elapsed}${work}`;
  }
}
