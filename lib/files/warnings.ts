/**
 * Warnings that do not stop the work: a cache that cannot be written, a damaged row. Each text is said once
 * in a process, on standard error unless there is a listener. The runner of notebooks sets a listener, so
 * that no warning becomes part of an output.
 */

/** Receives each text once. */
export type WarningListener = (text: string) => void;

/**
 * The listener is global because the process may hold this file twice: loaded by the kernel, and imported by
 * the notebook's cells. Both must find the same listener and the same record of texts.
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

/** Sets the listener; undefined for standard error. */
export function listenToWarnings(listener: WarningListener | undefined): void {
  state().listener = listener;
}

/** Warns with a text, once in a process. */
export function warnOnce(text: string): void {
  const { said, listener } = state();
  if (said.has(text)) return;
  said.add(text);
  if (listener) listener(text);
  else process.stderr.write(`${text}\n`);
}
