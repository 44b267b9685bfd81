/**
 * How long work tells what it is doing. The work reports; whoever started it decides where that is shown:
 * a line of the terminal, an output of the notebook, a message to the parent process.
 */

/** The state of one piece of long work. */
export interface Progress {
  /** What is being done: `"dct-256 on 743 Neuralink recordings"`. */
  readonly task: string;
  /** Units of work done and in all (recordings, bytes …). */
  readonly done: number;
  readonly total: number;
  /** Of `done`, those that needed no work because an earlier run had left their results. */
  readonly reused: number;
  /** Estimate of the time left, seconds; undefined while nothing is known. */
  readonly secondsLeft?: number | undefined;
  /** True in the last report. */
  readonly finished: boolean;
  /** In the last report of work that did not come to its end: why not. */
  readonly ended?: 'stopped' | 'failed' | undefined;
}

/** Receives the reports; called often, so it should return quickly. */
export type ProgressListener = (progress: Progress) => void;

/**
 * The process may hold this file more than once: as the kernel loaded it, and as the notebook's cells import it.
 * All of them find the listener here.
 */
const slot = Symbol.for('neurobasis.progress');
const everywhere = globalThis as { [slot]?: ProgressListener | undefined };

/** Sets who is told about all long work in this process; undefined for nobody. */
export function listenToProgress(newListener: ProgressListener | undefined): void {
  everywhere[slot] = newListener;
}

/** Tells the listener. */
export function reportProgress(progress: Progress): void {
  everywhere[slot]?.(progress);
}

/** A duration as people read it: `"8 s"`, `"3 min 20 s"`, `"2 h 5 min"`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A report in one line: `"dct-256 on 743 recordings: 120 of 743, about 3 min 20 s left"`. */
export function formatProgress({ task, done, total, secondsLeft, finished, ended }: Progress): string {
  if (ended !== undefined) return `${task}: ${ended} at ${done} of ${total}`;
  if (finished) return `${task}: done`;
  const left = secondsLeft === undefined ? '' : `, about ${formatSeconds(secondsLeft)} left`;
  return `${task}: ${done} of ${total}${left}`;
}
