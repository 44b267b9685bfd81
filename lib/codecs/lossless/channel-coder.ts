/**
 * Channels of any digitizer to bytes and back, in WebAssembly where it can run. The plain version is the specification and
 * gives the same bytes.
 */
import { decodeChannelsWithKernel, encodeChannelsWithKernel } from '../../kernels/channel-coder';
import { simdAvailable } from '../../kernels/runtime/webassembly';
import { leastPayload } from '../../coding/bitstream';
import { BitstreamError } from '../../coding/bitstream-errors';
import { MOST_CODES } from '../../coding/channel-description';
import { invalidCode, withoutImplicitZeros } from '../../coding/entropy/code-bytes';
import { HeaderReader, writeVarint } from '../../coding/header-reader';
import {
  CHANNEL_PRESETS,
  ChannelModel,
  featureCount,
  type ChannelPreset,
  type ChannelPresetName,
} from './channel-model';
import { GAUSSIAN, HEAVY } from './distributions';
import { FrequencyDecoder, FrequencyEncoder } from './frequency-coder';
import { sourcesOf } from './channel-sources';

/** Bytes of samples are this many at most, so that kernels have room: a chunk is longer only by mistake. */
export const MOST_CHUNK_SAMPLES = 2 ** 28;

/**
 * Codes channels together.
 *
 * @param channels - codes of each, 0…65535, equally many
 * @param simd - false for the plain version
 */
export function encodeChannels(
  channels: readonly Uint16Array[],
  name: ChannelPresetName,
  simd: boolean = simdAvailable,
): Uint8Array {
  const preset = CHANNEL_PRESETS[name];
  const samples = channels[0]?.length ?? 0;
  let lowest = MOST_CODES - 1;
  let highest = 0;
  for (const codes of channels) {
    for (let i = 0; i < samples; i++) {
      const code = codes[i]!;
      if (code < lowest) lowest = code;
      if (code > highest) highest = code;
    }
  }
  if (highest < lowest) lowest = highest;
  const numbered = lowest === 0 ? channels : channels.map((codes) => numberedFrom(lowest, codes));
  const sources = sourcesOf(numbered, preset.references);
  const front: number[] = [];
  writeVarint(front, lowest);
  writeVarint(front, highest - lowest);
  sources.slice(1).forEach((list, i) => {
    front.push(list.length);
    for (const source of list) writeVarint(front, i + 1 - source);
  });
  const code = codeOfChannels(numbered, lowest, highest - lowest + 1, preset, sources, simd);
  const least = leastPayload(samples * channels.length);
  const payload = new Uint8Array(Math.max(front.length + code.length, least));
  payload.set(front);
  payload.set(code, front.length);
  return payload;
}

/** Codes less the lowest one. A loop: `map` calls a function for each sample. */
function numberedFrom(lowest: number, codes: Uint16Array): Uint16Array {
  const numbered = new Uint16Array(codes.length);
  for (let i = 0; i < codes.length; i++) numbered[i] = codes[i]! - lowest;
  return numbered;
}

/**
 * Codes of channels as {@link encodeChannels} writes them, without what names their range and sources.
 *
 * @param numbered - codes from 0 on
 * @param lowest - code that 0 stands for
 * @param codes - number of codes
 * @param sources - of each channel, by their numbers
 * @param simd - false for the plain version, which gives the same bytes
 */
export function codeOfChannels(
  numbered: readonly Uint16Array[],
  lowest: number,
  codes: number,
  preset: ChannelPreset,
  sources: readonly (readonly number[])[],
  simd: boolean,
): Uint8Array {
  if (simd) {
    const model = kernelModel(lowest, codes, preset, sources);
    return withoutImplicitZeros(encodeChannelsWithKernel(numbered, model)).slice();
  }
  const encoder = new FrequencyEncoder();
  const model = new ChannelModel(lowest, codes, numbered.length, preset);
  numbered.forEach((channel, c) => {
    model.startChannel(sources[c]!.map((source) => numbered[source]!));
    model.encode(channel, encoder);
  });
  return encoder.finish();
}

/** What the kernel is told of channels. */
export function kernelModel(
  lowest: number,
  codes: number,
  preset: ChannelPreset,
  sources: readonly (readonly number[])[],
): Parameters<typeof encodeChannelsWithKernel>[1] {
  const { own, second, learnsEvery, widthsEvery } = preset;
  const references = (featureCount(preset, sources.length) - own) / 4;
  return {
    ...{ lowest, codes, own, references, second, learnsEvery, widthsEvery, sources },
    gaussian: GAUSSIAN,
    heavy: HEAVY,
  };
}

/**
 * The channels that {@link encodeChannels} coded. Memory is taken for what the bytes can hold.
 *
 * @param bytes - they lie from `start` to `end`
 * @param count - number of channels, 1 or more
 * @param samples - of each
 * @param simd - false for the plain version
 * @throws BitstreamError when no encoder wrote these bytes
 */
export function decodeChannels(
  bytes: Uint8Array,
  start: number,
  end: number,
  count: number,
  samples: number,
  name: ChannelPresetName,
  simd: boolean = simdAvailable,
): Uint16Array[] {
  const preset = CHANNEL_PRESETS[name];
  const least = leastPayload(samples * count);
  if (end - start < least || samples * count > MOST_CHUNK_SAMPLES) {
    throw new BitstreamError(
      `${count} × ${samples} samples cannot be in the ${end - start} bytes of this .nbz file.`,
    );
  }
  const filled = end - start === least;
  const reader = new HeaderReader(bytes, start, end);
  const lowest = reader.varint();
  const codes = reader.varint() + 1;
  if (lowest + codes > MOST_CODES)
    throw new BitstreamError(`Code ${lowest + codes - 1} is none: a chunk is damaged.`);
  const sources: number[][] = [[]];
  for (let c = 1; c < count; c++) {
    const list = Array.from({ length: checkedCount(reader.byte(), preset) }, () => c - reader.varint());
    if (list.some((source) => source < 0 || source >= c)) throw invalidCode();
    sources.push(list);
  }
  const codeStart = reader.position;
  const decoded = simd
    ? decodeChannelsWithKernel(
        bytes.subarray(codeStart, end),
        count,
        samples,
        kernelModel(lowest, codes, preset, sources),
        filled,
      )
    : plainlyDecoded(
        new FrequencyDecoder(bytes, codeStart, end),
        sources,
        samples,
        lowest,
        codes,
        preset,
        filled,
      );
  if (decoded === undefined) throw invalidCode();
  if (lowest > 0) for (const channel of decoded) for (let i = 0; i < samples; i++) channel[i]! += lowest;
  return decoded;
}

function checkedCount(sources: number, { references }: ChannelPreset): number {
  if (sources > references) throw invalidCode();
  return sources;
}

function plainlyDecoded(
  decoder: FrequencyDecoder,
  sources: readonly (readonly number[])[],
  samples: number,
  lowest: number,
  codes: number,
  preset: ChannelPreset,
  filled: boolean,
): Uint16Array[] {
  const model = new ChannelModel(lowest, codes, sources.length, preset);
  const channels: Uint16Array[] = [];
  for (const list of sources) {
    model.startChannel(list.map((source) => channels[source]!));
    const channel = new Uint16Array(samples);
    model.decode(channel, decoder);
    channels.push(channel);
  }
  decoder.finish(filled);
  return channels;
}
