/**
 * Lapped cosines, trellis-coded, whose entropy coder predicts each magnitude from its neighbors by a learned rule.
 */
import type { NewNeighborhood } from '../../coding/contexts/neighborhood';
import type { Model } from '../../models/model';
import { allowedParameter } from '../basis';
import { LappedBasis } from '../blocks/lapped';
import { LearnedBasis } from '../learned';
import { CONTEXT_BLOCK_LENGTHS, CONTEXT_MODEL_LENGTHS, ContextCoding, contextModel } from './context-coding';

/** A basis that quantizes itself. Families differ in how they predict a magnitude from its neighbors. */
export class LearnedContextBasis extends LearnedBasis {
  /**
   * @param family - first part of the id
   * @param blockLength - of the lapped cosines, one of {@link CONTEXT_BLOCK_LENGTHS}
   * @param expectationWork - multiply–adds per sample of the prediction of magnitudes
   * @param predicting - numbers of each array that the predictor reads
   * @param neighborhoodOf - builds the predictor of magnitudes of a model
   * @throws BasisParameterError
   */
  constructor(
    family: string,
    readonly blockLength: number,
    expectationWork: number,
    predicting: Readonly<Record<string, number>>,
    neighborhoodOf: (model: Model) => NewNeighborhood,
  ) {
    allowedParameter(`block length of ${family}`, blockLength, CONTEXT_BLOCK_LENGTHS);
    const lapped = new LappedBasis(blockLength, 'sine');
    const id = `${family}-${blockLength}`;
    const { delay } = lapped;
    const multiplyAddsPerSample = lapped.multiplyAddsPerSample + expectationWork;
    const arrays = { ...CONTEXT_MODEL_LENGTHS, ...predicting };
    const facts = { id, arrays, delay, wholeRecording: true, multiplyAddsPerSample, quantizesItself: true };
    super(facts, (model) => {
      const contexts = contextModel(model);
      return new ContextCoding(id, delay, multiplyAddsPerSample, lapped, contexts, neighborhoodOf(model));
    });
  }
}
