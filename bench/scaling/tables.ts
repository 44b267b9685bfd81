/** The tables of docs/scaling.md, made of what was measured and computed from it. */
import { markdownTable, withTables } from '../../lib/files/markdown-tables';
import { at, type CostCurve, type CostPoint } from './costs';
import {
  costsOfLaboratory,
  costsOfPieces,
  shownNumber,
  thresholds,
  type Laboratory,
  type PaperRow,
  type UnitCosts,
} from './laboratory';

/** Speed of many channels in two processes. */
export interface StreamSpeed {
  readonly what: string;
  /** Of each process. */
  readonly channels: number;
  readonly samplesPerProcessorSecond: number;
  /** By the clock, of both processes: meaningless beside other work. */
  readonly samplesPerSecond: number;
  readonly megabytes: number;
}

/** Contents of {@link SCALING_FILE}. */
export interface ScalingResults {
  readonly machine: { readonly processor: string; readonly gigabytes: number; readonly node: string };
  readonly sampleRate: number;
  /** Sizes are hours of one channel. */
  readonly hours: readonly CostCurve[];
  /** Sizes are channels of two seconds. */
  readonly channels: readonly CostCurve[];
  /**
   * Sizes are recordings of five seconds, seconds of one recording, and recordings whose measurements are kept and joined
   * to a curve; the work of the first two is the name of a codec.
   */
  readonly sweeps: Readonly<Record<'recordings' | 'lengths' | 'joined', readonly CostCurve[]>>;
  readonly streams: readonly StreamSpeed[];
}

/** Work that joins measurements which are kept. */
export const JOINED_ROWS = 'join rows';

/** Paths from the root of the project. */
export const SCALING_FILE = 'bench/scaling.json';
export const SCALING_PAGE = 'docs/scaling.md';

/** What was measured lacks costs that a table shows. */
export class MissingCostsError extends Error {
  override readonly name = 'MissingCostsError';
}

const LABORATORY: Laboratory = { hours: 1000, channels: 384, sampleRate: 30_000 };
const DRAWN_PIECES = 10_000;
/** A thousand electrodes of an implant. */
const IMPLANT = { channels: 1024, sampleRate: 20_000, cores: 2 };
const FAR_HOURS = [10, 100];

/** Two or three digits. */
function few(value: number): string {
  const text = Number(value.toPrecision(value < 10 ? 2 : 3)).toLocaleString('en-US');
  return text.replace('-', '−');
}

const largest = ({ points }: CostCurve): CostPoint => points[points.length - 1]!;
const smallest = ({ points }: CostCurve): CostPoint => points[0]!;
const microseconds = ({ seconds, samples }: CostPoint): number => (seconds / samples) * 1e6;

/** What was measured at a size; where nothing was, what the line says, marked. */
function measuredOr(
  { points }: CostCurve,
  size: number,
  value: (point: CostPoint) => number,
  onLine: number,
): string {
  const point = points.find((one) => one.size === size);
  return point ? few(value(point)) : `≈ ${few(onLine)}`;
}

/** Sizes of all curves, ascending. */
function sizesOf(curves: readonly CostCurve[]): number[] {
  const sizes = new Set(curves.flatMap(({ points }) => points.map(({ size }) => size)));
  return [...sizes].sort((a, b) => a - b);
}

function hoursTable({ hours }: ScalingResults): string {
  const sizes = [...new Set([...sizesOf(hours), ...FAR_HOURS])].sort((a, b) => a - b);
  return markdownTable(
    [
      'work',
      ...sizes.map((size) => `s, ${size} h`),
      'slope, s an hour',
      ...['least', 'most'].map((which) => `MB, ${which} hours`),
      'slope, MB an hour',
      'bytes of an hour',
    ],
    hours.map((curve) => [
      curve.work,
      ...sizes.map((size) => measuredOr(curve, size, ({ seconds }) => seconds, at(curve.seconds, size))),
      few(curve.seconds.slope),
      few(smallest(curve).megabytes),
      few(largest(curve).megabytes),
      // Of minutes it would be that of a heap which has not been cleared yet.
      largest(curve).size >= 1 ? few(curve.megabytes.slope) : '–',
      shownNumber(curve.bytesWritten.slope),
    ]),
  );
}

function channelsTable({ channels }: ScalingResults): string {
  const sizes = sizesOf(channels);
  const ends = [sizes[0]!, sizes[sizes.length - 1]!];
  return markdownTable(
    [
      'work',
      ...sizes.map((size) => `µs a sample, ${size}`),
      'slope, s a channel',
      ...ends.map((size) => `MB, ${size}`),
      'slope, MB a channel',
      'bits a sample, most channels',
    ],
    channels.map((one) => {
      const last = largest(one);
      const coded = one.work.startsWith('encode') ? last.bytesWritten : last.bytesRead;
      const samplesOfOne = last.samples / last.size;
      return [
        one.work,
        ...sizes.map((size) =>
          measuredOr(one, size, microseconds, (at(one.seconds, size) / (samplesOfOne * size)) * 1e6),
        ),
        few(one.seconds.slope),
        ...ends.map((size) => {
          const point = one.points.find((found) => found.size === size);
          return point ? few(point.megabytes) : '–';
        }),
        last.size === ends[1] ? few(one.megabytes.slope) : '–',
        few((8 * coded) / last.samples),
      ];
    }),
  );
}

function sweepsTable({ sweeps }: ScalingResults): string {
  return markdownTable(
    [
      'codec',
      'µs a sample, most recordings',
      ...['least', 'most'].map((which) => `MB, ${which} recordings`),
      'slope, MB a million samples of one',
      'bytes kept of a recording',
    ],
    sweeps.recordings.map((curve) => {
      const lengths = sweeps.lengths.find(({ work }) => work === curve.work);
      const last = largest(curve);
      const one = lengths && largest(lengths);
      return [
        `\`${curve.work}\``,
        few(microseconds(last)),
        few(smallest(curve).megabytes),
        few(last.megabytes),
        one ? few((lengths.megabytes.slope * one.size * 1e6) / one.samples) : '–',
        few(last.bytesWritten / last.size),
      ];
    }),
  );
}

function joinedTable({ sweeps }: ScalingResults): string {
  return markdownTable(
    ['recordings whose measurements are joined', 'bytes of rows', 's', 'MB'],
    curve(sweeps.joined, JOINED_ROWS).points.map((point) => [
      point.size.toLocaleString('en-US'),
      shownNumber(point.bytesRead),
      few(point.seconds),
      few(point.megabytes),
    ]),
  );
}

function streamsTable({ streams }: ScalingResults): string {
  const { channels, sampleRate, cores } = IMPLANT;
  const wanted = channels * sampleRate;
  return markdownTable(
    [
      'work',
      'channels of a process',
      'samples a second and core',
      'channels in real time, two cores',
      'short by',
      'MB',
    ],
    streams.map((one) => [
      one.what,
      one.channels.toLocaleString('en-US'),
      shownNumber(one.samplesPerProcessorSecond),
      few(Math.floor((cores * one.samplesPerProcessorSecond) / sampleRate)),
      few(wanted / (cores * one.samplesPerProcessorSecond)),
      few(one.megabytes),
    ]),
  );
}

/** Finds a curve. */
function curve(curves: readonly CostCurve[], work: string): CostCurve {
  const found = curves.find((one) => one.work === work);
  if (!found) throw new MissingCostsError(`${SCALING_FILE} has no costs of "${work}": measure it again.`);
  return found;
}

/** Costs of one sample: by the slope of hours, and by the largest number of channels and recordings. */
export function unitCosts({ hours, channels, sweeps, sampleRate }: ScalingResults): UnitCosts {
  const ofChannels = (codec: string): number => microseconds(largest(curve(channels, `encode ${codec}`)));
  const ofHours = (work: string): number => (curve(hours, work).seconds.slope / (3600 * sampleRate)) * 1e6;
  const ofSweep = (codec: string): number => microseconds(largest(curve(sweeps.recordings, codec)));
  const swept = largest(curve(sweeps.recordings, 'dct-256'));
  const fast = largest(curve(channels, 'encode lossless-fast'));
  return {
    fast: ofChannels('lossless-fast'),
    best: ofChannels('lossless-best'),
    trellis: ofHours('encode mdct-256-sine+trellis'),
    fastBytes: fast.bytesWritten / fast.samples,
    importing: ofHours('import all'),
    sweep: ofSweep('dct-256'),
    sweepTrellis: ofSweep('dct-256+trellis'),
    keptBytes: swept.bytesWritten / swept.size,
  };
}

function paperTable(rows: readonly PaperRow[]): string {
  return markdownTable(
    ['', 'arithmetic', 'result'],
    rows.map(({ what, arithmetic, result }) => [what, arithmetic, result]),
    2,
  );
}

/** Tables by the names of their places in the page. */
const TABLES: Readonly<Record<string, (results: ScalingResults) => string>> = {
  hours: hoursTable,
  channels: channelsTable,
  sweeps: sweepsTable,
  joined: joinedTable,
  streams: streamsTable,
  laboratory: (results) => paperTable(costsOfLaboratory(unitCosts(results), LABORATORY)),
  pieces: (results) => paperTable(costsOfPieces(unitCosts(results), LABORATORY, DRAWN_PIECES)),
  thresholds: (results) => {
    const { fixed, slope } = curve(results.sweeps.joined, JOINED_ROWS).megabytes;
    return markdownTable(
      ['design', 'until', 'arithmetic', 'samples', 'hours of one channel'],
      thresholds(unitCosts(results), LABORATORY, { fixed, eachRecording: slope }).map((one) => [
        one.design,
        one.until,
        one.arithmetic,
        shownNumber(one.samples),
        shownNumber(one.hours),
      ]),
      3,
    );
  },
};

/**
 * The page with its tables written anew.
 *
 * @param page - its text
 * @throws PageTablesError when it lacks the place of one
 */
export function withScalingTables(page: string, results: ScalingResults): string {
  const tables = Object.fromEntries(Object.entries(TABLES).map(([name, make]) => [name, make(results)]));
  return withTables(page, SCALING_PAGE, 'scaling', tables);
}
