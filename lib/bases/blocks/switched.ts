/**
 * Cosines with block switching: each frame is divided into blocks of the length that costs fewest bits, as audio coders
 * do about an attack (B. Edler, "Codierung von Audiosignalen mit überlappender Transformation und adaptiven
 * Fensterfunktionen", Frequenz 43, 1989), here with the blocks of the DCT-II.
 */
import { BlockCosineTransform } from '../../kernels/cosine';
import {
  allowedParameter,
  powersOfTwo,
  SideInformationError,
  type AdaptiveBasis,
  type Basis,
} from '../basis';
import { blockRates, FramesBasis, transformBlocks, wholeFrames } from '../parts/frames-of-blocks';
import { SideBitReader, SideBitWriter } from '../parts/side-bits';
import { kept } from '../../kernels/runtime/kept';

/** Samples of a frame, the longest block. */
export const SWITCHED_FRAME_LENGTHS: readonly number[] = powersOfTwo(6, 13);

/** Halvings down to the shortest block. */
const HALVINGS = 4;

/** Bits of the number of halvings in the side information. */
const HALVING_BITS = 3;

/**
 * Bits that a change of block length must save. Without it the search changes on noise, because the minimum of several
 * noisy estimates is always too low.
 */
const CHANGE_COST = 12;

const planFor = kept((length: number) => new BlockCosineTransform(length, 'float64'));

function forward(blocks: Float64Array, length: number): void {
  planFor(length).forward(blocks, blocks);
}

function inverse(blocks: Float64Array, length: number): void {
  planFor(length).inverse(blocks, blocks);
}

/** Frames whose blocks are those of the DCT-II. */
class BlockCosineBasis extends FramesBasis {
  protected override forward(samples: Float64Array): void {
    transformBlocks(samples, this.frames, forward);
  }

  protected override inverse(samples: Float64Array): void {
    transformBlocks(samples, this.frames, inverse);
  }
}

/** Chooses for each frame the block length of fewest bits: the whole frame, or 1/2 … 1/16 of it. */
export class SwitchedCosineBasis implements AdaptiveBasis {
  readonly id: string;
  readonly delay: number;
  /** The lengths of all frames are chosen together. */
  readonly wholeRecording = true;
  readonly multiplyAddsPerSample: number;
  /** Lengths of blocks in samples, the longest first. */
  private readonly lengths: readonly number[];

  /**
   * @param frameLength - samples of a frame, one of {@link SWITCHED_FRAME_LENGTHS}
   * @throws BasisParameterError
   */
  constructor(readonly frameLength: number) {
    allowedParameter('frame length of switched cosines', frameLength, SWITCHED_FRAME_LENGTHS);
    this.id = `switched-${frameLength}`;
    this.delay = frameLength - 1;
    this.lengths = Array.from({ length: HALVINGS + 1 }, (_, halvings) => frameLength >> halvings);
    // One DCT for each length tried, and one more for the chosen blocks.
    this.multiplyAddsPerSample = this.lengths.reduce(
      (sum, length) => sum + Math.log2(length) + 3,
      Math.log2(frameLength) + 3,
    );
  }

  /** For each frame one bit: 1 if its block length differs from that of the frame before; then the new length. */
  choose(signal: Float64Array, step: number): Uint8Array {
    const samples = wholeFrames(signal, this.frameLength);
    const rates = this.lengths.map((length, halvings) => {
      const blocks = samples.slice();
      forward(blocks, length);
      return frameRates(blockRates(blocks, length, step), 1 << halvings);
    });
    const frameCount = samples.length / this.frameLength;
    const bits = new SideBitWriter();
    let current = 0;
    for (const halvings of cheapestSequence(rates, frameCount)) {
      bits.push(halvings === current ? 0 : 1);
      if (halvings !== current) bits.push(halvings, HALVING_BITS);
      current = halvings;
    }
    return bits.bytes();
  }

  chosen(side: Uint8Array, length: number): Basis {
    const bits = new SideBitReader(side);
    let current = 0;
    const frames = Array.from({ length: Math.ceil(length / this.frameLength) }, () => {
      if (bits.take() === 1) {
        const halvings = bits.take(HALVING_BITS);
        if (halvings === current || halvings > HALVINGS) {
          throw new SideInformationError(`blocks cannot be halved ${halvings} times after ${current} times`);
        }
        current = halvings;
      }
      return new Array<number>(1 << current).fill(this.lengths[current]!);
    });
    bits.finish();
    return new BlockCosineBasis(this.id, this.delay, this.frameLength, frames, this.multiplyAddsPerSample);
  }
}

/** Sums over the blocks of each frame. */
function frameRates(rates: Float64Array, blocksInFrame: number): Float64Array {
  const sums = new Float64Array(rates.length / blocksInFrame);
  for (let i = 0; i < rates.length; i++) sums[Math.floor(i / blocksInFrame)]! += rates[i]!;
  return sums;
}

/** The sequence of choices with the fewest bits, rates and changes together (dynamic programming). */
function cheapestSequence(rates: readonly Float64Array[], frameCount: number): number[] {
  let costs: number[] = rates.map((_, choice) => (choice === 0 ? 0 : CHANGE_COST));
  const from: number[][] = [];
  for (let frame = 0; frame < frameCount; frame++) {
    if (frame > 0) {
      const cheapest = costs.indexOf(Math.min(...costs));
      from.push(costs.map((cost, choice) => (costs[cheapest]! + CHANGE_COST < cost ? cheapest : choice)));
      costs = costs.map((cost) => Math.min(cost, costs[cheapest]! + CHANGE_COST));
    }
    costs = costs.map((cost, choice) => cost + rates[choice]![frame]!);
  }
  const choices: number[] = [];
  let choice = costs.indexOf(Math.min(...costs));
  for (let frame = frameCount - 1; frame >= 0; frame--) {
    choices.push(choice);
    if (frame > 0) choice = from[frame - 1]![choice]!;
  }
  return choices.reverse();
}
