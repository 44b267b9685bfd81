/**
 * The script of a process that tries turns. It is started by `processes.ts` and never imported.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codedFamilies } from './coded-files';
import { otherFamilies } from './other-files';
import type { Answer } from './processes';
import { tryHere, type Turn } from './try-turn';

/** A disk in memory, where there is one: a file that is written anew waits for the disk, fifty times as long. */
const MEMORY_DISK = '/dev/shm';
const scratch = mkdtempSync(join(existsSync(MEMORY_DISK) ? MEMORY_DISK : tmpdir(), 'fuzz-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
process.on('disconnect', () => process.exit());
// The command decides what Ctrl-C means.
process.on('SIGINT', () => {});

const tryTurn = tryHere([...codedFamilies(), ...otherFamilies(scratch)]);

process.on('message', (turn: Turn) => {
  tryTurn(turn).then(
    (tally) => process.send!({ tally } satisfies Answer),
    (error: unknown) =>
      process.send!({ error: error instanceof Error ? String(error.stack) : String(error) } satisfies Answer),
  );
});
