/**
 * File sizes of the lossless codec with constants learned without the recording. They are kept, because the
 * whole corpus takes minutes.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { WAV_KIND, writeBitstream } from '../../coding/bitstream';
import { decodeCodes, encodeCodes } from '../../codecs/lossless/code-coder';
import { losslessHeader } from '../../codecs/lossless/lossless-codec';
import { PRESET_NAMES, type PresetName } from '../../codecs/lossless/preset';
import { presetFrom } from '../../codecs/lossless/presets';
import { readKept, writeKept } from '../../files/kept-file';
import { projectRoot } from '../../files/project-root';
import { corpusHash, readCodes, type Corpus, type Recording } from '../../recordings/corpus';
import { foldOf } from '../../recordings/folds';
import { hashCode } from '../../measuring/code-fingerprint';
import { constantsFor } from './ablation';
import { LosslessMismatchError } from '../../measuring/measure';
import { reportProgress } from '../../files/progress';

/** One of so many recordings is decoded and compared. */
const VERIFIED_STRIDE = 8;

/**
 * Bytes of each recording's `.nbz` file, header and check included, with constants learned on the fold
 * without the recording in place of the format's own.
 *
 * @returns in the order of the corpus
 * @throws LosslessMismatchError when a recording does not come back
 */
export async function crossFittedSizes(corpus: Corpus, preset: PresetName): Promise<number[]> {
  const modules = [
    'lib/codecs/lossless/lossless-codec.ts',
    'lib/investigations/10-lossless/fold-constants.ts',
  ];
  const key = createHash('sha256')
    .update(JSON.stringify([await hashCode(modules), corpusHash(corpus), preset]))
    .digest('hex');
  const path = join(projectRoot(), '.cache', 'lossless', `${key.slice(0, 32)}.json`);
  const kept = readKept(path);
  if (kept) return JSON.parse(kept.toString()) as number[];
  const task = `lossless-${preset} by the other fold, on ${corpus.label}`;
  const sizes: number[] = [];
  for (const [i, recording] of corpus.recordings.entries()) {
    reportProgress({ task, done: i, total: corpus.recordings.length, reused: 0, finished: false });
    sizes.push(crossFittedSize(recording, preset, i % VERIFIED_STRIDE === 0));
    // Lets an interrupt through.
    await setImmediate();
  }
  const total = sizes.length;
  reportProgress({ task, done: total, total, reused: 0, finished: true });
  writeKept(path, JSON.stringify(sizes));
  return sizes;
}

function crossFittedSize(recording: Recording, name: PresetName, verified: boolean): number {
  const codes = readCodes(recording);
  const preset = presetFrom(constantsFor(recording), name);
  const code = encodeCodes(codes, preset);
  if (verified) {
    const decoded = decodeCodes(code, 0, code.length, codes.length, preset);
    if (codes.length !== decoded.length || codes.some((value, i) => value !== decoded[i])) {
      throw new LosslessMismatchError(
        `${recording.name} does not come back from lossless-${name} with the constants of fold ` +
          `${1 - foldOf(recording.samples)}: look at the decoder.`,
      );
    }
  }
  const header = losslessHeader(codes.length, PRESET_NAMES.indexOf(name));
  return writeBitstream({ ...header, wavKind: WAV_KIND.canonical }, code).length;
}
