import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import {
  MOST_CHANNELS,
  RecordingFormatError,
  type Channel,
  type ChannelKind,
  type SampleType,
} from '../../recording-file';
import { readJson } from './file-bytes';
import { SAMPLE_BYTES } from './sample-values';

/**
 * A JSON text that says what a file without a header, or without a sample rate, does not: `recording.bin.json` or
 * `recording.json` beside `recording.bin`.
 */
export interface Sidecar {
  /** Path of the sidecar, for error messages. */
  readonly path: string;
  /** Samples per second. */
  readonly sampleRate: number;
  /** Number of channels; needed where the file does not say. */
  readonly channels?: number;
  readonly type: SampleType;
  readonly littleEndian: boolean;
  /** Bytes before the first sample. */
  readonly headerBytes: number;
  /** True when all samples of a channel stand together; undefined when the sidecar does not say. */
  readonly channelsFirst?: boolean;
  readonly gain: number;
  readonly offset: number;
  readonly unit: string;
  readonly names?: readonly string[];
  readonly kinds: readonly ChannelKind[];
}

/** What a sidecar looks like, for error messages. */
export const SIDECAR_EXAMPLE = '{"sampleRate": 30000, "channels": 64, "type": "int16", "headerBytes": 0}';

const KINDS: readonly string[] = ['electrode', 'auxiliary', 'sync', 'digital'];

/** Sidecars of known recorders: a sidecar that names one need not repeat it. */
const RECORDERS: Readonly<Record<string, Record<string, unknown>>> = {
  'white-matter': { type: 'int16', byteOrder: 'little', headerBytes: 8 },
};

/** Where the sidecar of a file is, or undefined when there is none. */
export function findSidecar(path: string): string | undefined {
  const candidates = [`${path}.json`, `${path.slice(0, path.length - extname(path).length)}.json`];
  return candidates.find((candidate) => candidate !== path && existsSync(candidate));
}

/**
 * Reads the sidecar of a file.
 *
 * @param path - of the recording
 * @param sidecar - path of the sidecar, where it is not beside the recording
 * @throws RecordingFormatError when there is none, or a field of it is missing or makes no sense
 */
export function readSidecar(path: string, sidecar = findSidecar(path)): Sidecar {
  if (sidecar === undefined) {
    throw new RecordingFormatError(
      path,
      'nothing in it says its sample rate',
      `Write ${path}.json beside it, such as ${SIDECAR_EXAMPLE}.`,
    );
  }
  const json = readJson(sidecar);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new RecordingFormatError(sidecar, 'it is no JSON object', `Write it such as ${SIDECAR_EXAMPLE}.`);
  }
  const given = json as Record<string, unknown>;
  const recorder = given['recorder'] === undefined ? {} : RECORDERS[String(given['recorder'])];
  const fail = (field: string, wanted: string): never => {
    throw new RecordingFormatError(
      sidecar,
      `"${field}" is ${JSON.stringify(fields[field])}, where it should be ${wanted}`,
      `Write it such as ${SIDECAR_EXAMPLE}.`,
    );
  };
  const fields: Record<string, unknown> = { ...recorder, ...given };
  if (!recorder) fail('recorder', Object.keys(RECORDERS).join(' or '));
  const numberOf = (field: string, fallback: number): number => {
    const value = fields[field] ?? fallback;
    return typeof value === 'number' && Number.isFinite(value) ? value : fail(field, 'a number');
  };
  const sampleRate = numberOf('sampleRate', NaN);
  if (!(sampleRate > 0)) fail('sampleRate', 'samples per second');
  const channels = fields['channels'];
  if (
    channels !== undefined &&
    !(Number.isInteger(channels) && Number(channels) >= 1 && Number(channels) <= MOST_CHANNELS)
  ) {
    fail('channels', `a number of channels, 1 to ${MOST_CHANNELS}`);
  }
  const type = String(fields['type'] ?? 'int16');
  if (!Object.keys(SAMPLE_BYTES).includes(type)) fail('type', Object.keys(SAMPLE_BYTES).join(', '));
  const byteOrder = fields['byteOrder'] ?? 'little';
  if (byteOrder !== 'little' && byteOrder !== 'big') fail('byteOrder', '"little" or "big"');
  const headerBytes = numberOf('headerBytes', 0);
  if (!(Number.isInteger(headerBytes) && headerBytes >= 0)) fail('headerBytes', 'a number of bytes');
  const order = fields['order'];
  if (order !== undefined && order !== 'interleaved' && order !== 'channels') {
    fail('order', '"interleaved" or "channels" (all samples of a channel together)');
  }
  const names = fields['names'];
  if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === 'string'))) {
    fail('names', 'a list of names, one a channel');
  }
  const kinds = Array.isArray(fields['kinds']) ? fields['kinds'] : [fields['kinds'] ?? 'electrode'];
  if (!kinds.every((kind) => KINDS.includes(String(kind)))) fail('kinds', `a list of ${KINDS.join(', ')}`);
  const unit = fields['unit'] ?? '';
  if (typeof unit !== 'string') fail('unit', 'a text, such as "uV"');
  return {
    path: sidecar,
    sampleRate,
    ...(channels === undefined ? {} : { channels: channels as number }),
    type: type as SampleType,
    littleEndian: byteOrder === 'little',
    headerBytes,
    ...(order === undefined ? {} : { channelsFirst: order === 'channels' }),
    gain: numberOf('gain', 1),
    offset: numberOf('offset', 0),
    unit: unit as string,
    ...(names === undefined ? {} : { names: names as string[] }),
    kinds: kinds as ChannelKind[],
  };
}

/**
 * The channels that a sidecar describes.
 *
 * @throws RecordingFormatError when it names another number of channels than there are
 */
export function sidecarChannels(sidecar: Sidecar, count: number): Channel[] {
  const { names, kinds, channels } = sidecar;
  const wrong =
    channels !== undefined && channels !== count
      ? `"channels" is ${channels}`
      : names && names.length !== count
        ? `"names" has ${names.length} entries`
        : kinds.length !== 1 && kinds.length !== count
          ? `"kinds" has ${kinds.length} entries`
          : undefined;
  if (wrong !== undefined) {
    throw new RecordingFormatError(
      sidecar.path,
      `${wrong}, the file has ${count} channels`,
      'Make them agree.',
    );
  }
  return Array.from({ length: count }, (_, i) => ({
    id: String(i),
    name: names?.[i] ?? String(i),
    kind: (kinds.length === 1 ? kinds[0] : kinds[i])!,
    unit: sidecar.unit,
    gain: sidecar.gain,
    offset: sidecar.offset,
  }));
}
