/**
 * The sections of a notebook on a learned basis: how many recordings learning takes, and what models weigh.
 */
import { showMarkdown, showTable } from '../../figures/display';
import type { TableColumn } from '../../figures/table';
import type { Model } from '../../models/model';
import { openCorpus, type Corpus } from '../../recordings/corpus';
import type { Curve } from '../../results/results';
import { trainingSizes, transferTrial, wholeDataset, type Trial } from '../learning-trials';
import { modelCost } from '../model-cost';
import { psnrColumns } from './psnr-columns';

/** Parts of a fold that are learned from. */
const SHARES: readonly number[] = [0.01, 0.1, 0.5, 1];

/** Recordings of the synthetic sample that transfer is tried from. */
const SAMPLE_RECORDINGS = 16;

/**
 * Learns a basis from shares of each fold and from the synthetic sample, and shows what each is worth. On the sample
 * itself it is left out, and that is said: its recordings are all of one kind.
 *
 * @param id - of a learned basis
 * @param corpus - whose whole dataset the shares are taken from
 * @param judged - recordings that the trials are judged on
 * @param columns - measures; PSNR at equal compression ratio where they are left out
 */
export async function showTrainingSizes(
  id: string,
  corpus: Corpus,
  judged: Corpus,
  columns: readonly TableColumn<Trial>[] = psnrColumns(3),
): Promise<void> {
  if (corpus.synthetic) {
    showMarkdown(
      '_Left out on the synthetic sample: its recordings are all of one kind, so shares of them tell nothing._',
    );
    return;
  }
  const trials = [
    ...(await trainingSizes(id, SHARES, wholeDataset(corpus), judged)),
    await transferTrial(id, openCorpus({ dataset: 'sample', recordings: SAMPLE_RECORDINGS }), judged),
  ];
  showTable(trials, [
    { label: 'Learned from', value: ({ label }) => label },
    { label: 'Recordings (fold 0, fold 1)', value: ({ recordings }) => recordings.join(', ') },
    ...columns,
  ]);
}

/** The table of models: whose they are, on which fold they were learned, what they weigh, and whatever else is asked. */
export function showModels(models: readonly Model[], columns: readonly TableColumn<Model>[] = []): void {
  showTable(models, [
    { label: 'Model', value: ({ basis }) => basis },
    { label: 'Learned on fold', value: ({ fold }) => fold, digits: 0 },
    ...columns,
    { label: 'Bytes', value: ({ bytes }) => bytes, digits: 0 },
  ]);
}

/** Prints what the compression ratio at the coarsest step becomes when the models of both folds are counted. */
export function tellModelCost(models: readonly Model[], curve: Curve, corpus: Corpus): void {
  const last = modelCost(models, curve, corpus).at(-1)!;
  const bytes = models.map((model) => model.bytes.toLocaleString('en-US')).join(' and ');
  console.log(
    `Models of ${bytes} bytes; with both among the bytes, CR ${last.compressionRatio.toFixed(1)} of ${curve.basis} ` +
      `becomes ${last.withModels.toFixed(1)}.`,
  );
}
