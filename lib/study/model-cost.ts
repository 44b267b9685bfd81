/** Cost of a model in bytes. A decoder needs the model beside the files. */
import { modelLearnedOn, modelsFolder } from '../models/model-store';
import type { Model } from '../models/model';
import type { Corpus } from '../recordings/corpus';
import type { Curve } from '../results/results';

/** Compression ratio without the models, and with their bytes added to those of the corpus. */
export interface ModelCost {
  /** Quantizer step in ADC codes; 0 is lossless. */
  readonly step: number;
  readonly compressionRatio: number;
  readonly withModels: number;
}

/**
 * The two models of a learned basis, learned on fold 0 and on fold 1.
 *
 * @param dataset - whose models they are; that of NEUROBASIS_DATASET unless given
 */
export function modelsOf(basis: string, dataset?: string): [Model, Model] {
  const folder = modelsFolder(dataset);
  return [modelLearnedOn(basis, 0, folder), modelLearnedOn(basis, 1, folder)];
}

/** Compression ratios with the bytes of both models spread over a corpus. */
export function modelCost(
  models: readonly Model[],
  { points, lossless }: Curve,
  corpus: Corpus,
): ModelCost[] {
  const wavBytes = corpus.recordings.reduce((sum, recording) => sum + recording.wavBytes, 0);
  const bytes = models.reduce((sum, model) => sum + model.bytes, 0);
  const all = [...(lossless ? [{ step: 0, ...lossless }] : []), ...points];
  return all.map(({ step, compressedBytes, compressionRatio }) => ({
    step,
    compressionRatio,
    withModels: wavBytes / (compressedBytes + bytes),
  }));
}
