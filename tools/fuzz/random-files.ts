/**
 * Files to try the challenge's programs on: recordings, other WAV files, damaged ones, and no WAV files at all.
 */
import { ADC_CODES, pcm16FromCodes, SAMPLE_RATE } from '../../lib/recordings/adc';
import { canonicalWav } from '../../lib/recordings/wav';
import { damaged, whole } from './damage';

const MOST_SAMPLES = 600;
const DEPTHS = [8, 12, 16, 24, 32, 64];
const RATES = [0, 1, 8000, SAMPLE_RATE, 44100, 2 ** 32 - 1];

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[whole(random, from.length)]!;
}

function randomBytes(random: () => number, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => whole(random, 256));
}

/** ADC codes: a walk, a constant, both rails in turn, noise over the whole range, or a few codes only. */
export function randomCodes(random: () => number): Uint16Array {
  const length = whole(random, MOST_SAMPLES);
  const kind = whole(random, 5);
  const some = [0, ADC_CODES - 1, whole(random, ADC_CODES), whole(random, ADC_CODES)];
  const spread = 1 + whole(random, 60);
  let level = whole(random, ADC_CODES);
  return Uint16Array.from({ length }, (_, i) => {
    if (kind === 1) return level;
    if (kind === 2) return i % 2 === 0 ? 0 : ADC_CODES - 1;
    if (kind === 3) return whole(random, ADC_CODES);
    if (kind === 4) return pick(random, some);
    level += Math.round((random() + random() + random() - 1.5) * spread);
    level = Math.min(ADC_CODES - 1, Math.max(0, level));
    return level;
  });
}

/** A recording as the challenge has them. */
export function randomRecording(random: () => number): Uint8Array {
  return canonicalWav(pcm16FromCodes(randomCodes(random)), SAMPLE_RATE);
}

function chunk(name: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

/** A WAV file of any rate, depth and number of channels, with chunks before and after its samples. */
function otherWav(random: () => number): Uint8Array {
  const channels = whole(random, 4);
  const depth = pick(random, DEPTHS);
  const format = Buffer.alloc(pick(random, [14, 16, 18, 40]));
  format.writeUInt16LE(pick(random, [0, 1, 1, 1, 3, 0xfffe]), 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(pick(random, RATES), 4);
  format.writeUInt16LE((channels * depth) >> 3, 12);
  if (format.length >= 16) format.writeUInt16LE(depth, 14);
  const samples =
    random() < 0.5
      ? randomBytes(random, whole(random, 500))
      : new Uint8Array(pcm16FromCodes(randomCodes(random)).buffer);
  const extra = (): Buffer =>
    random() < 0.3
      ? chunk(pick(random, ['LIST', 'cue ', 'data', 'fmt ', 'bext']), randomBytes(random, whole(random, 60)))
      : Buffer.alloc(0);
  const body = Buffer.concat([
    extra(),
    chunk('fmt ', format),
    extra(),
    chunk('data', samples),
    extra(),
    randomBytes(random, random() < 0.2 ? whole(random, 9) : 0),
  ]);
  const head = Buffer.from('RIFF\0\0\0\0WAVE', 'latin1');
  head.writeUInt32LE(random() < 0.9 ? body.length + 4 : whole(random, 2 ** 32), 4);
  return Buffer.concat([head, body]);
}

/** Any of the kinds of file. */
export function randomFile(random: () => number): Uint8Array {
  switch (whole(random, 5)) {
    case 0:
      return randomRecording(random);
    case 1:
      return otherWav(random);
    case 2:
      return damaged(random, randomRecording(random));
    case 3:
      return damaged(random, otherWav(random));
    default:
      return randomBytes(random, whole(random, 300));
  }
}
