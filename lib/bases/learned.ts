/**
 * Bases built from a learned model. A recording is coded with the model of the other fold, the one that was not learned
 * from it; the file names the model by its hash.
 */
import { requireArrays, type Model } from '../models/model';
import { modelLearnedOn, modelsFolder, modelWithHash } from '../models/model-store';
import { foldOf } from '../recordings/folds';
import { isAdaptive, SideInformationError, type AdaptiveBasis, type AnyBasis, type Basis } from './basis';

/** Bytes of a model's SHA-256 that a file holds: 24 bits: two of a hundred models share them with a probability of 0.03%. */
export const HASH_BYTES = 3;

/** Bases built so far, by model; kept for the life of the thread. */
const built = new Map<string, AnyBasis>();

/** Properties of a learned basis that do not depend on its model. */
export interface LearnedFacts {
  readonly id: string;
  /** Numbers of each array of the model that the basis reads, by name. */
  readonly arrays: Readonly<Record<string, number>>;
  readonly delay: number;
  /** See {@link Basis.wholeRecording}. Default: false. */
  readonly wholeRecording?: boolean;
  /** See {@link Basis.optimizes}. Default: none. */
  readonly optimizes?: readonly string[];
  readonly multiplyAddsPerSample: number;
  /** See {@link Basis.losslessStep}; left out for the default. */
  readonly losslessStep?: number;
  /** See {@link Basis.quantizesItself}. Default: false. */
  readonly quantizesItself?: boolean;
}

/**
 * A basis built from a learned model. Its side information starts with the hash of the model; that of the basis itself
 * may follow.
 */
export class LearnedBasis implements AdaptiveBasis {
  readonly id: string;
  readonly delay: number;
  readonly wholeRecording: boolean;
  readonly optimizes: readonly string[];
  readonly multiplyAddsPerSample: number;
  readonly losslessStep?: number;
  readonly quantizesItself?: boolean;
  /** See {@link LearnedFacts.arrays}. */
  readonly arrays: Readonly<Record<string, number>>;

  /**
   * @param build - builds the basis of a model; called once for each model
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
    this.arrays = facts.arrays;
  }

  /**
   * @throws MissingModelError when the model of the other fold was not learned
   * @throws DamagedModelError when its file was altered
   */
  choose(signal: Float64Array, step: number, models?: string): Uint8Array {
    const model = modelLearnedOn(this.id, foldOf(signal.length) === 0 ? 1 : 0, modelsFolder(models));
    const hash = Buffer.from(model.sha256.slice(0, 2 * HASH_BYTES), 'hex');
    const basis = this.basisOf(model);
    if (!isAdaptive(basis)) return Uint8Array.from(hash);
    const side = basis.choose(signal, step);
    const both = new Uint8Array(HASH_BYTES + side.length);
    both.set(hash);
    both.set(side, HASH_BYTES);
    return both;
  }

  /** @throws MissingModelError when no model in the folder has the hash of the file */
  chosen(side: Uint8Array, length: number): Basis {
    if (side.length < HASH_BYTES) throw new SideInformationError('it is too short to name a model');
    const basis = this.basisOf(modelWithHash(this.id, side.subarray(0, HASH_BYTES)));
    if (isAdaptive(basis)) return basis.chosen(side.subarray(HASH_BYTES), length);
    if (side.length > HASH_BYTES)
      throw new SideInformationError('there is more of it than the name of a model');
    return basis;
  }

  /**
   * The basis of a given model, whichever fold it was learned on.
   *
   * @throws DamagedModelError when the model has other arrays
   */
  basisOf(model: Model): AnyBasis {
    const key = model.sha256;
    let basis = built.get(key);
    if (basis === undefined) {
      this.requireModel(model);
      built.set(key, (basis = this.build(model)));
    }
    return basis;
  }

  /** @throws DamagedModelError when the model has other arrays than those of this basis */
  requireModel(model: Model): void {
    requireArrays(model, this.arrays);
  }
}
