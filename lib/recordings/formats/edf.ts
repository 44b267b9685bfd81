/**
 * EDF, EDF+ (16 bits) and BDF, BDF+ (24 bits): records of some seconds, each with all samples of one signal after
 * another. Source: Kemp et al., "A simple format for exchange of digitized polygraphic recordings" (1992); EDF+ (2003);
 * BioSemi, "BDF".
 */
import {
  checkClaims,
  GET_AGAIN,
  GET_WHOLE,
  RecordingFormatError,
  type Channel,
  type ChannelKind,
  type Gap,
  type RecordingFile,
  type Stream,
} from '../recording-file';
import { FileBytes } from './parts/file-bytes';
import { refuseManyGaps } from './parts/gaps';
import { laidOutStream } from './parts/laid-out-samples';
import { scanRecords } from './parts/scan-records';

const HEADER_BYTES = 256;
const SIGNAL_BYTES = 256;
/** Longest record; a damaged header must not make a reader take all memory. */
const MOST_RECORD_BYTES = 2 ** 28;

interface Signal {
  readonly label: string;
  readonly samples: number;
  /** Position in a record, in bytes. */
  readonly offset: number;
  readonly channel: Channel;
}

/**
 * Opens a file.
 *
 * @throws RecordingFormatError when it is damaged or cut off
 */
export function openEdf(path: string): RecordingFile {
  const file = new FileBytes(path);
  const fail = (problem: string, remedy = GET_AGAIN): never => {
    throw new RecordingFormatError(path, problem, remedy);
  };
  const ascii = (view: DataView, at: number, length: number): string =>
    String.fromCharCode(...Array.from({ length }, (_, i) => view.getUint8(at + i))).trim();
  const front = file.fields(0, HEADER_BYTES, 'its header');
  const bdf = front.getUint8(0) === 255;
  const number = (view: DataView, at: number, length: number, what: string): number => {
    const text = ascii(view, at, length);
    const value = Number(text);
    return text !== '' && Number.isFinite(value) ? value : fail(`its header says "${text}" for ${what}`);
  };
  const plus = ascii(front, 192, 44);
  const claimedRecords = number(front, 236, 8, 'the number of records');
  const seconds = number(front, 244, 8, 'the seconds of a record');
  const count = number(front, 252, 4, 'the number of signals');
  checkClaims(path, { sampleRate: 1, channels: count });
  const headers = file.fields(HEADER_BYTES, SIGNAL_BYTES * count, 'its header');
  const sampleBytes = bdf ? 3 : 2;
  const fields = [16, 80, 8, 8, 8, 8, 8, 80, 8, 32];
  const fieldStart = fields.map((_, i) => fields.slice(0, i).reduce((sum, width) => sum + width * count, 0));
  const field = (which: number, signal: number): [number, number] => [
    fieldStart[which]! + signal * fields[which]!,
    fields[which]!,
  ];

  const signals: Signal[] = [];
  let recordBytes = 0;
  for (let i = 0; i < count; i++) {
    const label = ascii(headers, ...field(0, i));
    const samples = number(headers, ...field(8, i), `the samples of signal "${label}"`);
    if (!Number.isInteger(samples) || samples < 1) fail(`signal "${label}" has ${samples} samples a record`);
    const [low, high, lowCode, highCode] = [3, 4, 5, 6].map((which) =>
      number(headers, ...field(which, i), `the range of signal "${label}"`),
    );
    const annotations = /^(EDF|BDF) Annotations$/.test(label);
    const gain = (high! - low!) / (highCode! - lowCode!);
    const known = Number.isFinite(gain) && gain !== 0;
    const unit = ascii(headers, ...field(2, i));
    signals.push({
      label,
      samples,
      offset: recordBytes,
      channel: {
        id: String(i),
        name: label,
        kind: kindOf(label, unit),
        unit: known ? unit : '',
        gain: known ? gain : 1,
        offset: known ? low! - lowCode! * gain : 0,
        ...(highCode! > lowCode! && !annotations
          ? { declared: { lowest: lowCode!, highest: highCode! } }
          : {}),
      },
    });
    recordBytes += samples * sampleBytes;
    if (recordBytes > MOST_RECORD_BYTES)
      fail(`its header says records of more than ${MOST_RECORD_BYTES} bytes`);
  }
  const start = HEADER_BYTES + SIGNAL_BYTES * count;
  const fit = Math.floor((file.size - start) / recordBytes);
  const notes: string[] = [];
  if (claimedRecords > fit) {
    fail(`its header promises ${claimedRecords} records, ${fit} are there`, GET_WHOLE);
  }
  const records = claimedRecords >= 0 ? claimedRecords : fit;
  if (claimedRecords < 0) notes.push(`Its header does not know the number of records: all ${fit} are read.`);
  const rest = file.size - start - records * recordBytes;
  if (rest > 0) notes.push(`${rest} bytes behind the last record are left out.`);

  const annotations = signals.find(({ label }) => /^(EDF|BDF) Annotations$/.test(label));
  const measured = signals.filter(({ label }) => !/^(EDF|BDF) Annotations$/.test(label));
  if (measured.length > 0 && !(seconds > 0)) fail(`its header says records of ${seconds} seconds`);
  const late =
    plus.startsWith('EDF+D') || plus.startsWith('BDF+D')
      ? lateRecords(file, start, recordBytes, records, seconds, annotations, sampleBytes)
      : [];
  const streams: Stream[] = [];
  for (const samples of new Set(measured.map((signal) => signal.samples))) {
    const members = measured.filter((signal) => signal.samples === samples);
    const sampleRate = samples / seconds;
    checkClaims(path, { sampleRate, channels: members.length });
    streams.push(
      laidOutStream(
        {
          name: `${Number(sampleRate.toPrecision(6))} Hz`,
          sampleRate,
          channels: members.map(({ channel }) => channel),
          gaps: late.map(({ record, gap }): Gap => ({ before: record * samples, seconds: gap })),
        },
        {
          type: bdf ? 'int24' : 'int16',
          littleEndian: true,
          offsets: members.map(({ offset }) => offset),
          stride: sampleBytes,
        },
        [{ file, start, blockBytes: recordBytes, blockSamples: samples, samples: records * samples }],
      ),
    );
  }
  if (streams.length === 0) fail('it holds annotations alone', 'Give a file with signals.');
  return { path, format: bdf ? 'BDF' : 'EDF', streams, notes, close: () => undefined };
}

function kindOf(label: string, unit: string): ChannelKind {
  if (/^(status|trigger|stim|marker|event|dig)/i.test(label)) return 'digital';
  if (/^(ecg|ekg|emg|eog|resp|temp|spo2|light|pleth|acc|gyro|ana)/i.test(label)) return 'auxiliary';
  return /^[nuµm]?V$/i.test(unit) || unit === '' || unit === '\xb5V' ? 'electrode' : 'auxiliary';
}

/** Records of a discontinuous file that begin later than the last one ended, by the times in their annotations. */
function lateRecords(
  file: FileBytes,
  start: number,
  recordBytes: number,
  records: number,
  seconds: number,
  annotations: Signal | undefined,
  sampleBytes: number,
): { record: number; gap: number }[] {
  const late: { record: number; gap: number }[] = [];
  if (!annotations) return late;
  const length = Math.min(annotations.samples * sampleBytes, 64);
  let expected: number | undefined;
  scanRecords(file, start, recordBytes, records, (view, at, record) => {
    let text = '';
    for (let i = 0; i < length; i++) text += String.fromCharCode(view.getUint8(at + annotations.offset + i));
    const onset = /^([+-]\d+(?:\.\d*)?)/.exec(text);
    if (!onset) {
      throw new RecordingFormatError(file.path, `record ${record} does not say when it begins`, GET_AGAIN);
    }
    const time = Number(onset[1]);
    if (expected !== undefined && Math.abs(time - expected) > 1e-6 * Math.max(1, seconds)) {
      late.push({ record, gap: time - expected });
      refuseManyGaps(file.path, late);
    }
    expected = time + seconds;
  });
  return late;
}
