/**
 * Windowed cosines in frames of one length: the cosine packets of `segments.ts` that are never cut, without the work of
 * cutting.
 */
import { sineOfTurn } from '../../kernels/exact-trigonometry';
import { FourthCosineTransform } from '../../kernels/lapped';
import type { Basis, CoefficientLayout, Coefficients } from '../basis';
import { frameLayout, wholeFrames } from './frames-of-blocks';

/** What frames of one length need. */
interface FramePlan {
  readonly transform: FourthCosineTransform<'float64'>;
  /** Of the rotations at 0 … F/2 − 1 samples from a border. */
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
}

/** One plan for each frame length, kept as long as the thread lives. */
const plans = new Map<number, FramePlan>();

function planFor(frameLength: number): FramePlan {
  let plan = plans.get(frameLength);
  if (plan === undefined) {
    const half = frameLength / 2;
    plan = {
      transform: new FourthCosineTransform(frameLength, 'float64'),
      cosine: Float64Array.from({ length: half }, (_, i) => sineOfTurn(2 * (half + i) + 1, 8 * frameLength)),
      sine: Float64Array.from({ length: half }, (_, i) =>
        sineOfTurn(2 * (half - 1 - i) + 1, 8 * frameLength),
      ),
    };
    plans.set(frameLength, plan);
  }
  return plan;
}

/** Frames of F samples, a power of two, each expanded in F cosines under a sine window that reaches into both neighbors. */
export class UniformCosineBasis implements Basis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly exactInIntegers = false;
  readonly losslessStep = 16;
  private readonly plan: FramePlan;

  constructor(readonly frameLength: number) {
    this.id = `cosines-${frameLength}`;
    this.delay = 2 * frameLength - 1;
    this.multiplyAddsPerSample = Math.log2(frameLength) + 4;
    this.plan = planFor(frameLength);
  }

  layout(length: number): CoefficientLayout {
    return frameLayout(this.frameLength, length);
  }

  analyze(signal: Float64Array): Coefficients {
    const { frameLength, plan } = this;
    const samples = wholeFrames(signal, frameLength);
    this.fold(samples, 1);
    plan.transform.transform(samples, samples);
    const frames = samples.length / frameLength;
    const values = new Float64Array(samples.length);
    for (let frame = 0; frame < frames; frame++) {
      for (let k = 0; k < frameLength; k++) values[k * frames + frame] = samples[frame * frameLength + k]!;
    }
    return { values, layout: this.layout(signal.length) };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const { frameLength, plan } = this;
    const samples = new Float64Array(values.length);
    const frames = values.length / frameLength;
    for (let frame = 0; frame < frames; frame++) {
      for (let k = 0; k < frameLength; k++) samples[frame * frameLength + k] = values[k * frames + frame]!;
    }
    plan.transform.transform(samples, samples);
    this.fold(samples, -1);
    return samples.subarray(0, layout.signalLength);
  }

  /** Rotates the samples about each border; with `direction` −1, back. */
  private fold(samples: Float64Array, direction: 1 | -1): void {
    const { frameLength, plan } = this;
    const { cosine, sine } = plan;
    for (let border = frameLength; border < samples.length; border += frameLength) {
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
