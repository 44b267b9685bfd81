/**
 * Open Ephys, binary format: a folder with `structure.oebin` (JSON), samples in `continuous/…/continuous.dat` and
 * sample numbers in an array beside them. Source: Open Ephys GUI documentation, "Binary Format".
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  checkClaims,
  GET_AGAIN,
  RecordingFormatError,
  type Channel,
  type ChannelKind,
  type Gap,
  type Stream,
} from '../recording-file';
import { readNpyHeader } from './npy';
import { FileBytes, readJson } from './parts/file-bytes';
import { interleavedStream } from './parts/laid-out-samples';
import { refuseManyGaps } from './parts/gaps';
import { scanRecords } from './parts/scan-records';

/** Name of the text that describes a recording. */
export const OPEN_EPHYS_STRUCTURE = 'structure.oebin';

interface ListedChannel {
  readonly channel_name?: unknown;
  readonly description?: unknown;
  readonly bit_volts?: unknown;
  readonly units?: unknown;
}

interface ListedStream {
  readonly folder_name?: unknown;
  readonly sample_rate?: unknown;
  readonly num_channels?: unknown;
  readonly channels?: unknown;
}

/** Streams of one recording, and what was noticed. */
export interface OpenEphysRecording {
  readonly streams: Stream[];
  readonly notes: string[];
}

/**
 * Opens one recording.
 *
 * @param structurePath - path of its `structure.oebin`
 * @param segment - number of the recording among those of the folder
 * @throws RecordingFormatError when the text lacks something, or the samples are missing
 */
export function openOpenEphysBinary(structurePath: string, segment: number): OpenEphysRecording {
  const structure = readJson(structurePath) as { continuous?: unknown } | null;
  const listed = structure?.continuous;
  if (!Array.isArray(listed)) {
    throw new RecordingFormatError(structurePath, 'it lists no "continuous" streams', GET_AGAIN);
  }
  const streams: Stream[] = [];
  const notes: string[] = [];
  for (const entry of listed as ListedStream[]) {
    const { folder_name: folder, sample_rate: sampleRate, channels } = entry ?? {};
    if (typeof folder !== 'string' || typeof sampleRate !== 'number' || !Array.isArray(channels)) {
      throw new RecordingFormatError(
        structurePath,
        'a continuous stream lacks "folder_name", "sample_rate" or "channels"',
        GET_AGAIN,
      );
    }
    checkClaims(structurePath, { sampleRate, channels: channels.length });
    if (entry.num_channels !== undefined && entry.num_channels !== channels.length) {
      throw new RecordingFormatError(
        structurePath,
        `stream ${folder} says ${String(entry.num_channels)} channels and lists ${channels.length}`,
        GET_AGAIN,
      );
    }
    const name = folder.replace(/\/+$/, '');
    if (name.split(/[/\\]/).includes('..')) {
      throw new RecordingFormatError(
        structurePath,
        `stream ${folder} lies outside of the recording`,
        GET_AGAIN,
      );
    }
    const samplesFolder = join(dirname(structurePath), 'continuous', name);
    const file = new FileBytes(join(samplesFolder, 'continuous.dat'));
    const count = Math.floor(file.size / (2 * channels.length));
    if (file.size % (2 * channels.length) !== 0) {
      notes.push(
        `${file.path}: the last ${file.size % (2 * channels.length)} bytes are no sample of all ` +
          `${channels.length} channels and are left out: the file was cut off.`,
      );
    }
    const gaps = gapsOf(samplesFolder, count, sampleRate, notes);
    const all = (channels as ListedChannel[]).map((channel, index) => channelOf(channel, index));
    for (const [suffix, chosen] of [
      ['', all.filter(({ channel }) => channel.kind === 'electrode')],
      ['_ADC', all.filter(({ channel }) => channel.kind === 'auxiliary')],
      ['_SYNC', all.filter(({ channel }) => channel.kind === 'sync')],
    ] as const) {
      if (chosen.length === 0) continue;
      streams.push(
        interleavedStream(
          {
            name: `${name}${suffix}`,
            segment,
            sampleRate,
            channels: chosen.map(({ channel }) => channel),
            gaps,
          },
          {
            file,
            start: 0,
            count,
            type: 'int16',
            littleEndian: true,
            columns: { all: all.length, taken: chosen.map(({ index }) => index) },
          },
        ),
      );
    }
  }
  return { streams, notes };
}

function channelOf(listed: ListedChannel, index: number): { channel: Channel; index: number } {
  const name = typeof listed?.channel_name === 'string' ? listed.channel_name : `CH${index + 1}`;
  const description = typeof listed?.description === 'string' ? listed.description : '';
  const gain = Number(listed?.bit_volts);
  const known = Number.isFinite(gain) && gain !== 0;
  const unit = typeof listed?.units === 'string' && listed.units !== '' ? listed.units : 'uV';
  const kind: ChannelKind = /sync/i.test(name)
    ? 'sync'
    : /^(adc|aux)/i.test(name) || /\b(adc|aux\w*)\b/i.test(description)
      ? 'auxiliary'
      : 'electrode';
  return {
    index,
    channel: { id: name, name, kind, unit: known ? unit : '', gain: known ? gain : 1, offset: 0 },
  };
}

/**
 * Gaps, from the numbers of samples: `sample_numbers.npy`, or `timestamps.npy` of integers in files before 0.6.
 */
function gapsOf(folder: string, count: number, sampleRate: number, notes: string[]): Gap[] {
  const path = [join(folder, 'sample_numbers.npy'), join(folder, 'timestamps.npy')].find((file) =>
    existsSync(file),
  );
  if (path === undefined) {
    notes.push(`${folder} has no numbers of samples, so that gaps cannot be found.`);
    return [];
  }
  const { file, start, type, shape, littleEndian } = readNpyHeader(path);
  if (type !== 'int64' || !littleEndian) {
    notes.push(`${path} holds no sample numbers, so that gaps cannot be found.`);
    return [];
  }
  if (shape[0] !== count) {
    notes.push(`${path} has ${shape[0] ?? 0} sample numbers for ${count} samples.`);
  }
  const gaps: Gap[] = [];
  let previous: bigint | undefined;
  scanRecords(file, start, 8, Math.min(shape[0] ?? 0, count), (view, at, index) => {
    const number = view.getBigInt64(at, true);
    if (previous !== undefined && number !== previous + 1n) {
      gaps.push({ before: index, seconds: Number(number - previous - 1n) / sampleRate });
      refuseManyGaps(path, gaps);
    }
    previous = number;
  });
  return gaps;
}
