/**
 * Families of `.nbz` files: those that decode forever, damaged, and what the programs of the challenge make.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeFile, encodeFile } from '../../lib/codecs/files/any-file';
import { decodeRecordingFile } from '../../lib/codecs/files/recording-encoder';
import { decodeGroup } from '../../lib/codecs/groups/group-codec';
import type { PresetName } from '../../lib/codecs/lossless/preset';
import { projectRoot } from '../../lib/files/project-root';
import { damaged, resealed, whole } from './damage';
import {
  afterDamage,
  FuzzError,
  randomOf,
  refusedOr,
  sameBytes,
  type FuzzFamily,
  type Outcome,
} from './family';
import { randomFile, randomRecording } from './random-files';

const MOST_ADDED_BYTES = 16;
/** What decoders may say; a model that is named and not there is damage, too. */
const NAMED = [
  'BitstreamError',
  'DamagedChunkError',
  'MissingModelError',
  'UndecidedWavError',
  'WavChannelsError',
];
/** Place of the version in a file. */
const VERSION_AT = 3;

/** The bytes that a decoder gives back. */
type Decode = (file: Uint8Array) => Uint8Array;

/** Damages a file and decodes it: without a check that fits it must be refused, or be what it was. */
function tryDamaged(random: () => number, file: Uint8Array, decode: Decode): Outcome {
  let broken = damaged(random, random() < 0.3 ? damaged(random, file) : file);
  const forged = random() < 0.8;
  if (forged && random() < 0.1 && broken.length > VERSION_AT) {
    broken = broken.slice();
    broken[VERSION_AT] = 1 + whole(random, 3);
  }
  return refusedOr<Outcome>(NAMED, () => {
    const decoded = decode(forged ? resealed(broken) : broken);
    if (forged) return 'decoded';
    // Damage can undo damage.
    if (sameBytes(decoded, decode(file))) return 'equal';
    throw new FuzzError('decoded to something else without an error');
  });
}

const decodeRecording: Decode = (file) => decodeRecordingFile(file, { sampleRate: 1000, stream: 0 });

const decodeChannels: Decode = (file) => {
  const parts = decodeGroup(file).map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  return Buffer.concat(parts);
};

/** Files of a folder of `tests/fixtures`, those with the same first word in one family. */
function goldenFamilies(folder: string, title: (word: string) => string, decode: Decode): FuzzFamily[] {
  const path = join(projectRoot(), 'tests', 'fixtures', folder);
  const words = new Map<string, Uint8Array[]>();
  const decodedOf = new Map<Uint8Array, Uint8Array>();
  for (const name of readdirSync(path).sort()) {
    if (!name.endsWith('.nbz')) continue;
    const word = title(name.split('-')[0]!);
    words.set(word, [...(words.get(word) ?? []), new Uint8Array(readFileSync(join(path, name)))]);
  }
  return Array.from(words, ([name, files]) => ({
    name,
    tryInput: (number) => {
      const random = randomOf(name, number);
      const file = files[whole(random, files.length)]!;
      if (!decodedOf.has(file)) decodedOf.set(file, decode(file).slice());
      if (afterDamage(number) && !sameBytes(decode(file), decodedOf.get(file)!)) {
        throw new FuzzError('after damaged files, a whole one decoded to something else');
      }
      return tryDamaged(random, file, decode);
    },
  }));
}

function preset(random: () => number): PresetName {
  return random() < 0.5 ? 'fast' : 'best';
}

/** A file through the programs of the challenge. */
function tryRoundTrip(random: () => number): Outcome {
  const file = randomFile(random);
  const coded = encodeFile(file, preset(random));
  if (coded.length > file.length + MOST_ADDED_BYTES) {
    throw new FuzzError(`${file.length} bytes became ${coded.length}`);
  }
  if (!sameBytes(decodeFile(coded), file)) throw new FuzzError('came back changed');
  return 'equal';
}

/** @returns the families of coded files */
export function codedFamilies(): FuzzFamily[] {
  const [trips, damages] = ['challenge, round trips', 'challenge, damaged'];
  return [
    { name: trips, tryInput: (number) => tryRoundTrip(randomOf(trips, number)) },
    {
      name: damages,
      tryInput: (number) => {
        const random = randomOf(damages, number);
        const source = random() < 0.7 ? randomRecording(random) : randomFile(random);
        return tryDamaged(random, encodeFile(source, preset(random)), decodeFile);
      },
    },
    ...goldenFamilies('golden', (word) => `nbz, ${word}`, decodeRecording),
    ...goldenFamilies('golden-channels', () => 'nbz, many channels', decodeRecording),
    ...goldenFamilies('golden-groups', () => 'nbz, groups', decodeChannels),
  ];
}
