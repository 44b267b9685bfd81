/**
 * Runs test files in this process, one after another. Each is a group of tests with the path of the file as its name, so
 * that its hooks are its own; a file that cannot be loaded, or leaves the process changed, is a group that fails.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';

/** What a file could change for those that run after it: by name, as texts or identities. */
function stateOfProcess(): Map<string, unknown> {
  const state = new Map<string, unknown>([['the working folder', process.cwd()]]);
  for (const [name, value] of Object.entries(process.env)) state.set(`process.env.${name}`, value);
  for (const event of ['uncaughtException', 'unhandledRejection', 'SIGINT', 'SIGTERM']) {
    state.set(`process.on('${event}')`, process.listenerCount(event));
  }
  const objects = { globalThis, Math, Date, JSON, console, process, 'process.stdout': process.stdout };
  for (const [owner, object] of Object.entries(objects)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
      // Of the others Node itself changes what is private to it, and counts.
      if (owner === 'globalThis' || (typeof value === 'function' && !name.startsWith('_'))) {
        state.set(`${owner}.${name}`, value);
      }
    }
  }
  return state;
}

/** Names of what differs. A global that Node makes when it is first used is no difference. */
function changesSince(earlier: ReadonlyMap<string, unknown>): string[] {
  const now = stateOfProcess();
  return [...new Set([...earlier.keys(), ...now.keys()])].filter((name) => {
    if (!earlier.has(name) || !now.has(name)) return true;
    const value = earlier.get(name);
    return !Object.is(value, now.get(name)) && !(value === undefined && name.startsWith('globalThis.'));
  });
}

/** Loads a test file within its group, which fails if the process is another one after it. */
function loadCarefully(load: () => void): void {
  let earlier = stateOfProcess();
  load();
  const whenLoaded = changesSince(earlier);
  before(() => {
    earlier = stateOfProcess();
  });
  // After the hooks of the file, which put back what it changed.
  after(() => {
    assert.deepEqual(
      [...whenLoaded, ...changesSince(earlier)],
      [],
      'it leaves the process changed for the files that run after it: it has to put these back, or to have a line ' +
        '"// Apart from other test files: why"',
    );
  });
}

/**
 * Ends this process when a file takes too long. A thread watches the clock: a test that loops for ever would stop a timer of its own thread.
 *
 * @param timeout - milliseconds for each file
 * @returns takes the file that begins
 */
function endWhenLate(timeout: number): (file: string) => void {
  const script = `const { parentPort, workerData: timeout } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  let timer;
  parentPort.on('message', (file) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      writeSync(2, file + ' did not end within ' + timeout / 1000 + ' s\\n');
      process.kill(process.pid, 'SIGKILL');
    }, timeout);
  });`;
  const watch = new Worker(script, { eval: true, execArgv: [], env: {}, stdin: false, workerData: timeout });
  watch.unref();
  return (file) => watch.postMessage(file);
}

/**
 * Runs files.
 *
 * @param files - absolute paths
 * @param timeout - milliseconds that each may take
 * @param seed - of the inputs that properties are tried with
 */
export async function runTogether(files: readonly string[], timeout: number, seed: number): Promise<void> {
  fc.configureGlobal({ seed });
  const load = createRequire(__filename);
  const begin = endWhenLate(timeout);
  for (const file of files) {
    begin(file);
    await describe(file, () => {
      if (files.length === 1) load(file);
      else loadCarefully(() => load(file));
    });
  }
}
