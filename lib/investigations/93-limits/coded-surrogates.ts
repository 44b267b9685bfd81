/**
 * Every recording and its Gaussian surrogate, coded by the same codec and taken apart. Kept for each recording, so that
 * a second run costs nothing and a stopped one goes on.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { transformCodecFromId } from '../../codecs/codec-from-id';
import { readKept, writeKept } from '../../files/kept-file';
import { reportProgress } from '../../files/progress';
import { projectRoot } from '../../files/project-root';
import { hashCode } from '../../measuring/code-fingerprint';
import { stepsFor } from '../../measuring/steps';
import {
  corpusRange,
  openCorpus,
  stratifiedSubset,
  type Corpus,
  type Recording,
} from '../../recordings/corpus';
import { foldOf, type Fold } from '../../recordings/folds';
import { codedPair, learnedCoders, type CodedPair } from './coded-pair';
import type { IdealCoder } from './ideal-coder';
import { LAPPED_BASIS } from './lapped-variances';

/** The codec that is looked at. */
export const LIMIT_CODEC = `${LAPPED_BASIS.id}+trellis`;

/** Steps at which the Neuralink recordings have a compression ratio of about 20, 50 and 200. */
const LIMIT_STEPS: readonly number[] = [16, 32, 80];

/** The same beside the noise of a dataset: see {@link stepsFor}. */
export function limitSteps(corpus: Corpus): readonly number[] {
  return stepsFor(corpus, LIMIT_STEPS);
}

/** Surrogates of a fold that magnitudes are counted on. */
const COUNTED = 24;

/** Recordings of the sample that they are counted on. */
const LONGER = 8;

/** What the measurements are made by. */
const CODE = ['lib/codecs/transform-codec.ts', 'lib/investigations/93-limits/coded-pair.ts'];

/**
 * Codes all recordings of a corpus and their surrogates, in the order of the corpus. About half a second a recording the
 * first time; kept under `.cache/limits/`.
 */
export async function codedPairs(corpus: Corpus): Promise<readonly CodedPair[]> {
  const code = await hashCode(CODE);
  const steps = limitSteps(corpus);
  // What is counted on two recordings of a second is no price of magnitudes: learning them would seem to save bytes.
  const { recordings } =
    corpus.name === 'sample' ? openCorpus({ dataset: 'sample', recordings: LONGER }) : corpus;
  const counted = ([0, 1] as const).map((fold) =>
    stratifiedSubset(
      recordings.filter(({ samples }) => foldOf(samples) === fold),
      COUNTED,
    ),
  );
  const key = createHash('sha256')
    .update(JSON.stringify([code, LIMIT_CODEC, steps, counted.flat().map(({ sha256 }) => sha256)]))
    .digest('hex')
    .slice(0, 32);
  const codec = transformCodecFromId(LIMIT_CODEC, corpusRange(corpus));
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
      coders ??= counted.map((recordings) => learnedCoders(codec, recordings, steps));
      const pair = codedPair(codec, recording, steps, coders[otherFold(recording)]!);
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
