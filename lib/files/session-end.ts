/**
 * What modules hold open from one cell to the next (worker threads, a page of a browser), so that it can be closed
 * when their notebook has ended and its process goes on with another.
 */

/** Closes something. */
type Close = () => void | Promise<void>;

/**
 * The process may hold this file more than once: as the runner of notebooks loaded it, and as the notebook's cells
 * import it. All of them find the list here.
 */
const slot = Symbol.for('neurobasis.session-end');
const everywhere = globalThis as { [slot]?: Close[] };

/** Asks to be called when the notebook of this process has ended. */
export function atSessionEnd(close: Close): void {
  (everywhere[slot] ??= []).push(close);
}

/** Closes everything, last first. */
export async function endSession(): Promise<void> {
  const closing = (everywhere[slot] ??= []).splice(0);
  for (const close of closing.reverse()) await close();
}
