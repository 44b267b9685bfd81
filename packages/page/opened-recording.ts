/**
 * Dropped files as channels to look at.
 */
import { openRecording } from '../../lib/recordings/recognize';
import type { SampleArray, SampleType } from '../../lib/recordings/recording-file';
import { decodeRange, describe } from '../neurobasis-codec/src/index';
import { placeFiles } from './stand-ins/files';

/** A channel of what was dropped. */
export interface PageChannel {
  readonly label: string;
  /** Samples per second; 1 where nothing says them. */
  readonly sampleRate: number;
  readonly samples: number;
  readonly unit: string;
  readonly gain: number;
  readonly offset: number;
  read(from: number, count: number): Promise<{ readonly samples: SampleArray; readonly type: SampleType }>;
}

/** What was dropped. */
export interface OpenedRecording {
  readonly name: string;
  readonly format: string;
  readonly notes: readonly string[];
  readonly channels: readonly PageChannel[];
}

/** A dropped file with its path below what was dropped. */
export interface DroppedFile {
  readonly path: string;
  readonly file: File;
}

/** Files are read into memory whole. */
const MOST_BYTES = 2 ** 30;

/** What was dropped is too much for a page, or nothing. */
export class DroppedFilesError extends Error {
  override readonly name = 'DroppedFilesError';
}

/** Opens what was dropped. @throws Error that says what is wrong with it */
export async function openDropped(dropped: readonly DroppedFile[]): Promise<OpenedRecording> {
  const bytes = dropped.reduce((sum, { file }) => sum + file.size, 0);
  if (dropped.length === 0) throw new DroppedFilesError('Nothing was dropped.');
  if (bytes > MOST_BYTES) {
    throw new DroppedFilesError(
      `These are ${(bytes / 2 ** 30).toFixed(1)} GB, and a page takes 1 GB at most: drop a piece of the recording.`,
    );
  }
  const contents = new Map<string, Uint8Array>();
  for (const { path, file } of dropped) {
    contents.set(`/${path}`, new Uint8Array(await file.arrayBuffer()));
  }
  const [first] = contents;
  if (contents.size === 1 && first![0].endsWith('.nbz')) return openCompressed(first![0].slice(1), first![1]);
  placeFiles(contents);
  const tops = new Set(dropped.map(({ path }) => path.split('/')[0]!));
  const name = tops.size === 1 ? [...tops][0]! : '';
  const { format, streams, notes } = await openRecording(`/${name}`);
  const channels = streams.flatMap((stream) =>
    stream.channels.map((channel, i): PageChannel => ({
      label: streams.length > 1 ? `${stream.name}: ${channel.name}` : channel.name,
      sampleRate: stream.sampleRate,
      samples: stream.samples,
      unit: channel.unit,
      gain: channel.gain,
      offset: channel.offset,
      read: async (from, count) => {
        const [samples] = await stream.read([i], from, count);
        return { samples: samples!, type: stream.type };
      },
    })),
  );
  return { name: name || dropped[0]!.path, format, notes, channels };
}

function openCompressed(name: string, bytes: Uint8Array): OpenedRecording {
  const channels = describe(bytes).map(
    ({ name: label, sampleRate, length, unit, gain, offset }, i): PageChannel => ({
      ...{ label, sampleRate: sampleRate || 1, samples: length, unit, gain, offset },
      read: (from, count) => {
        const [samples] = decodeRange(bytes, { channels: [i], from, to: from + count });
        const type = samples!.constructor.name.replace('Array', '').toLowerCase() as SampleType;
        return Promise.resolve({ samples: samples!, type });
      },
    }),
  );
  return { name, format: 'Neurobasis .nbz', notes: [], channels };
}
