/**
 * Closes resources that modules hold open from one cell to the next (worker threads, a browser page) when
 * their notebook has ended. Without it they would stay open in a process that goes on with the next notebook.
 */

/** Closes something. */
type Close = () => void | Promise<void>;

/**
 * The list is global because the process may hold this file twice: loaded by the runner of notebooks, and
 * imported by the notebook's cells. Both must find the same list.
 */
const slot = Symbol.for('neurobasis.session-end');
const everywhere = globalThis as { [slot]?: Close[] };

/** Registers a function to be called when the notebook of this process has ended. */
export function atSessionEnd(close: Close): void {
  (everywhere[slot] ??= []).push(close);
}

/** Closes everything that was registered, the last first. */
export async function endSession(): Promise<void> {
  const closing = (everywhere[slot] ??= []).splice(0);
  for (const close of closing.reverse()) await close();
}
