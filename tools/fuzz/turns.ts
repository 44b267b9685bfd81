/**
 * The script of a process that tries turns. It is started by `processes.ts` and never imported.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codedFamilies } from './coded-files';
import { memoryFolder } from '../memory-disk';
import { otherFamilies } from './other-files';
import type { Answer } from './processes';
import { tryHere, type Turn } from './try-turn';

/** Bytes of copies of all recordings of the tests, and more. */
const ROOM = 2 ** 28;
const scratch = memoryFolder('fuzz', ROOM) ?? mkdtempSync(join(tmpdir(), 'fuzz-'));
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
