/**
 * Windowed cosines in frames of one length: `segments.ts` without cuts and without the search for them.
 */
import { transposed } from '../../kernels/matrix';
import { BlockBasis } from './block-basis';
import { foldBorder, fourthCosinesFor, rotationsFor } from './local-cosines';

/** Frames of F samples, a power of two, each expanded in F cosines under a sine window that reaches into both neighbors. */
export class UniformCosineBasis extends BlockBasis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  private readonly transform: ReturnType<typeof fourthCosinesFor>;

  constructor(frameLength: number) {
    super(frameLength);
    this.id = `cosines-${frameLength}`;
    this.delay = 2 * frameLength - 1;
    this.multiplyAddsPerSample = Math.log2(frameLength) + 4;
    this.transform = fourthCosinesFor(frameLength);
  }

  protected toSubbands(blocks: Float64Array): Float64Array {
    this.fold(blocks, 1);
    this.transform.transform(blocks, blocks);
    return transposed(blocks, blocks.length / this.blockLength, this.blockLength);
  }

  protected fromSubbands(values: Float64Array): Float64Array {
    const blocks = transposed(values, this.blockLength, values.length / this.blockLength);
    this.transform.transform(blocks, blocks);
    this.fold(blocks, -1);
    return blocks;
  }

  /** Rotates the samples about each border. Direction −1 undoes the rotation. */
  private fold(samples: Float64Array, direction: 1 | -1): void {
    const { blockLength } = this;
    const rotations = rotationsFor(blockLength);
    for (let border = blockLength; border < samples.length; border += blockLength) {
      foldBorder(samples, border, rotations, direction);
    }
  }
}
