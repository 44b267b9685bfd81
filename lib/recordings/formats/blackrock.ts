/**
 * Blackrock `.ns1` to `.ns6`: file specification 2.1 (`NEURALSG`), 2.2 and 2.3 (`NEURALCD`), 3.0 (`BRSMPGRP`).
 * Source: Blackrock Neurotech, "File Formats" (LB-0023).
 */
import { extname } from 'node:path';
import {
  checkClaims,
  GET_AGAIN,
  RecordingFormatError,
  type Channel,
  type Gap,
  type RecordingFile,
} from '../recording-file';
import { FileBytes } from './parts/file-bytes';
import { refuseManyGaps } from './parts/gaps';
import { laidOutStream, type Run } from './parts/laid-out-samples';

/** Ticks a second of the clock that periods are counted in. */
const CLOCK = 30_000;
/** Bytes of the basic header from specification 2.2 on, and of each channel's extended header. */
const BASIC_BYTES = 314;
const EXTENDED_BYTES = 66;
/** Length of the basic header of specification 2.1. */
const OLD_BYTES = 32;

/** First eight bytes of the files that are known. */
export const BLACKROCK_MAGIC = ['NEURALSG', 'NEURALCD', 'BRSMPGRP'] as const;

/**
 * Opens a file.
 *
 * @throws RecordingFormatError when it is damaged
 */
export function openBlackrock(path: string): RecordingFile {
  const file = new FileBytes(path);
  const magic = text(file.fields(0, 8, 'its header'), 0, 8);
  const notes: string[] = [];
  const { channels, sampleRate, runs, gaps } =
    magic === 'NEURALSG' ? openOld(file, notes) : openNew(file, magic, notes);
  const stream = laidOutStream(
    // Named as Neo and SpikeInterface name it, by the number in the extension.
    { name: `nsx${extname(path).slice(3)}`, sampleRate, channels, gaps },
    {
      type: 'int16',
      littleEndian: true,
      offsets: channels.map((_, i) => 2 * i),
      stride: 2 * channels.length,
    },
    runs,
  );
  return { path, format: 'Blackrock', streams: [stream], notes, close: () => undefined };
}

interface Contents {
  readonly channels: Channel[];
  readonly sampleRate: number;
  readonly runs: Run[];
  readonly gaps: Gap[];
}

/** Specification 2.1: numbers of electrodes, and then samples up to the end. */
function openOld(file: FileBytes, notes: string[]): Contents {
  const header = file.fields(0, OLD_BYTES, 'its header');
  const count = header.getUint32(28, true);
  const sampleRate = CLOCK / header.getUint32(24, true);
  checkClaims(file.path, { sampleRate, channels: count });
  const ids = file.fields(OLD_BYTES, 4 * count, 'its header');
  const channels = Array.from({ length: count }, (_, i): Channel => {
    const id = String(ids.getUint32(4 * i, true));
    return { id, name: `ch${id}`, kind: 'electrode', unit: '', gain: 1, offset: 0 };
  });
  const start = OLD_BYTES + 4 * count;
  return { channels, sampleRate, gaps: [], runs: rowOfSamples(file, start, file.size - start, count, notes) };
}

function rowOfSamples(
  file: FileBytes,
  start: number,
  bytes: number,
  channels: number,
  notes: string[],
): Run[] {
  const samples = Math.floor(bytes / (2 * channels));
  const rest = bytes - samples * 2 * channels;
  if (rest > 0)
    notes.push(`The last ${rest} bytes are no sample of all ${channels} channels and are left out.`);
  return samples === 0 ? [] : [run(file, start, samples, channels)];
}

function run(file: FileBytes, start: number, samples: number, channels: number): Run {
  return { file, start, blockBytes: samples * 2 * channels, blockSamples: samples, samples };
}

/** Specification 2.2 and later: described channels, and packets with a time, a count and samples. */
function openNew(file: FileBytes, magic: string, notes: string[]): Contents {
  const { path } = file;
  const fail = (problem: string): never => {
    throw new RecordingFormatError(path, problem, GET_AGAIN);
  };
  const header = file.fields(0, BASIC_BYTES, 'its header');
  const headerBytes = header.getUint32(10, true);
  const sampleRate = CLOCK / header.getUint32(286, true);
  const resolution = header.getUint32(290, true);
  const count = header.getUint32(310, true);
  checkClaims(path, { sampleRate, channels: count });
  if (resolution === 0) fail('its clock has 0 ticks a second');
  if (headerBytes < BASIC_BYTES + EXTENDED_BYTES * count) {
    fail(`its header says that it has ${headerBytes} bytes, ${count} channels need more`);
  }
  const extended = file.fields(BASIC_BYTES, EXTENDED_BYTES * count, 'its header');
  const channels = Array.from({ length: count }, (_, i) => channelOf(extended, i * EXTENDED_BYTES));
  const frame = 2 * count;
  const timeBytes = magic === 'BRSMPGRP' ? 8 : 4;
  const front = 1 + timeBytes + 4;
  const runs: Run[] = [];
  const gaps: Gap[] = [];
  let samples = 0;
  let expected: number | undefined;
  // Packets of one sample each (clocks of PTP) are one run of equal blocks.
  let single: { start: number; samples: number } | undefined;
  const finishSingle = (): void => {
    if (!single) return;
    runs.push({
      file,
      start: single.start + front,
      blockBytes: front + frame,
      blockSamples: 1,
      samples: single.samples,
    });
    single = undefined;
  };
  let window: { start: number; view: DataView } = { start: 0, view: new DataView(new ArrayBuffer(0)) };
  for (let at = headerBytes; at < file.size;) {
    if (at + front > file.size) {
      notes.push(`The last ${file.size - at} bytes are no whole packet and are left out.`);
      break;
    }
    // Fronts of packets are read through a window: packets may be as short as one sample.
    if (at < window.start || at + front > window.start + window.view.byteLength) {
      window = { start: at, view: file.fields(at, Math.min(2 ** 20, file.size - at), 'a packet') };
    }
    const { view } = window;
    const inWindow = at - window.start;
    if (view.getUint8(inWindow) !== 1) fail(`byte ${at} is no start of a packet`);
    const time =
      timeBytes === 8 ? Number(view.getBigUint64(inWindow + 1, true)) : view.getUint32(inWindow + 1, true);
    const claimed = view.getUint32(inWindow + 1 + timeBytes, true);
    const start = at + front;
    const room = Math.floor((file.size - start) / frame);
    const unfinished = claimed > room || claimed === 0;
    const points = unfinished ? room : claimed;
    if (unfinished) {
      notes.push(
        `The last packet says ${claimed} samples: recording ended while it was written, and the ${points} up to the ` +
          'end of the file are read.',
      );
    }
    const late = expected === undefined ? 0 : (time - expected) / resolution;
    if (Math.abs(late) * sampleRate > 1.5) {
      gaps.push({ before: samples, seconds: late });
      refuseManyGaps(path, gaps);
    }
    expected = time + (points * resolution) / sampleRate;
    if (points === 1) {
      single ??= { start: at, samples: 0 };
      single.samples++;
    } else {
      finishSingle();
      if (points > 0) runs.push(run(file, start, points, count));
    }
    if (runs.length > 1_000_000) fail('it has more than a million packets of different lengths');
    samples += points;
    at = unfinished ? file.size : start + points * frame;
  }
  finishSingle();
  return { channels, sampleRate, runs, gaps };
}

function channelOf(view: DataView, at: number): Channel {
  const id = view.getUint16(at + 2, true);
  const label = text(view, at + 4, 16) || `ch${id}`;
  const [lowCode, highCode, low, high] = [22, 24, 26, 28].map((offset) => view.getInt16(at + offset, true));
  const unit = text(view, at + 30, 16);
  const gain = (high! - low!) / (highCode! - lowCode!);
  const known = Number.isFinite(gain) && gain !== 0;
  return {
    id: String(id),
    name: label,
    kind: /^(ainp|analog|audio)/i.test(label) ? 'auxiliary' : 'electrode',
    unit: known ? unit : '',
    gain: known ? gain : 1,
    offset: known ? low! - lowCode! * gain : 0,
    ...(highCode! > lowCode! ? { declared: { lowest: lowCode!, highest: highCode! } } : {}),
  };
}

function text(view: DataView, at: number, length: number): string {
  let characters = '';
  for (let i = 0; i < length; i++) {
    const code = view.getUint8(at + i);
    if (code === 0) break;
    characters += String.fromCharCode(code);
  }
  return characters.trim();
}
