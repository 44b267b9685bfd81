/**
 * How a notebook on a basis begins: the recordings, the basis, a typical recording, and pictures of its functions.
 */
import { familyCurveId } from '../../catalog/fold-ids';
import { basisId, catalogEntryOf } from '../../catalog/ids';
import type { CatalogEntry } from '../../catalog/family';
import { basisFunctions, type BasisFunction } from '../../figures/charts/basis-functions';
import { showFigure, showLiveStudy } from '../../figures/display';
import { gainRange } from '../../figures/live/live-study';
import { openCorpus, type Corpus } from '../../recordings/corpus';
import { signalOf } from '../../recordings/signal';
import { stepsFor } from '../../measuring/steps';
import { LIVE_STEPS, liveStudy, type LiveStudyOptions } from '../live-study';
import { spikeAndNoise, type ShownFunction } from '../spike-and-noise';
import { studySubset } from '../study-bases';
import { typicalRecording, type TypicalRecording } from '../typical-recording';
import { studiedValues, studyTitle } from './study-extent';
import { fixed, signed } from './verdict-numbers';

/** What a notebook on a basis works with. */
export interface BasisStudy {
  readonly corpus: Corpus;
  /** The recordings that parameters are chosen on. */
  readonly subset: Corpus;
  readonly entry: CatalogEntry;
  /** Id of the basis that stands for the family where one basis is shown. */
  readonly chosen: string;
  /** Id of the family's curve: {@link chosen}, or a basis for each fold where the folds choose differently. */
  readonly reported: string;
  /** Ids that the notebook tries. */
  readonly tried: readonly string[];
  readonly typical: TypicalRecording;
  /** The typical recording without its mean, ADC codes. */
  readonly signal: Float64Array;
}

/** A notebook names a basis that the catalog does not have. */
export class UnknownFamilyError extends RangeError {
  override readonly name = 'UnknownFamilyError';
}

/**
 * Opens the recordings and everything that a notebook on a basis needs of them.
 *
 * @param id - of a basis of the catalog
 * @throws UnknownFamilyError when the catalog has none of this name
 */
export function openStudy(id: string): BasisStudy {
  const corpus = openCorpus();
  const entry = catalogEntryOf(id);
  if (!entry) throw new UnknownFamilyError(`No basis of the catalog is called ${id}: see lib/catalog.`);
  const typical = typicalRecording(corpus);
  return {
    corpus,
    subset: studySubset(corpus),
    entry,
    chosen: basisId(entry),
    reported: familyCurveId(entry),
    tried: entry.tried.map((values) => basisId(entry, values)),
    typical,
    signal: signalOf(typical.codes).signal,
  };
}

/**
 * The functions of a basis, one panel each, beside a spike and noise of the typical recording.
 *
 * @param length - samples of spike and noise
 * @param arrange - the functions in the order of the panels
 */
export async function showFunctions(
  { corpus, entry, typical }: Pick<BasisStudy, 'corpus' | 'entry' | 'typical'>,
  length: number,
  arrange: (spike: ShownFunction, noise: ShownFunction) => readonly BasisFunction[],
  { title, detail, columns = 5 }: { title: string; detail: string; columns?: number },
): Promise<void> {
  const [spike, noise] = spikeAndNoise(typical, length);
  await showFigure(
    basisFunctions(
      arrange(spike!, noise!),
      { title, corpus: corpus.label, detail },
      { sampleRate: corpus.sampleRate, columns, style: entry.style },
    ),
  );
}

/**
 * A live study of some parameters on the typical recording. Of the sample, two values of each are kept.
 *
 * @param varied - what is varied, for the title: `"block lengths from 16 to 2048"`
 */
export async function showParametersLive(
  { corpus, entry, typical }: Pick<BasisStudy, 'corpus' | 'entry' | 'typical'>,
  ranges: LiveStudyOptions['ranges'],
  varied: string,
): Promise<void> {
  const live = liveStudy(typical, {
    family: entry.name,
    ranges: ranges.map((range) => ({
      ...range,
      values: studiedValues(corpus, range.values, (value) => entry.chosen.includes(value)),
    })),
    title: varied,
    corpus: corpus.label,
    steps: stepsFor(corpus, LIVE_STEPS),
  });
  const { lowest, highest } = gainRange(live);
  const found = `On one recording, ${varied} lie between ${signed(lowest)} and ${fixed(highest)} dB of the chosen ones`;
  await showLiveStudy({ ...live, title: studyTitle(corpus, ranges[0]!.label.split(',')[0]!, found) });
}
