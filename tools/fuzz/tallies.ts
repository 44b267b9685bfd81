/**
 * What became of the inputs of each family, kept in a file so that a run that was stopped goes on.
 */
import { existsSync } from 'node:fs';
import { readKept, writeKept } from '../../lib/files/kept-file';
import { warnOnce } from '../../lib/files/warnings';
import type { Outcome } from './family';

/** An input that broke a rule, or took long. */
export interface Found {
  readonly number: number;
  readonly says: string;
}

export interface Tally extends Record<Outcome, number> {
  /** Inputs so far, which are those with the numbers below this one. */
  inputs: number;
  slowestMs: number;
  /** Most memory that the process held by the end of an input of this family that raised it; 0 if none did. */
  peakBytes: number;
  slow: Found[];
  broken: Found[];
}

/** Most inputs of a family that are listed. */
const MOST_FOUND = 20;

export function newTally(): Tally {
  return { inputs: 0, refused: 0, equal: 0, decoded: 0, slowestMs: 0, peakBytes: 0, slow: [], broken: [] };
}

export function addFound(list: Found[], found: Found): void {
  if (list.length < MOST_FOUND) list.push(found);
}

/** Adds the tally of the inputs that follow. */
export function addTally(sum: Tally, more: Tally): void {
  for (const count of ['inputs', 'refused', 'equal', 'decoded'] as const) sum[count] += more[count];
  for (const most of ['slowestMs', 'peakBytes'] as const) sum[most] = Math.max(sum[most], more[most]);
  for (const list of ['slow', 'broken'] as const) {
    for (const found of more[list]) addFound(sum[list], found);
  }
}

/** Tallies by the name of their family; none where there is no file. Of a damaged one that is said. */
export function readTallies(path: string): Map<string, Tally> {
  const kept = readKept(path);
  if (kept) return new Map(Object.entries(JSON.parse(kept.toString()) as Record<string, Tally>));
  if (existsSync(path)) {
    warnOnce(`${path} is damaged, or of an earlier version: counting begins anew.`);
  }
  return new Map();
}

export function writeTallies(path: string, tallies: ReadonlyMap<string, Tally>): void {
  writeKept(path, JSON.stringify(Object.fromEntries(tallies)));
}

/** A table of all families. */
export function tableOf(tallies: ReadonlyMap<string, Tally>): string {
  const heads = [
    'family',
    'inputs',
    'named errors',
    'decoded',
    'as it was',
    'slowest ms',
    'peak MB',
    'slow',
    'broken',
  ];
  const rows = Array.from(tallies, ([name, tally]) => [
    name,
    ...[tally.inputs, tally.refused, tally.decoded, tally.equal].map((count) => count.toLocaleString('en')),
    ...[tally.slowestMs.toFixed(0), tally.peakBytes > 0 ? (tally.peakBytes / 2 ** 20).toFixed(0) : ''],
    ...[tally.slow.length, tally.broken.length].map(String),
  ]);
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]!.length)));
  return [heads, ...rows]
    .map((row) =>
      row.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  '),
    )
    .join('\n');
}
