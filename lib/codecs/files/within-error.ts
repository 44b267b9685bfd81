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
  const { lowest, highest, step } = gridOf(values);
  const reach = Math.floor(maxError / step);
  const moved = copyOfSamples(values);
  if (reach === 0) return moved;
  // Cells of 2·reach + 1 codes jut out alike at both ends of the grid: then no center lies beyond an end.
  const codes = (highest - lowest) / step + 1;
  const cell = 2 * reach + 1;
  const excess = Math.ceil(codes / cell) * cell - codes;
  const before = Math.floor(excess / 2);
  for (let i = 0; i < moved.length; i++) {
    const code = (moved[i]! - lowest) / step;
    moved[i] = lowest + step * (Math.floor((code + before) / cell) * cell + reach - before);
  }
  return moved;
}

/** Lowest and highest value, and the largest step that all values are apart by. */
function gridOf(values: SampleArray): { lowest: number; highest: number; step: number } {
  let lowest = Infinity;
  let highest = -Infinity;
  let step = 0;
  const first = values[0] ?? 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
    if (step !== 1) step = greatestCommonDivisor(step, Math.abs(value - first));
  }
  return { lowest, highest, step: step || 1 };
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}
