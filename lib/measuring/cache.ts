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
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { CodesMeasurement, RecordingFacts, StepMeasurement } from './measure';
import type { Recording } from '../recordings/corpus';
import { projectRoot } from '../files/project-root';
import { warnOnce } from '../files/warnings';
import {
  joinedPoint,
  MeasurementConflictError,
  shardJournal,
  shardResults,
  shardsFolder,
  writeShardResult,
  type Shard,
} from './shards';

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
 *
 * Shards write files of their own beside it ({@link Shard}), which are read with it.
 */
export class MeasurementCache {
  private readonly kept = new Map<string, Kept>();
  private damagedRows = 0;
  private problem: string | undefined;
  /** Bytes that were read of each file. */
  private readonly positions = new Map<string, number>();
  /** The file that rows are appended to: that of the cache, or of a shard until its result is written. */
  readonly journal: string;
  /** Rows of the journal of a shard. */
  private readonly own: Row[] = [];

  /**
   * @param path - absolute path of the file; it need not exist
   * @param shard - which appends to a journal of its own, until {@link writeShard}
   */
  constructor(
    readonly path: string,
    shard?: Shard,
  ) {
    this.journal = shard ? shardJournal(path, shard) : path;
    this.refresh();
  }

  /**
   * Reads the rows that other processes have added.
   *
   * @throws MeasurementConflictError
   */
  refresh(): void {
    this.read(this.path);
    if (this.journal !== this.path) this.read(this.journal);
    for (const result of shardResults(this.path)) if (!this.positions.has(result)) this.read(result);
  }

  private read(file: string): void {
    const position = this.positions.get(file) ?? 0;
    let added: Buffer;
    try {
      added = readFrom(file, position);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.problem = (error as Error).message;
      return;
    }
    const start = position === 0;
    // Half a row at the end may be the one that is being written.
    const end = added.lastIndexOf('\n') + 1;
    this.positions.set(file, position + end);
    for (const line of added.toString('utf8', 0, start ? added.length : end).split('\n')) {
      if (line === '') continue;
      const row = this.parse(line);
      if (row) this.keep(row, file);
      else this.damagedRows++;
    }
  }

  /**
   * Writes what the shard of this cache has measured to a file of its own, in place of its journal.
   *
   * @returns path of the file; undefined when nothing was measured
   * @throws ShardResultError
   */
  writeShard(): string | undefined {
    if (this.journal === this.path) return undefined;
    const recordings = [...new Set(this.own.map(({ recording }) => recording))].sort();
    const lines = recordings.map((recording) => {
      const steps = this.own.flatMap((row) =>
        row.recording === recording ? row.points.map(({ step }) => step) : [],
      );
      const { facts, points } = this.find(
        recording,
        [...new Set(steps)].sort((a, b) => a - b),
      );
      return this.line({ recording, facts: facts!, points });
    });
    const result = lines.length === 0 ? undefined : writeShardResult(this.path, lines);
    // Of another process at the same shard it holds rows that are written with that one's result.
    rmSync(this.journal, { force: true });
    return result;
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
    this.keep(row, this.journal);
    try {
      mkdirSync(dirname(this.journal), { recursive: true });
      // The line break comes first: if a killed process left a torn line, it ends here and spoils only
      // itself.
      appendFileSync(this.journal, `\n${this.line(row)}\n`);
    } catch (error) {
      warnOnce(
        `${this.journal} cannot be written (${(error as Error).message}), so these measurements are not kept and are made ` +
          'again next time. Free some space or make .cache writable.',
      );
    }
  }

  private line(row: Row): string {
    const json = JSON.stringify(row);
    return `{"sha256":"${this.hash(json)}","row":${json}}`;
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

  private keep(row: Row, file: string): void {
    const { recording, facts, points } = row;
    if (this.journal !== this.path && file === this.journal) this.own.push(row);
    let kept = this.kept.get(recording);
    if (!kept) this.kept.set(recording, (kept = { facts, points: new Map() }));
    for (const point of points) {
      const known = kept.points.get(point.step);
      const joined = known === undefined ? point : joinedPoint(known, point);
      // Of one journal the last row counts: it renews one that was found wrong.
      if (joined === undefined && file !== this.path) throw this.conflict(recording, point.step, file);
      kept.points.set(point.step, joined ?? point);
    }
  }

  private conflict(recording: string, step: number, file: string): MeasurementConflictError {
    return new MeasurementConflictError(
      `${file} and the files beside it have different measurements of the recording with the SHA-256 ${recording} at ` +
        `step ${step}, made by the same code: one of the machines that made them computes wrongly, or runs another ` +
        `version of Node. To measure again, remove ${shardsFolder(this.path)} and ${this.path}.`,
    );
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
 * @param shard - which keeps what it measures apart
 */
export function openMeasurementCache(codecId: string, codeHash: string, shard?: Shard): MeasurementCache {
  const key = createHash('sha256').update(codecId).update('\0').update(codeHash).digest('hex').slice(0, 32);
  return new MeasurementCache(join(folderOfSweeps(), `${codecId}.${key}${ENDING}`), shard);
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
