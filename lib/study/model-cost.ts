/**
 * What a model weighs: a decoder needs it beside the files.
 */
import { modelLearnedOn } from '../models/model-store';
import type { Model } from '../models/model';
import type { Corpus } from '../recordings/corpus';
import type { Curve } from '../results/results';

/** A compression ratio without the models, and with their bytes among those of the corpus. */
export interface ModelCost {
  /** Quantizer step in ADC codes; 0 is lossless. */
  readonly step: number;
  readonly compressionRatio: number;
  readonly withModels: number;
}

/** The models of a learned basis: learned on fold 0, and on fold 1. */
export function modelsOf(basis: string): [Model, Model] {
  return [modelLearnedOn(basis, 0), modelLearnedOn(basis, 1)];
}

/** The bytes of both models, spread over a corpus. */
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
