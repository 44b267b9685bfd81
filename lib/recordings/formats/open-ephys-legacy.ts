/**
 * Open Ephys, legacy format: a `.continuous` file for each channel, 1,024 bytes of text and then records of a
 * timestamp, a count, 1,024 big-endian samples and a marker. Source: Open Ephys GUI documentation, "Open Ephys Format".
 */
import { basename, join } from 'node:path';
import {
  checkClaims,
  GET_AGAIN,
  RecordingFormatError,
  type ChannelKind,
  type Gap,
  type Stream,
} from '../recording-file';
import { FileBytes } from './parts/file-bytes';
import { refuseManyGaps } from './parts/gaps';
import { laidOutStream, simultaneous, togetherStream } from './parts/laid-out-samples';
import { scanRecords } from './parts/scan-records';

const HEADER_BYTES = 1024;
/** Timestamp (8), number of samples (2), number of the recording (2). */
const RECORD_FRONT = 12;
const MARKER = [0, 1, 2, 3, 4, 5, 6, 7, 8, 255];

/** `101_CH3_2.continuous`: processor, name of the channel, and a number from 2 on when recording was started anew. */
const FILE_NAME = /^(\d+)_(?:.*_)?((CH|AUX|ADC)\d+)(?:_(\d+))?\.continuous$/;
/** Without letters all numbers are channels of the headstage. */
const PLAIN_NAME = /^(\d+)_(\d+)()(?:_(\d+))?\.continuous$/;

const KINDS: Readonly<Record<string, ChannelKind>> = { CH: 'electrode', AUX: 'auxiliary', ADC: 'auxiliary' };

/**
 * Opens the channels of a folder.
 *
 * @param folder - the folder
 * @param files - names of its `.continuous` files
 * @throws RecordingFormatError when a file is damaged
 */
export function openOpenEphysLegacy(
  folder: string,
  files: readonly string[],
): { streams: Stream[]; notes: string[] } {
  const notes: string[] = [];
  const groups = new Map<string, { number: number; stream: Stream }[]>();
  for (const file of files) {
    const match = FILE_NAME.exec(file) ?? PLAIN_NAME.exec(file) ?? [];
    const [, processor = '', channel = basename(file, '.continuous'), found, start = '1'] = match;
    const letters = found || 'CH';
    const stream = openChannel(join(folder, file), channel, KINDS[letters] ?? 'electrode', notes);
    const key = [start.padStart(6, '0'), letters, processor].join('\t');
    const group = groups.get(key) ?? [];
    group.push({ number: Number(/\d+$/.exec(channel)?.[0] ?? 0), stream });
    groups.set(key, group);
  }
  const keys = [...groups.keys()].sort();
  const starts = [...new Set(keys.map((key) => key.split('\t')[0]!))];
  const processors = new Set(keys.map((key) => key.split('\t')[2]!));
  const streams: Stream[] = [];
  for (const key of keys) {
    const [start, letters, processor] = key.split('\t');
    const segment = starts.indexOf(start!);
    const name = `Signals ${letters}${processors.size > 1 ? ` ${processor}` : ''}`;
    const parts = groups
      .get(key)!
      .sort((a, b) => a.number - b.number)
      .map(({ stream }) => ({ ...stream, segment }));
    const whole = parts.filter((part) => simultaneous(part, parts[0]!));
    streams.push(togetherStream({ name }, whole));
    for (const part of parts) {
      if (whole.includes(part)) continue;
      notes.push(
        `Channel ${part.channels[0]!.name} has other times than the others: it is a stream of its own.`,
      );
      streams.push({ ...part, name: `${name} ${part.channels[0]!.name}` });
    }
  }
  return { streams, notes };
}

function openChannel(path: string, channel: string, kind: ChannelKind, notes: string[]): Stream {
  const file = new FileBytes(path);
  const text = new TextDecoder('latin1').decode(file.read(0, HEADER_BYTES));
  const fail = (problem: string): never => {
    throw new RecordingFormatError(path, problem, GET_AGAIN);
  };
  if (!text.includes('Open Ephys Data Format')) fail('it does not start as an Open Ephys file');
  const field = (name: string): number => {
    const value = Number(new RegExp(`header\\.${name}\\s*=\\s*([-+.\\deE]+)\\s*;`).exec(text)?.[1] ?? NaN);
    return Number.isFinite(value) ? value : fail(`its header has no ${name}`);
  };
  const sampleRate = field('sampleRate');
  const gain = field('bitVolts');
  const blockLength = field('blockLength');
  checkClaims(path, { sampleRate, channels: 1 });
  if (!(Number.isInteger(blockLength) && blockLength >= 1 && blockLength <= 65_535)) {
    fail(`its header says records of ${blockLength} samples`);
  }
  const recordBytes = RECORD_FRONT + 2 * blockLength + MARKER.length;
  const records = Math.floor(Math.max(0, file.size - HEADER_BYTES) / recordBytes);
  const rest = file.size - HEADER_BYTES - records * recordBytes;
  if (rest !== 0) notes.push(`${path}: the last ${rest} bytes are no whole record and are left out.`);
  const gaps: Gap[] = [];
  let expected: bigint | undefined;
  scanRecords(file, HEADER_BYTES, recordBytes, records, (view, at, record) => {
    const count = view.getUint16(at + 8, true);
    if (count !== blockLength) fail(`record ${record} says ${count} samples instead of ${blockLength}`);
    const marker = at + RECORD_FRONT + 2 * blockLength;
    if (MARKER.some((byte, i) => view.getUint8(marker + i) !== byte)) {
      fail(`record ${record} does not end with its marker`);
    }
    const timestamp = view.getBigInt64(at, true);
    if (expected !== undefined && timestamp !== expected) {
      gaps.push({ before: record * blockLength, seconds: Number(timestamp - expected) / sampleRate });
      refuseManyGaps(path, gaps);
    }
    expected = timestamp + BigInt(blockLength);
  });
  return laidOutStream(
    {
      name: channel,
      sampleRate,
      gaps,
      channels: [
        { id: channel, name: channel, kind, unit: kind === 'electrode' ? 'uV' : 'V', gain, offset: 0 },
      ],
    },
    { type: 'int16', littleEndian: false, offsets: [RECORD_FRONT], stride: 2 },
    [
      {
        file,
        start: HEADER_BYTES,
        blockBytes: recordBytes,
        blockSamples: blockLength,
        samples: records * blockLength,
      },
    ],
  );
}
