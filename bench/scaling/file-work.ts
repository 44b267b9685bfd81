/** Encodes or decodes a file. */
import { statSync } from 'node:fs';
import { decodeRecordingTo, encodeRecordingTo } from '../../lib/codecs/files/long-recording';
import { reportWork, startTimer, type Amount } from './work';

/** Quantizer step of a codec with losses, in codes. */
const STEP = 8;

async function encode(codec: string, from: string, to: string): Promise<Amount> {
  startTimer();
  const step = codec.startsWith('lossless') ? 0 : STEP;
  const sizes = await encodeRecordingTo(from, to, { codecId: codec, step });
  // The grid of the values comes from a first pass over the file.
  return { samples: Math.floor(sizes.from / 2), bytesRead: 2 * sizes.from, bytesWritten: sizes.to };
}

async function decode(from: string, to: string): Promise<Amount> {
  startTimer();
  const bytesWritten = await decodeRecordingTo(from, to);
  return { samples: Math.floor(bytesWritten / 2), bytesRead: statSync(from).size, bytesWritten };
}

void reportWork<'encode' | 'decode'>((work) =>
  work.kind === 'encode' ? encode(work.codec, work.from, work.to) : decode(work.from, work.to),
);
