/**
 * The lossless codec beside other compressors on the files of other laboratories, all channels of each: what
 * `bench/compressors/other-laboratories.ts` measured.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../files/project-root';

/** One stream of one file. */
export interface LosslessRow {
  /** Folder and name of the stream. */
  readonly recording: string;
  readonly format: string;
  readonly channels: number;
  /** Samples of each channel that were compressed. */
  readonly samples: number;
  /** Bytes by compressor. */
  readonly bytes: Readonly<Record<string, number>>;
}

const FILE = 'bench/compressors/other-laboratories.json';
const BYTES = ', bytes';

/**
 * The kept measurements, in the order of their names.
 *
 * @param path - of another file
 */
export function readLosslessRows(path: string = join(projectRoot(), FILE)): LosslessRow[] {
  if (!existsSync(path)) return [];
  const { streams } = JSON.parse(readFileSync(path, 'utf8')) as {
    streams: Readonly<Record<string, string | number>>[];
  };
  return streams.map((row) => ({
    recording: String(row['recording']),
    format: String(row['format']),
    channels: Number(row['channels']),
    samples: Number(row['samples']),
    bytes: Object.fromEntries(
      Object.entries(row).flatMap(([name, value]) =>
        name.endsWith(BYTES) ? [[name.slice(0, -BYTES.length), Number(value)]] : [],
      ),
    ),
  }));
}

/**
 * By how many percent a compressor needs fewer bytes than another one; negative where it needs more.
 */
export function savedPercent({ bytes }: LosslessRow, compressor: string, than: string): number {
  return 100 * (1 - bytes[compressor]! / bytes[than]!);
}
