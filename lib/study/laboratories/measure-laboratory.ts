/**
 * Measures the dataset of one laboratory with the codecs that are best on the Neuralink recordings.
 */
import { findCodec } from '../../codecs/codec-from-id';
import { idsForFolds } from '../../catalog/fold-ids';
import { basisId } from '../../catalog/ids';
import { measuredCurve } from '../../measuring/measured-curve';
import { modelHashes, modelsFolder } from '../../models/model-store';
import { median } from '../../numerics/statistics';
import { corpusHash, type Corpus } from '../../recordings/corpus';
import type { Curve } from '../../results/results';
import { corpusBound } from '../corpus-bound';
import { LABORATORIES, openLaboratory } from './laboratories';
import { readLaboratoryResults, type LaboratoryCurve, type LaboratoryResult } from './laboratory-results';
import { losslessWorth } from './lossless-worth';
import { spikeAxes } from './spike-axes';

/** Twelve codecs that are among the best at a compression ratio of 20 on the Neuralink recordings. */
export const BEST_CODECS: readonly string[] = [
  'packets-dmey-8-rate+trellis',
  'mdct-256-sine+trellis',
  'network-256',
  'contexts-256',
  'spikes-256-16+trellis',
  'shapegain-1024-8',
  'classified-64-16-kmeans',
  'packets-sym13-9-rate',
  'gabor-256-4-16',
  'hermite-512-1-1.5~512-5-1.5',
  'mdct-256-sine',
  'dct-512',
];

/** Models of a learned basis: one for each fold. */
const FOLDS = 2;

/** The same recordings, to be coded with the models of another dataset. */
export function withModelsOf(corpus: Corpus, dataset: string): Corpus {
  return { ...corpus, recordings: corpus.recordings.map((recording) => ({ ...recording, models: dataset })) };
}

/** What the repository keeps of a curve. */
export function laboratoryCurve(
  { basis, points, lossless }: Pick<Curve, 'basis' | 'points' | 'lossless'>,
  models: LaboratoryCurve['models'],
): LaboratoryCurve {
  return {
    basis,
    models,
    losslessBits: lossless?.bitsPerSample ?? null,
    points: points.map(({ step, compressionRatio, bitsPerSample, psnr, snrMedian, errorInNoise = null }) => {
      return { step, compressionRatio, bitsPerSample, psnr, snrMedian, errorInNoise };
    }),
  };
}

/** Whether a codec needs models. */
export function isLearned(id: string): boolean {
  return findCodec(idsForFolds(id)[0]).entry.learned;
}

/** Whether a dataset has models of its own of a codec. */
function hasModels(id: string, dataset: string): boolean {
  const { entry, values } = findCodec(id);
  return modelHashes(basisId(entry, values), modelsFolder(dataset)).length >= FOLDS;
}

/**
 * Measures a dataset: the curves of the best codecs, those of learned bases with the models of Neuralink and with its own
 * where it has any, its bound, what widths and channels are worth without loss, and what is kept of spikes. Measurements are kept as those of any
 * sweep, so a run that was stopped goes on.
 */
export async function measureLaboratory(corpus: Corpus): Promise<LaboratoryResult> {
  const curves: LaboratoryCurve[] = [];
  const notLearned: string[] = [];
  for (const id of BEST_CODECS) {
    if (!isLearned(id)) {
      curves.push(laboratoryCurve(await measuredCurve(id, corpus), 'none'));
      continue;
    }
    curves.push(laboratoryCurve(await measuredCurve(id, withModelsOf(corpus, 'neuralink')), 'neuralink'));
    // On the recordings of Neuralink both are the same.
    if (corpus.dataset === 'neuralink') continue;
    if (hasModels(id, corpus.dataset)) curves.push(laboratoryCurve(await measuredCurve(id, corpus), 'own'));
    else notLearned.push(id);
  }
  const bound = await corpusBound(corpus);
  return {
    dataset: corpus.dataset,
    sampleRate: corpus.sampleRate,
    bits: corpus.bits,
    noise: corpus.noise,
    deviation: median(corpus.recordings.map(({ standardDeviation }) => standardDeviation))!,
    fullScale: corpus.fullScale,
    recordings: corpus.recordings.length,
    samples: corpus.recordings.reduce((sum, { samples }) => sum + samples, 0),
    sha256: corpusHash(corpus),
    curves,
    notLearned,
    bound: bound.map(({ compressionRatio, psnr }) => ({ compressionRatio, psnr })),
    lossless: losslessWorth(corpus),
    spikeAxes: await spikeAxes(corpus),
  };
}

/** Results of all laboratories, and where each is from. */
export interface Laboratories {
  readonly results: readonly LaboratoryResult[];
  /** Datasets that are here: measured now, or by an earlier call with the same code. */
  readonly measured: readonly string[];
  /** Datasets that are not here, whose results are those that the repository keeps. */
  readonly kept: readonly string[];
  /** Datasets that are neither here nor kept. */
  readonly missing: readonly string[];
}

/**
 * The results of all laboratories: measured where the dataset is imported, else those that the repository keeps.
 */
export async function laboratoryResults(): Promise<Laboratories> {
  const kept = readLaboratoryResults();
  const results: LaboratoryResult[] = [];
  const sources = { measured: [] as string[], kept: [] as string[], missing: [] as string[] };
  for (const laboratory of LABORATORIES) {
    const { dataset } = laboratory;
    const known = kept.find((result) => result.dataset === dataset);
    const corpus = openLaboratory(laboratory);
    if (corpus) {
      results.push(await measureLaboratory(corpus));
      sources.measured.push(dataset);
    } else if (known) {
      results.push(known);
      sources.kept.push(dataset);
    } else sources.missing.push(dataset);
  }
  return { results, ...sources };
}
