/**
 * Autoencoders, learned from end to end on other recordings (`lib/learning/autoencoder/autoencoder.ts`): blocks in one matrix, or
 * overlapping frames with a nonlinear layer on each side. Their latents are coded as the coefficients of all bases are;
 * the entropy model of the loss is only for learning.
 */
import {
  AUTOENCODER_KINDS,
  convolutionalShapes,
  hiddenUnits,
  linearShapes,
  type AutoencoderKind,
} from '../parts/autoencoder-shape';
import { transposed } from '../../kernels/matrix';
import {
  allowedParameter,
  powersOfTwo,
  type Basis,
  type CoefficientLayout,
  type Coefficients,
} from '../basis';
import { AutoencoderNetwork } from '../parts/autoencoder-network';
import { BlockMatrixBasis } from '../parts/block-matrix';
import { frameLayout, wholeFrames } from '../parts/frames-of-blocks';
import { LearnedBasis } from '../learned';
import { orthonormalRows } from '../parts/orthonormal-rows';

/** Samples of a block of the linear autoencoder, of a hop of the convolutional one. */
export const AUTOENCODER_LENGTHS: readonly number[] = powersOfTwo(4, 7);

/**
 * Steps below this many standard deviations of the signal count as fine. At fine steps the error of the network exceeds
 * that of the quantizer, so the encoder corrects the latents once. At coarse steps it leaves them: the latents were
 * learned together with the quantizer and do better than corrected ones.
 */
const FINE_STEP = 0.2;

/** A convolutional autoencoder: frames of 2M samples, M apart, with the signal divided by the step. */
class ConvolutionalAutoencoder implements Basis {
  readonly orthonormal = false;

  constructor(
    readonly id: string,
    readonly delay: number,
    readonly multiplyAddsPerSample: number,
    private readonly network: AutoencoderNetwork,
  ) {}

  /** Subband k holds latent k of every frame. There is one more frame than there are hops. */
  layout(length: number): CoefficientLayout {
    const { hop } = this.network;
    return { ...frameLayout(hop, length === 0 ? 0 : length + hop), signalLength: length };
  }

  analyze(signal: Float64Array, step: number): Coefficients {
    const { hop } = this.network;
    const layout = this.layout(signal.length);
    if (signal.length === 0) return { values: new Float64Array(0), layout };
    const samples = wholeFrames(signal, hop);
    // One mirrored hop before the first and one after the last.
    const halves = new Float64Array(samples.length + 2 * hop);
    for (let i = 0; i < samples.length; i++) halves[hop + i] = samples[i]! / step;
    for (let i = 0; i < hop; i++) {
      halves[hop - 1 - i] = halves[hop + i]!;
      halves[hop + samples.length + i] = halves[hop + samples.length - 1 - i]!;
    }
    const latents = this.network.analyze(
      halves,
      step * step < FINE_STEP * FINE_STEP * variance(signal) ? 1 : 0,
    );
    for (let i = 0; i < latents.length; i++) latents[i] = latents[i]! * step;
    return { values: transposed(latents, latents.length / hop, hop), layout };
  }

  synthesize({ values, layout }: Coefficients, step: number): Float64Array {
    const { hop } = this.network;
    const latents = transposed(values, hop, values.length / hop);
    for (let i = 0; i < latents.length; i++) latents[i] = latents[i]! / step;
    const signal = this.network.synthesize(latents).subarray(0, layout.signalLength);
    for (let i = 0; i < signal.length; i++) signal[i] = signal[i]! * step;
    return signal;
  }
}

/** Mean square of a signal whose mean was taken out. */
function variance(signal: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < signal.length; i++) sum += signal[i]! * signal[i]!;
  return sum / signal.length;
}

/** The basis of an autoencoder: N latents for each block (linear) or hop (convolutional) of N samples. */
export class AutoencoderBasis extends LearnedBasis {
  /**
   * @param kind - one of {@link AUTOENCODER_KINDS}
   * @param length - N, one of {@link AUTOENCODER_LENGTHS}
   * @throws BasisParameterError
   */
  constructor(
    readonly kind: AutoencoderKind,
    readonly length: number,
  ) {
    allowedParameter('kind of autoencoder', kind, AUTOENCODER_KINDS);
    allowedParameter('length of an autoencoder', length, AUTOENCODER_LENGTHS);
    const id = `autoencoder-${kind}-${length}`;
    const linear = kind === 'linear';
    const delay = linear ? length - 1 : 4 * length - 1;
    const cost = linear ? length : 2 * length + 4 * hiddenUnits(length);
    const { synthesis } = linearShapes(length);
    const read = linear ? { synthesis } : convolutionalShapes(length);
    const lengths = Object.fromEntries(
      Object.entries(read).map(([name, [rows, columns]]) => [name, rows * columns]),
    );
    super({ id, arrays: lengths, delay, multiplyAddsPerSample: cost }, ({ arrays, sha256 }) =>
      linear
        ? new BlockMatrixBasis(`${id}/${sha256}`, length, {
            functions: orthonormalRows(arrays['synthesis']!, length),
          })
        : new ConvolutionalAutoencoder(
            `${id}/${sha256}`,
            delay,
            cost,
            new AutoencoderNetwork(length, arrays),
          ),
    );
  }
}
