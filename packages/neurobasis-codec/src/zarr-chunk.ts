/**
 * Chunks of Zarr arrays to `.nbz` files and back.
 */
import { asIntegers, copyOfSamples } from '../../../lib/recordings/formats/parts/sample-values';
import { decode, encode, EncodeError } from './index';
import type { Samples } from './types';
import type { NeurobasisConfiguration, ZarrArrayFacts, ZarrChunk } from './zarr-types';

/** Chunks of few samples a channel have more of headers than of samples. */
const MOST_CHANNELS = 65_536;

/** Number of channels of a chunk: the length of its last axis, or one where that is all there is. */
function channelsOf(shape: readonly number[]): number {
  const channels = shape.length < 2 ? 1 : shape[shape.length - 1]!;
  if (channels <= MOST_CHANNELS) return channels;
  throw new EncodeError(
    `The last axis of a chunk is that of channels, and ${channels} are too many: at most ${MOST_CHANNELS}.`,
  );
}

/** A chunk as the bytes of an `.nbz` file. */
export function encodeChunk(
  chunk: ZarrChunk,
  { preset = 'best', max_error: maxError = 0 }: NeurobasisConfiguration,
): Uint8Array {
  const { shape } = chunk;
  return encode(inOrder(chunk), { codec: `lossless-${preset}`, maxError, channels: channelsOf(shape) });
}

/**
 * The chunk of an `.nbz` file.
 *
 * @throws EncodeError when the file holds another number of samples or another type than the array has
 */
export function decodeChunk(bytes: Uint8Array, { dataType, shape }: ZarrArrayFacts): ZarrChunk {
  const channels = decode(bytes).map(({ samples }) => samples);
  const count = shape.reduce((product, length) => product * length, 1);
  const expected = channelsOf(shape);
  const [first] = channels;
  const found = first === undefined ? 0 : first.length * channels.length;
  if (
    first === undefined ||
    channels.length !== expected ||
    found !== count ||
    typeNameOf(first) !== dataType
  ) {
    throw new EncodeError(
      `A chunk holds ${channels.length} channels, ${found} samples, and not ${count} of ${dataType} in ${expected}: it ` +
        'belongs to another array.',
    );
  }
  const data = new (first.constructor as new (length: number) => Samples)(count);
  const { integers: target, width } = asIntegers(data);
  channels.forEach((samples, channel) => {
    const { integers } = asIntegers(samples);
    for (let word = 0; word < width; word++) {
      for (let i = 0; i < samples.length; i++) {
        target[(i * expected + channel) * width + word] = integers[i * width + word]!;
      }
    }
  });
  return { data, shape: [...shape], stride: stridesOf(shape) };
}

function typeNameOf(samples: Samples): string {
  return samples.constructor.name.replace(/Array$/, '').toLowerCase();
}

function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** The samples of a chunk in C order. */
function inOrder({ data, shape, stride }: ZarrChunk): Samples {
  if (stridesOf(shape).every((step, axis) => step === stride[axis] || shape[axis]! < 2)) return data;
  const ordered = copyOfSamples(data);
  const { integers: source, width } = asIntegers(data);
  const { integers: target } = asIntegers(ordered);
  const place = shape.map(() => 0);
  for (let i = 0; i < ordered.length; i++) {
    const at = place.reduce((sum, index, axis) => sum + index * stride[axis]!, 0);
    for (let word = 0; word < width; word++) target[i * width + word] = source[at * width + word]!;
    for (let axis = shape.length - 1; axis >= 0 && ++place[axis]! === shape[axis]; axis--) place[axis] = 0;
  }
  return ordered;
}
