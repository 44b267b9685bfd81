/**
 * Adaptive linear prediction of integer signals and its exact inverse, in SIMD WebAssembly: what
 * `reference/adaptive-prediction.ts` specifies, to the last bit.
 */
import type { KernelArray } from './runtime/memory';
import { adaptivelyPredict, type Adaptation } from './reference/adaptive-prediction';
import { kernelMemory, loadKernel, simdAvailable } from './runtime/webassembly';

/** Samples that are worked on at a time. */
const CHUNK = 8192;

/** The kernel works on so many taps at a time. */
const TAPS_PER_STEP = 8;

/** A predictor that does not exist, or arrays of different lengths. */
export class PredictionError extends RangeError {
  override readonly name = 'PredictionError';
}

/** A plan for one predictor, which starts anew with each signal. Its owner releases it. */
export class AdaptivePrediction {
  private readonly adaptation: Adaptation;
  private readonly kernel: PredictionKernel | undefined;

  /**
   * @param adaptation - of the predictor; copied. Its order, the number of weights, is 1 or more
   * @param simd - false for the reference version
   * @throws PredictionError when it has no weights, or numbers that are none
   * @throws KernelMemoryError
   */
  constructor(adaptation: Adaptation, simd: boolean = simdAvailable) {
    const { initial, step, normalized, regularization } = adaptation;
    if (initial.length === 0) throw new PredictionError('A predictor needs at least one weight.');
    if (!(initial.every(Number.isFinite) && Number.isFinite(step))) {
      throw new PredictionError('The weights and the step of a predictor must be finite.');
    }
    if (!(regularization > 0 && regularization < Infinity)) {
      throw new PredictionError(`The regularization must be above 0, not ${regularization}.`);
    }
    this.adaptation = { initial: initial.slice(), step, normalized, regularization };
    if (simd) this.kernel = kernelMemory.allOrNothing(() => new PredictionKernel(this.adaptation));
  }

  /**
   * What the predictor leaves over: residual[n] = signal[n] − prediction, rounded. Two multiply–adds a weight and
   * sample.
   *
   * @param signal - any number of samples; left as they are
   * @param residual - receives as many; may be `signal`
   * @throws PredictionError when it has another length
   */
  predict(signal: Int32Array, residual: Int32Array): void {
    this.run(signal, false, residual);
  }

  /**
   * Undoes {@link predict} exactly.
   *
   * @param residual - any number of them; left as they are
   * @param signal - receives as many samples; may be `residual`
   * @throws PredictionError when it has another length
   */
  restore(residual: Int32Array, signal: Int32Array): void {
    this.run(residual, true, signal);
  }

  release(): void {
    this.kernel?.release();
  }

  private run(input: Int32Array, inverse: boolean, output: Int32Array): void {
    if (input.length !== output.length) {
      throw new PredictionError(
        `There must be as many residuals as samples, not ${input.length} and ${output.length}.`,
      );
    }
    if (this.kernel) this.kernel.run(input, inverse, output);
    else adaptivelyPredict(input, this.adaptation, inverse, output);
  }
}

/** Arrays of a predictor in the memory of the kernels. */
class PredictionKernel {
  private readonly predict: (...numbers: number[]) => number;
  private readonly restore: (...numbers: number[]) => number;
  private readonly padded: number;
  private readonly input: KernelArray<'int32'>;
  private readonly output: KernelArray<'int32'>;
  private readonly history: KernelArray<'float64'>;
  private readonly weights: KernelArray<'float64'>;
  private readonly padding: KernelArray<'uint32'>;
  private readonly state: KernelArray<'float64'>;

  constructor(private readonly adaptation: Adaptation) {
    const kernel = loadKernel('adaptive-prediction');
    this.predict = kernel['predict']!;
    this.restore = kernel['restore']!;
    const order = adaptation.initial.length;
    this.padded = Math.ceil(order / TAPS_PER_STEP) * TAPS_PER_STEP;
    this.input = kernelMemory.allocate('int32', CHUNK);
    this.output = kernelMemory.allocate('int32', CHUNK);
    this.history = kernelMemory.allocate('float64', this.padded + CHUNK);
    this.weights = kernelMemory.allocate('float64', this.padded);
    this.state = kernelMemory.allocate('float64', 2);
    this.padding = kernelMemory.allocate('uint32', 2 * TAPS_PER_STEP);
    this.padding.view.fill(2 ** 32 - 1);
    this.padding.view.fill(0, 0, 2 * (this.padded - order));
  }

  run(input: Int32Array, inverse: boolean, output: Int32Array): void {
    const { initial, step, regularization, normalized } = this.adaptation;
    const run = inverse ? this.restore : this.predict;
    this.history.view.fill(0, 0, this.padded);
    this.weights.view.fill(0);
    // The oldest first.
    this.weights.view.set(initial.slice().reverse(), this.padded - initial.length);
    this.state.view.fill(0);
    for (let start = 0; start < input.length; start += CHUNK) {
      const part = input.subarray(start, start + CHUNK);
      this.input.view.set(part);
      run(
        this.input.pointer,
        this.output.pointer,
        part.length,
        this.history.pointer,
        this.weights.pointer,
        this.padding.pointer,
        initial.length,
        step,
        regularization,
        Number(normalized),
        this.state.pointer,
      );
      output.set(this.output.view.subarray(0, part.length), start);
    }
  }

  release(): void {
    const { input, output, history, weights, padding, state } = this;
    for (const array of [input, output, history, weights, padding, state]) array.release();
  }
}
