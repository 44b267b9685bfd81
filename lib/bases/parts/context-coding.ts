/**
 * Lapped cosines whose trellis-quantized coefficients are coded by a learned model of their distribution. It takes the
 * form of a basis: the side information holds the coefficients in a range code of its own, and the common coder sees
 * only zeros.
 */
import { codingOrder } from '../../coding/entropy/coding-order';
import {
  CENTROIDS,
  ContextMixingCoder,
  CONTEXTS,
  GROUPS,
  WEIGHTS,
  type ContextModel,
} from '../../coding/contexts/context-mixing';
import { contextOffsets, reconstructInContext } from '../../coding/contexts/context-reconstruction';
import type { NewNeighborhood } from '../../coding/contexts/neighborhood';
import { offsetsByte, offsetsOfByte, type ReconstructionOffsets } from '../../coding/quantizers/quantizer';
import { RangeDecoder, RangeEncoder } from '../../coding/entropy/range-coder';
import { optimizeQuantization } from '../../coding/quantizers/rate-distortion';
import { TRELLIS } from '../../coding/quantizers/trellis';
import type { Model } from '../../models/model';
import { SideInformationError, type AdaptiveBasis, type Basis } from '../basis';
import type { LappedBasis } from '../blocks/lapped';

/** Coefficients of a block. */
export const CONTEXT_BLOCK_LENGTHS: readonly number[] = [256];

/** Numbers of each array of {@link contextModel}. */
export const CONTEXT_MODEL_LENGTHS = { priors: GROUPS * CONTEXTS, weights: WEIGHTS, centroids: CENTROIDS };

/** The arrays of a model that every learned context coding needs. */
export function contextModel({ arrays }: Model): ContextModel {
  return { priors: arrays['priors']!, weights: arrays['weights']!, centroids: arrays['centroids']! };
}

/** Quantized coefficients with everything that reconstruction needs. */
interface CodedCoefficients {
  readonly quantized: Int32Array;
  readonly order: Int32Array;
  readonly levels: Uint8Array;
  readonly offsets: ReconstructionOffsets;
}

/** The codec of one model in the form of a family of bases. */
export class ContextCoding implements AdaptiveBasis {
  /** Coefficients that {@link choose} coded, by their side information, so that they need not be decoded again. */
  private readonly coded = new WeakMap<Uint8Array, CodedCoefficients>();

  constructor(
    readonly id: string,
    readonly delay: number,
    readonly multiplyAddsPerSample: number,
    private readonly lapped: LappedBasis,
    private readonly model: ContextModel,
    private readonly newNeighborhood: NewNeighborhood,
  ) {}

  choose(signal: Float64Array, step: number): Uint8Array {
    const { values: coefficients, layout } = this.lapped.analyze(signal);
    const quantized = optimizeQuantization(coefficients, layout, step, TRELLIS);
    const levels = new Uint8Array(quantized.length);
    const coder = new RangeEncoder();
    const active = new ContextMixingCoder(coder, this.model, this.newNeighborhood).code(
      layout,
      quantized,
      levels,
    );
    const order = codingOrder(layout, active).positions;
    const { centroids } = this.model;
    const offsets = contextOffsets(coefficients, quantized, order, levels, centroids, step);
    const code = coder.finish();
    const side = new Uint8Array(1 + code.length);
    side[0] = offsetsByte(offsets);
    side.set(code, 1);
    this.coded.set(side, { quantized, order, levels, offsets });
    return side;
  }

  chosen(side: Uint8Array, length: number): Basis {
    if (side.length < 1) throw new SideInformationError('it holds no coefficients');
    const layout = this.lapped.layout(length);
    return {
      id: this.id,
      delay: this.delay,
      multiplyAddsPerSample: this.multiplyAddsPerSample,
      orthonormal: false,
      quantizesItself: true,
      layout: () => layout,
      // The common coder gets zeros, which cost nothing.
      analyze: () => ({ values: new Float64Array(layout.coefficientCount), layout }),
      synthesize: (_, step) =>
        this.synthesize(this.coded.get(side) ?? this.decode(side, length), length, step),
    };
  }

  private decode(side: Uint8Array, length: number): CodedCoefficients {
    const layout = this.lapped.layout(length);
    const quantized = new Int32Array(layout.coefficientCount);
    const levels = new Uint8Array(layout.coefficientCount);
    const coder = new RangeDecoder(side, 1, side.length);
    const active = new ContextMixingCoder(coder, this.model, this.newNeighborhood).code(
      layout,
      quantized,
      levels,
    );
    coder.finish();
    const offsets = offsetsOfByte(side[0]!);
    return { quantized, order: codingOrder(layout, active).positions, levels, offsets };
  }

  private synthesize(
    { quantized, order, levels, offsets }: CodedCoefficients,
    length: number,
    step: number,
  ): Float64Array {
    const values = reconstructInContext(quantized, order, levels, this.model.centroids, step, offsets);
    return this.lapped.synthesize({ values, layout: this.lapped.layout(length) });
  }
}
