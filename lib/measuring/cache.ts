/**
 * Measurements that were made before, kept by content: the same code, codec, step and recording give the same
 * measurement, so it need not be made again.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodesMeasurement, RecordingFacts, StepMeasurement } from './measure';
import { projectRoot } from '../files/project-root';

interface Row extends CodesMeasurement {
  /** SHA-256 of the WAV file. */
  readonly recording: string;
}

interface Kept {
  readonly facts: RecordingFacts;
  readonly points: Map<number, StepMeasurement>;
}

/**
 * The measurements of one codec under one state of the code: a file of JSON lines, one for each recording and
 * each time it was measured. Lines are only ever added, each in one write, so that processes can share the file
 * and one that is killed leaves at worst a torn line, which is passed over.
 */
export class MeasurementCache {
  private readonly kept = new Map<string, Kept>();

  /** @param path - absolute path of the file; it need not exist */
  constructor(readonly path: string) {
    if (!existsSync(path)) return;
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const row = parseRow(line);
      if (row) this.keep(row);
    }
  }

  /**
   * What is known of a recording.
   *
   * @param recording - SHA-256 of the WAV file
   * @param steps - the operating points that are wanted
   * @returns the facts and the points that are there, and the steps that are not
   */
  find(
    recording: string,
    steps: readonly number[],
  ): { facts: RecordingFacts | undefined; points: StepMeasurement[]; missing: number[] } {
    const kept = this.kept.get(recording);
    const points = steps.flatMap((step) => kept?.points.get(step) ?? []);
    return { facts: kept?.facts, points, missing: steps.filter((step) => !kept?.points.has(step)) };
  }

  /** Keeps a measurement, in memory and in the file. */
  add(recording: string, { facts, points }: CodesMeasurement): void {
    const row: Row = { recording, facts, points };
    this.keep(row);
    mkdirSync(join(this.path, '..'), { recursive: true });
    // The line break comes first, so that a torn line of a killed process ends here and spoils nothing.
    appendFileSync(this.path, `\n${JSON.stringify(row)}\n`);
  }

  private keep({ recording, facts, points }: Row): void {
    let kept = this.kept.get(recording);
    if (!kept) this.kept.set(recording, (kept = { facts, points: new Map() }));
    for (const point of points) kept.points.set(point.step, point);
  }
}

function parseRow(line: string): Row | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as Row;
  } catch {
    return undefined;
  }
}

/**
 * Opens the cache of a codec.
 *
 * @param codecId - name and parameters of the codec
 * @param codeHash - says which state of the code makes the measurements
 */
export function openMeasurementCache(codecId: string, codeHash: string): MeasurementCache {
  const key = createHash('sha256').update(codecId).update('\0').update(codeHash).digest('hex').slice(0, 32);
  return new MeasurementCache(join(projectRoot(), '.cache', 'sweeps', `${key}.jsonl`));
}
