/**
 * What code widths and earlier channels are worth to the lossless codec on one dataset: the same coder with and without
 * each of them.
 *
 * All electrodes of a stretch are coded together, one after another, as in a file of many channels. Widths that are
 * never learned stay 1; a channel without sources is predicted from its own past alone.
 */
import { codeOfChannels, kernelModel } from '../../codecs/lossless/channel-coder';
import { CHANNEL_PRESETS } from '../../codecs/lossless/channel-model';
import { sourcesOf } from '../../codecs/lossless/channel-sources';
import { decodeChannelsWithKernel } from '../../kernels/channel-coder';
import { simdAvailable } from '../../kernels/runtime/webassembly';
import { readCodes, type Corpus } from '../../recordings/corpus';
import { simultaneousRecordings } from '../../recordings/simultaneous-recordings';

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
  const references = seesChannels ? PRESET.references : 0;
  const preset = { ...PRESET, references, widthsEvery: learnsWidths ? PRESET.widthsEvery : NEVER };
  const codes = highest - lowest + 1;
  const code = codeOfChannels(numbered, lowest, codes, preset, sources, simd);
  if (!simd) return code.length;
  const model = kernelModel(lowest, codes, preset, sources);
  const decoded = decodeChannelsWithKernel(code, channels.length, channels[0]!.length, model, false);
  if (!decoded?.every((back, c) => back.every((value, i) => value === numbered[c]![i]))) {
    throw new VariantMismatchError('The lossless coder did not give its samples back: look at its kernel.');
  }
  return code.length;
}

/** What widths and channels are worth on a corpus. */
export function losslessWorth(corpus: Corpus): LosslessWorth {
  const groups = [...simultaneousRecordings(corpus.recordings).values()].map((group) => group.map(readCodes));
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
