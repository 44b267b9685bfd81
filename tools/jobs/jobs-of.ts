/**
 * What has to be learned and measured for a corpus, for an engine that runs it as jobs.
 */
import { createHash } from 'node:crypto';
import { catalogEntryOf, basisId } from '../../lib/catalog/ids';
import { idsForFolds } from '../../lib/catalog/fold-ids';
import { codecWithoutBasis, parseCodecId } from '../../lib/codecs/codec-from-id';
import { losslessPreset } from '../../lib/codecs/lossless/lossless-codec';
import { hashCodecCode } from '../../lib/measuring/codec-code';
import { operatingSteps } from '../../lib/measuring/measured-curve';
import { listModels, modelsFolder } from '../../lib/models/model-store';
import { corpusHash, isImported, type Corpus } from '../../lib/recordings/corpus';
import type { Fold } from '../../lib/recordings/folds';
import { readSavedResults, resultsPath } from '../../lib/results/results';
import { CommandLineError } from '../command-line';
import { requireBasisName } from '../typed-basis';

/** What jobs there are. */
export interface Jobs {
  /** Label of the corpus. */
  readonly corpus: string;
  readonly recordings: number;
  readonly samples: number;
  /** Models that are not there, each from one half of the dataset. */
  readonly models: readonly { readonly basis: string; readonly fold: Fold }[];
  /** Into how many shards the recordings of each codec are well divided. */
  readonly shards: number;
  readonly sweeps: readonly SweepJob[];
}

/** The sweep of one codec. */
export interface SweepJob {
  readonly basis: string;
  readonly steps: readonly number[];
  /** 16 hexadecimal digits that change with the code, the models, the recordings and the steps. */
  readonly key: string;
}

/** Samples of a shard: most codecs measure so many, at all steps, in one to five minutes of one core. */
const SAMPLES_OF_SHARD = 10_000_000;

/** Which jobs are wanted. */
export interface JobOptions {
  /** Ids of curves; none for those of the results. */
  readonly ids: readonly string[];
  /** Parts of names of notebooks, without ids. */
  readonly only: readonly string[];
  readonly steps: readonly number[] | undefined;
}

/** Curves of the dataset's results, or of those of the Neuralink recordings, that can still be measured. */
function curvesOf(dataset: string, only: readonly string[]): string[] {
  const results = readSavedResults(resultsPath(dataset)) ?? readSavedResults(resultsPath('neuralink'));
  return (results?.curves ?? [])
    .filter(({ notebook }) => only.length === 0 || only.some((part) => notebook.includes(part)))
    .map(({ basis }) => basis)
    .filter(
      (id) =>
        losslessPreset(id) !== undefined ||
        codecWithoutBasis(id) !== undefined ||
        idsForFolds(id).every((one) => parseCodecId(one) !== undefined),
    );
}

/** The models that codecs need and that are not there. Those of the project's own datasets are committed. */
function missingModels(corpus: Corpus, ids: readonly string[]): Jobs['models'] {
  if (!isImported(corpus)) return [];
  const there = listModels(modelsFolder(corpus.dataset));
  const bases = ids.flatMap(idsForFolds).flatMap((id) => {
    const found = parseCodecId(id);
    return found && catalogEntryOf(basisId(found.entry))?.learned ? [basisId(found.entry, found.values)] : [];
  });
  return [...new Set(bases)].flatMap((basis) =>
    ([0, 1] as const)
      .filter((fold) => !there.some((file) => file.basis === basis && file.fold === fold))
      .map((fold) => ({ basis, fold })),
  );
}

/**
 * Lists the jobs of a corpus.
 *
 * @throws CommandLineError when there is nothing to measure
 */
export async function jobsOf(corpus: Corpus, { ids, only, steps }: JobOptions): Promise<Jobs> {
  ids.flatMap(idsForFolds).forEach(requireBasisName);
  const curves = ids.length > 0 ? ids : curvesOf(corpus.dataset, only);
  if (curves.length === 0) {
    throw new CommandLineError(
      'There are no results whose codecs could be measured: say which, --basis ID,ID.',
    );
  }
  const sweeps = await Promise.all(
    curves.map(async (basis): Promise<SweepJob> => {
      const points = steps ?? operatingSteps(basis, corpus);
      const codes = await Promise.all(idsForFolds(basis).map((id) => hashCodecCode(id, corpus.dataset)));
      if (codes.includes(undefined)) throw new CommandLineError(`There is no codec "${basis}".`);
      const facts = [...codes, corpusHash(corpus), points];
      const key = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
      return { basis, steps: points, key };
    }),
  );
  const { length } = corpus.recordings;
  const samples = corpus.recordings.reduce((sum, recording) => sum + recording.samples, 0);
  return {
    corpus: corpus.label,
    recordings: length,
    samples,
    shards: Math.max(1, Math.min(length, Math.ceil(samples / SAMPLES_OF_SHARD))),
    models: missingModels(corpus, curves),
    sweeps,
  };
}
