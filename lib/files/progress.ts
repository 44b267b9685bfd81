/**
 * Progress of long work. The work reports; the caller who started it decides where reports are shown: a line
 * of the terminal, an output of the notebook, a message to the parent process.
 */

/** The state of one piece of long work. */
export interface Progress {
  /** Description of the work: `"dct-256 on 743 Neuralink recordings"`. */
  readonly task: string;
  /** Units of work (recordings, bytes …): done, and in all. */
  readonly done: number;
  readonly total: number;
  /** How many of the units done were taken from an earlier run. */
  readonly reused: number;
  /** Estimate of the time left, seconds; undefined while nothing is known. */
  readonly secondsLeft?: number | undefined;
  /** True in the last report. */
  readonly finished: boolean;
  /** Why the work ended early; in the last report only. */
  readonly ended?: 'stopped' | 'failed' | undefined;
}

/** Receives the reports; called often, so it should return quickly. */
export type ProgressListener = (progress: Progress) => void;

/**
 * The listener is global because the process may hold this file twice: loaded by the kernel, and imported by
 * the notebook's cells. Both must find the same listener.
 */
const slot = Symbol.for('neurobasis.progress');
const everywhere = globalThis as { [slot]?: ProgressListener | undefined };

/** Sets the listener to all long work of this process; undefined for none. */
export function listenToProgress(newListener: ProgressListener | undefined): void {
  everywhere[slot] = newListener;
}

/** Passes a report to the listener. */
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

/** One line of text for a report: `"dct-256 on 743 recordings: 120 of 743, about 3 min 20 s left"`. */
export function formatProgress({ task, done, total, secondsLeft, finished, ended }: Progress): string {
  if (ended !== undefined) return `${task}: ${ended} at ${done} of ${total}`;
  if (finished) return `${task}: done`;
  const left = secondsLeft === undefined ? '' : `, about ${formatSeconds(secondsLeft)} left`;
  return `${task}: ${done} of ${total}${left}`;
}
