/** What a laboratory's recordings would cost, computed from what was measured, with the arithmetic in words. */

/** What was measured, of one sample of one channel. */
export interface UnitCosts {
  /** Microseconds of a processor to encode a sample. */
  readonly fast: number;
  readonly best: number;
  readonly trellis: number;
  /** Bytes that `fast` writes for a sample. */
  readonly fastBytes: number;
  /** Microseconds of a processor to measure a sample at three steps. */
  readonly sweep: number;
  readonly sweepTrellis: number;
  /** Bytes of measurements that are kept of a recording. */
  readonly keptBytes: number;
  /** Microseconds of a processor to import a sample that is kept. */
  readonly importing: number;
}

/** How much there is. */
export interface Laboratory {
  readonly hours: number;
  readonly channels: number;
  readonly sampleRate: number;
}

/** One quantity. */
export interface PaperRow {
  readonly what: string;
  /** `"1,000 h · 3,600 s · 30,000 Hz · 384"` */
  readonly arithmetic: string;
  readonly value: number;
  /** The value with its unit. */
  readonly result: string;
}

export const BYTES_A_SAMPLE = 2;
/** Seconds that a job of a cluster should last. */
export const JOB_SECONDS = 600;
/** An `.nbz` file stands for fewer bytes. */
export const MOST_FILE_BYTES = 2 ** 34;
/** Seconds of a recording of an imported dataset. */
export const PIECE_SECONDS = 5;
/** Curves of a study, and steps of each beside the three that were measured. */
export const CURVES = 36;
export const STEPS = 11;
export const MEASURED_STEPS = 3;

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `"4.15 · 10¹³"`, or `"1,250"` below a hundred thousand: three digits. */
export function shownNumber(value: number): string {
  const rounded = Number(value.toPrecision(3));
  if (rounded < 1e5) return rounded.toLocaleString('en-US', { maximumSignificantDigits: 3 });
  const exponent = Math.floor(Math.log10(rounded));
  const power = [...String(exponent)].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return `${(rounded / 10 ** exponent).toPrecision(3)} · 10${power}`;
}

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** `"82.9 TB"` */
export function shownBytes(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(bytes) / 3)));
  return `${shownNumber(bytes / 1000 ** unit)} ${UNITS[unit]}`;
}

function row(what: string, arithmetic: string, value: number, shown: (value: number) => string): PaperRow {
  return { what, arithmetic, value, result: shown(value) };
}

const hours = (value: number): string => `${shownNumber(value)} core hours`;
const counted =
  (what: string) =>
  (value: number): string =>
    `${shownNumber(value)} ${what}`;

/** Jobs, core hours, bytes and files of keeping everything, and of studying all of it. */
export function costsOfLaboratory(unit: UnitCosts, laboratory: Laboratory): PaperRow[] {
  const { channels, sampleRate } = laboratory;
  const samples = laboratory.hours * 3600 * sampleRate * channels;
  const recorded = samples * BYTES_A_SAMPLE;
  const n = shownNumber(samples);
  const encoding = (name: string, microseconds: number): PaperRow =>
    row(
      `encode, ${name}`,
      `${n} · ${shownNumber(microseconds)} µs / 3,600`,
      (samples * microseconds) / 1e6 / 3600,
      hours,
    );
  const written = samples * unit.fastBytes;
  const pieces = samples / (PIECE_SECONDS * sampleRate);
  const ratio = STEPS / MEASURED_STEPS;
  return [
    row(
      'samples',
      `${shownNumber(laboratory.hours)} h · 3,600 · ${shownNumber(sampleRate)} Hz · ${channels}`,
      samples,
      shownNumber,
    ),
    row('bytes recorded', `${n} · ${BYTES_A_SAMPLE}`, recorded, shownBytes),
    row(
      'files of the laboratory, below 16 GiB each',
      `${shownBytes(recorded)} / 2³⁴ bytes`,
      Math.ceil(recorded / MOST_FILE_BYTES),
      counted('files'),
    ),
    row(
      'time in a file',
      `2³⁴ / (${BYTES_A_SAMPLE} · ${shownNumber(sampleRate)} Hz · ${channels} · 60)`,
      MOST_FILE_BYTES / (BYTES_A_SAMPLE * sampleRate * channels * 60),
      counted('minutes'),
    ),
    encoding('`lossless-fast`', unit.fast),
    encoding('`lossless-best`', unit.best),
    encoding('`mdct-256-sine+trellis`', unit.trellis),
    row(
      'jobs of ten minutes, `lossless-fast`',
      `${n} · ${shownNumber(unit.fast)} µs / ${JOB_SECONDS} s`,
      Math.ceil((samples * unit.fast) / 1e6 / JOB_SECONDS),
      counted('jobs'),
    ),
    row(
      'bytes read to encode',
      `2 · ${shownBytes(recorded)}: a pass for the grid of the values`,
      2 * recorded,
      shownBytes,
    ),
    row('bytes written, `lossless-fast`', `${n} · ${shownNumber(unit.fastBytes)} bytes`, written, shownBytes),
    row(
      'recordings of five seconds',
      `${n} / (${PIECE_SECONDS} s · ${shownNumber(sampleRate)} Hz)`,
      pieces,
      counted('files'),
    ),
    row(
      'import of all',
      `${n} · ${shownNumber(unit.importing)} µs / 3,600`,
      (samples * unit.importing) / 1e6 / 3600,
      hours,
    ),
    row(
      'bytes moved by that import',
      `4 · ${shownBytes(recorded)}: hash, grid, codes, what is kept`,
      4 * recorded,
      shownBytes,
    ),
    row(
      'sweep of all, `dct-256`, three steps',
      `${n} · ${shownNumber(unit.sweep)} µs / 3,600`,
      (samples * unit.sweep) / 1e6 / 3600,
      hours,
    ),
    row(
      `${CURVES} curves at ${STEPS} steps, from the cheaper to the dearer kind`,
      `${n} · ${shownNumber(unit.sweep)} to ${shownNumber(unit.sweepTrellis)} µs · ${CURVES} · ${STEPS} / ${MEASURED_STEPS} / 3,600`,
      ((samples * unit.sweep) / 1e6 / 3600) * CURVES * ratio,
      () => {
        const of = (microseconds: number): string =>
          shownNumber(((samples * microseconds) / 1e6 / 3600) * CURVES * ratio);
        return `${of(unit.sweep)} to ${of(unit.sweepTrellis)} core hours`;
      },
    ),
    row(
      'rows kept of a codec',
      `${shownNumber(pieces)} · ${shownNumber(unit.keptBytes)} bytes`,
      pieces * unit.keptBytes,
      shownBytes,
    ),
  ];
}

/** The same of a number of pieces that are drawn from all of it. */
export function costsOfPieces(
  unit: UnitCosts,
  { sampleRate }: Pick<Laboratory, 'sampleRate'>,
  pieces: number,
): PaperRow[] {
  const samples = pieces * PIECE_SECONDS * sampleRate;
  const n = shownNumber(samples);
  const core = (microseconds: number): number => (samples * microseconds) / 1e6 / 3600;
  const ratio = (CURVES * STEPS) / MEASURED_STEPS;
  return [
    row(
      'samples',
      `${shownNumber(pieces)} · ${PIECE_SECONDS} s · ${shownNumber(sampleRate)} Hz`,
      samples,
      shownNumber,
    ),
    row('files', `one a piece`, pieces, counted('files')),
    row('bytes kept', `${n} · ${BYTES_A_SAMPLE}`, samples * BYTES_A_SAMPLE, shownBytes),
    row('import', `${n} · ${shownNumber(unit.importing)} µs / 3,600`, core(unit.importing), hours),
    row(
      'sweep, `dct-256`, three steps',
      `${n} · ${shownNumber(unit.sweep)} µs / 3,600`,
      core(unit.sweep),
      hours,
    ),
    row(
      `${CURVES} curves at ${STEPS} steps`,
      `${n} · ${shownNumber(unit.sweep)} to ${shownNumber(unit.sweepTrellis)} µs · ${CURVES} · ${STEPS} / ${MEASURED_STEPS} / 3,600`,
      core(unit.sweep) * ratio,
      () =>
        `${shownNumber(core(unit.sweep) * ratio)} to ${shownNumber(core(unit.sweepTrellis) * ratio)} core hours`,
    ),
    row(
      'jobs of ten minutes',
      `${shownNumber(core(unit.sweep) * ratio)} h · 3,600 / ${JOB_SECONDS} s, and so on`,
      (core(unit.sweep) * ratio * 3600) / JOB_SECONDS,
      () => {
        const jobs = (microseconds: number): string =>
          shownNumber((core(microseconds) * ratio * 3600) / JOB_SECONDS);
        return `${jobs(unit.sweep)} to ${jobs(unit.sweepTrellis)} jobs`;
      },
    ),
    row(
      'rows kept of a codec',
      `${shownNumber(pieces)} · ${shownNumber(unit.keptBytes)} bytes`,
      pieces * unit.keptBytes,
      shownBytes,
    ),
  ];
}

/** Where one design gives way to the next. */
export interface Threshold {
  readonly design: string;
  /** What ends it. */
  readonly until: string;
  readonly arithmetic: string;
  readonly samples: number;
  /** The same as hours of one channel. */
  readonly hours: number;
}

/** Cores of the one machine, and its hours of a night. */
const CORES = 8;
const NIGHT_HOURS = 12;
/** Memory of a process that nobody should have to think of, 10⁶ bytes. */
const MEMORY = 500;

/** Memory of a sweep against its recordings, 10⁶ bytes. */
export interface SweepMemory {
  readonly fixed: number;
  readonly eachRecording: number;
}

/** Most samples of each design: of a study with {@link CURVES} curves at {@link STEPS} steps, and of keeping everything. */
export function thresholds(
  unit: UnitCosts,
  { sampleRate }: Pick<Laboratory, 'sampleRate'>,
  memory: SweepMemory,
): readonly Threshold[] {
  const study = (unit.sweep * CURVES * STEPS) / MEASURED_STEPS;
  const per = `${shownNumber(unit.sweep)} µs · ${CURVES} · ${STEPS} / ${MEASURED_STEPS}`;
  const threshold = (design: string, until: string, arithmetic: string, samples: number): Threshold => {
    return { design, until, arithmetic, samples, hours: samples / sampleRate / 3600 };
  };
  const night = CORES * NIGHT_HOURS * 3600;
  return [
    threshold(
      'study: one process',
      'an hour of two cores',
      `2 · 3,600 s / (${per})`,
      (2 * 3600 * 1e6) / study,
    ),
    threshold(
      'study: one machine, Snakemake',
      `a night of ${CORES} cores`,
      `${CORES} · ${NIGHT_HOURS} · 3,600 s / (${per})`,
      (night * 1e6) / study,
    ),
    threshold(
      'study: a cluster, all recordings',
      `${MEMORY} MB of the process that joins the measurements of a codec`,
      `(${MEMORY} − ${shownNumber(memory.fixed)}) MB / ${shownNumber(1000 * memory.eachRecording)} KB · ` +
        `${PIECE_SECONDS} s · ${shownNumber(sampleRate)} Hz`,
      ((MEMORY - memory.fixed) / memory.eachRecording) * PIECE_SECONDS * sampleRate,
    ),
    threshold(
      'keeping: one file, one process',
      '16 GiB, the most that an `.nbz` file stands for',
      `2³⁴ / ${BYTES_A_SAMPLE}`,
      MOST_FILE_BYTES / BYTES_A_SAMPLE,
    ),
    threshold(
      'keeping: one machine, a process a file',
      `a night of ${CORES} cores with \`lossless-fast\``,
      `${CORES} · ${NIGHT_HOURS} · 3,600 s / ${shownNumber(unit.fast)} µs`,
      (night * 1e6) / unit.fast,
    ),
  ];
}
