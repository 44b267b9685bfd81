/**
 * The classified Karhunen–Loève transform. Each class of blocks has a transform learned from the blocks of that class;
 * each block of a recording is coded in the class where it costs fewest bits (R. D. Dony and S. Haykin, "Optimally
 * adaptive transform coding", IEEE Transactions on Image Processing 4, 1995). The classes are side information.
 */
import { RangeDecoder, RangeEncoder } from '../../coding/entropy/range-coder';
import { matrixProduct, transposed } from '../../kernels/matrix';
import type { Model } from '../../models/model';
import {
  allowedParameter,
  powersOfTwo,
  type AdaptiveBasis,
  type Basis,
  type CoefficientLayout,
  type Coefficients,
} from '../basis';
import { codeClasses } from '../parts/class-sequence';
import { bitsPerMagnitude, coefficientCost } from '../parts/coefficient-cost';
import { frameLayout, wholeFrames } from '../parts/frames-of-blocks';
import { LearnedBasis } from '../learned';
import { orthonormalRows } from '../parts/orthonormal-rows';

/** How blocks are clustered at first: about centers, or as a mixture of Gaussian distributions. */
export const CLUSTERINGS = ['kmeans', 'mixture'] as const;
export type Clustering = (typeof CLUSTERINGS)[number];

/** Block lengths of the classified transform. */
export const CLASSIFIED_BLOCK_LENGTHS: readonly number[] = powersOfTwo(3, 7);

/** Numbers of classes; one is the Karhunen–Loève transform. */
export const CLASS_COUNTS: readonly number[] = powersOfTwo(0, 4);

/** Rounds of choosing classes; each round takes its prices from the choice of the round before. */
const PASSES = 3;

/**
 * Bits that a change of class must save beyond its own price. Without it the search changes class on noise: the minimum
 * of several noisy estimates is always too low, and a change disturbs what the coder expects of coefficients of the
 * same rank.
 */
const CHANGE_COST = 2;

/** Bits of a change of class in the first pass; keeping the class costs none. */
const FIRST_PRICE = 3;

/**
 * Blocks of N samples, each expanded in the components of its class. Subband k holds the components of k-th largest
 * variance.
 */
export class ClassifiedBlocksBasis implements Basis {
  readonly delay: number;
  readonly multiplyAddsPerSample: number;

  /**
   * @param functions - one N × N matrix for each class, a function in each row
   * @param classes - class of each block of the signal
   */
  constructor(
    readonly id: string,
    readonly blockLength: number,
    private readonly functions: readonly Float64Array[],
    readonly classes: Uint8Array,
  ) {
    this.delay = blockLength - 1;
    this.multiplyAddsPerSample = blockLength;
  }

  layout(length: number): CoefficientLayout {
    return frameLayout(this.blockLength, length);
  }

  analyze(signal: Float64Array): Coefficients {
    const { blockLength } = this;
    const blocks = wholeFrames(signal, blockLength);
    const products = this.multiplied(blocks, (functions) => transposed(functions, blockLength, blockLength));
    return {
      values: transposed(products, blocks.length / blockLength, blockLength),
      layout: this.layout(signal.length),
    };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const { blockLength } = this;
    const blocks = transposed(values, blockLength, values.length / blockLength);
    return this.multiplied(blocks, (functions) => functions).subarray(0, layout.signalLength);
  }

  /** Multiplies each block by the matrix of its class; all blocks of one class in one product. */
  private multiplied(
    blocks: Float64Array,
    matrixOf: (functions: Float64Array) => Float64Array,
  ): Float64Array {
    const { blockLength, classes } = this;
    const result = new Float64Array(blocks.length);
    this.functions.forEach((functions, label) => {
      const starts: number[] = [];
      classes.forEach((of, block) => {
        if (of === label) starts.push(block * blockLength);
      });
      if (starts.length === 0) return;
      const own = new Float64Array(starts.length * blockLength);
      starts.forEach((start, i) => own.set(blocks.subarray(start, start + blockLength), i * blockLength));
      const products = matrixProduct(own, matrixOf(functions), blockLength, blockLength);
      starts.forEach((start, i) =>
        result.set(products.subarray(i * blockLength, (i + 1) * blockLength), start),
      );
    });
    return result;
  }
}

/** All transforms of one model, from which each block takes one. */
class ClassifiedTransforms implements AdaptiveBasis {
  readonly delay: number;
  /** One N × N matrix for each class, a function in each row, orthonormal. */
  private readonly functions: readonly Float64Array[];
  private readonly bits: number;

  constructor(
    readonly id: string,
    private readonly blockLength: number,
    classes: number,
    readonly multiplyAddsPerSample: number,
    { arrays }: Model,
  ) {
    this.delay = blockLength - 1;
    this.bits = Math.log2(classes);
    const size = blockLength * blockLength;
    this.functions = Array.from({ length: classes }, (_, label) =>
      orthonormalRows(arrays['components']!.subarray(label * size, (label + 1) * size), blockLength),
    );
  }

  choose(signal: Float64Array, step: number): Uint8Array {
    const { blockLength, bits } = this;
    const blocks = wholeFrames(signal, blockLength);
    const coefficients = this.functions.map((functions) =>
      matrixProduct(blocks, transposed(functions, blockLength, blockLength), blockLength, blockLength),
    );
    const classes = cheapestClasses(coefficients, frameLayout(blockLength, signal.length), step);
    const coder = new RangeEncoder();
    codeClasses(coder, classes, bits);
    return coder.finish();
  }

  /** @throws BitstreamError when no encoder wrote the side information */
  chosen(side: Uint8Array, length: number): Basis {
    const { id, blockLength, functions, bits } = this;
    const classes = new Uint8Array(Math.ceil(length / blockLength));
    const coder = new RangeDecoder(side, 0, side.length);
    codeClasses(coder, classes, bits);
    coder.finish();
    return new ClassifiedBlocksBasis(id, blockLength, functions, classes);
  }
}

/**
 * Chooses the sequence of classes with the fewest bits, coefficients and class names together, by dynamic programming.
 * The choice is repeated {@link PASSES} times: the price of each change of class and of each coefficient is estimated
 * from the choice before.
 *
 * @param coefficients - one array for each class: the coefficients of all blocks in that class, block after block
 */
function cheapestClasses(
  coefficients: readonly Float64Array[],
  layout: CoefficientLayout,
  step: number,
): Uint8Array {
  const count = coefficients.length;
  const blockLength = layout.hop;
  const blockCount = layout.coefficientCount / blockLength;
  let prices: Float64Array = Float64Array.from({ length: count * count }, (_, i) =>
    i % (count + 1) === 0 ? 0 : FIRST_PRICE,
  );
  let classes: Uint8Array = new Uint8Array(blockCount);
  if (count === 1) return classes;
  for (let pass = 0; pass < PASSES; pass++) {
    const values = new Float64Array(layout.coefficientCount);
    classes.forEach((label, block) => {
      for (let k = 0; k < blockLength; k++) {
        values[k * blockCount + block] = coefficients[label]![block * blockLength + k]!;
      }
    });
    const slopes = transposed(bitsPerMagnitude({ values, layout }, step), blockLength, blockCount);
    const costs = coefficients.map((own) => blockCosts(own, slopes, blockLength, step));
    classes = cheapestPath(costs, blockCount, prices);
    prices = pricesOf(classes, count);
  }
  return classes;
}

/**
 * Bits of each block if coded in this class; terms that are equal in all classes are left out.
 * @param slopes - bits for each unit of magnitude
 */
function blockCosts(
  coefficients: Float64Array,
  slopes: Float64Array,
  length: number,
  step: number,
): Float64Array {
  const costs = new Float64Array(coefficients.length / length);
  const scale = 1 / step;
  for (let block = 0, i = 0; block < costs.length; block++) {
    let cost = 0;
    for (const end = i + length; i < end; i++) {
      cost += coefficientCost(coefficients[i]! * scale, slopes[i]!);
    }
    costs[block] = cost;
  }
  return costs;
}

/** Price in bits of each class (column) after each class (row), {@link CHANGE_COST} included. */
function pricesOf(classes: Uint8Array, count: number): Float64Array {
  const uses = new Float64Array(count * count).fill(1 / count);
  for (let block = 1; block < classes.length; block++) {
    uses[classes[block - 1]! * count + classes[block]!]!++;
  }
  return uses.map((times, i) => {
    const row = Math.floor(i / count);
    let all = 0;
    for (let k = 0; k < count; k++) all += uses[row * count + k]!;
    return Math.log2(all / times) + (i % (count + 1) === 0 ? 0 : CHANGE_COST);
  });
}

function cheapestPath(rates: readonly Float64Array[], blockCount: number, prices: Float64Array): Uint8Array {
  const count = rates.length;
  let costs = new Float64Array(count);
  let next = new Float64Array(count);
  const from = new Uint8Array(blockCount * count);
  for (let block = 0; block < blockCount; block++) {
    for (let label = 0; label < count; label++) {
      let least = Infinity;
      let best = 0;
      // The block before the first counts as one of class 0.
      for (let before = 0; before < (block === 0 ? 1 : count); before++) {
        const cost = costs[before]! + prices[before * count + label]!;
        if (cost >= least) continue;
        least = cost;
        best = before;
      }
      next[label] = least + rates[label]![block]!;
      from[block * count + label] = best;
    }
    [costs, next] = [next, costs];
  }
  const classes = new Uint8Array(blockCount);
  let label = costs.indexOf(Math.min(...costs));
  for (let block = blockCount - 1; block >= 0; block--) {
    classes[block] = label;
    label = from[block * count + label]!;
  }
  return classes;
}

/** The classified transform; each recording is coded with the model of the other fold. */
export class ClassifiedBasis extends LearnedBasis {
  /**
   * @param blockLength - N, one of {@link CLASSIFIED_BLOCK_LENGTHS}
   * @param classes - one of {@link CLASS_COUNTS}
   * @param clustering - how blocks were clustered at first, one of {@link CLUSTERINGS}
   * @throws BasisParameterError
   */
  constructor(
    readonly blockLength: number,
    readonly classes: number,
    readonly clustering: Clustering,
  ) {
    allowedParameter('block length of the classified transform', blockLength, CLASSIFIED_BLOCK_LENGTHS);
    allowedParameter('number of classes of the classified transform', classes, CLASS_COUNTS);
    allowedParameter('clustering of the classified transform', clustering, CLUSTERINGS);
    const id = `classified-${blockLength}-${classes}-${clustering}`;
    // The transform of every class is tried, and the chosen one computed once more.
    const multiplyAddsPerSample = (classes + 1) * blockLength;
    super(
      {
        id,
        arrays: { components: classes * blockLength ** 2 },
        delay: blockLength - 1,
        wholeRecording: true,
        multiplyAddsPerSample,
      },
      (model) =>
        new ClassifiedTransforms(`${id}/${model.sha256}`, blockLength, classes, multiplyAddsPerSample, model),
    );
  }
}
