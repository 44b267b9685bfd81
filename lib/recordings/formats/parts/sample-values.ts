import type { SampleArray, SampleType } from '../../recording-file';

/** Bytes that one sample takes in a file. */
export const SAMPLE_BYTES: Readonly<Record<SampleType, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int24: 3,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float32: 4,
  float64: 8,
};

/** A copy of samples that shares no memory with them: `slice` of a Buffer would. */
export function copyOfSamples<T extends SampleArray>(samples: T): T {
  return (samples instanceof Uint8Array ? new Uint8Array(samples) : samples.slice()) as T;
}

/** The array that holds samples of a type in memory. */
export function emptySamples(type: SampleType, count: number): SampleArray {
  switch (type) {
    case 'int8':
      return new Int8Array(count);
    case 'uint8':
      return new Uint8Array(count);
    case 'int16':
      return new Int16Array(count);
    case 'uint16':
      return new Uint16Array(count);
    case 'int24':
    case 'int32':
      return new Int32Array(count);
    case 'uint32':
      return new Uint32Array(count);
    case 'float32':
      return new Float32Array(count);
    case 'int64':
    case 'uint64':
    case 'float64':
      return new Float64Array(count);
  }
}

/** Integers above this size are not all doubles. */
const LARGEST_EXACT = BigInt(Number.MAX_SAFE_INTEGER);

/** A sample of 64 bits is too large to be read exactly. */
export class InexactSampleError extends RangeError {
  override readonly name = 'InexactSampleError';
}

/**
 * Copies samples out of bytes.
 *
 * @param view - the bytes
 * @param type - how samples are stored
 * @param littleEndian - their byte order
 * @param at - position of the first, in bytes
 * @param stride - bytes from one to the next
 * @param out - is filled from `outAt` on with `count` samples
 * @throws InexactSampleError when an integer of 64 bits is beyond ±2^53
 */
export function copySamples(
  view: DataView,
  type: SampleType,
  littleEndian: boolean,
  at: number,
  stride: number,
  out: SampleArray,
  outAt: number,
  count: number,
): void {
  const end = outAt + count;
  switch (type) {
    case 'int8':
      for (let i = outAt; i < end; i++, at += stride) out[i] = view.getInt8(at);
      return;
    case 'uint8':
      for (let i = outAt; i < end; i++, at += stride) out[i] = view.getUint8(at);
      return;
    case 'int16':
      for (let i = outAt; i < end; i++, at += stride) out[i] = view.getInt16(at, littleEndian);
      return;
    case 'uint16':
      for (let i = outAt; i < end; i++, at += stride) out[i] = view.getUint16(at, littleEndian);
      return;
    case 'int24':
      for (let i = outAt; i < end; i++, at += stride) {
        out[i] = littleEndian
          ? view.getUint16(at, true) | (view.getInt8(at + 2) << 16)
          : (view.getInt8(at) << 16) | view.getUint16(at + 1);
      }
      return;
    case 'int32':
      for (let i = outAt; i < end; i++, at += stride) out[i] = view.getInt32(at, littleEndian);
      return;
    case 'uint32':
      for (let i = outAt; i < end; i++, at += stride) out[i] = view.getUint32(at, littleEndian);
      return;
    case 'float32':
    case 'float64':
      copyFloats(view, littleEndian, at, stride, out, outAt, count);
      return;
    case 'int64':
    case 'uint64':
      for (let i = outAt; i < end; i++, at += stride) {
        const value =
          type === 'int64' ? view.getBigInt64(at, littleEndian) : view.getBigUint64(at, littleEndian);
        out[i] = exactNumber(value);
      }
      return;
  }
}

/**
 * The memory of samples as integers: what a copy goes through that keeps each bit. As numbers, a NaN of floating-point
 * samples may lose its payload, and whether it does depends on how far the engine has optimized.
 *
 * @returns the same memory, and how many integers a sample takes, 1 or 2
 */
export function asIntegers(samples: SampleArray): { integers: SampleArray; width: number } {
  if (!(samples instanceof Float32Array || samples instanceof Float64Array)) {
    return { integers: samples, width: 1 };
  }
  const { buffer, byteOffset, byteLength } = samples;
  return {
    integers: new Uint32Array(buffer, byteOffset, byteLength / 4),
    width: samples.BYTES_PER_ELEMENT / 4,
  };
}

/** Whether this machine keeps the lowest byte first. */
const HOST_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Copies floating-point samples bit by bit: see {@link asIntegers}. */
function copyFloats(
  view: DataView,
  littleEndian: boolean,
  at: number,
  stride: number,
  out: SampleArray,
  outAt: number,
  count: number,
): void {
  const { integers, width } = asIntegers(out);
  const reversed = littleEndian !== HOST_LITTLE_ENDIAN;
  for (let word = 0; word < width; word++) {
    const from = at + 4 * (reversed ? width - 1 - word : word);
    for (let i = 0; i < count; i++) {
      integers[width * (outAt + i) + word] = view.getUint32(from + i * stride, littleEndian);
    }
  }
}

/** A 64-bit integer as a double. */
export function exactNumber(value: bigint): number {
  if (value > LARGEST_EXACT || value < -LARGEST_EXACT) {
    throw new InexactSampleError(`A sample of ${value} is beyond ±2^53 and cannot be read exactly.`);
  }
  return Number(value);
}

/**
 * Writes one sample; integers of 64 bits are not written.
 *
 * @param at - position of its first byte
 */
export function putSample(
  view: DataView,
  type: SampleType,
  littleEndian: boolean,
  at: number,
  value: number,
): void {
  switch (type) {
    case 'int8':
    case 'uint8':
      view.setUint8(at, value & 255);
      return;
    case 'int16':
    case 'uint16':
      view.setUint16(at, value & 65_535, littleEndian);
      return;
    case 'int24': {
      const bytes = [value & 255, (value >> 8) & 255, (value >> 16) & 255];
      bytes.forEach((byte, i) => view.setUint8(at + (littleEndian ? i : 2 - i), byte));
      return;
    }
    case 'int32':
      view.setInt32(at, value, littleEndian);
      return;
    case 'uint32':
      view.setUint32(at, value, littleEndian);
      return;
    case 'float32':
      view.setFloat32(at, value, littleEndian);
      return;
    case 'float64':
      view.setFloat64(at, value, littleEndian);
      return;
    default:
      throw new RangeError(`Samples of type ${type} are not written.`);
  }
}
