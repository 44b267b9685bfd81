/**
 * Every recording and its Gaussian surrogate, coded by the same codec and taken apart. Kept for each recording, so that
 * a second run costs nothing and a stopped one goes on.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { transformCodecFromId } from '../../codecs/codec-from-id';
import type { TransformCodec } from '../../codecs/transform-codec';
import { readKept, writeKept } from '../../files/kept-file';
import { reportProgress } from '../../files/progress';
import { projectRoot } from '../../files/project-root';
import { hashCode } from '../../measuring/code-fingerprint';
import { readCodes, stratifiedSubset, type Corpus, type Recording } from '../../recordings/corpus';
import { foldOf, type Fold } from '../../recordings/folds';
import { codedFile, type CodedParts } from './coded-parts';
import { bandVariances, gaussianSurrogate, seedOf } from './gaussian-surrogate';
import { IdealCoder } from './ideal-coder';
import { LAPPED_BASIS, lappedVariances } from './lapped-variances';

/** The codec that is looked at. */
export const LIMIT_CODEC = `${LAPPED_BASIS}+trellis`;

/** Steps at which the corpus has a compression ratio of about 20, 50 and 200. */
export const LIMIT_STEPS: readonly number[] = [16, 32, 80];

/** Surrogates of a fold that magnitudes are counted on. */
const COUNTED = 24;

/** What the measurements are made by. */
const CODE = [
  'lib/codecs/transform-codec.ts',
  'lib/bases/blocks/lapped.ts',
  'lib/investigations/93-limits/coded-parts.ts',
  'lib/investigations/93-limits/gaussian-surrogate.ts',
  'lib/investigations/93-limits/ideal-coder.ts',
];

/** The catalog names all bases; what these measurements need of it is in the list above. */
const LEFT_OUT = ['lib/catalog/catalog.ts'];

/** A recording and its surrogate. */
export interface CodedPair {
  readonly samples: number;
  /** Spectrum of both: `bandVariances`, to six digits. */
  readonly variances: readonly number[];
  /** Share of the surrogate's samples that the range of the ADC cut off. */
  readonly clipped: number;
  /** At each of the {@link LIMIT_STEPS}. */
  readonly steps: readonly { readonly recording: CodedParts; readonly surrogate: CodedParts }[];
}

/**
 * Codes all recordings of a corpus and their surrogates, in the order of the corpus. About half a second a recording the
 * first time; kept under `.cache/limits/`.
 */
export async function codedPairs(corpus: Corpus): Promise<readonly CodedPair[]> {
  const code = await hashCode(CODE, LEFT_OUT);
  const counted = ([0, 1] as const).map((fold) =>
    stratifiedSubset(
      corpus.recordings.filter(({ samples }) => foldOf(samples) === fold),
      COUNTED,
    ),
  );
  const key = createHash('sha256')
    .update(JSON.stringify([code, LIMIT_CODEC, LIMIT_STEPS, counted.flat().map(({ sha256 }) => sha256)]))
    .digest('hex')
    .slice(0, 32);
  const codec = transformCodecFromId(LIMIT_CODEC);
  let coders: readonly (readonly IdealCoder[])[] | undefined;
  const pairs: CodedPair[] = [];
  let reused = 0;
  for (const recording of corpus.recordings) {
    const path = join(projectRoot(), '.cache', 'limits', key, `${recording.sha256.slice(0, 32)}.json`);
    const kept = readKept(path);
    if (kept) {
      pairs.push(JSON.parse(kept.toString()) as CodedPair);
      reused++;
    } else {
      coders ??= counted.map((recordings) => learnedCoders(codec, recordings));
      const pair = codedPair(codec, recording, coders[otherFold(recording)]!);
      writeKept(path, JSON.stringify(pair));
      pairs.push(pair);
    }
    const [done, total] = [pairs.length, corpus.recordings.length];
    const task = `Gaussian surrogates of ${corpus.label}`;
    reportProgress({ task, done, total, reused, finished: done === total });
    // Lets an interrupt through.
    await setImmediate();
  }
  return pairs;
}

/** The fold whose surrogates a recording's integers are priced by; the own one where the other has no recordings. */
function otherFold({ samples }: Recording): Fold {
  return foldOf(samples) === 0 ? 1 : 0;
}

/** Ideal coders of the surrogates of some recordings, one for each step. */
function learnedCoders(codec: TransformCodec, recordings: readonly Recording[]): IdealCoder[] {
  const coders = LIMIT_STEPS.map(() => new IdealCoder());
  for (const recording of recordings) {
    const { variances, surrogate } = surrogateOf(recording);
    const prepared = codec.prepare(surrogate.codes);
    LIMIT_STEPS.forEach((step, i) => {
      const { coefficients } = codedFile(codec, surrogate.codes, step, (at) => prepared.encode(at));
      coders[i]!.learn({ ...coefficients, variances: lappedVariances(variances) });
    });
  }
  return coders;
}

function surrogateOf(recording: Recording): {
  readonly codes: Uint16Array;
  readonly variances: Float64Array;
  readonly surrogate: ReturnType<typeof gaussianSurrogate>;
} {
  const codes = readCodes(recording);
  const variances = bandVariances(codes).map((variance) => Number(variance.toPrecision(6)));
  let sum = 0;
  for (let i = 0; i < codes.length; i++) sum += codes[i]!;
  const mean = sum / Math.max(1, codes.length);
  return { codes, variances, surrogate: gaussianSurrogate(variances, mean, codes.length, seedOf(recording)) };
}

function codedPair(codec: TransformCodec, recording: Recording, coders: readonly IdealCoder[]): CodedPair {
  const { codes, variances, surrogate } = surrogateOf(recording);
  const known = lappedVariances(variances);
  const parts = (samples: Uint16Array): CodedParts[] => {
    const prepared = codec.prepare(samples);
    return LIMIT_STEPS.map((step, i) => {
      const { coefficients, ...file } = codedFile(codec, samples, step, (at) => prepared.encode(at));
      return { ...file, idealBits: coders[i]!.bits({ ...coefficients, variances: known }) };
    });
  };
  const [ofRecording, ofSurrogate] = [parts(codes), parts(surrogate.codes)];
  return {
    samples: codes.length,
    variances: [...variances],
    clipped: surrogate.clipped,
    steps: ofRecording.map((one, i) => ({ recording: one, surrogate: ofSurrogate[i]! })),
  };
}
