/** Compressors of Zarr arrays side by side: their ratios, and their speeds over the arrays that all of them take. */
import { markdownTable } from '../../lib/files/markdown-tables';

/** One array, through each codec that takes it. */
export interface ZarrRow {
  readonly name: string;
  readonly bytes: number;
  readonly codecs: Readonly<Record<string, Measured>>;
}

interface Measured {
  readonly bytes: number;
  /** CPU seconds. */
  readonly encodeSeconds: number;
  readonly decodeSeconds: number;
}

/** One codec on all arrays. */
export interface ZarrCodec {
  /** Bytes of samples over bytes of chunks, by the name of the array. */
  readonly ratios: Readonly<Record<string, number>>;
  /** Megabytes of samples a CPU second. */
  readonly encodeSpeed: number;
  readonly decodeSpeed: number;
}

/** Every codec of the first array, by its name. */
export function zarrCodecs(rows: readonly ZarrRow[]): Record<string, ZarrCodec> {
  const names = Object.keys(rows[0]!.codecs);
  const complete = rows.filter(({ codecs }) => names.every((name) => codecs[name]));
  const megabytes = complete.reduce((sum, { bytes }) => sum + bytes / 1e6, 0);
  const speed = (name: string, key: 'encodeSeconds' | 'decodeSeconds'): number =>
    rounded(megabytes / complete.reduce((sum, { codecs }) => sum + codecs[name]![key], 0));
  return Object.fromEntries(
    names.map((name) => {
      const taken = rows.filter(({ codecs }) => codecs[name]);
      const ratios = taken.map((row) => [row.name, rounded(row.bytes / row.codecs[name]!.bytes)] as const);
      return [
        name,
        {
          ratios: Object.fromEntries(ratios),
          encodeSpeed: speed(name, 'encodeSeconds'),
          decodeSpeed: speed(name, 'decodeSeconds'),
        },
      ];
    }),
  );
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** The table of `docs/packages.md`; a codec that does not take an array has an empty cell. */
export function zarrTable(rows: readonly ZarrRow[], codecs: Readonly<Record<string, ZarrCodec>>): string {
  const head = ['codec', ...rows.map(({ name }) => name), 'MB/s in', 'MB/s out'];
  const lines = Object.entries(codecs).map(([codec, { ratios, encodeSpeed, decodeSpeed }]) => [
    codec,
    ...rows.map(({ name }) => ratios[name]?.toFixed(2) ?? ''),
    encodeSpeed.toFixed(0),
    decodeSpeed.toFixed(0),
  ]);
  return markdownTable(head, lines);
}
