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
}

/** Receives the reports; called often, so it should return quickly. */
export type ProgressListener = (progress: Progress) => void;

let listener: ProgressListener | undefined;

/** Sets who is told about all long work in this process; undefined for nobody. */
export function listenToProgress(newListener: ProgressListener | undefined): void {
  listener = newListener;
}

/** Tells the listener. */
export function reportProgress(progress: Progress): void {
  listener?.(progress);
}
