/**
 * Learns the constants of the lossless codec from the Neuralink recordings and writes them into the library:
 * `node --require ./tools/loader.cjs tools/learn-lossless.ts`, about 15 minutes. They are part of the format: after a change,
 * files that were written before no longer decode.
 */
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { BEST_FEATURES, FAST_FEATURES } from '../lib/codecs/lossless/feature-counts';
import type { PresetConstants } from '../lib/codecs/lossless/preset';
import { learnConstants, learnPrior } from '../lib/learning/lossless/lossless-constants';
import { projectRoot } from '../lib/files/project-root';
import { openCorpus, readCodes, type Recording } from '../lib/recordings/corpus';
import { foldOf } from '../lib/recordings/folds';
import { writeWhole } from '../lib/files/write-whole';

/** Widths are learned from every so many recordings, weights of features from fewer: there are few of them. */
const WIDTH_STRIDE = 4;
const PRIOR_STRIDE = 4;

const SHIPPED = 'lib/codecs/lossless/learned-constants.json';
const BY_FOLD = 'lib/investigations/10-lossless/fold-constants.json';

async function main(): Promise<void> {
  const { recordings } = openCorpus({ dataset: 'neuralink' });
  const used = recordings.filter((_, i) => i % WIDTH_STRIDE === 0);
  await write(SHIPPED, learn(used));
  const [fold0, fold1] = ([0, 1] as const).map((fold) =>
    learn(used.filter(({ samples }) => foldOf(samples) === fold)),
  );
  await write(BY_FOLD, { fold0, fold1 });
}

function learn(recordings: readonly Recording[]): PresetConstants {
  const readers = recordings.map((recording) => () => readCodes(recording));
  const constants = learnConstants(readers);
  console.log(`${recordings.length} recordings: widths and the fixed predictor`);
  const some = readers.filter((_, i) => i % PRIOR_STRIDE === 0);
  const fast = learnPrior(some, constants, FAST_FEATURES);
  const best = learnPrior(some, constants, BEST_FEATURES);
  console.log(`${some.length} recordings: weights of features`);
  return { ...constants, priors: { fast, best } };
}

async function write(path: string, constants: object): Promise<void> {
  const file = join(projectRoot(), path);
  const options = { ...(await resolveConfig(file)), parser: 'json' };
  writeWhole(file, await format(JSON.stringify(constants), options));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
