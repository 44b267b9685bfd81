/**
 * What notebooks do with files that are kept between runs, as a command: the damage test bundles this file and runs
 * it like those of `tools/`.
 */
import { codecFromId } from '../../lib/codecs/codec-from-id';
import { sweep } from '../../lib/measuring/sweep';
import { modelLearnedOn } from '../../lib/models/model-store';
import { openCorpus } from '../../lib/recordings/corpus';
import { corpusBound } from '../../lib/study/corpus-bound';
import { errorText } from '../../tools/error-text';
import { createPlainCodec } from '../study/small-corpus';

async function measured(codecId: string): Promise<unknown> {
  const codec = codecId === 'own' ? createPlainCodec() : codecFromId(codecId);
  const { recordings } = await sweep(codec, openCorpus(), [0, 8], { jobs: 1 });
  return recordings.map(({ recording: { name, sha256 }, facts, points }) => ({
    ...{ name, sha256, facts },
    // Times are another each time.
    points: points.map((point) => ({ ...point, encodeSeconds: 0, decodeSeconds: 0 })),
  }));
}

const [, , work, name] = process.argv as [string, string, string, string];
async function result(): Promise<unknown> {
  if (work === 'sweep') return measured(name);
  if (work === 'bound') return corpusBound(openCorpus());
  return [0, 1].map((fold) => modelLearnedOn(name, fold as 0 | 1).sha256);
}

result().then(
  (result) => {
    console.log(JSON.stringify(result));
    process.exitCode = 0;
  },
  (error: unknown) => {
    console.error(errorText(error));
    process.exitCode = 1;
  },
);
