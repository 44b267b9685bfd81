/**
 * The kernel that Jupyter starts, with the path of the connection file as its argument.
 */
import { writeSync } from 'node:fs';
import { Session } from './session';
import { dirname, resolve } from 'node:path';
import { KernelServer } from './server';
import { listenToWarnings } from '../lib/files/warnings';
import { showProgressInNotebook } from './progress-display';

// Before the session changes the working directory.
const connectionFile = resolve(process.argv[2] ?? '');
const session = new Session(dirname(__dirname));

// Without a listener Node would end, and with it the variables of the notebook.
process.on('SIGINT', () => session.interrupt());
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error) =>
    console.error(event === 'uncaughtException' ? 'Uncaught' : 'Unhandled rejection:', error),
  );
}
showProgressInNotebook();
// Into the log of JupyterLab, not into the output of a cell, where it would be kept.
listenToWarnings((text) => writeSync(process.stderr.fd, `${text}\n`));
void new KernelServer(session, connectionFile).init();
