/**
 * Neuralynx `.ncs`: one channel a file, 16,384 bytes of text and then records of a timestamp in µs, a count and 512
 * samples. Records that are not full stand before gaps. Source: Neuralynx, "Data File Formats".
 */
import { basename } from 'node:path';
import {
  checkClaims,
  GET_AGAIN,
  RecordingFormatError,
  type Gap,
  type RecordingFile,
  type Stream,
} from '../recording-file';
import { FileBytes } from './parts/file-bytes';
import { refuseManyGaps } from './parts/gaps';
import { laidOutStream, simultaneous, togetherStream, type Run } from './parts/laid-out-samples';
import { scanRecords } from './parts/scan-records';

const HEADER_BYTES = 16_384;
const RECORD_BYTES = 1044;
/** Timestamp (8), channel (4), sample rate (4), number of samples (4). */
const RECORD_FRONT = 20;
const RECORD_SAMPLES = 512;

/** How far a record's time may be from where the last one ended, in samples: clocks are rounded to 1 µs. */
const TOLERANCE = 1.5;

/** How the file begins. */
export const NEURALYNX_MAGIC = '######## Neuralynx';

/**
 * Opens channels that were recorded together.
 *
 * @param path - the file, or the folder of the files
 * @param files - paths of `.ncs` files
 * @throws RecordingFormatError when a file is damaged
 */
export function openNeuralynx(path: string, files: readonly string[]): RecordingFile {
  const notes: string[] = [];
  const channels = files.map((file) => openNcs(file, notes));
  const streams: Stream[] = [];
  while (channels.length > 0) {
    const first = channels[0]!;
    const together = channels.filter((channel) => simultaneous(channel, first));
    const name = together.length === 1 ? first.name : `${first.sampleRate} Hz`;
    const alike = streams.filter(
      (stream) => stream.name === name || stream.name.startsWith(`${name} (`),
    ).length;
    streams.push(togetherStream({ name: alike === 0 ? name : `${name} (${alike + 1})` }, together));
    for (const channel of together) channels.splice(channels.indexOf(channel), 1);
  }
  return { path, format: 'Neuralynx', streams, notes, close: () => undefined };
}

function openNcs(path: string, notes: string[]): Stream {
  const file = new FileBytes(path);
  const text = new TextDecoder('latin1').decode(file.read(0, HEADER_BYTES));
  const fail = (problem: string): never => {
    throw new RecordingFormatError(path, problem, GET_AGAIN);
  };
  if (!text.startsWith(NEURALYNX_MAGIC)) fail('it does not start as a Neuralynx file');
  if (file.size < HEADER_BYTES) fail(`it ends after ${file.size} bytes, within its header`);
  const field = (name: string): string | undefined =>
    new RegExp(`^-${name}[ \\t]+"?([^"\\r\\n]*?)"?[ \\t]*\\r?$`, 'mi').exec(text)?.[1];
  const records = Math.floor((file.size - HEADER_BYTES) / RECORD_BYTES);
  const rest = file.size - HEADER_BYTES - records * RECORD_BYTES;
  if (rest > 0) notes.push(`${path}: the last ${rest} bytes are no whole record and are left out.`);
  const inRecord = records > 0 ? file.fields(HEADER_BYTES + 12, 4, 'a record').getUint32(0, true) : NaN;
  const sampleRate = Number(field('SamplingFrequency') ?? inRecord);
  checkClaims(path, { sampleRate, channels: 1 });

  const runs: Run[] = [];
  const gaps: Gap[] = [];
  let samples = 0;
  let expected: number | undefined;
  let run = { first: 0, samples: 0 };
  const finish = (): void => {
    if (run.samples > 0) {
      runs.push({
        file,
        start: HEADER_BYTES + run.first * RECORD_BYTES,
        blockBytes: RECORD_BYTES,
        blockSamples: RECORD_SAMPLES,
        samples: run.samples,
      });
    }
  };
  scanRecords(file, HEADER_BYTES, RECORD_BYTES, records, (view, at, record) => {
    const count = view.getUint32(at + 16, true);
    if (count > RECORD_SAMPLES)
      fail(`record ${record} says ${count} samples, it has room for ${RECORD_SAMPLES}`);
    const time = Number(view.getBigUint64(at, true));
    const late = expected === undefined ? 0 : time - expected;
    if (Math.abs(late) > (TOLERANCE * 1e6) / sampleRate) {
      gaps.push({ before: samples, seconds: late / 1e6 });
      refuseManyGaps(path, gaps);
    }
    expected = time + (count * 1e6) / sampleRate;
    // A record that is not full ends a run: what follows it lies elsewhere in the file.
    if (run.samples !== (record - run.first) * RECORD_SAMPLES) {
      finish();
      run = { first: record, samples: 0 };
    }
    run.samples += count;
    samples += count;
  });
  finish();

  const volts = Number((field('ADBitVolts') ?? '').trim().split(/\s+/)[0]);
  const largest = Number((field('ADMaxValue') ?? '').trim().split(/\s+/)[0]);
  const known = Number.isFinite(volts) && volts > 0;
  const name = field('AcqEntName') || basename(path, '.ncs');
  return laidOutStream(
    {
      name,
      sampleRate,
      gaps,
      channels: [
        {
          id: field('ADChannel') || name,
          name,
          kind: 'electrode',
          unit: known ? 'uV' : '',
          gain: known ? volts * 1e6 : 1,
          offset: 0,
          ...(largest > 0 ? { declared: { lowest: -largest - 1, highest: largest } } : {}),
          ...(field('InputInverted') === 'True' ? { inverted: true } : {}),
        },
      ],
    },
    { type: 'int16', littleEndian: true, offsets: [RECORD_FRONT], stride: 2 },
    runs,
  );
}
