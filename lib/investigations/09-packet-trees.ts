/**
 * Value of wavelet-packet trees in bytes: whether estimates can choose the best tree, and whether each
 * recording needs a tree of its own.
 */
import type { AnyBasis } from '../bases/basis';
import { BITS_PER_SQUARED_STEP, codingCosts } from '../bases/parts/coding-cost';
import {
  BestPacketBasis,
  bestPackets,
  packetCosts,
  PACKET_CHOICES,
  SPLIT_COST,
  WaveletPacketBasis,
  type Packet,
  type PacketChoice,
} from '../bases/wavelets/packets';
import { TransformCodec } from '../codecs/transform-codec';
import { meanSquaredError, peakSignalToNoiseRatio, squaredError } from '../metrics/distortion';
import { corpusRange, readCodes, type Corpus } from '../recordings/corpus';
import { sampleRangeOf, type SampleRange, type ElectrodeFacts } from '../recordings/recording';
import { foldOf, type Fold } from '../recordings/folds';
import { bjontegaardDeltaRate, type RatePoint } from '../numerics/bjontegaard';
import { signalOf } from '../recordings/signal';

/** One tree of one recording. */
export interface TreeEstimate {
  readonly choice: PacketChoice;
  /** Number of bands of the tree. */
  readonly bands: number;
  /** Bytes that encode the tree for the decoder. */
  readonly sideBytes: number;
  /** Estimated cost, bits per sample: the rate, plus the error converted to bits. */
  readonly estimated: number;
  /** The same cost from the coded bytes and the resulting error, bits per sample. */
  readonly measured: number;
}

/** Bytes and squared error of a recording. */
interface Outcome {
  readonly bytes: number;
  readonly squaredError: number;
}

function code(basis: AnyBasis, codes: Uint16Array, step: number, range: SampleRange): Outcome {
  const codec = new TransformCodec(basis, { family: 0, parameter: 0 }, 'dead-zone', range);
  const { bytes } = codec.encode(codes, step);
  return { bytes: bytes.length, squaredError: squaredError(codes, codec.decode(bytes)) };
}

/**
 * Estimates and measured results for the trees of all choices.
 *
 * @param electrode - what digitized the codes, such as the recording
 */
export function estimateTrees(
  codes: Uint16Array,
  wavelet: string,
  levels: number,
  step: number,
  electrode: Pick<ElectrodeFacts, 'digitizer'>,
): TreeEstimate[] {
  const signal = signalOf(codes).signal;
  const costs = packetCosts(signal, wavelet, levels, (bands, length) => codingCosts(bands, length, step));
  return PACKET_CHOICES.map((choice) => {
    const family = new BestPacketBasis(wavelet, levels, choice);
    const side = family.choose(signal, step);
    const { packets } = family.chosen(side, signal.length);
    const { bytes, squaredError: error } = code(family, codes, step, sampleRangeOf(electrode));
    return {
      choice,
      bands: packets.length,
      sideBytes: side.length,
      estimated: packets.reduce((sum, { level, place }) => sum + costs[level]![place]!, 0) / codes.length,
      measured: (8 * bytes + (BITS_PER_SQUARED_STEP * error) / (step * step)) / codes.length,
    };
  });
}

/** Owner of a tree: each recording, or all together. */
export type TreeOwner = 'each recording its own' | 'one for the same fold' | 'one for the other fold';

/** Bytes that trees save. */
export interface TreeSaving {
  readonly owner: TreeOwner;
  /** Bjøntegaard delta rate against the uniform tree, %; null where the curves have no PSNR in common. */
  readonly deltaRate: number | null;
}

/**
 * Compares a separate tree for each recording with one common tree. The common tree is learned at each step
 * from the costs of one fold; it needs no side information.
 *
 * @param corpus - a corpus with recordings in both folds
 * @param steps - quantizer steps of the curves
 */
export function compareTreeOwners(
  wavelet: string,
  levels: number,
  corpus: Corpus,
  steps: readonly number[],
): TreeSaving[] {
  const recordings = corpus.recordings.map((recording) => {
    const codes = readCodes(recording);
    return { codes, fold: foldOf(codes.length) };
  });
  const range = corpusRange(corpus);
  const samples = recordings.reduce((sum, { codes }) => sum + codes.length, 0);
  const curve = (basisOf: (fold: Fold, step: number) => AnyBasis): RatePoint[] =>
    steps.map((step) => {
      const outcomes = recordings.map(({ codes, fold }) => code(basisOf(fold, step), codes, step, range));
      const error = outcomes.reduce((sum, outcome) => sum + outcome.squaredError, 0);
      return {
        rate: outcomes.reduce((sum, { bytes }) => sum + bytes, 0),
        psnr: peakSignalToNoiseRatio(meanSquaredError(error, samples), corpus.fullScale.codes),
      };
    });
  const trees = steps.map((step) =>
    ([0, 1] as const).map((fold) => {
      const ofFold = recordings.filter((recording) => recording.fold === fold).map(({ codes }) => codes);
      return new WaveletPacketBasis('tree', wavelet, corpusTree(ofFold, wavelet, levels, step));
    }),
  );
  const treeOf = (fold: number, step: number): WaveletPacketBasis => trees[steps.indexOf(step)]![fold]!;
  const uniform = curve(() => new BestPacketBasis(wavelet, levels, 'uniform'));
  const own = new BestPacketBasis(wavelet, levels, 'rate');
  const curves: readonly [TreeOwner, RatePoint[]][] = [
    ['each recording its own', curve(() => own)],
    ['one for the same fold', curve((fold, step) => treeOf(fold, step))],
    ['one for the other fold', curve((fold, step) => treeOf(1 - fold, step))],
  ];
  return curves.map(([owner, points]) => ({ owner, deltaRate: bjontegaardDeltaRate(uniform, points) }));
}

/** The tree with the smallest sum of costs over recordings. */
function corpusTree(
  recordings: readonly Uint16Array[],
  wavelet: string,
  levels: number,
  step: number,
): Packet[] {
  const sums = Array.from({ length: levels + 1 }, (_, level) => new Float64Array(2 ** level));
  for (const codes of recordings) {
    const costs = packetCosts(signalOf(codes).signal, wavelet, levels, (bands, length) =>
      codingCosts(bands, length, step),
    );
    costs.forEach((ofLevel, level) => ofLevel.forEach((cost, place) => (sums[level]![place]! += cost)));
  }
  return bestPackets(sums, SPLIT_COST);
}
