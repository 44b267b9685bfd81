/** The curve of a codec, labeled from its id. */
import type { ParameterValue } from '../catalog/family';
import { idsForFolds } from '../catalog/fold-ids';
import { namedParameters, type NamedBasis } from '../catalog/ids';
import { LOSSLESS } from '../coding/codec';
import { codecWithoutBasis, findCodec } from '../codecs/codec-from-id';
import { parseWindowId } from '../codecs/window-codec';
import { LayeredCodec } from '../codecs/events/layered-codec';
import { losslessPreset } from '../codecs/lossless/lossless-codec';
import type { Corpus } from '../recordings/corpus';
import type { Curve } from '../results/results';
import { curveCodec } from './curve-codec';
import { operatingStepsFor, stepsFor } from './steps';
import { summarize } from './summarize';
import { sweep, type SweepResult } from './sweep';

/** The notebook of the codec that has no lossy operating points. */
const LOSSLESS_NOTEBOOK = '10-prediction-lossless.ipynb';

/** The notebook of the codecs that keep events. */
const EVENTS_NOTEBOOK = '16-layers.ipynb';

/** Steps of slow waves in layers: their compression ratios are those of longer steps of other codecs. */
const LAYER_STEPS: readonly number[] = [8, 16, 24, 32, 48, 64, 96];

/** Codecs of events alone have one operating point; its step says nothing. */
const EVENT_STEPS: readonly number[] = [1];

/**
 * Operating points at which a codec is measured: all, only the lossless one where it has no other, or the one of a
 * codec that keeps events.
 */
export function operatingSteps(id: string, corpus: Corpus): readonly number[] {
  const ofEvents = codecWithoutBasis(id);
  if (ofEvents) return ofEvents instanceof LayeredCodec ? stepsFor(corpus, LAYER_STEPS) : EVENT_STEPS;
  return losslessPreset(id) === undefined ? operatingStepsFor(corpus) : [LOSSLESS];
}

/** The basis of a codec, also where its search is bounded. */
function namedBasisOf(id: string): NamedBasis {
  return parseWindowId(id)?.named ?? findCodec(id);
}

/** Parameters of a curve by name; where its folds have different ones, both: `"512 for fold 0, 1024 for fold 1"`. */
function parametersOf(id: string): Record<string, ParameterValue> {
  const [first, second] = idsForFolds(id).map((one) => namedParameters(namedBasisOf(one)));
  return Object.fromEntries(
    Object.entries(first!).map(([name, value]) => {
      const other = second![name]!;
      return [name, value === other ? value : `${value} for fold 0, ${other} for fold 1`];
    }),
  );
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
  if (codecWithoutBasis(id)) {
    return summarize(result, {
      parameters: {},
      family: 'events',
      learned: false,
      notebook: EVENTS_NOTEBOOK,
    });
  }
  const { family, learned, notebook } = namedBasisOf(idsForFolds(id)[0]).entry;
  return summarize(result, { parameters: parametersOf(id), family, learned, notebook });
}

/**
 * The curve of a codec at all operating points. Measurements of earlier sweeps are reused.
 *
 * @throws BasisParameterError when there is no such codec
 */
export async function measuredCurve(id: string, corpus: Corpus): Promise<Curve> {
  return curveOf(id, await sweep(curveCodec(id), corpus, operatingSteps(id, corpus)));
}
