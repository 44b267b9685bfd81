/**
 * SpikeGLX: interleaved 16-bit samples in a `.bin`, described by a text in a `.meta` beside it. Neuropixels probes,
 * NI-DAQ devices and OneBox. Source: SpikeGLX's user manual, "Metadata".
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import {
  checkClaims,
  GET_AGAIN,
  RecordingFormatError,
  type Channel,
  type ChannelKind,
  type Place,
  type RecordingFile,
  type Stream,
} from '../recording-file';
import { FileBytes, readText } from './parts/file-bytes';
import { interleavedStream } from './parts/laid-out-samples';

/** Entries of a `.meta` text; those of tables (`~name`) without the tilde. */
class Meta {
  private readonly entries = new Map<string, string>();

  constructor(readonly path: string) {
    for (const line of readText(path).split(/\r?\n/)) {
      const at = line.indexOf('=');
      if (at > 0) this.entries.set(line.slice(0, at).replace(/^~/, ''), line.slice(at + 1));
    }
  }

  text(key: string): string | undefined {
    return this.entries.get(key);
  }

  number(key: string): number {
    const text = this.entries.get(key);
    const value = Number(text);
    if (text === undefined || text.trim() === '' || !Number.isFinite(value)) {
      throw new RecordingFormatError(
        this.path,
        text === undefined ? `it has no "${key}"` : `its "${key}" is "${text}", no number`,
        GET_AGAIN,
      );
    }
    return value;
  }

  numberOr(key: string, fallback: number): number {
    return this.entries.has(key) ? this.number(key) : fallback;
  }

  /** Numbers of channels of each kind, `"384,0,1"`. */
  counts(key: string): number[] {
    const counts = (this.entries.get(key) ?? '').split(',').map(Number);
    if (counts.some((count) => !Number.isInteger(count) || count < 0)) {
      throw new RecordingFormatError(
        this.path,
        `its "${key}" is "${this.entries.get(key) ?? ''}"`,
        GET_AGAIN,
      );
    }
    return counts;
  }

  /** Groups in parentheses of a table, the first of which is its head. */
  table(key: string): string[] {
    return [...(this.entries.get(key) ?? '').matchAll(/\(([^()]*)\)/g)].map((match) => match[1]!);
  }
}

/** A column of the file. */
interface Column extends Channel {
  readonly index: number;
}

/** The `.meta` of a `.bin`, and the other way round. */
export function spikeGlxPair(path: string): { bin: string; meta: string } {
  const stem = path.replace(/\.(bin|meta)$/, '');
  return { bin: `${stem}.bin`, meta: `${stem}.meta` };
}

/**
 * Opens a pair of `.bin` and `.meta`.
 *
 * @param path - either of them
 * @throws RecordingFormatError when one of them is missing, or they contradict each other
 */
export function openSpikeGlx(path: string): RecordingFile {
  const { bin, meta: metaPath } = spikeGlxPair(path);
  if (!existsSync(metaPath) || !existsSync(bin)) {
    const missing = existsSync(bin) ? metaPath : bin;
    throw new RecordingFormatError(
      path,
      `${basename(missing)} is not beside it`,
      'Put both into one folder.',
    );
  }
  const meta = new Meta(metaPath);
  const file = new FileBytes(bin);
  const kind = meta.text('typeThis');
  const count = meta.number('nSavedChans');
  const rateKey = kind === 'nidq' ? 'niSampRate' : kind === 'obx' ? 'obSampRate' : 'imSampRate';
  const sampleRate = meta.number(rateKey);
  checkClaims(metaPath, { sampleRate, channels: count });
  const countsKey = kind === 'nidq' ? 'snsMnMaXaDw' : kind === 'obx' ? 'snsXaDwSy' : 'snsApLfSy';
  const sum = meta.counts(countsKey).reduce((total, one) => total + one, 0);
  if (sum !== count) {
    throw new RecordingFormatError(
      metaPath,
      `it says ${count} saved channels, its kinds of channels add up to ${sum}`,
      GET_AGAIN,
    );
  }
  const columns =
    kind === 'nidq' ? nidqColumns(meta) : kind === 'obx' ? oneBoxColumns(meta) : probeColumns(meta);
  const notes: string[] = [];
  const samples = Math.floor(file.size / (2 * count));
  const promised = meta.numberOr('fileSizeBytes', file.size);
  if (promised !== file.size) {
    notes.push(
      `${basename(metaPath)} says ${promised} bytes, ${basename(bin)} has ${file.size}: ` +
        'it was cut off or is still being written, and what is there is read.',
    );
  }
  if (file.size % (2 * count) !== 0) {
    notes.push(
      `The last ${file.size % (2 * count)} bytes are no sample of all ${count} channels and are left out.`,
    );
  }
  const name = streamName(bin);
  const streamOf = (streamTitle: string, taken: readonly Column[]): Stream =>
    interleavedStream(
      {
        name: streamTitle,
        sampleRate,
        channels: taken.map((column) => {
          const channel: Channel & { index?: number } = { ...column };
          delete channel.index;
          return channel;
        }),
      },
      {
        file,
        start: 0,
        count: samples,
        type: 'int16',
        littleEndian: true,
        columns: { all: count, taken: taken.map(({ index }) => index) },
      },
    );
  const sync = columns.filter((column) => column.kind === 'sync');
  const others = columns.filter((column) => column.kind !== 'sync');
  const streams = [
    ...(others.length > 0 ? [streamOf(name, others)] : []),
    ...(sync.length > 0 ? [streamOf(`${name}-SYNC`, sync)] : []),
  ];
  return { path: bin, format: 'SpikeGLX', streams, notes, close: () => undefined };
}

/** `"imec0.ap"`, `"nidq"`, `"obx0.obx"`, from the file's name. */
function streamName(bin: string): string {
  const stem = basename(bin).replace(/\.bin$/, '');
  return /\.(imec\d*\.(?:ap|lf)|nidq|obx\d*\.obx)(?:\.|$)/.exec(stem)?.[1] ?? stem;
}

/** Names of saved channels: the first field of each entry of the channel map, `"AP0;0:383"`. */
function channelNames(meta: Meta): string[] {
  return meta
    .table('snsChanMap')
    .slice(1)
    .map((entry) => entry.split(';')[0]!);
}

/** Indices of the saved channels among all that were acquired: `"0:383,768"`, or all. */
function savedChannels(meta: Meta, count: number): number[] {
  const text = meta.text('snsSaveChanSubset') ?? 'all';
  if (text === 'all') return Array.from({ length: count }, (_, i) => i);
  const saved: number[] = [];
  for (const part of text.split(',')) {
    const ends = part.split(':').map(Number);
    const from = ends[0]!;
    const to = ends[1] ?? from;
    if (!(from >= 0 && to >= from && to - from < 65_536)) {
      throw new RecordingFormatError(meta.path, `its "snsSaveChanSubset" is "${text}"`, GET_AGAIN);
    }
    for (let channel = from; channel <= to; channel++) saved.push(channel);
    if (saved.length > 65_536) break;
  }
  return saved;
}

/** Volts of the input's range, and the code that stands for them. */
const DEFAULT_MAX_INT = { first: 512, second: 8192 } as const;

/**
 * Channels of a Neuropixels probe. Probes of the first generation have gains of their own for each channel, in the
 * table of their settings; those of the second a fixed one.
 */
function probeColumns(meta: Meta): Column[] {
  const [ap = 0, lf = 0, sync = 0] = meta.counts('snsApLfSy');
  const [acquiredAp = ap] = meta.text('acqApLfSy') === undefined ? [] : meta.counts('acqApLfSy');
  const probe = meta.numberOr('imDatPrb_type', 0);
  const second = probe === 21 || probe === 24 || (probe >= 2000 && probe < 4000);
  const maxInt = meta.numberOr('imMaxInt', second ? DEFAULT_MAX_INT.second : DEFAULT_MAX_INT.first);
  const microvolts = (meta.number('imAiRangeMax') / maxInt) * 1e6;
  const settings = meta.table('imroTbl');
  const total = ap + lf + sync;
  const saved = savedChannels(meta, total);
  const names = channelNames(meta);
  const places = probePlaces(meta);
  const gainOf = (acquired: number, band: 'ap' | 'lf'): number => {
    if (second)
      return meta.numberOr('imChan0apGain', probe === 21 || probe === 24 || probe < 2010 ? 80 : 100);
    // Probe 1110 has one gain for all, in the head of the table: type, columns, reference, AP gain, LF gain, filter.
    if (probe === 1110) return Number(settings[0]?.split(/[ ,]/)[band === 'ap' ? 3 : 4]);
    return Number(settings[1 + acquired]?.split(' ')[band === 'ap' ? 3 : 4]);
  };
  return Array.from({ length: Math.min(total, 65_536) }, (_, index) => {
    const kind: ChannelKind = index < ap + lf ? 'electrode' : 'sync';
    const band = index < ap ? 'ap' : 'lf';
    const position = saved[index] ?? index;
    const acquired = band === 'ap' ? position : position - acquiredAp;
    const gain = kind === 'sync' ? 1 : gainOf(acquired, band);
    if (!(gain > 0)) {
      throw new RecordingFormatError(
        meta.path,
        `its "imroTbl" has no gain for channel ${acquired}`,
        GET_AGAIN,
      );
    }
    const place = kind === 'electrode' ? places[index < ap ? index : index - ap] : undefined;
    return {
      index,
      id: String(position),
      name: names[index] ?? (kind === 'sync' ? `SY${index - ap - lf}` : `${band.toUpperCase()}${acquired}`),
      kind,
      unit: 'uV',
      gain: microvolts / gain,
      offset: 0,
      ...(place ? { place } : {}),
      ...(kind === 'electrode' ? { declared: { lowest: -maxInt, highest: maxInt - 1 } } : {}),
    };
  });
}

/** Positions of electrodes: in µm where the geometry is there, else only their shanks. */
function probePlaces(meta: Meta): Place[] {
  const geometry = meta.table('snsGeomMap').slice(1);
  if (geometry.length > 0) {
    return geometry.map((entry) => {
      const [shank, x, z] = entry.split(':');
      return { x: Number(x), y: Number(z), group: `shank ${shank}` };
    });
  }
  return meta
    .table('snsShankMap')
    .slice(1)
    .map((entry) => ({ group: `shank ${entry.split(':')[0]}` }));
}

/** Channels of an NI-DAQ device: multiplexed neural, multiplexed auxiliary, analog, digital words. */
function nidqColumns(meta: Meta): Column[] {
  const [neural = 0, auxiliary = 0, analog = 0, digital = 0] = meta.counts('snsMnMaXaDw');
  const volts = meta.number('niAiRangeMax') / meta.numberOr('niMaxInt', 32768);
  return columnsOf(meta, [
    { count: neural, letters: 'MN', kind: 'electrode', gain: volts / meta.numberOr('niMNGain', 1) },
    { count: auxiliary, letters: 'MA', kind: 'auxiliary', gain: volts / meta.numberOr('niMAGain', 1) },
    { count: analog, letters: 'XA', kind: 'auxiliary', gain: volts },
    { count: digital, letters: 'XD', kind: 'digital', gain: volts },
  ]);
}

/** Channels of a OneBox: analog, digital words, sync. */
function oneBoxColumns(meta: Meta): Column[] {
  const [analog = 0, digital = 0, sync = 0] = meta.counts('snsXaDwSy');
  const volts = meta.number('obAiRangeMax') / meta.number('obMaxInt');
  return columnsOf(meta, [
    { count: analog, letters: 'XA', kind: 'auxiliary', gain: volts },
    { count: digital, letters: 'XD', kind: 'digital', gain: volts },
    { count: sync, letters: 'SY', kind: 'sync', gain: volts },
  ]);
}

function columnsOf(
  meta: Meta,
  groups: readonly { count: number; letters: string; kind: ChannelKind; gain: number }[],
): Column[] {
  const names = channelNames(meta);
  const columns: Column[] = [];
  for (const { count, letters, kind, gain } of groups) {
    for (let i = 0; i < count && columns.length < 65_536; i++) {
      const index = columns.length;
      const name = names[index] ?? `${letters}${i}`;
      columns.push({ index, id: name, name, kind, unit: 'V', gain, offset: 0 });
    }
  }
  return columns;
}
