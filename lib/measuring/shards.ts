/**
 * Shards of a sweep, so that several machines measure one corpus. A shard keeps what it measures in one file under
 * `.cache/sweeps/<codec>.<key>.shards/`, written whole and named by its content: machines that share the folder, or
 * copy theirs together, never write to one file, and the same result twice is one file.
 *
 * Reading joins all files. Joining is associative, commutative and idempotent: of a measurement that was made twice the
 * faster is taken, and only durations may differ.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../files/write-whole';
import type { StepMeasurement } from './measure';

/** One of several parts of a corpus. */
export interface Shard {
  /** From 1 on. */
  readonly number: number;
  readonly count: number;
}

/** Two machines measured the same and found other numbers. */
export class MeasurementConflictError extends Error {
  override readonly name = 'MeasurementConflictError';
}

/** The result of a shard could not be written. */
export class ShardResultError extends Error {
  override readonly name = 'ShardResultError';
}

/** Name of a shard in file names: `3-of-16`. */
export function shardName({ number, count }: Shard): string {
  return `${number}-of-${count}`;
}

/**
 * The recordings of a shard. Every recording is in one shard, and shards hold about as many samples: recordings are dealt
 * in the order of their lengths, back and forth.
 *
 * @returns in the order of the corpus; empty where there are more shards than recordings
 */
export function recordingsOfShard<T extends { readonly name: string; readonly samples: number }>(
  recordings: readonly T[],
  { number, count }: Shard,
): T[] {
  const byLength = [...recordings].sort(
    (a, b) => b.samples - a.samples || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
  const dealt = byLength.filter((_, i) => {
    const round = Math.floor(i / count);
    const place = i % count;
    return (round % 2 === 0 ? place : count - 1 - place) === number - 1;
  });
  const own = new Set(dealt);
  return recordings.filter((recording) => own.has(recording));
}

/** Folder of the results of shards beside a file of the cache. */
export function shardsFolder(path: string): string {
  return path.replace(/\.jsonl$/, '.shards');
}

/** Results of shards beside a file of the cache; journals of shards that have not ended are left out. */
export function shardResults(path: string): string[] {
  const folder = shardsFolder(path);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^[0-9a-f]{32}\.jsonl$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** Where a shard keeps what it has measured until its result is written. */
export function shardJournal(path: string, shard: Shard): string {
  return join(shardsFolder(path), `${shardName(shard)}.journal`);
}

/**
 * Writes the result of a shard.
 *
 * @param path - of the file of the cache that it is a part of
 * @param lines - rows as the cache keeps them, in an order that depends on nothing but them
 * @returns its path
 * @throws ShardResultError where it cannot be written
 */
export function writeShardResult(path: string, lines: readonly string[]): string {
  const text = lines.map((line) => `${line}\n`).join('');
  const name = createHash('sha256').update(text).digest('hex').slice(0, 32);
  const result = join(shardsFolder(path), `${name}.jsonl`);
  try {
    // One that is there may be damaged.
    writeWhole(result, text);
  } catch (error) {
    throw new ShardResultError(
      `${result} cannot be written (${(error as Error).message}): free some space or make the folder writable, then run ` +
        'the same command again. What the journal beside it holds is not measured again.',
      { cause: error },
    );
  }
  return result;
}

/** Whether two measurements say the same but for how long they took. */
function sameButDurations(a: StepMeasurement, b: StepMeasurement): boolean {
  const lasting = ({ step, compressedBytes, nonzero, comparison }: StepMeasurement): string =>
    JSON.stringify([step, compressedBytes, nonzero, comparison]);
  return lasting(a) === lasting(b);
}

/**
 * Joins two measurements of one recording at one step.
 *
 * @returns the faster one; undefined where they disagree
 */
export function joinedPoint(a: StepMeasurement, b: StepMeasurement): StepMeasurement | undefined {
  if (!sameButDurations(a, b)) return undefined;
  return (a.encodeSeconds - b.encodeSeconds || a.decodeSeconds - b.decodeSeconds) <= 0 ? a : b;
}
