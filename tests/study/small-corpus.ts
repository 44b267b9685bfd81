import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Codec } from '../../lib/coding/codec';
import {
  NEURALINK_ELECTRODE,
  pcm16FromCodes,
  SAMPLE_RATE,
  standardDeviation,
} from '../../lib/recordings/adc';
import { NEURALINK_CORPUS, type Corpus } from '../../lib/recordings/corpus';
import { canonicalWav } from '../../lib/recordings/wav';

/** ADC codes of noise about the middle of the range; the same for the same seed. */
export function noiseCodes(length: number, seed: number): Uint16Array {
  let state = seed + 1;
  return Uint16Array.from({ length }, () => {
    state = (Math.imul(state, 48271) >>> 0) % 2147483647;
    return 500 + (state % 24);
  });
}

/**
 * A corpus of these ADC codes, one recording each, written to a temporary folder.
 *
 * @param note - in each file, behind its samples: something that differs each time unless given, so that no cache of an
 *   earlier run knows the file. What draws numbers by the hash of a recording draws the same ones only with the same note.
 */
export function createCorpusOf(
  signals: readonly Uint16Array[],
  note?: string,
): { corpus: Corpus; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'small-corpus-'));
  const recordings = signals.map((codes, i) => {
    const after = note === undefined ? randomBytes(8) : Buffer.from(note);
    const bytes = withNote(canonicalWav(pcm16FromCodes(codes), SAMPLE_RATE), after);
    const name = `${i}.wav`;
    const path = join(folder, name);
    writeFileSync(path, bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return {
      name,
      path,
      wavBytes: bytes.length,
      samples: codes.length,
      standardDeviation: standardDeviation(codes),
      sha256,
      group: String(codes.length),
      ...NEURALINK_ELECTRODE,
    };
  });
  return {
    corpus: {
      name: 'small',
      dataset: 'sample',
      label: `${signals.length} short recordings`,
      synthetic: true,
      recordings,
      ...NEURALINK_CORPUS,
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** The WAV file with a chunk behind its samples that readers skip. */
function withNote(wav: Uint8Array, note: Uint8Array): Uint8Array {
  const head = Buffer.from('note\0\0\0\0', 'latin1');
  head.writeUInt32LE(note.length, 4);
  const bytes = Buffer.concat([wav, head, note]);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  return bytes;
}

/** A corpus of recordings of noise of these lengths. */
export function createSmallCorpus(lengths: readonly number[]): { corpus: Corpus; remove: () => void } {
  return createCorpusOf(lengths.map(noiseCodes));
}

/** A codec that is in no catalog: a byte or two for each sample, no entropy coding. */
export function createPlainCodec(change: Partial<Codec> = {}): Codec {
  return {
    id: 'plain-of-a-test',
    delay: 0,
    multiplyAddsPerSample: 0,
    encode(codes, step) {
      const bytes = new Uint8Array(2 * codes.length + 4);
      const view = new DataView(bytes.buffer);
      const size = step === 0 ? 1 : step;
      view.setFloat32(0, size);
      let nonzero = 0;
      codes.forEach((code, i) => {
        const level = Math.round(code / size);
        view.setUint16(4 + 2 * i, level);
        if (level !== 0) nonzero++;
      });
      return { bytes, nonzero };
    },
    decode(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const size = view.getFloat32(0);
      return Uint16Array.from({ length: (bytes.length - 4) / 2 }, (_, i) =>
        Math.min(1023, Math.round(view.getUint16(4 + 2 * i) * size)),
      );
    },
    ...change,
  };
}

/** A codec as an object of its own, as a cell makes one: its methods are no longer those of a class. */
export function codecOfCell(codec: Codec): Codec {
  return {
    id: codec.id,
    delay: codec.delay,
    multiplyAddsPerSample: codec.multiplyAddsPerSample,
    encode: (codes, step) => codec.encode(codes, step),
    decode: (bytes) => codec.decode(bytes),
  };
}
