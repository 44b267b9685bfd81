/**
 * Bases that are made of a learned model. A recording is coded with the model that was learned on the fold that it does
 * not belong to, and the file names that model by its hash.
 */
import type { Model } from '../models/model';
import { modelLearnedOn, modelWithHash } from '../models/model-store';
import { foldOf } from '../recordings/folds';
import { isAdaptive, SideInformationError, type AdaptiveBasis, type AnyBasis, type Basis } from './basis';

/** Bytes of a model's SHA-256 that a file holds: 24 bits: two of a hundred models share them with a probability of 0.03%. */
const HASH_BYTES = 3;

/** A basis, or a family of them, for each model; as long as the thread lives. */
const built = new Map<string, AnyBasis>();

/** What of a learned basis does not depend on its model. */
export interface LearnedFacts {
  readonly id: string;
  readonly delay: number;
  /** See {@link Basis.wholeRecording}; false where nothing is said. */
  readonly wholeRecording?: boolean;
  /** See {@link Basis.optimizes}; none where nothing is said. */
  readonly optimizes?: readonly string[];
  readonly multiplyAddsPerSample: number;
  /** Step of the lossless operating point, where it is not the common one. */
  readonly losslessStep?: number;
  /** Whether its `analyze` gives multiples of the step. */
  readonly quantizesItself?: boolean;
}

/** A basis of which the model is the one part that a file names. Side information of its own may follow. */
export class LearnedBasis implements AdaptiveBasis {
  readonly id: string;
  readonly delay: number;
  readonly wholeRecording: boolean;
  readonly optimizes: readonly string[];
  readonly multiplyAddsPerSample: number;
  readonly losslessStep?: number;
  readonly quantizesItself?: boolean;

  /**
   * @param build - makes the basis of a model; called once for each
   */
  constructor(
    facts: LearnedFacts,
    private readonly build: (model: Model) => AnyBasis,
  ) {
    this.id = facts.id;
    this.delay = facts.delay;
    this.wholeRecording = facts.wholeRecording ?? false;
    this.optimizes = facts.optimizes ?? [];
    this.multiplyAddsPerSample = facts.multiplyAddsPerSample;
    this.losslessStep = facts.losslessStep;
    this.quantizesItself = facts.quantizesItself;
  }

  /**
   * @throws MissingModelError when it was not learned
   * @throws DamagedModelError when it was altered
   */
  choose(signal: Float64Array, step: number): Uint8Array {
    const model = modelLearnedOn(this.id, foldOf(signal.length) === 0 ? 1 : 0);
    const hash = Buffer.from(model.sha256.slice(0, 2 * HASH_BYTES), 'hex');
    const basis = this.basisOf(model);
    if (!isAdaptive(basis)) return Uint8Array.from(hash);
    const side = basis.choose(signal, step);
    const both = new Uint8Array(HASH_BYTES + side.length);
    both.set(hash);
    both.set(side, HASH_BYTES);
    return both;
  }

  /** @throws MissingModelError when the file was made with a model that is not there */
  chosen(side: Uint8Array, length: number): Basis {
    if (side.length < HASH_BYTES) throw new SideInformationError('it is too short to name a model');
    const basis = this.basisOf(modelWithHash(this.id, side.subarray(0, HASH_BYTES)));
    if (isAdaptive(basis)) return basis.chosen(side.subarray(HASH_BYTES), length);
    if (side.length > HASH_BYTES)
      throw new SideInformationError('there is more of it than the name of a model');
    return basis;
  }

  /** The basis of a model, whatever it was learned on. */
  basisOf(model: Model): AnyBasis {
    const key = model.sha256;
    let basis = built.get(key);
    if (basis === undefined) built.set(key, (basis = this.build(model)));
    return basis;
  }
}
