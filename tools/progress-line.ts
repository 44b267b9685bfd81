import { formatProgress, listenToProgress, type Progress } from '../lib/measuring/progress';

/** Milliseconds between two lines where progress cannot be redrawn. */
const PLAIN_INTERVAL = 5000;

/** From now on, long work in this process shows its progress in one line of the terminal, or in lines now and then. */
export function showProgress(): void {
  let last = 0;
  listenToProgress((progress: Progress) => {
    const line = formatProgress(progress);
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\x1b[2K${line}${progress.finished ? '\n' : ''}`);
    } else if (progress.finished || Date.now() - last >= PLAIN_INTERVAL) {
      last = Date.now();
      process.stderr.write(`${line}\n`);
    }
  });
}
