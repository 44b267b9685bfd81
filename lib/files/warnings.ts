/**
 * What the user should know although the work goes on: a cache that cannot be written, a kept row that is damaged.
 * Each text is said once in a process, on standard error unless somebody listens; a notebook that is run for its
 * outputs has a listener, so that no warning becomes part of them.
 */

/** Receives each text once. */
export type WarningListener = (text: string) => void;

/**
 * The process may hold this file more than once: as the kernel loaded it, and as the notebook's cells import it.
 * All of them find the listener, and what was said, here.
 */
const slot = Symbol.for('neurobasis.warnings');
interface WarningState {
  readonly said: Set<string>;
  listener: WarningListener | undefined;
}
const everywhere = globalThis as { [slot]?: WarningState };

function state(): WarningState {
  return (everywhere[slot] ??= { said: new Set(), listener: undefined });
}

/** Sets who is told; undefined for standard error. */
export function listenToWarnings(listener: WarningListener | undefined): void {
  state().listener = listener;
}

/** Says a text, unless it was said before. */
export function warnOnce(text: string): void {
  const { said, listener } = state();
  if (said.has(text)) return;
  said.add(text);
  if (listener) listener(text);
  else process.stderr.write(`${text}\n`);
}
