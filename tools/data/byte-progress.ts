import type { ByteListener } from './archive';

/** Bars are redrawn this often on a terminal; elsewhere a line is written this often. */
const TERMINAL_INTERVAL = 100;
const LOG_INTERVAL = 5000;

/**
 * Shows on standard error how far a transfer is, with its rate and the time left: one line that is redrawn on a
 * terminal, a line every five seconds elsewhere.
 *
 * @param task - what is being done: `"Importing"`
 */
export function showBytes(task: string, stream: NodeJS.WriteStream = process.stderr): ByteListener {
  const interval = stream.isTTY ? TERMINAL_INTERVAL : LOG_INTERVAL;
  const start = performance.now();
  let shown = start;
  let doneAtStart: number | undefined;
  let finished = false;
  return (done, total) => {
    // Bytes of an earlier run do not count in the rate.
    doneAtStart ??= done;
    const now = performance.now();
    const last = total > 0 && done >= total;
    if (finished || (!last && now - shown < interval)) return;
    if (last && done === doneAtStart) return;
    shown = now;
    finished = last;
    const rate = (done - doneAtStart) / Math.max((now - start) / 1000, 1e-3);
    const parts = [`${task}: ${megabytes(done)}${total > 0 ? ` of ${megabytes(total)}` : ''} MB`];
    if (rate > 0) parts.push(`${megabytes(rate)} MB/s`);
    if (last) parts.push(`done in ${((now - start) / 1000).toFixed(1)} s`);
    else if (rate > 0 && total > 0) parts.push(`${Math.ceil((total - done) / rate)} s left`);
    const line = parts.join(', ');
    stream.write(stream.isTTY ? `\r\x1b[K${line}${last ? '\n' : ''}` : `${line}\n`);
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
