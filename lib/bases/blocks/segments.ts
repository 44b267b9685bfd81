/**
 * Local cosines on segments of time that adapt to the recording: long ones where the signal is steady, short ones
 * about a spike (R. R. Coifman and Y. Meyer, "Remarques sur l'analyse de Fourier à fenêtre", Comptes Rendus de
 * l'Académie des Sciences 312, 1991; best basis by R. R. Coifman and M. V. Wickerhauser, IEEE Transactions on
 * Information Theory 38, 1992).
 */
import { allowedParameter, powersOfTwo, type AdaptiveBasis } from '../basis';
import { blockRates, FramesBasis, transformBlocks, wholeFrames } from '../parts/frames-of-blocks';
import { foldBorder, fourthCosinesFor, rotationsFor } from '../parts/local-cosines';
import { SideBitReader, SideBitWriter } from '../parts/side-bits';

/** Samples of a frame, the longest segment. */
export const FRAME_LENGTHS: readonly number[] = powersOfTwo(6, 13);

/** Samples of the shortest segment. */
export const SHORTEST_SEGMENTS: readonly number[] = powersOfTwo(4, 13);

/**
 * Bits that a cut must save. Without it the search cuts on noise, because the minimum of several noisy estimates is
 * always too low.
 */
const CUT_COST = 12;

/** The DCT-IV of blocks, in place. */
function transform(blocks: Float64Array, length: number): void {
  fourthCosinesFor(length).transform(blocks, blocks);
}

/**
 * Segments of a signal, each expanded in the windowed cosines of a DCT-IV. The window reaches into each neighbor by
 * half the length of the shorter of the two segments.
 */
export class LocalCosineBasis extends FramesBasis {
  /**
   * @param id - id of the family
   * @param frameLength - samples of a frame
   * @param frames - lengths of the segments of each frame, in order of time; powers of two that add up to a frame
   * @param multiplyAddsPerSample - that of the family
   */
  constructor(
    id: string,
    frameLength: number,
    frames: readonly (readonly number[])[],
    multiplyAddsPerSample: number,
  ) {
    super(id, 2 * frameLength - 1, frameLength, frames, multiplyAddsPerSample);
  }

  protected override forward(samples: Float64Array): void {
    this.foldBorders(samples, 1);
    transformBlocks(samples, this.frames, transform);
  }

  protected override inverse(samples: Float64Array): void {
    transformBlocks(samples, this.frames, transform);
    this.foldBorders(samples, -1);
  }

  /** Folds never overlap: each reaches half a segment at most. */
  private foldBorders(samples: Float64Array, direction: 1 | -1): void {
    let border = 0;
    let before = 0;
    for (const lengths of this.frames) {
      for (const length of lengths) {
        if (before > 0) foldBorder(samples, border, rotationsFor(Math.min(before, length)), direction);
        border += length;
        before = length;
      }
    }
  }
}

/** Frames of one length, each cut into halves, quarters and so on where a cut saves bits. */
export class SegmentedCosineBasis implements AdaptiveBasis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  /** Lengths of segments in samples, the longest first. */
  private readonly lengths: readonly number[];

  /**
   * @param frameLength - samples of a frame, one of {@link FRAME_LENGTHS}
   * @param shortest - samples of the shortest segment, one of {@link SHORTEST_SEGMENTS}, no longer than a frame
   * @throws BasisParameterError
   */
  constructor(
    readonly frameLength: number,
    readonly shortest: number,
  ) {
    allowedParameter('frame length of segmented cosines', frameLength, FRAME_LENGTHS);
    allowedParameter(
      `shortest segment of frames of ${frameLength} samples`,
      shortest,
      SHORTEST_SEGMENTS.filter((length) => length <= frameLength),
    );
    this.id = `segments-${frameLength}-${shortest}`;
    // The first sample of a frame waits for the samples that the last segment shares with the next frame.
    this.delay = 2 * frameLength - 1;
    this.lengths = powersOfTwo(Math.log2(shortest), Math.log2(frameLength)).reverse();
    // One DCT-IV with rotations for each length tried, and one more for the chosen segments.
    this.multiplyAddsPerSample = this.lengths.reduce(
      (sum, length) => sum + Math.log2(length) + 4,
      Math.log2(frameLength) + 4,
    );
  }

  /** One bit for each frame, and for both halves of every cut segment: 1 cuts it. */
  choose(signal: Float64Array, step: number): Uint8Array {
    const samples = wholeFrames(signal, this.frameLength);
    const rates = this.lengths.map((length) => segmentRates(samples, length, step));
    const best = bestRates(rates);
    const bits = new SideBitWriter();
    const tell = (level: number, segment: number): void => {
      if (level === rates.length - 1) return;
      const cut = best[level]![segment]! < rates[level]![segment]!;
      bits.push(cut ? 1 : 0);
      if (!cut) return;
      tell(level + 1, 2 * segment);
      tell(level + 1, 2 * segment + 1);
    };
    for (let frame = 0; frame < best[0]!.length; frame++) tell(0, frame);
    return bits.bytes();
  }

  chosen(side: Uint8Array, length: number): LocalCosineBasis {
    const bits = new SideBitReader(side);
    const segments = (samples: number): number[] =>
      samples > this.shortest && bits.take() === 1
        ? [...segments(samples / 2), ...segments(samples / 2)]
        : [samples];
    const frameCount = Math.ceil(length / this.frameLength);
    const frames = Array.from({ length: frameCount }, () => segments(this.frameLength));
    bits.finish();
    return new LocalCosineBasis(this.id, this.frameLength, frames, this.multiplyAddsPerSample);
  }
}

/** Estimated bits of each segment if all segments had this length. */
function segmentRates(samples: Float64Array, length: number, step: number): Float64Array {
  const folded = samples.slice();
  const rotations = rotationsFor(length);
  for (let border = length; border < folded.length; border += length)
    foldBorder(folded, border, rotations, 1);
  transform(folded, length);
  return blockRates(folded, length, step);
}

/** Bits of each segment of each level: the smaller of the rates whole and cut. */
function bestRates(rates: readonly Float64Array[]): Float64Array[] {
  const best = rates.map((ofLevel) => ofLevel.slice());
  for (let level = best.length - 2; level >= 0; level--) {
    const [whole, halves] = [best[level]!, best[level + 1]!];
    for (let i = 0; i < whole.length; i++) {
      const cut = halves[2 * i]! + halves[2 * i + 1]! + CUT_COST;
      if (cut < whole[i]!) whole[i] = cut;
    }
  }
  return best;
}
