/**
 * NumPy arrays in `.npy` files, of one dimension (samples) or two (samples and channels). They say no sample rate, so
 * that a JSON sidecar is needed. Source: NumPy Enhancement Proposal 1.
 */
import { basename } from 'node:path';
import {
  checkClaims,
  GET_AGAIN,
  GET_WHOLE,
  RecordingFormatError,
  type RecordingFile,
  type SampleType,
} from '../recording-file';
import { FileBytes } from './parts/file-bytes';
import { interleavedStream } from './parts/laid-out-samples';
import { SAMPLE_BYTES } from './parts/sample-values';
import { readSidecar, sidecarChannels } from './parts/sidecar';
import { separateStream } from './raw-binary';

/** What the header of an array says. */
export interface NpyHeader {
  readonly file: FileBytes;
  readonly type: SampleType;
  readonly littleEndian: boolean;
  /** True when the first dimension runs fastest. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Position of the first value. */
  readonly start: number;
}

/** First six bytes of the file. */
export const NPY_MAGIC = '\x93NUMPY';

const TYPES: Readonly<Record<string, SampleType>> = {
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  f4: 'float32',
  f8: 'float64',
};

/**
 * Reads the header of an array.
 *
 * @throws RecordingFormatError when it is no array of numbers, or the file is shorter than its header says
 */
export function readNpyHeader(path: string): NpyHeader {
  const file = new FileBytes(path);
  const fail = (problem: string, remedy = GET_AGAIN): never => {
    throw new RecordingFormatError(path, problem, remedy);
  };
  const front = file.fields(0, 10, 'the header of a NumPy array');
  const magic = String.fromCharCode(...Array.from({ length: 6 }, (_, i) => front.getUint8(i)));
  if (magic !== NPY_MAGIC) fail('it does not start as a NumPy array', 'Give a .npy file.');
  const version = front.getUint8(6);
  if (version < 1 || version > 3) fail(`its header is of version ${version}, where 1 to 3 are known`);
  const lengthBytes = version === 1 ? 2 : 4;
  const length =
    version === 1 ? front.getUint16(8, true) : file.fields(8, 4, 'its header').getUint32(0, true);
  if (length > 2 ** 20) fail(`its header says that it is ${length} bytes long`);
  const start = 8 + lengthBytes + length;
  const text = new TextDecoder('latin1').decode(file.fields(8 + lengthBytes, length, 'its header'));
  const descr = /'descr'\s*:\s*'([<>|=]?)([a-zA-Z]\d+)'/.exec(text);
  const shapeText = /'shape'\s*:\s*\(([^)]*)\)/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  if (!shapeText || !order) return fail('its header has no shape or no order');
  const type = descr ? TYPES[descr[2]!] : undefined;
  if (!descr || type === undefined) {
    const found = /'descr'\s*:\s*([^,]{1,60})/.exec(text)?.[1] ?? 'nothing';
    return fail(`its values are ${found}, no plain integers or floats`, 'Save the samples as plain numbers.');
  }
  const shape = shapeText[1]!
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0)) fail(`its shape is (${shapeText[1]})`);
  const needed = shape.reduce((product, size) => product * size, SAMPLE_BYTES[type]);
  if (start + needed > file.size) {
    fail(`its header promises ${needed} bytes of values, ${file.size - start} are there`, GET_WHOLE);
  }
  const littleEndian = descr[1] !== '>';
  return { file, type, littleEndian, fortranOrder: order[1] === 'True', shape, start };
}

/**
 * Opens an array of samples, `(samples)`, `(samples, channels)` or `(channels, samples)`.
 *
 * @throws RecordingFormatError when the file is no NumPy array, or has no sidecar
 */
export function openNpy(path: string, sidecarPath?: string): RecordingFile {
  const { file, type, littleEndian, fortranOrder, shape, start } = readNpyHeader(path);
  const [first, second = 1] = shape;
  if (first === undefined || shape.length > 2) {
    throw new RecordingFormatError(
      path,
      `its array has ${shape.length} dimensions`,
      'Save samples alone, or samples by channels.',
    );
  }
  const sidecar = readSidecar(path, sidecarPath);
  const notes: string[] = [];
  let channelsFirst = sidecar.channelsFirst;
  if (channelsFirst === undefined) {
    channelsFirst = sidecar.channels === undefined ? first < second : sidecar.channels !== second;
    if (channelsFirst) {
      notes.push(
        `The array is ${first} × ${second}: its second dimension is taken for time. ` +
          `Say "order": "interleaved" in ${sidecar.path} where it is not.`,
      );
    }
  }
  const [count, channelCount] = channelsFirst ? [second, first] : [first, second];
  checkClaims(path, { sampleRate: sidecar.sampleRate, channels: channelCount });
  const facts = {
    name: basename(path),
    sampleRate: sidecar.sampleRate,
    channels: sidecarChannels(sidecar, channelCount),
  };
  // In the order of C the last dimension runs fastest, in that of Fortran the first.
  const stream = (channelsFirst === fortranOrder ? interleavedStream : separateStream)(facts, {
    file,
    start,
    count,
    type,
    littleEndian,
  });
  return { path, format: 'NumPy array', streams: [stream], notes, close: () => undefined };
}
