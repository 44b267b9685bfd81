/** The curve of a codec, labeled from its id. */
import { namedParameters } from '../catalog/ids';
import { LOSSLESS } from '../coding/codec';
import { codecFromId, findCodec } from '../codecs/codec-from-id';
import { losslessPreset } from '../codecs/lossless/lossless-codec';
import type { Corpus } from '../recordings/corpus';
import type { Curve } from '../results/results';
import { operatingStepsFor } from './steps';
import { summarize } from './summarize';
import { sweep, type SweepResult } from './sweep';

/** The notebook of the codec that has no lossy operating points. */
const LOSSLESS_NOTEBOOK = '10-prediction-lossless.ipynb';

/** Operating points at which a codec is measured: all, or only the lossless one where it has no other. */
export function operatingSteps(id: string, corpus: Corpus): readonly number[] {
  return losslessPreset(id) === undefined ? operatingStepsFor(corpus) : [LOSSLESS];
}

/** The curve of a sweep with the codec of this id. */
export function curveOf(id: string, result: SweepResult): Curve {
  const preset = losslessPreset(id);
  if (preset !== undefined) {
    return summarize(result, {
      parameters: { preset },
      family: 'lossless',
      learned: true,
      notebook: LOSSLESS_NOTEBOOK,
    });
  }
  const named = findCodec(id);
  const { family, learned, notebook } = named.entry;
  return summarize(result, { parameters: namedParameters(named), family, learned, notebook });
}

/**
 * The curve of a codec at all operating points. Measurements of earlier sweeps are reused.
 *
 * @throws BasisParameterError when there is no such codec
 */
export async function measuredCurve(id: string, corpus: Corpus): Promise<Curve> {
  return curveOf(id, await sweep(codecFromId(id), corpus, operatingSteps(id, corpus)));
}
