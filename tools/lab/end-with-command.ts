import { spawn, type ChildProcess } from 'node:child_process';

/** Milliseconds that a program has to end in order, before it is killed. */
const GRACE = 5000;

/**
 * Waits for the end of its standard input, which comes when the process at the other end is gone, however it went, and
 * ends a program then. Told that the program has ended by itself, it ends too.
 */
const WATCH = `
  const pid = Number(process.argv[1]);
  const end = (signal) => { try { process.kill(pid, signal); } catch { process.exit(); } };
  process.stdin.once('data', () => process.exit());
  process.stdin.once('end', () => {
    end('SIGTERM');
    setInterval(() => end(0), 100);
    setTimeout(() => end('SIGKILL'), ${GRACE});
  });
`;

/**
 * Has a program ended when this command is killed, as JupyterLab would otherwise go on with all its kernels. A program
 * that loads tools/loader.cjs needs no such watch, nor does one that ends with its standard input.
 */
export function endWithCommand(program: ChildProcess): void {
  if (program.pid === undefined) return;
  const watch = spawn(process.execPath, ['-e', WATCH, String(program.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Ctrl-C is for the program alone.
    detached: true,
  });
  watch.unref();
  watch.on('error', () => {});
  watch.stdin.on('error', () => {});
  program.once('exit', () => watch.stdin.end('ended'));
}
