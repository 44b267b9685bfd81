import { resolve } from 'node:path';
// The same types as of `h5wasm/node`, under a name that the compiler of the cells finds too.
import type * as H5 from 'h5wasm';
import { GET_AGAIN, RecordingFormatError, type SampleArray, type SampleType } from '../../recording-file';
import { MOST_DESCRIBING_VALUES, type DataTree, type TreeArray } from './data-tree';
import { bundledModule, forgetModule } from './installed-module';
import { exactNumber } from './sample-values';

/** An HDF5 file, opened. */
export interface Hdf5Tree extends DataTree {
  close(): void;
}

/** H5T_INTEGER and H5T_FLOAT, as the library numbers them. */
const INTEGER = 0;
const FLOAT = 1;

/** Below `node_modules`. */
const LIBRARY = 'h5wasm/dist/node/hdf5_hl.js';

/** Longest chunk that is unpacked at a time. */
const MOST_CHUNK_BYTES = 2 ** 28;

/**
 * Opens an HDF5 file with h5wasm, whose build for Node reads the file where it is, window by window.
 *
 * @throws RecordingFormatError when it is no HDF5 file, or damaged
 */
export async function openHdf5Tree(path: string): Promise<Hdf5Tree> {
  const library = await bundledModule<typeof H5>(LIBRARY, 'to read an HDF5 file');
  const runtime = await library.ready;
  // Without it the C library prints its own account of every error.
  runtime.activate_throwing_error_handler();
  const guarded = <T>(what: string, action: () => T): T => {
    try {
      return action();
    } catch (error) {
      if (error instanceof RecordingFormatError) throw error;
      // An instance that aborted refuses everything from then on.
      if (/^Aborted\(/.test(messageOf(error))) forgetModule(LIBRARY);
      throw new RecordingFormatError(path, `${what} cannot be read (${messageOf(error)})`, GET_AGAIN, {
        cause: error,
      });
    }
  };
  const file = guarded('the file', () => new library.File(resolve(path), 'r'));
  if (!(file.file_id > 0n)) {
    throw new RecordingFormatError(path, 'it cannot be opened as an HDF5 file', GET_AGAIN);
  }
  const listed = new Map<string, readonly string[]>();
  const namesIn = (group: string): readonly string[] => {
    const kept = listed.get(group);
    if (kept) return kept;
    const found = entity(group);
    const names = found instanceof library.Group ? guarded(group, () => found.keys()) : [];
    listed.set(group, names);
    return names;
  };
  // What a group does not list is missing; what it lists and cannot be opened is damaged.
  const entity = (at: string): H5.Group | H5.Dataset | undefined => {
    if (at === '/') return file;
    const slash = at.lastIndexOf('/');
    if (!namesIn(at.slice(0, slash) || '/').includes(at.slice(slash + 1))) return undefined;
    const found = guarded(at, () => file.get(at));
    return found instanceof library.Group || found instanceof library.Dataset ? found : undefined;
  };
  const dataset = (at: string): H5.Dataset => {
    const found = entity(at);
    if (found instanceof library.Dataset) return found;
    throw new RecordingFormatError(path, `it has no array ${at}`, GET_AGAIN);
  };
  return {
    path,
    children: async (group) => namesIn(group).map((name) => `${group === '/' ? '' : group}/${name}`),
    kind: async (at) => {
      const found = entity(at);
      return found instanceof library.Dataset ? 'array' : found ? 'group' : undefined;
    },
    attribute: async (at, name) => {
      const found = entity(at);
      if (!found) return undefined;
      return guarded(`${at}, attribute ${name},`, () => {
        const attribute = found.attrs[name];
        return attribute === undefined ? undefined : plain(attribute.value);
      });
    },
    array: async (at) => {
      const found = dataset(at);
      const { metadata } = guarded(at, () => ({ metadata: found.metadata }));
      const type = sampleType(metadata);
      const chunk = metadata.chunks?.reduce((product, size) => product * size, metadata.size) ?? 0;
      if (chunk > MOST_CHUNK_BYTES) {
        throw new RecordingFormatError(
          path,
          `${at} is stored in pieces of ${chunk} bytes`,
          `Store it in pieces of at most ${MOST_CHUNK_BYTES} bytes (h5repack).`,
        );
      }
      const array: TreeArray = {
        shape: metadata.shape ?? [],
        type,
        read: async (window) =>
          guarded(at, () => {
            const count = window.reduce((product, [from, to]) => product * (to - from), 1);
            const values = found.slice(window.map(([from, to]) => [from, to]));
            return samplesOf(values, count, type);
          }),
      };
      return array;
    },
    values: async (at) => {
      const found = dataset(at);
      return guarded(at, () => {
        const count = (found.metadata.shape ?? []).reduce((product, size) => product * size, 1);
        if (count > MOST_DESCRIBING_VALUES) {
          throw new RecordingFormatError(
            path,
            `${at} has ${count} values, too many for a description`,
            GET_AGAIN,
          );
        }
        const list = count === 0 ? [] : plain(found.value);
        return (Array.isArray(list) ? list.flat(3) : [list]) as (number | string)[];
      });
    },
    close: () => guarded('the file', () => void file.close()),
  };
}

function sampleType({ type, size, signed }: H5.Metadata): SampleType | undefined {
  if (type === INTEGER && [1, 2, 4, 8].includes(size)) {
    return `${signed ? '' : 'u'}int${8 * size}` as SampleType;
  }
  if (type === FLOAT && (size === 4 || size === 8)) return size === 4 ? 'float32' : 'float64';
  return undefined;
}

/** What the library gives as samples; integers of 64 bits become doubles. */
function samplesOf(values: unknown, count: number, type: SampleType | undefined): SampleArray {
  if (ArrayBuffer.isView(values) && (values as Int8Array).length === count) {
    if (type === 'int64' || type === 'uint64') {
      return Float64Array.from(values as unknown as ArrayLike<bigint>, exactNumber);
    }
    return values as SampleArray;
  }
  throw new TypeError(`${count} values were asked for, and the library gives ${typeof values}`);
}

/** Numbers instead of bigints and typed arrays. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (ArrayBuffer.isView(value)) {
    const list = Array.from(value as unknown as ArrayLike<number | bigint>, Number);
    return list.length === 1 ? list[0] : list;
  }
  if (Array.isArray(value)) return value.map(plain);
  return value;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0]! : String(error);
}
