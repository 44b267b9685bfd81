/**
 * Lapped cosines with learned contexts whose trellis search looks a few hops ahead and no further. Files are those of the
 * basis that searches the whole recording.
 */
import { codingOrder } from '../../coding/entropy/coding-order';
import { ContextMixingCoder } from '../../coding/contexts/context-mixing';
import { contextOffsets } from '../../coding/contexts/context-reconstruction';
import { offsetsByte } from '../../coding/quantizers/quantizer';
import { RangeEncoder } from '../../coding/entropy/range-coder';
import { TRELLIS } from '../../coding/quantizers/trellis';
import { quantizeInWindows } from '../../coding/quantizers/window-search';
import { LinearNeighborhood } from '../../coding/contexts/linear-neighborhood';
import type { NewNeighborhood } from '../../coding/contexts/neighborhood';
import { NetworkNeighborhood } from '../../coding/contexts/network-neighborhood';
import type { Model } from '../../models/model';
import { modelLearnedOn, modelsFolder } from '../../models/model-store';
import { foldOf } from '../../recordings/folds';
import type { AdaptiveBasis, Basis } from '../basis';
import { LappedBasis } from '../blocks/lapped';
import { HASH_BYTES } from '../learned';
import { contextModel } from './context-coding';
import type { LearnedContextBasis } from './learned-context-basis';

/** A learned context basis, searched in windows. */
export class WindowContextBasis implements AdaptiveBasis {
  readonly delay: number;
  readonly wholeRecording = false;
  readonly multiplyAddsPerSample: number;
  readonly quantizesItself = true;
  private readonly lapped: LappedBasis;

  /** @param lookAhead - hops */
  constructor(
    readonly id: string,
    private readonly whole: LearnedContextBasis,
    private readonly lookAhead: number,
  ) {
    this.delay = whole.delay + lookAhead * whole.blockLength;
    this.multiplyAddsPerSample = whole.multiplyAddsPerSample;
    this.lapped = new LappedBasis(whole.blockLength, 'sine');
  }

  choose(signal: Float64Array, step: number, models?: string): Uint8Array {
    const fold = foldOf(signal.length) === 0 ? 1 : 0;
    const model = modelLearnedOn(this.whole.id, fold, modelsFolder(models));
    this.whole.requireModel(model);
    const contexts = contextModel(model);
    const { values, layout } = this.lapped.analyze(signal);
    const quantized = quantizeInWindows(values, layout, step, TRELLIS, this.lookAhead);
    const levels = new Uint8Array(quantized.length);
    const coder = new RangeEncoder();
    const mixing = new ContextMixingCoder(coder, contexts, neighborhoodOf(model));
    const active = mixing.code(layout, quantized, levels);
    const order = codingOrder(layout, active).positions;
    const offsets = contextOffsets(values, quantized, order, levels, contexts.centroids, step);
    const code = coder.finish();
    const side = new Uint8Array(HASH_BYTES + 1 + code.length);
    side.set(Buffer.from(model.sha256.slice(0, 2 * HASH_BYTES), 'hex'));
    side[HASH_BYTES] = offsetsByte(offsets);
    side.set(code, HASH_BYTES + 1);
    return side;
  }

  chosen(side: Uint8Array, length: number): Basis {
    return this.whole.chosen(side, length);
  }
}

/** How a model predicts magnitudes: by a network where it has one, else by sums. */
function neighborhoodOf({ arrays }: Model): NewNeighborhood {
  const { hidden, output, neighbors } = arrays;
  if (hidden && output) return (subbands) => new NetworkNeighborhood({ hidden, output }, subbands);
  return (subbands) => new LinearNeighborhood(neighbors!, subbands);
}
