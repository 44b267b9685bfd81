/**
 * Intan RHD2000: a `.rhd` with header and blocks of samples, or an `info.rhd` that describes one `.dat` for each kind
 * of signal or for each channel. Source: Intan Technologies, "RHD2000 Application Note: Data File Formats".
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  checkClaims,
  checkWindow,
  GET_AGAIN,
  RecordingFormatError,
  type Channel,
  type ChannelKind,
  type Gap,
  type RecordingFile,
  type Stream,
} from '../recording-file';
import { FileBytes } from './parts/file-bytes';
import { refuseManyGaps } from './parts/gaps';
import { interleavedStream, laidOutStream, togetherStream } from './parts/laid-out-samples';
import { scanRecords } from './parts/scan-records';

/** First four bytes, as a little-endian integer. */
export const INTAN_MAGIC = 0xc6912702;
/** The same of the stimulating system's `.rhs` files. */
export const INTAN_STIMULATION_MAGIC = 0xd69127ac;

/** Longest header: a damaged count must not be believed. */
const MOST_HEADER_BYTES = 2 ** 24;

/** Kinds of signals, numbered as the header does, named as Neo and SpikeInterface name them. */
const SIGNALS = [
  { name: 'RHD2000 amplifier channel', kind: 'electrode', file: 'amplifier.dat', prefix: 'amp' },
  { name: 'RHD2000 auxiliary input channel', kind: 'auxiliary', file: 'auxiliary.dat', prefix: 'aux' },
  { name: 'RHD2000 supply voltage channel', kind: 'auxiliary', file: 'supply.dat', prefix: 'vdd' },
  { name: 'USB board ADC input channel', kind: 'auxiliary', file: 'analogin.dat', prefix: 'board' },
  { name: 'USB board digital input channel', kind: 'digital', file: 'digitalin.dat', prefix: 'board' },
  { name: 'USB board digital output channel', kind: 'digital', file: 'digitalout.dat', prefix: 'board' },
] as const;
const AMPLIFIER = 0;
const AUXILIARY = 1;
const SUPPLY = 2;
const ADC = 3;
const DIGITAL_IN = 4;
const DIGITAL_OUT = 5;

/** Auxiliary inputs are sampled at a quarter of the amplifiers' rate. */
const AUXILIARY_DIVISOR = 4;

interface HeaderChannel {
  readonly signal: number;
  /** Number in its port, which is the bit of a digital line. */
  readonly order: number;
  /** `"A-000"`, of which the names of files are made. */
  readonly native: string;
  readonly custom: string;
  readonly port: string;
}

interface Header {
  readonly file: FileBytes;
  readonly version: number;
  readonly sampleRate: number;
  readonly boardMode: number;
  readonly temperatureSensors: number;
  readonly channels: readonly HeaderChannel[];
  /** Bytes of the header. */
  readonly bytes: number;
}

/** Reads fields one after another. */
class Fields {
  private at = 0;

  constructor(
    private readonly view: DataView,
    private readonly path: string,
    private readonly whole: boolean,
  ) {}

  get position(): number {
    return this.at;
  }

  private take(bytes: number): number {
    const at = this.at;
    this.at += bytes;
    if (this.at > this.view.byteLength) {
      throw new RecordingFormatError(
        this.path,
        this.whole ? 'it ends within its header' : `its header is longer than ${MOST_HEADER_BYTES} bytes`,
        GET_AGAIN,
      );
    }
    return at;
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  int16(): number {
    return this.view.getInt16(this.take(2), true);
  }

  float32(): number {
    return this.view.getFloat32(this.take(4), true);
  }

  skip(bytes: number): void {
    this.take(bytes);
  }

  /** A text of Qt: its length in bytes, and UTF-16. */
  text(): string {
    const bytes = this.uint32();
    if (bytes === 0xffffffff) return '';
    const at = this.take(bytes);
    return new TextDecoder('utf-16le').decode(new Uint8Array(this.view.buffer, at, bytes));
  }
}

function readHeader(path: string): Header {
  const file = new FileBytes(path);
  const bytes = Math.min(file.size, MOST_HEADER_BYTES);
  const fields = new Fields(file.fields(0, bytes, 'its header'), path, bytes === file.size);
  const magic = fields.uint32();
  if (magic === INTAN_STIMULATION_MAGIC) {
    throw new RecordingFormatError(
      path,
      'it is of the stimulating system (RHS2000), which is not read yet',
      'Save it as .rhd or NWB with Intan’s converter.',
    );
  }
  if (magic !== INTAN_MAGIC) {
    throw new RecordingFormatError(path, 'it does not start as an Intan file', 'Give a .rhd file.');
  }
  const [major, minor] = [fields.int16(), fields.int16()];
  const version = major + minor / 100;
  const sampleRate = fields.float32();
  // Filters (2 + 6 · 4), notch filter (2), frequencies of the impedance test (2 · 4).
  fields.skip(2 + 24 + 2 + 8);
  for (let note = 0; note < 3; note++) fields.text();
  const temperatureSensors = version >= 1.01 ? fields.int16() : 0;
  const boardMode = version >= 1.03 ? fields.int16() : 0;
  if (version >= 2) fields.text();
  const groups = fields.int16();
  const channels: HeaderChannel[] = [];
  for (let group = 0; group < groups; group++) {
    const port = fields.text();
    fields.text();
    const enabled = fields.int16() !== 0;
    const count = fields.int16();
    fields.skip(2);
    // The channels of a disabled group are not written.
    for (let i = 0; enabled && i < count; i++) {
      const native = fields.text();
      const custom = fields.text();
      const order = fields.int16();
      fields.skip(2);
      const signal = fields.int16();
      const active = fields.int16() !== 0;
      // Chip, board stream, trigger (4 · 2) and the impedance (2 · 4).
      fields.skip(4 + 8 + 8);
      if (!active) continue;
      if (!SIGNALS[signal]) {
        throw new RecordingFormatError(
          path,
          `channel "${native}" is of kind ${signal}, 0 to 5 are known`,
          GET_AGAIN,
        );
      }
      channels.push({ signal, order, native, custom, port });
    }
  }
  checkClaims(path, { sampleRate, channels: Math.max(1, channels.length) });
  if (temperatureSensors < 0) {
    throw new RecordingFormatError(path, `it says ${temperatureSensors} temperature sensors`, GET_AGAIN);
  }
  return { file, version, sampleRate, boardMode, temperatureSensors, channels, bytes: fields.position };
}

/** Gains of Intan's application note; ADC inputs of the three boards differ. */
function scaleOf(
  signal: number,
  header: Header,
  unsignedAmplifiers: boolean,
): Pick<Channel, 'unit' | 'gain' | 'offset'> {
  switch (signal) {
    case AMPLIFIER:
      return { unit: 'uV', gain: 0.195, offset: unsignedAmplifiers ? -32768 * 0.195 : 0 };
    case AUXILIARY:
      return { unit: 'V', gain: 0.0000374, offset: 0 };
    case SUPPLY:
      return { unit: 'V', gain: 0.0000748, offset: 0 };
    case ADC: {
      const gain = { 0: 0.000050354, 1: 0.00015259, 13: 0.0003125 }[header.boardMode];
      if (gain === undefined) return { unit: '', gain: 1, offset: 0 };
      return { unit: 'V', gain, offset: header.boardMode === 0 ? 0 : -32768 * gain };
    }
    default:
      return { unit: 'a.u.', gain: 1, offset: 0 };
  }
}

function channelsOf(header: Header, signal: number, unsignedAmplifiers: boolean): Channel[] {
  return header.channels
    .filter((channel) => channel.signal === signal)
    .map(({ native, custom, port }) => ({
      id: native,
      name: custom || native,
      kind: SIGNALS[signal]!.kind as ChannelKind,
      ...scaleOf(signal, header, unsignedAmplifiers),
      ...(signal === AMPLIFIER ? { place: { group: port } } : {}),
    }));
}

/** A word that holds all lines of a digital port. */
const WORD: readonly Channel[] = [
  { id: 'word', name: 'word', kind: 'digital', unit: 'a.u.', gain: 1, offset: 0 },
];

/**
 * The lines of a digital port as channels of 0 and 1.
 *
 * @param words - a stream of one channel, the words
 */
function digitalLines(header: Header, signal: number, words: Stream): Stream {
  const lines = header.channels.filter((channel) => channel.signal === signal);
  const stream: Stream = {
    ...words,
    channels: channelsOf(header, signal, false),
    async read(channels, from, count) {
      checkWindow(stream, channels, from, count);
      const [word] = await words.read([0], from, count);
      return channels.map((channel) => {
        const line = lines[channel]!.order;
        return Uint16Array.from(word!, (value) => (value >> line) & 1);
      });
    },
  };
  return stream;
}

/**
 * Opens a recording.
 *
 * @param path - the `.rhd` file
 * @throws RecordingFormatError when it is damaged, or what it describes is missing
 */
export function openIntan(path: string): RecordingFile {
  const header = readHeader(path);
  const folder = dirname(path);
  if (header.bytes < header.file.size) return openBlocks(header);
  if (SIGNALS.some(({ file }) => existsSync(join(folder, file)))) return openSignals(header, folder);
  return openChannels(header, folder);
}

/** Header and samples in one file: blocks of 60 or 128 samples, each kind of signal after another. */
function openBlocks(header: Header): RecordingFile {
  const { file, sampleRate } = header;
  const blockSamples = header.version >= 2 ? 128 : 60;
  const lineCount = (signal: number): number => header.channels.filter((c) => c.signal === signal).length;
  const parts = [
    { signal: AMPLIFIER, channels: channelsOf(header, AMPLIFIER, true), samples: blockSamples },
    {
      signal: AUXILIARY,
      channels: channelsOf(header, AUXILIARY, true),
      samples: blockSamples / AUXILIARY_DIVISOR,
    },
    { signal: SUPPLY, channels: channelsOf(header, SUPPLY, true), samples: 1 },
    { signal: -1, channels: temperatureChannels(header), samples: 1 },
    { signal: ADC, channels: channelsOf(header, ADC, true), samples: blockSamples },
    { signal: DIGITAL_IN, channels: lineCount(DIGITAL_IN) > 0 ? WORD : [], samples: blockSamples },
    { signal: DIGITAL_OUT, channels: lineCount(DIGITAL_OUT) > 0 ? WORD : [], samples: blockSamples },
  ];
  let blockBytes = 4 * blockSamples;
  const starts = parts.map(({ channels, samples }) => {
    const start = blockBytes;
    blockBytes += 2 * channels.length * samples;
    return start;
  });
  const bytes = file.size - header.bytes;
  const blocks = Math.floor(bytes / blockBytes);
  const notes: string[] = [];
  if (bytes % blockBytes !== 0) {
    notes.push(
      `The last ${bytes % blockBytes} bytes are no whole block and are left out: the file was cut off.`,
    );
  }
  const late: { block: number; seconds: number }[] = [];
  let expected: number | undefined;
  scanRecords(file, header.bytes, blockBytes, blocks, (view, at, block) => {
    const time = header.version >= 1.02 ? view.getInt32(at, true) : view.getUint32(at, true);
    if (expected !== undefined && time !== expected) {
      late.push({ block, seconds: (time - expected) / sampleRate });
      refuseManyGaps(file.path, late);
    }
    expected = time + blockSamples;
  });
  if (lineCount(AMPLIFIER) === 0) notes.push('It has no amplifier channels.');
  const streams = parts.flatMap(({ signal, channels, samples }, i): Stream[] => {
    if (channels.length === 0) return [];
    const gaps = late.map(({ block, seconds }): Gap => ({ before: block * samples, seconds }));
    const stream = laidOutStream(
      {
        name: SIGNALS[signal]?.name ?? 'temperature',
        sampleRate: (sampleRate * samples) / blockSamples,
        channels,
        gaps,
      },
      {
        type: signal === -1 ? 'int16' : 'uint16',
        littleEndian: true,
        offsets: channels.map((_, c) => starts[i]! + 2 * c * samples),
        stride: 2,
      },
      [{ file, start: header.bytes, blockBytes, blockSamples: samples, samples: blocks * samples }],
    );
    return [channels === WORD ? digitalLines(header, signal, stream) : stream];
  });
  return { path: file.path, format: 'Intan RHD', streams, notes, close: () => undefined };
}

function temperatureChannels(header: Header): Channel[] {
  return Array.from({ length: header.temperatureSensors }, (_, i) => ({
    id: `temperature-${i}`,
    name: `temperature ${i}`,
    kind: 'auxiliary',
    unit: 'Celsius',
    gain: 0.001,
    offset: 0,
  }));
}

/**
 * What the streams of separate files share. Auxiliary inputs and supply voltages are sampled more slowly, and each
 * value is written again and again until the next, so that all files have the amplifiers' rate.
 */
function separateFacts(
  header: Header,
  signal: number,
  gaps: readonly Gap[],
): Pick<Stream, 'name' | 'sampleRate' | 'gaps'> & { takenAt?: number } {
  const { sampleRate } = header;
  const blockSamples = header.version >= 2 ? 128 : 60;
  const divisor = signal === AUXILIARY ? AUXILIARY_DIVISOR : signal === SUPPLY ? blockSamples : 1;
  return {
    name: SIGNALS[signal]!.name,
    sampleRate,
    gaps,
    ...(divisor === 1 ? {} : { takenAt: sampleRate / divisor }),
  };
}

function typeOf(signal: number): 'int16' | 'uint16' {
  return signal === AMPLIFIER ? 'int16' : 'uint16';
}

/** One file for each kind of signal, its channels interleaved. */
function openSignals(header: Header, folder: string): RecordingFile {
  const notes: string[] = [];
  const gaps = gapsOf(header, folder, notes);
  const streams: Stream[] = [];
  SIGNALS.forEach(({ name, kind, file: fileName }, signal) => {
    const path = join(folder, fileName);
    const lines = channelsOf(header, signal, false);
    const channels = kind === 'digital' && lines.length > 0 ? WORD : lines;
    if (channels.length === 0) return;
    if (!existsSync(path)) {
      notes.push(`${fileName} is missing: its ${lines.length} channels (${name}) are left out.`);
      return;
    }
    const file = new FileBytes(path);
    const count = wholeSamples(file, channels.length, notes);
    const stream = interleavedStream(
      { ...separateFacts(header, signal, gaps), channels },
      { file, start: 0, count, type: typeOf(signal), littleEndian: true },
    );
    streams.push(channels === WORD ? digitalLines(header, signal, stream) : stream);
  });
  return { path: folder, format: 'Intan RHD, one file per signal', streams, notes, close: () => undefined };
}

/** One file for each channel, named by it: `amp-A-000.dat`. */
function openChannels(header: Header, folder: string): RecordingFile {
  const notes: string[] = [];
  const gaps = gapsOf(header, folder, notes);
  const streams: Stream[] = [];
  let found = 0;
  SIGNALS.forEach(({ name, prefix }, signal) => {
    const all = channelsOf(header, signal, false);
    const parts = all.flatMap((channel): Stream[] => {
      const path = join(folder, `${prefix}-${channel.id}.dat`);
      if (!existsSync(path)) return [];
      const file = new FileBytes(path);
      return [
        interleavedStream(
          { ...separateFacts(header, signal, gaps), channels: [channel] },
          { file, start: 0, count: wholeSamples(file, 1, notes), type: typeOf(signal), littleEndian: true },
        ),
      ];
    });
    found += parts.length;
    if (parts.length < all.length) {
      notes.push(`${all.length - parts.length} of ${all.length} files of "${name}" are missing: left out.`);
    }
    if (parts.length === 0) return;
    const shortest = Math.min(...parts.map(({ samples }) => samples));
    if (parts.some(({ samples }) => samples !== shortest)) {
      notes.push(
        `Files of "${name}" have different lengths: the first ${shortest} samples of each are read.`,
      );
    }
    const stream = togetherStream(
      { name },
      parts.map((part) => ({ ...part, samples: shortest })),
    );
    streams.push(stream);
  });
  if (found === 0) {
    throw new RecordingFormatError(
      header.file.path,
      'it holds a header alone, and no .dat file of its channels is beside it',
      'Put the .dat files into its folder.',
    );
  }
  return { path: folder, format: 'Intan RHD, one file per channel', streams, notes, close: () => undefined };
}

function wholeSamples(file: FileBytes, channels: number, notes: string[]): number {
  const rest = file.size % (2 * channels);
  if (rest > 0) {
    notes.push(
      `${basename(file.path)}: the last ${rest} bytes are no sample of all channels and are left out.`,
    );
  }
  return Math.floor(file.size / (2 * channels));
}

/** Gaps, from the numbers of samples in `time.dat`. */
function gapsOf(header: Header, folder: string, notes: string[]): Gap[] {
  const path = join(folder, 'time.dat');
  if (!existsSync(path)) {
    notes.push('time.dat is missing, so that gaps cannot be found.');
    return [];
  }
  const file = new FileBytes(path);
  const gaps: Gap[] = [];
  let expected: number | undefined;
  scanRecords(file, 0, 4, Math.floor(file.size / 4), (view, at, index) => {
    const time = view.getInt32(at, true);
    if (expected !== undefined && time !== expected) {
      gaps.push({ before: index, seconds: (time - expected) / header.sampleRate });
      refuseManyGaps(path, gaps);
    }
    expected = time + 1;
  });
  return gaps;
}
