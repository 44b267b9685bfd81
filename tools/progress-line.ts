import { formatProgress, listenToProgress, type Progress } from '../lib/files/progress';

/** Milliseconds between two lines where progress cannot be redrawn. */
const PLAIN_INTERVAL = 5000;

/** Whether the cursor stands at the end of a line that was to be redrawn. */
let open = false;

/** From now on, long work in this process shows its progress in one line of the terminal, or in lines now and then. */
export function showProgress(): void {
  let last = -Infinity;
  listenToProgress((progress: Progress) => {
    // Who stopped it says so, with what is kept.
    if (progress.ended !== undefined) return endProgressLine();
    const line = formatProgress(progress);
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\x1b[2K${line}${progress.finished ? '\n' : ''}`);
      open = !progress.finished;
    } else if (progress.finished || performance.now() - last >= PLAIN_INTERVAL) {
      last = performance.now();
      process.stderr.write(`${line}\n`);
    }
  });
}

/** Clears the line of work that did not come to its end, so that what follows begins at the left. */
export function endProgressLine(): void {
  if (open) process.stderr.write('\r\x1b[2K');
  open = false;
}
