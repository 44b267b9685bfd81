/**
 * The script of the thread that reads an HDF5 file. It is bundled with the library by `hdf5-tree.ts` and never imported.
 */
import { parentPort, workerData } from 'node:worker_threads';
import * as library from 'h5wasm/node';
import type { SampleArray, SampleType } from '../../recording-file';
import { MOST_DESCRIBING_VALUES } from './data-tree';
import type { ArrayFacts, Hdf5Answer, Hdf5Reply, Hdf5Request, Hdf5Start, Hdf5Verb } from './hdf5-messages';
import { exactNumber } from './sample-values';

/** H5T_INTEGER and H5T_FLOAT, as the library numbers them. */
const INTEGER = 0;
const FLOAT = 1;

/** Longest chunk that is unpacked at a time. */
const MOST_CHUNK_BYTES = 2 ** 28;

/** Bytes of a page of WebAssembly. */
const PAGE = 65_536;

/** A file is damaged, or stored in a way that is not read. */
class Hdf5Problem extends Error {
  override readonly name = 'Hdf5Problem';

  constructor(
    problem: string,
    readonly remedy?: string,
  ) {
    super(problem);
  }
}

/** The part of the engine's memory that is used here: neither the types of Node nor those of the library have it. */
interface EngineMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The part of the engine that is used here. */
interface Engine {
  readonly Memory: { readonly prototype: EngineMemory };
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: Uint8Array | object, imports: object): Promise<object>;
}

/** Bytes of memory of the library, which never gets smaller; 0 before it first got larger. */
let taken = 0;

// The limits of a thread do not count the memory of WebAssembly, of which a damaged size can ask for 2 GB.
const { memory, compiled } = workerData as Hdf5Start;
const engine = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;

const { grow } = engine.Memory.prototype;
engine.Memory.prototype.grow = function (this: EngineMemory, pages: number): number {
  if (this.buffer.byteLength + pages * PAGE > memory) throw new RangeError('too much memory');
  const before = grow.call(this, pages);
  taken = this.buffer.byteLength;
  return before;
};

/** What this thread has compiled, until it was handed to the next ones. */
let fresh: object | undefined;

// To compile the library takes most of the time of a start.
const { instantiate } = engine;
engine.instantiate = async (bytes, imports) => {
  const module = compiled ?? (fresh = await engine.compile(bytes as Uint8Array));
  return { module, instance: await instantiate.call(engine, module, imports) };
};

function guarded<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof Hdf5Problem) throw error;
    throw new Hdf5Problem(`${what} cannot be read (${messageOf(error)})`);
  }
}

let file: library.File | undefined;

async function open(path: string): Promise<void> {
  const runtime = await library.ready;
  // Without it the C library prints its own account of every error.
  runtime.activate_throwing_error_handler();
  const opened = guarded('the file', () => new library.File(path, 'r'));
  if (!(opened.file_id > 0n)) throw new Hdf5Problem('it cannot be opened as an HDF5 file');
  file = opened;
}

const listed = new Map<string, readonly string[]>();

function namesIn(group: string): readonly string[] {
  const kept = listed.get(group);
  if (kept) return kept;
  const found = entity(group);
  const names = found instanceof library.Group ? guarded(group, () => found.keys()) : [];
  listed.set(group, names);
  return names;
}

/** What a group does not list is missing; what it lists and cannot be opened is damaged. */
function entity(at: string): library.Group | library.Dataset | undefined {
  if (at === '/') return file;
  const slash = at.lastIndexOf('/');
  if (!namesIn(at.slice(0, slash) || '/').includes(at.slice(slash + 1))) return undefined;
  const found = guarded(at, () => file!.get(at));
  return found instanceof library.Group || found instanceof library.Dataset ? found : undefined;
}

function dataset(at: string): library.Dataset {
  const found = entity(at);
  if (found instanceof library.Dataset) return found;
  throw new Hdf5Problem(`it has no array ${at}`);
}

const VERBS = {
  open,
  /** @returns bytes of memory that the library keeps */
  close: (): number => {
    listed.clear();
    guarded('the file', () => void file?.close());
    file = undefined;
    return taken;
  },
  children: (group: string) => namesIn(group).map((name) => `${group === '/' ? '' : group}/${name}`),
  kind: (at: string) => {
    const found = entity(at);
    return found instanceof library.Dataset ? 'array' : found ? 'group' : undefined;
  },
  attribute: (at: string, name: string) => {
    const found = entity(at);
    if (!found) return undefined;
    return guarded(`${at}, attribute ${name},`, () => {
      const attribute = found.attrs[name];
      return attribute === undefined ? undefined : plain(attribute.value);
    });
  },
  array: (at: string): ArrayFacts => {
    const found = dataset(at);
    const { metadata } = guarded(at, () => ({ metadata: found.metadata }));
    const chunk = metadata.chunks?.reduce((product, size) => product * size, metadata.size) ?? 0;
    if (chunk > MOST_CHUNK_BYTES) {
      throw new Hdf5Problem(
        `${at} is stored in pieces of ${chunk} bytes`,
        `Store it in pieces of at most ${MOST_CHUNK_BYTES} bytes (h5repack).`,
      );
    }
    return { shape: metadata.shape ?? [], type: sampleType(metadata) };
  },
  read: (at: string, window: readonly (readonly [number, number])[]) =>
    guarded(at, () => {
      const found = dataset(at);
      const count = window.reduce((product, [from, to]) => product * (to - from), 1);
      const values = found.slice(window.map(([from, to]) => [from, to]));
      return samplesOf(values, count, sampleType(found.metadata));
    }),
  values: (at: string): (number | string)[] =>
    guarded(at, () => {
      const found = dataset(at);
      const count = (found.metadata.shape ?? []).reduce((product, size) => product * size, 1);
      if (count > MOST_DESCRIBING_VALUES) {
        throw new Hdf5Problem(`${at} has ${count} values, too many for a description`);
      }
      const list = count === 0 ? [] : plain(found.value);
      return (Array.isArray(list) ? list.flat(3) : [list]) as (number | string)[];
    }),
} as const satisfies Readonly<Record<Hdf5Verb, unknown>>;

function sampleType({ type, size, signed }: library.Metadata): SampleType | undefined {
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

parentPort!.on('message', ({ verb, parts }: Hdf5Request) => {
  void (async () => {
    let reply: Hdf5Reply;
    try {
      const action = VERBS[verb] as (...args: readonly unknown[]) => unknown;
      reply = { result: await action(...parts) };
    } catch (error) {
      reply =
        error instanceof Hdf5Problem
          ? { problem: error.message, remedy: error.remedy }
          : { problem: `it cannot be read (${messageOf(error)})` };
    }
    const { result } = reply as { result?: unknown };
    const own = ArrayBuffer.isView(result) && result.byteLength === result.buffer.byteLength;
    const answer: Hdf5Answer = { reply, compiled: fresh };
    fresh = undefined;
    parentPort!.postMessage(answer, own ? [result.buffer as ArrayBuffer] : []);
  })();
});
