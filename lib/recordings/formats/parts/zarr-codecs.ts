/**
 * What the description of a Zarr array says of its codecs, looked at before zarrita loads them. It loads all at once and waits
 * for one after another, so an error of a second one has no one who waits for it, which ends the process; of what surrounds
 * a shard, and of an index before it, it takes no notice.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GET_AGAIN, RecordingFormatError } from '../../recording-file';

const SHARDED = 'sharding_indexed';
/** How zarrita begins the name of a codec of version 2. One of them it takes for two of version 3. */
const NUMCODECS = 'numcodecs.';
const SCALED = ['fixedscaleoffset', `${NUMCODECS}fixedscaleoffset`];

/** The part of zarrita's registry that takes codecs. */
export interface ZarrCodecRegistry {
  set(name: string, load: () => Promise<never>): unknown;
}

/** What adds codecs to those of zarrita when a folder is opened: rooms above this one can decode more. */
export const zarrCodecRegistrars = new Set<(registry: ZarrCodecRegistry) => void>();

type Fields = Readonly<Record<string, unknown>>;

/**
 * Refuses an array with a codec that is not known, or that would be read as if it had none.
 *
 * @param folder - of the array, with its description in version 2 or 3, or both
 * @param known - names of the codecs that are read, as zarrita calls them
 * @throws RecordingFormatError that names the codec
 */
export function requireKnownCodecs(folder: string, known: ReadonlySet<string>): void {
  for (const [name, check] of [
    ['zarr.json', requireVersion3],
    ['.zarray', requireVersion2],
  ] as const) {
    const file = join(folder, name);
    if (existsSync(file)) check(file, JSON.parse(readFileSync(file, 'utf8')) as Fields, known);
  }
}

function requireVersion3(file: string, { codecs }: Fields, known: ReadonlySet<string>): void {
  const names = (list: unknown): string[] => listOf(file, list).map((one) => nameOf(file, one['name']));
  const outside = names(codecs);
  const shards = outside.indexOf(SHARDED);
  if (shards < 0) return requireKnown(file, outside, known);
  if (outside.length > 1) {
    throw new RecordingFormatError(
      file,
      `its shards are in turn coded by ${outside.filter((name) => name !== SHARDED).join(', ')}, which is not read here`,
      'Save it with these codecs among those inside the shards.',
    );
  }
  const { configuration } = listOf(file, codecs)[shards]!;
  const { codecs: inside, index_codecs: index, index_location: place } = (configuration ?? {}) as Fields;
  if (place !== undefined && place !== 'end') {
    throw new RecordingFormatError(
      file,
      `it has the index of a shard at its ${String(place)}, which is not read here`,
      'Save it with index_location "end".',
    );
  }
  requireKnown(file, [...names(inside), ...names(index)], known);
}

function requireVersion2(file: string, { filters, compressor }: Fields, known: ReadonlySet<string>): void {
  const used = [...listOf(file, filters ?? []), ...listOf(file, compressor ? [compressor] : [])];
  const ids = used.map(({ id }) => nameOf(file, id)).filter((id) => !SCALED.includes(id));
  requireKnown(
    file,
    ids.map((id) => NUMCODECS + id),
    known,
  );
}

function requireKnown(file: string, names: readonly string[], known: ReadonlySet<string>): void {
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const read = new Set(Array.from(known, plainName));
  throw new RecordingFormatError(
    file,
    `its codec ${JSON.stringify(plainName(unknown))} is not read here`,
    `Save it with others; these are read: ${Array.from(read).sort().join(', ')}.`,
  );
}

function plainName(name: string): string {
  return name.startsWith(NUMCODECS) ? name.slice(NUMCODECS.length) : name;
}

function listOf(file: string, list: unknown): Fields[] {
  const objects = Array.isArray(list) && list.every((one) => typeof one === 'object' && one !== null);
  if (!objects) throw new RecordingFormatError(file, 'its codecs are no list of objects', GET_AGAIN);
  return list as Fields[];
}

function nameOf(file: string, name: unknown): string {
  if (typeof name === 'string') return name;
  throw new RecordingFormatError(file, 'it has a codec without a name', GET_AGAIN);
}
