/**
 * Samples moved to a coarser grid, none by more than an error that is promised. Kept without loss afterwards, they take
 * about log₂(2m + 1) bits a sample less, m being the error in steps of their own grid.
 */
import { copyOfSamples } from '../../recordings/formats/parts/sample-values';
import type { SampleArray, SampleType } from '../../recordings/recording-file';

/** An error cannot be promised for these samples, or is none. */
export class ErrorBoundError extends RangeError {
  override readonly name = 'ErrorBoundError';
}

/**
 * Samples within an error of those given. All channels come to lie on one grid, so that they can be kept together.
 *
 * @param values - samples of all channels; integers
 * @param type - how they are stored
 * @param maxError - largest difference, an integer
 * @throws ErrorBoundError for other samples and errors
 */
export function withinError(values: SampleArray, type: SampleType, maxError: number): SampleArray {
  requireBound(type, maxError);
  const grid = new GridOfValues();
  grid.add(values);
  const moved = copyOfSamples(values);
  grid.move(moved, maxError);
  return moved;
}

/**
 * That an error can be promised.
 *
 * @throws ErrorBoundError
 */
export function requireBound(type: SampleType, maxError: number): void {
  if (!Number.isInteger(maxError) || maxError < 0) {
    throw new ErrorBoundError(
      `maxError is ${maxError}: give an integer from 0, in the values of the samples.`,
    );
  }
  if (type.startsWith('float') || type.endsWith('64')) {
    throw new ErrorBoundError(
      `An error can be promised for integers of up to 32 bits alone, not for ${type}: give ADC codes.`,
    );
  }
}

/** Lowest and highest value, and the largest step that all values are apart by, found window by window. */
export class GridOfValues {
  private lowest = Infinity;
  private highest = -Infinity;
  private divisor = 0;
  private first: number | undefined;

  /** Takes further samples into account. */
  add(values: SampleArray): void {
    const first = (this.first ??= values[0]) ?? 0;
    let { lowest, highest, divisor } = this;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
      if (divisor !== 1) divisor = greatestCommonDivisor(divisor, Math.abs(value - first));
    }
    this.lowest = lowest;
    this.highest = highest;
    this.divisor = divisor;
  }

  /** Moves samples of this grid in place, none by more than `maxError`. */
  move(values: SampleArray, maxError: number): void {
    const { lowest, highest } = this;
    const step = this.divisor || 1;
    const reach = Math.floor(maxError / step);
    if (reach === 0) return;
    // Cells of 2·reach + 1 codes jut out alike at both ends of the grid: then no center lies beyond an end.
    const codes = (highest - lowest) / step + 1;
    const cell = 2 * reach + 1;
    const excess = Math.ceil(codes / cell) * cell - codes;
    const before = Math.floor(excess / 2);
    for (let i = 0; i < values.length; i++) {
      const code = (values[i]! - lowest) / step;
      values[i] = lowest + step * (Math.floor((code + before) / cell) * cell + reach - before);
    }
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}
