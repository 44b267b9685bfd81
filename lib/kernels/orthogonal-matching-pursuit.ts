/**
 * Batch orthogonal matching pursuit: approximations of many signals by few atoms of one dictionary, in SIMD
 * WebAssembly. What `reference/orthogonal-matching-pursuit.ts` specifies.
 */
import { LANES } from './runtime/block-runner';
import { MatrixMultiplication } from './matrix';
import type { FloatType, KernelArray, KernelViews } from './runtime/memory';
import {
  pursueOrthogonally,
  type PursuitLimits,
  type SparseCodes,
} from './reference/orthogonal-matching-pursuit';
import { kernelMemory, loadKernel, simdAvailable } from './runtime/webassembly';

/** The kernel works on so many vectors of atoms at a time. */
const VECTORS_PER_STEP = 4;

/** Products of signals with atoms that are worked on at a time: they stay in the cache. */
const CHUNK_ELEMENTS = 2 ** 14;

/** Tolerance for rounding errors in a length of 1. */
const NEGLIGIBLE: Readonly<Record<FloatType, number>> = { float32: 2 ** -17, float64: 2 ** -46 };

const VIEWS = { float32: Float32Array, float64: Float64Array } as const;

/** A dictionary, a limit or signals that a pursuit cannot work with. */
export class PursuitError extends RangeError {
  override readonly name = 'PursuitError';
}

/** When a pursuit ends for a signal: as soon as either is reached. */
export interface PursuitEnd {
  /** Most nonzeros, 1 or more; no more are found than a signal has elements. */
  readonly nonzeros: number;
  /**
   * Squared error, in the square of the signal's unit, that is small enough; 0 unless given. The error is known to
   * about 10⁻¹² (f64) or 10⁻⁵ (f32) of the signal's energy.
   */
  readonly tolerance?: number;
}

/** A plan for signals of one length and one dictionary. Its owner releases it. */
export class OrthogonalMatchingPursuit<K extends FloatType> {
  /** Atoms of the dictionary. */
  readonly atoms: number;
  private readonly padded: number;
  private readonly chunk: number;
  private readonly gram: KernelViews[K];
  private readonly correlate: MatrixMultiplication<K>;
  private readonly correlations: KernelViews[K];
  private readonly kernel: PursuitKernel<K> | undefined;

  /**
   * @param dictionary - whole atoms, one after another; copied. Of length (norm) 1, or else longer ones are chosen
   *   rather than shorter ones
   * @param length - elements of an atom and of a signal, 1 or more
   * @param type - of dictionary, signals and coefficients
   * @param simd - false for the reference version
   * @throws PursuitError when the dictionary does not hold one or more whole atoms
   * @throws KernelMemoryError
   */
  constructor(
    dictionary: KernelViews[K],
    readonly length: number,
    private readonly type: K,
    simd: boolean = simdAvailable,
  ) {
    this.atoms = dictionary.length / length;
    if (!(Number.isInteger(this.atoms) && this.atoms > 0)) {
      throw new PursuitError(`${dictionary.length} elements are no whole atoms of ${length} elements.`);
    }
    const View = VIEWS[type];
    const unit = VECTORS_PER_STEP * LANES[type];
    // Atoms that are zero are never chosen.
    this.padded = simd ? Math.ceil(this.atoms / unit) * unit : this.atoms;
    const { padded } = this;
    const rows = new View(padded * length) as KernelViews[K];
    (rows as Float64Array).set(dictionary as Float64Array);
    const columns = new View(padded * length) as KernelViews[K];
    for (let atom = 0; atom < padded; atom++) {
      for (let i = 0; i < length; i++) columns[i * padded + atom] = rows[atom * length + i]!;
    }
    const chunk = Math.max(1, Math.floor(CHUNK_ELEMENTS / padded));
    this.chunk = chunk;
    const gram = new View(padded * padded) as KernelViews[K];
    this.gram = gram;
    this.correlations = new View(chunk * padded) as KernelViews[K];
    [this.correlate, this.kernel] = kernelMemory.allOrNothing(() => {
      const correlate = new MatrixMultiplication(columns, length, padded, type, simd);
      correlate.multiply(rows, gram);
      return [correlate, simd ? new PursuitKernel(gram, padded, length, chunk, type) : undefined];
    });
  }

  /**
   * Approximates signals until each has as many nonzeros, or as small an error, as `end` says. `atoms` · (`length` + k²/2)
   * multiply–adds for each, with k nonzeros.
   *
   * @param signals - whole signals, one after another; left as they are
   * @throws PursuitError when signals are not whole, or `end` has no number of nonzeros or a tolerance below 0
   * @throws KernelMemoryError
   */
  code(signals: KernelViews[K], end: PursuitEnd): SparseCodes<KernelViews[K]> {
    const { length, padded, chunk, type } = this;
    const count = signals.length / length;
    const { nonzeros, tolerance = 0 } = end;
    if (!Number.isInteger(count)) {
      throw new PursuitError(`${signals.length} elements are no whole signals of ${length} elements.`);
    }
    if (!(Number.isInteger(nonzeros) && nonzeros > 0)) {
      throw new PursuitError(`The most nonzeros must be 1, 2, 3 …, not ${nonzeros}.`);
    }
    if (!(tolerance >= 0)) throw new PursuitError(`The tolerance must be 0 or more, not ${tolerance}.`);
    const limits: PursuitLimits = {
      nonzeros: Math.min(nonzeros, length, this.atoms),
      tolerance,
      negligible: NEGLIGIBLE[type],
    };
    const codes = emptyCodes(count, limits.nonzeros, type);
    this.kernel?.prepare(limits);
    for (let first = 0; first < count; first += chunk) {
      const last = Math.min(first + chunk, count);
      const taken = signals.subarray(first * length, last * length) as KernelViews[K];
      const products = this.correlations.subarray(0, (last - first) * padded) as KernelViews[K];
      this.correlate.multiply(taken, products);
      const found: SparseCodes<KernelViews[K]> = {
        limit: limits.nonzeros,
        counts: codes.counts.subarray(first, last),
        indices: codes.indices.subarray(first * limits.nonzeros, last * limits.nonzeros),
        coefficients: codes.coefficients.subarray(
          first * limits.nonzeros,
          last * limits.nonzeros,
        ) as KernelViews[K],
      };
      if (this.kernel) this.kernel.pursue(taken, products, limits, found);
      else pursueOrthogonally(this.gram, taken, length, products, limits, found);
    }
    return codes;
  }

  release(): void {
    this.correlate.release();
    this.kernel?.release();
  }
}

function emptyCodes<K extends FloatType>(count: number, limit: number, type: K): SparseCodes<KernelViews[K]> {
  return {
    limit,
    counts: new Uint32Array(count),
    indices: new Uint32Array(count * limit),
    coefficients: new VIEWS[type](count * limit) as KernelViews[K],
  };
}

/** Arrays of a plan in the memory of the kernels. */
class PursuitKernel<K extends FloatType> {
  private readonly run: (...numbers: number[]) => number;
  private readonly gram: KernelArray<K>;
  private readonly signals: KernelArray<K>;
  private readonly correlations: KernelArray<K>;
  private readonly counts: KernelArray<'uint32'>;
  /** Arrays for this many nonzeros of a signal. */
  private room = 0;
  private working: WorkingArrays<K> | undefined;

  constructor(
    gram: KernelViews[K],
    private readonly atoms: number,
    private readonly length: number,
    private readonly chunk: number,
    private readonly type: K,
  ) {
    this.run = loadKernel('orthogonal-matching-pursuit')[
      type === 'float32' ? 'pursueFloat32' : 'pursueFloat64'
    ]!;
    this.gram = kernelMemory.copyOf(type, gram);
    this.signals = kernelMemory.allocate(type, chunk * length);
    this.correlations = kernelMemory.allocate(type, chunk * atoms);
    this.counts = kernelMemory.allocate('uint32', chunk);
  }

  /** Makes room for as many nonzeros as the limits allow. */
  prepare({ nonzeros }: PursuitLimits): void {
    if (nonzeros <= this.room) return;
    this.releaseWorking();
    const { type, atoms, chunk } = this;
    this.working = kernelMemory.allOrNothing(() => ({
      directions: kernelMemory.allocate(type, nonzeros * atoms),
      factor: kernelMemory.allocate(type, nonzeros * nonzeros),
      projections: kernelMemory.allocate(type, nonzeros),
      indices: kernelMemory.allocate('uint32', nonzeros * chunk),
      coefficients: kernelMemory.allocate(type, nonzeros * chunk),
    }));
    this.room = nonzeros;
  }

  pursue(
    signals: KernelViews[K],
    correlations: KernelViews[K],
    limits: PursuitLimits,
    codes: SparseCodes<KernelViews[K]>,
  ): void {
    const { directions, factor, projections, indices, coefficients } = this.working!;
    const { nonzeros, tolerance, negligible } = limits;
    const count = codes.counts.length;
    (this.signals.view as Float64Array).set(signals as Float64Array);
    (this.correlations.view as Float64Array).set(correlations as Float64Array);
    this.run(
      this.gram.pointer,
      this.atoms,
      this.signals.pointer,
      this.length,
      count,
      this.correlations.pointer,
      nonzeros,
      tolerance,
      negligible,
      directions.pointer,
      factor.pointer,
      projections.pointer,
      this.counts.pointer,
      indices.pointer,
      coefficients.pointer,
    );
    codes.counts.set(this.counts.view.subarray(0, count));
    codes.indices.set(indices.view.subarray(0, count * nonzeros));
    const found = coefficients.view as Float64Array;
    (codes.coefficients as Float64Array).set(found.subarray(0, count * nonzeros));
  }

  release(): void {
    for (const array of [this.gram, this.signals, this.correlations, this.counts]) array.release();
    this.releaseWorking();
  }

  private releaseWorking(): void {
    if (this.working) for (const array of Object.values(this.working)) (array as KernelArray<K>).release();
    this.working = undefined;
    this.room = 0;
  }
}

interface WorkingArrays<K extends FloatType> {
  readonly directions: KernelArray<K>;
  readonly factor: KernelArray<K>;
  readonly projections: KernelArray<K>;
  readonly indices: KernelArray<'uint32'>;
  readonly coefficients: KernelArray<K>;
}
