/**
 * Sums and rotations of channels at each time, in SIMD WebAssembly: what `reference/spatial.ts` specifies, to the last
 * bit. Decoders depend on that.
 */
import {
  rotateSignalsPlainly,
  sumSignalsPlainly,
  type SignalRotation,
  type SignalSums,
} from './reference/spatial';
import type { KernelArray } from './runtime/memory';
import { kernelMemory, loadKernel, simdAvailable } from './runtime/webassembly';

/** Samples of each signal that the kernel has at a time. */
const CHUNK = 512;

/** Distance of signals in its memory: eight more, or all of them would lie in the same few lines of the cache. */
const STRIDE = CHUNK + 8;

/** Samples of a tile. */
const TILE = 16;

const SAMPLE_BYTES = 8;
const TERM_BYTES = 16;
const ROTATION_BYTES = 24;

/**
 * Weighted sums of signals, from 0, term after term in their order.
 *
 * @param signals - equally long; left as they are
 * @param targets - receive the sums, as many samples as signals have; none of them is a signal
 * @param simd - false for the plain version
 * @throws KernelMemoryError
 */
export function sumSignals(
  signals: readonly Float64Array[],
  sums: SignalSums,
  targets: readonly Float64Array[],
  simd: boolean = simdAvailable,
): void {
  if (!simd) return sumSignalsPlainly(signals, sums, targets);
  kernelMemory.allOrNothing(() => {
    const kernel = loadKernel('spatial');
    const starts = kernelMemory.copyOf('uint32', sums.starts);
    const terms = kernelMemory.allocate('uint8', TERM_BYTES * sums.weights.length);
    const record = new DataView(terms.view.buffer, terms.pointer, terms.length);
    sums.signals.forEach((signal, i) => {
      record.setUint32(TERM_BYTES * i, SAMPLE_BYTES * STRIDE * signal, true);
      record.setFloat64(TERM_BYTES * i + 8, sums.weights[i]!, true);
    });
    const given = kernelMemory.allocate('float64', STRIDE * signals.length);
    const summed = kernelMemory.allocate('float64', STRIDE * targets.length);
    eachChunk(signals, given, (from, to, bytes) => {
      const rows = [given.pointer, summed.pointer, SAMPLE_BYTES * STRIDE, bytes, targets.length] as const;
      kernel['sumSignals']!(...rows, starts.pointer, terms.pointer);
      takeChunk(summed, targets, from, to);
    });
    for (const array of [starts, terms, given, summed]) array.release();
  });
}

/**
 * Rotates signals, one pair after another.
 *
 * @param signals - equally long; left as they are, unless they are targets
 * @param targets - receive the signals, rotated; may be the signals
 * @param simd - false for the plain version
 * @throws KernelMemoryError
 */
export function rotateSignals(
  signals: readonly Float64Array[],
  rotations: readonly SignalRotation[],
  targets: readonly Float64Array[],
  simd: boolean = simdAvailable,
): void {
  if (!simd || rotations.length === 0) {
    targets.forEach((target, i) => target.set(signals[i]!));
    return rotateSignalsPlainly(targets, rotations);
  }
  kernelMemory.allOrNothing(() => {
    const kernel = loadKernel('spatial');
    const records = kernelMemory.allocate('uint8', ROTATION_BYTES * rotations.length);
    const record = new DataView(records.view.buffer, records.pointer, records.length);
    rotations.forEach(({ first, second, cosine, sine }, i) => {
      record.setUint32(ROTATION_BYTES * i, SAMPLE_BYTES * STRIDE * first, true);
      record.setUint32(ROTATION_BYTES * i + 4, SAMPLE_BYTES * STRIDE * second, true);
      record.setFloat64(ROTATION_BYTES * i + 8, cosine, true);
      record.setFloat64(ROTATION_BYTES * i + 16, sine, true);
    });
    const rotated = kernelMemory.allocate('float64', STRIDE * signals.length);
    eachChunk(signals, rotated, (from, to, bytes) => {
      kernel['rotateSignals']!(rotated.pointer, bytes, rotations.length, records.pointer);
      takeChunk(rotated, targets, from, to);
    });
    records.release();
    rotated.release();
  });
}

/** Copies chunk after chunk of all signals into rows, the last one filled up to whole tiles with zeros. */
function eachChunk(
  signals: readonly Float64Array[],
  rows: KernelArray<'float64'>,
  work: (from: number, to: number, bytes: number) => void,
): void {
  const length = signals[0]?.length ?? 0;
  const { view } = rows;
  for (let from = 0; from < length; from += CHUNK) {
    const to = Math.min(length, from + CHUNK);
    const padded = Math.ceil((to - from) / TILE) * TILE;
    signals.forEach((signal, row) => {
      view.set(signal.subarray(from, to), STRIDE * row);
      view.fill(0, STRIDE * row + to - from, STRIDE * row + padded);
    });
    work(from, to, SAMPLE_BYTES * padded);
  }
}

function takeChunk(
  rows: KernelArray<'float64'>,
  targets: readonly Float64Array[],
  from: number,
  to: number,
): void {
  const { view } = rows;
  targets.forEach((target, row) => target.set(view.subarray(STRIDE * row, STRIDE * row + to - from), from));
}
