/** Compares a kernel's speed with that of the memory. */
import { performance } from 'node:perf_hooks';
import { BlockCosineTransform } from '../lib/kernels/cosine';
import { kernelMemory } from '../lib/kernels/runtime/webassembly';
import { quantile } from '../lib/numerics/statistics';
import { benchSignal } from './case';
import { round } from './measure';

/** Number of samples: far more than any cache holds. */
const SAMPLES = 2 ** 24;
const BLOCK_LENGTH = 256;
const REPEATS = 9;

/** Speed of the memory, and of an in-place transform. */
export interface MemorySpeed {
  /** Million samples (4 bytes each) a second in a copy of an array: each is read once and written once. */
  readonly copyMegasamplesPerSecond: number;
  /**
   * Million samples a second of the block DCT of 256 samples in single precision, in place, on data larger
   * than every cache.
   */
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
