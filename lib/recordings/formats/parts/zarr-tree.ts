import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type * as Zarrita from 'zarrita';
import type { AsyncReadable, Readable } from 'zarrita';
import { GET_AGAIN, RecordingFormatError, type SampleArray, type SampleType } from '../../recording-file';
import { MOST_DESCRIBING_VALUES, type DataTree, type TreeArray } from './data-tree';
import { FileBytes } from './file-bytes';
import { checkBloscChunk } from './blosc-chunk';
import { bundledModule, newModule } from './installed-module';
import { exactNumber } from './sample-values';
import { requireKnownCodecs, zarrCodecRegistrars } from './zarr-codecs';

/** Files of which at least one lies in the folder of every group and array. */
export const ZARR_FILES = ['zarr.json', '.zgroup', '.zarray'] as const;

/** Longest chunk that is unpacked at a time. */
const MOST_CHUNK_BYTES = 2 ** 27;
/** Longest file of a chunk or a shard. */
const MOST_FILE_BYTES = 2 ** 31;

const TYPES: readonly string[] = [
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
];

type Node = Zarrita.Array<Zarrita.DataType> | Zarrita.Group<Readable>;

/**
 * Opens a Zarr folder of version 2 or 3 with zarrita, which unpacks the chunks that a window needs.
 */
export async function openZarrTree(path: string): Promise<DataTree> {
  const zarr = await bundledModule<typeof Zarrita>('zarrita/dist/src/index.js', 'to read a Zarr folder');
  requireSoundCodecs(zarr);
  for (const register of zarrCodecRegistrars) register(zarr.registry);
  const store = folderStore(path);
  const codecs = new Set(zarr.registry.keys());
  const opened = new Map<string, Promise<Node | undefined>>();
  /** Arrays of which all codecs are known. Others are in the way only where they are read. */
  const readable = new Set<string>();
  const guarded = async <T>(what: string, action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      if (error instanceof RecordingFormatError) throw error;
      // Of a codec that fails, zarrita says the name, and the cause is what it found.
      const { cause } = error as { cause?: unknown };
      const found = cause instanceof Error ? cause : error;
      const message = found instanceof Error ? found.message.split('\n')[0]! : String(found);
      throw new RecordingFormatError(path, `${what} cannot be read (${message})`, GET_AGAIN, {
        cause: error,
      });
    }
  };
  const node = (at: string): Promise<Node | undefined> => {
    const kept = opened.get(at);
    if (kept) return kept;
    const found = guarded(at, async () => {
      if (!ZARR_FILES.some((name) => existsSync(join(path, at, name)))) return undefined;
      const found = (await zarr.open(zarr.root(store).resolve(at))) as Node;
      if (found.kind === 'array') {
        for (const sizes of [found.shape, found.chunks] as readonly unknown[]) {
          const whole =
            Array.isArray(sizes) && sizes.every((size) => Number.isSafeInteger(size) && size >= 0);
          if (!whole) throw new TypeError('it says no shape, or none that can be');
        }
        requireWholeChunks(found);
      }
      return found;
    });
    opened.set(at, found);
    return found;
  };
  const arrayAt = async (at: string): Promise<Zarrita.Array<Zarrita.DataType>> => {
    const found = await node(at);
    if (found?.kind === 'array') return found as Zarrita.Array<Zarrita.DataType>;
    throw new RecordingFormatError(path, `it has no array ${at}`, GET_AGAIN);
  };
  const readWindow = async (
    found: Zarrita.Array<Zarrita.DataType>,
    at: string,
    window: readonly (readonly [number, number])[],
  ): Promise<unknown> =>
    guarded(at, async () => {
      if (!readable.has(at)) {
        requireKnownCodecs(join(path, at), codecs);
        readable.add(at);
      }
      const chunk = (found.chunks ?? []).reduce((product, size) => product * size, 8);
      if (!(chunk > 0 && chunk <= MOST_CHUNK_BYTES)) {
        throw new RecordingFormatError(
          path,
          `${at} is stored in pieces of ${chunk} bytes`,
          `Store it in pieces of at most ${MOST_CHUNK_BYTES} bytes.`,
        );
      }
      const slices = window.map(([from, to]) => zarr.slice(from, to));
      const result = await zarr.get(found, slices);
      return typeof result === 'object' && result !== null && 'data' in result ? result.data : result;
    });
  return {
    path,
    children: async (group) => {
      const folder = join(path, group);
      const entries = readdirSync(folder, { withFileTypes: true });
      return entries
        .filter(
          (entry) =>
            entry.isDirectory() && ZARR_FILES.some((name) => existsSync(join(folder, entry.name, name))),
        )
        .map((entry) => `${group === '/' ? '' : group}/${entry.name}`)
        .sort();
    },
    kind: async (at) => (await node(at))?.kind,
    attribute: async (at, name) => {
      const attributes = (await node(at))?.attrs as Record<string, unknown> | undefined;
      return attributes && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    },
    array: async (at) => {
      const found = await arrayAt(at);
      const type = TYPES.includes(found.dtype) ? (found.dtype as SampleType) : undefined;
      if (!found.shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
        throw new RecordingFormatError(path, `${at} has the shape ${found.shape.join(' × ')}`, GET_AGAIN);
      }
      const array: TreeArray = {
        shape: found.shape,
        type,
        read: async (window) => {
          const values = await readWindow(found, at, window);
          return guarded(at, async () => {
            const wide = type === 'int64' || type === 'uint64';
            return wide
              ? Float64Array.from(values as ArrayLike<bigint>, exactNumber)
              : (values as SampleArray);
          });
        },
      };
      return array;
    },
    values: async (at) => {
      const found = await arrayAt(at);
      const count = found.shape.reduce((product, size) => product * size, 1);
      if (count > MOST_DESCRIBING_VALUES) {
        throw new RecordingFormatError(
          path,
          `${at} has ${count} values, too many for a description`,
          GET_AGAIN,
        );
      }
      const values = await readWindow(
        found,
        at,
        found.shape.map((size) => [0, size] as const),
      );
      if (typeof values !== 'object' || values === null) return [plain(values)];
      return Array.from(values as Iterable<unknown>, plain);
    },
  };
}

/** A codec of zarrita, as far as it is wrapped here. */
interface ChunkCodec {
  decode(bytes: Uint8Array, ...rest: unknown[]): unknown;
}
interface ChunkCodecClass {
  fromConfig(configuration: unknown): ChunkCodec;
}

const checked = new WeakSet<object>();

/** Codecs that are compiled from C. */
const COMPILED = ['blosc', 'lz4', 'zstd'];

/** Has zarrita refuse what its codecs do not, and use none that an error has left unusable. */
function requireSoundCodecs({ registry }: typeof Zarrita): void {
  if (checked.has(registry)) return;
  checked.add(registry);
  const codecs = registry as unknown as Map<string, () => Promise<ChunkCodecClass>>;
  const unpackZstd = renewed('zstd');
  for (const name of COMPILED) {
    const unpack = renewed(name);
    for (const title of [name, `numcodecs.${name}`]) {
      const load = codecs.get(title)!;
      codecs.set(title, async () => {
        const family = await load();
        return {
          fromConfig: (configuration) => {
            const codec = family.fromConfig(configuration);
            codec.decode = async (bytes) => {
              // The decoder of Blosc hands out what is in its memory where a chunk cannot be unpacked.
              if (name === 'blosc') await checkBloscChunk(bytes, unpackZstd);
              return unpack(bytes);
            };
            return codec;
          },
        };
      });
    }
  }
}

/** Errors of a codec after which it is loaded anew. */
const MOST_ERRORS = 50;

/**
 * Unpacks chunks by a codec that is loaded anew after some errors: it keeps the memory that a damaged chunk has made it take,
 * until none is left and it refuses whole chunks.
 */
function renewed(name: string): (bytes: Uint8Array) => Promise<Uint8Array> {
  let loaded: Promise<ChunkCodec> | undefined;
  let errors = 0;
  const load = async (): Promise<ChunkCodec> => {
    const path = `numcodecs/dist/${name}.js`;
    const module = await newModule<{ default: ChunkCodecClass }>(path, 'to read a Zarr folder');
    return module.default.fromConfig({});
  };
  return async (bytes) => {
    const said = unpackedBytes(name, bytes);
    if (said > MOST_CHUNK_BYTES) throw new RangeError(`a chunk says that it has ${said} bytes unpacked`);
    const codec = await (loaded ??= load());
    try {
      return (await codec.decode(bytes)) as Uint8Array;
    } catch (error) {
      errors++;
      if (errors % MOST_ERRORS === 0) loaded = undefined;
      throw error;
    }
  };
}

/** Bytes of a Zstandard frame's content size, by the two upper bits of its descriptor (RFC 8878, section 3.1.1.1). */
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];
const DICTIONARY_BYTES = [0, 1, 2, 4];

/** What a compressed chunk says of its unpacked length, which its decoder makes room for; 0 where it says nothing. */
function unpackedBytes(name: string, bytes: Uint8Array): number {
  const little = (at: number, count: number): number => {
    let value = 0;
    for (let i = count - 1; i >= 0; i--) value = 256 * value + (bytes[at + i] ?? 0);
    return value;
  };
  if (name === 'blosc') return little(4, 4);
  if (name === 'lz4') return little(0, 4);
  const descriptor = bytes[4] ?? 0;
  const hasWindow = (descriptor & 32) === 0;
  const count = CONTENT_SIZE_BYTES[descriptor >> 6]!;
  return little(5 + (hasWindow ? 1 : 0) + DICTIONARY_BYTES[descriptor & 3]!, count);
}

/** Has an array refuse chunks that lack values: by itself zarrita fills them up. */
function requireWholeChunks(array: Zarrita.Array<Zarrita.DataType>): void {
  const getChunk = array.getChunk.bind(array);
  array.getChunk = async (...request) => {
    const chunk = await getChunk(...request);
    const values = chunk.shape.reduce((product, size) => product * size, 1);
    const { length } = chunk.data as ArrayLike<unknown>;
    if (length === values) return chunk;
    throw new RangeError(`a chunk has ${length} values in place of ${values}`);
  };
}

function plain(value: unknown): number | string {
  return typeof value === 'string' ? value : Number(value);
}

/** Files of the folder by their keys, whole or in part. */
function folderStore(root: string): AsyncReadable {
  const fileOf = (key: string): FileBytes | undefined => {
    const path = join(root, key);
    return existsSync(path) ? new FileBytes(path) : undefined;
  };
  return {
    get: async (key) => {
      const file = fileOf(key);
      if (!file) return undefined;
      if (file.size > MOST_FILE_BYTES) {
        throw new RecordingFormatError(
          file.path,
          `it has ${file.size} bytes, too many for a chunk`,
          GET_AGAIN,
        );
      }
      return file.read(0, file.size);
    },
    getRange: async (key, range) => {
      const file = fileOf(key);
      if (!file) return undefined;
      return 'suffixLength' in range
        ? file.read(Math.max(0, file.size - range.suffixLength), range.suffixLength)
        : file.read(range.offset, range.length);
    },
  };
}
