/**
 * Runs several test files in this process, one after another. Each is a group of tests with the path of the file as its
 * name, so that its hooks are its own; a file that cannot be loaded, or leaves the process changed, is a group that fails.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe } from 'node:test';

/** What a file could change for those that run after it: by name, as texts or identities. */
function stateOfProcess(): Map<string, unknown> {
  const state = new Map<string, unknown>([
    ['the working folder', process.cwd()],
    ['process.exitCode', process.exitCode],
  ]);
  for (const [name, value] of Object.entries(process.env)) state.set(`process.env.${name}`, value);
  for (const event of ['uncaughtException', 'unhandledRejection', 'SIGINT', 'SIGTERM']) {
    state.set(`process.on('${event}')`, process.listenerCount(event));
  }
  const objects = { globalThis, Math, Date, JSON, console, process, 'process.stdout': process.stdout };
  for (const [owner, object] of Object.entries(objects)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
      // Numbers that Node counts for itself.
      if (name.startsWith('_')) continue;
      if (owner === 'globalThis' || typeof value === 'function') state.set(`${owner}.${name}`, value);
    }
  }
  return state;
}

/** Names of what differs. Globals that Node makes when they are first used are no difference. */
function changesSince(earlier: ReadonlyMap<string, unknown>): string[] {
  const now = stateOfProcess();
  return [...new Set([...earlier.keys(), ...now.keys()])].filter((name) => {
    if (
      now.has(name) &&
      earlier.has(name) &&
      earlier.get(name) === undefined &&
      name.startsWith('globalThis.')
    )
      return false;
    return !Object.is(earlier.get(name), now.get(name)) || earlier.has(name) !== now.has(name);
  });
}

/** Runs the files, given by absolute paths. */
export async function runTogether(files: readonly string[]): Promise<void> {
  const load = createRequire(__filename);
  for (const file of files) {
    await describe(file, () => {
      let earlier = stateOfProcess();
      const expectNoChange = (): void => {
        assert.deepEqual(
          changesSince(earlier),
          [],
          'this file leaves the process changed for those that run after it: it has to put these back, or to have ' +
            'a line "// Apart from other test files: why"',
        );
      };
      load(file);
      expectNoChange();
      before(() => {
        earlier = stateOfProcess();
      });
      // After the hooks of the file, which put back what it changed.
      after(expectNoChange);
    });
  }
}
