/**
 * What code widths and earlier channels are worth to the lossless codec on one dataset: the same coder with and without
 * each of them.
 *
 * All electrodes of a stretch are coded together, one after another, as in a file of many channels. Widths that are
 * never learned stay 1; a channel without sources is predicted from its own past alone.
 */
import { CHANNEL_PRESETS, ChannelModel } from '../../codecs/lossless/channel-model';
import { sourcesOf } from '../../codecs/lossless/channel-sources';
import { GAUSSIAN, HEAVY } from '../../codecs/lossless/distributions';
import { FrequencyEncoder } from '../../codecs/lossless/frequency-coder';
import { withoutImplicitZeros } from '../../coding/entropy/code-bytes';
import { decodeChannelsWithKernel, encodeChannelsWithKernel } from '../../kernels/channel-coder';
import { simdAvailable } from '../../kernels/runtime/webassembly';
import { readCodes, type Corpus, type Recording } from '../../recordings/corpus';

/** Bits a sample. */
export interface LosslessWorth {
  /** Neither widths nor other channels. */
  readonly plain: number;
  readonly widths: number;
  readonly channels: number;
  /** As the codec does it. */
  readonly both: number;
}

/** Each sample would teach widths only every so many samples: more than any recording has. */
const NEVER = 2 ** 30;

const PRESET = CHANNEL_PRESETS.best;

/** A variant of the coder gave other samples back than it was given. */
export class VariantMismatchError extends Error {
  override readonly name = 'VariantMismatchError';
}

/**
 * Bytes of channels with or without widths and other channels, decoded again and compared.
 *
 * @param channels - codes, equally many of each; one channel or more
 * @param simd - false for the plain version, which gives the same bytes and does not decode them
 * @throws VariantMismatchError
 */
export function variantBytes(
  channels: readonly Uint16Array[],
  learnsWidths: boolean,
  seesChannels: boolean,
  simd: boolean = simdAvailable,
): number {
  let lowest = 65_535;
  let highest = 0;
  for (const codes of channels) {
    for (const code of codes) {
      if (code < lowest) lowest = code;
      if (code > highest) highest = code;
    }
  }
  const numbered = channels.map((codes) => codes.map((code) => code - lowest));
  const sources = seesChannels ? sourcesOf(numbered, PRESET.references) : channels.map(() => []);
  const references = seesChannels && channels.length > 1 ? PRESET.references : 0;
  const preset = { ...PRESET, references, widthsEvery: learnsWidths ? PRESET.widthsEvery : NEVER };
  const codes = highest - lowest + 1;
  if (!simd) {
    const encoder = new FrequencyEncoder();
    const model = new ChannelModel(lowest, codes, channels.length, preset);
    numbered.forEach((channel, c) => {
      model.startChannel(sources[c]!.map((source) => numbered[source]!));
      for (const code of channel) {
        model.start();
        const start = model.cumulative(code);
        encoder.encode(start, model.cumulative(code + 1) - start);
        model.update(code);
      }
    });
    return encoder.finish().length;
  }
  const model = { lowest, codes, ...preset, sources, gaussian: GAUSSIAN, heavy: HEAVY };
  const code = withoutImplicitZeros(encodeChannelsWithKernel(numbered, model)).slice();
  const decoded = decodeChannelsWithKernel(code, channels.length, channels[0]!.length, model, false);
  if (!decoded?.every((back, c) => back.every((value, i) => value === numbered[c]![i]))) {
    throw new VariantMismatchError('The lossless coder did not give its samples back: look at its kernel.');
  }
  return code.length;
}

/** Simultaneous recordings of a corpus. */
function groupsOf({ recordings }: Corpus): Recording[][] {
  const groups = new Map<string, Recording[]>();
  for (const recording of recordings) {
    groups.set(recording.group, [...(groups.get(recording.group) ?? []), recording]);
  }
  return [...groups.values()];
}

/** What widths and channels are worth on a corpus. */
export function losslessWorth(corpus: Corpus): LosslessWorth {
  const groups = groupsOf(corpus).map((group) => group.map(readCodes));
  const samples = groups.flat().reduce((sum, { length }) => sum + length, 0);
  const bits = (learnsWidths: boolean, seesChannels: boolean): number =>
    (8 * groups.reduce((sum, group) => sum + variantBytes(group, learnsWidths, seesChannels), 0)) / samples;
  return {
    plain: bits(false, false),
    widths: bits(true, false),
    channels: bits(false, true),
    both: bits(true, true),
  };
}
