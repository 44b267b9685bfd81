/**
 * Windowed cosines in frames of one length: `segments.ts` without cuts and without the search for them.
 */
import { sineOfTurn } from '../../kernels/exact-trigonometry';
import { FourthCosineTransform } from '../../kernels/lapped';
import { transposed } from '../../kernels/matrix';
import { kept } from '../../kernels/runtime/kept';
import { BlockBasis } from './block-basis';

/** Transform and rotations of frames of one length; the rotations are those at 0 … F/2 − 1 samples from a border. */
const planFor = kept((frameLength: number) => {
  const half = frameLength / 2;
  return {
    transform: new FourthCosineTransform(frameLength, 'float64'),
    cosine: Float64Array.from({ length: half }, (_, i) => sineOfTurn(2 * (half + i) + 1, 8 * frameLength)),
    sine: Float64Array.from({ length: half }, (_, i) => sineOfTurn(2 * (half - 1 - i) + 1, 8 * frameLength)),
  };
});

/** Frames of F samples, a power of two, each expanded in F cosines under a sine window that reaches into both neighbors. */
export class UniformCosineBasis extends BlockBasis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  private readonly plan: ReturnType<typeof planFor>;

  constructor(frameLength: number) {
    super(frameLength);
    this.id = `cosines-${frameLength}`;
    this.delay = 2 * frameLength - 1;
    this.multiplyAddsPerSample = Math.log2(frameLength) + 4;
    this.plan = planFor(frameLength);
  }

  protected toSubbands(blocks: Float64Array): Float64Array {
    this.fold(blocks, 1);
    this.plan.transform.transform(blocks, blocks);
    return transposed(blocks, blocks.length / this.blockLength, this.blockLength);
  }

  protected fromSubbands(values: Float64Array): Float64Array {
    const blocks = transposed(values, this.blockLength, values.length / this.blockLength);
    this.plan.transform.transform(blocks, blocks);
    this.fold(blocks, -1);
    return blocks;
  }

  /** Rotates the samples about each border. Direction −1 undoes the rotation. */
  private fold(samples: Float64Array, direction: 1 | -1): void {
    const { blockLength, plan } = this;
    const { cosine, sine } = plan;
    for (let border = blockLength; border < samples.length; border += blockLength) {
      for (let i = 0; i < cosine.length; i++) {
        const right = samples[border + i]!;
        const left = samples[border - 1 - i]!;
        const s = direction * sine[i]!;
        samples[border + i] = right * cosine[i]! + left * s;
        samples[border - 1 - i] = left * cosine[i]! - right * s;
      }
    }
  }
}
