/**
 * How near a kernel comes to the speed of the memory.
 */
import { performance } from 'node:perf_hooks';
import { BlockCosineTransform } from '../lib/kernels/cosine';
import { kernelMemory } from '../lib/kernels/runtime/webassembly';
import { quantile } from '../lib/numerics/statistics';
import { benchSignal } from './case';
import { round } from './measure';

/** Far more than any cache holds. */
const SAMPLES = 2 ** 24;
const BLOCK_LENGTH = 256;
const REPEATS = 9;

/** Speed of the memory, and of a transform in place. */
export interface MemorySpeed {
  /** Samples (4 bytes) a second that are read and written again when an array is copied. */
  readonly copyMegasamplesPerSecond: number;
  /** The same of the block DCT of 256 samples in single precision, in place, out of every cache. */
  readonly inPlaceMegasamplesPerSecond: number;
  readonly fraction: number;
  readonly target: number;
}

/** Measures a copy and a transform in turn. */
export function measureMemory(): MemorySpeed {
  const blocks = kernelMemory.copyOf('float32', benchSignal(SAMPLES));
  const plan = new BlockCosineTransform(BLOCK_LENGTH, 'float32');
  const source = new Float32Array(SAMPLES).fill(1);
  const target = new Float32Array(SAMPLES);
  const speed = (work: () => void): number => {
    const start = performance.now();
    work();
    return SAMPLES / (performance.now() - start) / 1000;
  };
  const copies: number[] = [];
  const transforms: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    copies.push(speed(() => target.set(source)));
    transforms.push(speed(() => plan.forwardInPlace(blocks)));
  }
  plan.release();
  blocks.release();
  const copy = quantile(copies, 0.5)!;
  const inPlace = quantile(transforms, 0.5)!;
  return {
    copyMegasamplesPerSecond: round(copy),
    inPlaceMegasamplesPerSecond: round(inPlace),
    fraction: round(inPlace / copy),
    target: 0.35,
  };
}
