/**
 * Learns the constants of the lossless codec from the Neuralink recordings and writes them into the library:
 * `node --import tsx tools/learn-lossless.ts`, about 15 minutes. They are part of the format: after a change, files
 * that were written before no longer decode.
 */
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { BEST_FEATURES, FAST_FEATURES } from '../lib/codecs/lossless/feature-counts';
import { learnConstants, learnPrior } from '../lib/learning/lossless/lossless-constants';
import { projectRoot } from '../lib/files/project-root';
import { openCorpus, readCodes, type Recording } from '../lib/recordings/corpus';
import { foldOf } from '../lib/recordings/folds';
import { writeWhole } from '../lib/files/write-whole';

/** Widths are learned from every so many recordings, weights of features from fewer: there are few of them. */
const WIDTH_STRIDE = 4;
const PRIOR_STRIDE = 4;

const SHIPPED = 'lib/codecs/lossless/learned-constants.ts';
const BY_FOLD = 'lib/investigations/10-lossless/fold-constants.ts';

async function main(): Promise<void> {
  const { recordings } = openCorpus({ dataset: 'neuralink' });
  const used = recordings.filter((_, i) => i % WIDTH_STRIDE === 0);
  await write(
    SHIPPED,
    'What the lossless codec knows of recordings at large, learned from all Neuralink recordings: part of the format.',
    [['LEARNED', 'Learned on all of them.', learn(used)]],
    "./preset'",
  );
  await write(
    BY_FOLD,
    'The constants of the lossless codec, learned from one fold of the Neuralink recordings alone, for measuring the other.',
    ([0, 1] as const).map((fold) => [
      `LEARNED_ON_FOLD_${fold}`,
      `Learned on fold ${fold} alone.`,
      learn(used.filter(({ samples }) => foldOf(samples) === fold)),
    ]),
    "../../codecs/lossless/preset'",
  );
}

function learn(recordings: readonly Recording[]): object {
  const readers = recordings.map((recording) => () => readCodes(recording));
  const constants = learnConstants(readers);
  console.log(`${recordings.length} recordings: widths and the fixed predictor`);
  const some = readers.filter((_, i) => i % PRIOR_STRIDE === 0);
  const fast = learnPrior(some, constants, FAST_FEATURES);
  const best = learnPrior(some, constants, BEST_FEATURES);
  console.log(`${some.length} recordings: weights of features`);
  return { ...constants, priors: { fast, best } };
}

async function write(
  path: string,
  about: string,
  constants: [name: string, description: string, value: object][],
  from: string,
): Promise<void> {
  const parts = constants.map(
    ([name, description, value]) =>
      `/** ${description} */\nexport const ${name}: PresetConstants = ${JSON.stringify(value)};`,
  );
  const text =
    `/**\n * ${about}\n * Made by tools/learn-lossless.ts.\n */\n` +
    `import type { PresetConstants } from '${from};\n\n${parts.join('\n\n')}\n`;
  const file = join(projectRoot(), path);
  writeWhole(file, await format(text, { ...(await resolveConfig(file)), parser: 'typescript' }));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
