/**
 * The cache of measurements. Its key is the content: the same code, codec, step and recording give the same
 * measurement, so it need not be made again.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { CodesMeasurement, RecordingFacts, StepMeasurement } from './measure';
import type { Recording } from '../recordings/corpus';
import { projectRoot } from '../files/project-root';
import { warnOnce } from '../files/warnings';

/**
 * What a recording is kept under: the SHA-256 of its WAV file and, of an imported one, of what measures depend on beside
 * its samples.
 */
export function recordingHash({ sha256, source, sampleRate, digitizer }: Recording): string {
  if (!source) return sha256;
  return createHash('sha256')
    .update(JSON.stringify([sha256, sampleRate, digitizer.kind, digitizer.codes]))
    .digest('hex');
}

interface Row extends CodesMeasurement {
  /** {@link recordingHash} */
  readonly recording: string;
}

interface Kept {
  readonly facts: RecordingFacts;
  readonly points: Map<number, StepMeasurement>;
}

/**
 * Layout of a row. It is part of each row's check, so that rows of another layout are not mistaken for
 * damaged rows of this one.
 */
const LAYOUT = 'measurements 2';

/**
 * The measurements of one codec under one state of the code: a file of JSON lines, one for each recording and
 * each time it was measured.
 *
 * Each line has its own SHA-256, which also covers the name of the file: a row that is damaged, from another
 * file or of another layout is passed over. Lines are only ever appended, each in one write, so that
 * processes can share the file, and a killed process leaves at most one torn line.
 */
export class MeasurementCache {
  private readonly kept = new Map<string, Kept>();
  private damagedRows = 0;
  private problem: string | undefined;

  /** @param path - absolute path of the file; it need not exist */
  constructor(readonly path: string) {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.problem = (error as Error).message;
      return;
    }
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const row = this.parse(line);
      if (row) this.keep(row);
      else this.damagedRows++;
    }
  }

  /**
   * Description of damage to the file, with its remedy; undefined when the whole file could be used. Callers
   * ask for it only when a measurement is missing: renewed rows are appended behind the damaged ones.
   */
  get damage(): string | undefined {
    if (this.problem !== undefined) {
      return `${this.path} cannot be read (${this.problem}), so everything is measured anew: make it readable or remove it.`;
    }
    if (this.damagedRows === 0) return undefined;
    return (
      `${this.path}: ${this.damagedRows} damaged ${this.damagedRows === 1 ? 'row is' : 'rows are'} passed over, and ` +
      'what they held is measured anew. A process that was killed leaves one; more speak of a failing disk.'
    );
  }

  /**
   * Finds the measurements of a recording.
   *
   * @param recording - its {@link recordingHash}
   * @param steps - the operating points wanted
   * @returns the facts and the points found, and the steps that are missing
   */
  find(
    recording: string,
    steps: readonly number[],
  ): { facts: RecordingFacts | undefined; points: StepMeasurement[]; missing: number[] } {
    const kept = this.kept.get(recording);
    const points = steps.flatMap((step) => kept?.points.get(step) ?? []);
    return { facts: kept?.facts, points, missing: steps.filter((step) => !kept?.points.has(step)) };
  }

  /**
   * Adds a measurement to the memory and to the file. A file that cannot be written causes one warning and no
   * error: the measurement is still right.
   */
  add(recording: string, { facts, points }: CodesMeasurement): void {
    const row: Row = { recording, facts, points };
    this.keep(row);
    const json = JSON.stringify(row);
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      // The line break comes first: if a killed process left a torn line, it ends here and spoils only
      // itself.
      appendFileSync(this.path, `\n{"sha256":"${this.hash(json)}","row":${json}}\n`);
    } catch (error) {
      warnOnce(
        `${this.path} cannot be written (${(error as Error).message}), so these measurements are not kept and are made ` +
          'again next time. Free some space or make .cache writable.',
      );
    }
  }

  private parse(line: string): Row | undefined {
    const match = /^\{"sha256":"([0-9a-f]{64})","row":(.*)\}$/.exec(line);
    if (!match || this.hash(match[2]!) !== match[1]) return undefined;
    return JSON.parse(match[2]!) as Row;
  }

  private hash(json: string): string {
    return createHash('sha256')
      .update(`${LAYOUT}\0${basename(this.path)}\0${json}`)
      .digest('hex');
  }

  private keep({ recording, facts, points }: Row): void {
    let kept = this.kept.get(recording);
    if (!kept) this.kept.set(recording, (kept = { facts, points: new Map() }));
    for (const point of points) kept.points.set(point.step, point);
  }
}

/**
 * Opens the cache of a codec.
 *
 * @param codecId - name and parameters of the codec
 * @param codeHash - hash of the code that makes the measurements
 */
export function openMeasurementCache(codecId: string, codeHash: string): MeasurementCache {
  const key = createHash('sha256').update(codecId).update('\0').update(codeHash).digest('hex').slice(0, 32);
  return new MeasurementCache(join(projectRoot(), '.cache', 'sweeps', `${key}.jsonl`));
}
