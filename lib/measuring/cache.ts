/**
 * The cache of measurements. Its key is the content: the same code, codec, step and recording give the same
 * measurement, so it need not be made again.
 */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
} from 'node:fs';
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
  /** Bytes of the file that were read. */
  private position = 0;

  /** @param path - absolute path of the file; it need not exist */
  constructor(readonly path: string) {
    this.refresh();
  }

  /** Reads the rows that other processes have added. */
  refresh(): void {
    let added: Buffer;
    try {
      added = readFrom(this.path, this.position);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.problem = (error as Error).message;
      return;
    }
    const start = this.position === 0;
    // Half a row at the end may be the one that is being written.
    const end = added.lastIndexOf('\n') + 1;
    this.position += end;
    for (const line of added.toString('utf8', 0, start ? added.length : end).split('\n')) {
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

  /** SHA-256 of each recording that has measurements, with its steps. */
  recordings(): ReadonlyMap<string, readonly number[]> {
    return new Map([...this.kept].map(([recording, { points }]) => [recording, [...points.keys()]]));
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

/** The bytes of a file from a position on. */
function readFrom(path: string, position: number): Buffer {
  if (position === 0) return readFileSync(path);
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - position));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, position));
  } finally {
    closeSync(file);
  }
}

const ENDING = '.jsonl';

function folderOfSweeps(): string {
  return join(projectRoot(), '.cache', 'sweeps');
}

/**
 * Opens the cache of a codec.
 *
 * @param codecId - name and parameters of the codec; it starts the name of the file
 * @param codeHash - hash of the code that makes the measurements
 */
export function openMeasurementCache(codecId: string, codeHash: string): MeasurementCache {
  const key = createHash('sha256').update(codecId).update('\0').update(codeHash).digest('hex').slice(0, 32);
  return new MeasurementCache(join(folderOfSweeps(), `${codecId}.${key}${ENDING}`));
}

/** Every codec that has measurements in the cache, with its files: one for each state of the code. */
export function filesOfCodecs(): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, string[]>();
  const names = existsSync(folderOfSweeps()) ? readdirSync(folderOfSweeps()).sort() : [];
  for (const name of names) {
    const codecId = /^(.+)\.[0-9a-f]{32}\.jsonl$/.exec(name)?.[1];
    if (codecId === undefined) continue;
    files.set(codecId, [...(files.get(codecId) ?? []), join(folderOfSweeps(), name)]);
  }
  return files;
}
