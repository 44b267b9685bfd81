/**
 * Frames of equal length, cut into blocks of different lengths, and the estimated rate of blocks.
 */
import { kept } from '../../kernels/runtime/kept';
import type { Basis, CoefficientLayout, Coefficients } from '../basis';

/**
 * One coefficient of every frame in each subband. Coefficients of a frame are sorted by frequency, equal frequencies by
 * time; subband k holds the k-th. So neighbors in frequency stay neighbors, however the frame is cut.
 *
 * @param length - samples of the signal; the last frame is completed
 */
export function frameLayout(frameLength: number, length: number): CoefficientLayout {
  const frames = Math.ceil(length / frameLength);
  return {
    signalLength: length,
    coefficientCount: frames * frameLength,
    hop: frameLength,
    subbands: Array.from({ length: frameLength }, (_, k) => ({
      offset: k * frames,
      length: frames,
      timeStep: frameLength,
    })),
  };
}

/** The signal, its last frame filled up with its last sample. */
export function wholeFrames(signal: Float64Array, frameLength: number): Float64Array {
  const samples = new Float64Array(Math.ceil(signal.length / frameLength) * frameLength).fill(
    signal[signal.length - 1] ?? 0,
    signal.length,
  );
  samples.set(signal);
  return samples;
}

/** Reorders coefficients, block after block, into the subbands of {@link frameLayout}. */
export function toSubbands(blocks: Float64Array, frames: readonly (readonly number[])[]): Float64Array {
  const values = new Float64Array(blocks.length);
  let start = 0;
  frames.forEach((lengths, frame) => {
    const order = orderOf(...lengths);
    for (let k = 0; k < order.length; k++) values[k * frames.length + frame] = blocks[start + order[k]!]!;
    start += order.length;
  });
  return values;
}

/** The inverse of {@link toSubbands}. */
export function fromSubbands(values: Float64Array, frames: readonly (readonly number[])[]): Float64Array {
  const blocks = new Float64Array(values.length);
  let start = 0;
  frames.forEach((lengths, frame) => {
    const order = orderOf(...lengths);
    for (let k = 0; k < order.length; k++) blocks[start + order[k]!] = values[k * frames.length + frame]!;
    start += order.length;
  });
  return blocks;
}

/** Positions of the coefficients of a frame of blocks, sorted by frequency, equal frequencies by time. */
const orderOf = kept((...lengths: number[]): Uint16Array => {
  const frameLength = lengths.reduce((sum, length) => sum + length, 0);
  const positions: { readonly frequency: number; readonly position: number }[] = [];
  let start = 0;
  for (const length of lengths) {
    for (let k = 0; k < length; k++) {
      positions.push({ frequency: (2 * k + 1) * (frameLength / length), position: start + k });
    }
    start += length;
  }
  positions.sort((a, b) => a.frequency - b.frequency || a.position - b.position);
  return Uint16Array.from(positions, ({ position }) => position);
});

/**
 * A signal in frames, each cut into blocks that are transformed one by one. What differs from basis to basis is the
 * transform of a block, and whether blocks overlap.
 */
export abstract class FramesBasis implements Basis {
  /**
   * @param id - id of the family
   * @param delay - of the family, samples
   * @param frameLength - samples of a frame
   * @param frames - lengths of the blocks of each frame, in order of time; they add up to a frame
   * @param multiplyAddsPerSample - that of the family
   */
  constructor(
    readonly id: string,
    readonly delay: number,
    private readonly frameLength: number,
    protected readonly frames: readonly (readonly number[])[],
    readonly multiplyAddsPerSample: number,
  ) {}

  /** From samples of whole frames to the coefficients of their blocks, in place. */
  protected abstract forward(samples: Float64Array): void;

  /** From coefficients to samples, in place. */
  protected abstract inverse(samples: Float64Array): void;

  layout(length: number): CoefficientLayout {
    return frameLayout(this.frameLength, length);
  }

  analyze(signal: Float64Array): Coefficients {
    const samples = wholeFrames(signal, this.frameLength);
    this.forward(samples);
    return { values: toSubbands(samples, this.frames), layout: this.layout(signal.length) };
  }

  synthesize({ values, layout }: Coefficients): Float64Array {
    const samples = fromSubbands(values, this.frames);
    this.inverse(samples);
    return samples.subarray(0, layout.signalLength);
  }
}

/**
 * Applies a transform of whole blocks to all blocks of one length at once.
 *
 * @param samples - frames; overwritten with the transform
 * @param transform - transforms any number of blocks of this length in place
 */
export function transformBlocks(
  samples: Float64Array,
  frames: readonly (readonly number[])[],
  transform: (blocks: Float64Array, length: number) => void,
): void {
  const starts = new Map<number, number[]>();
  let start = 0;
  for (const lengths of frames) {
    for (const length of lengths) {
      const known = starts.get(length);
      if (known) known.push(start);
      else starts.set(length, [start]);
      start += length;
    }
  }
  for (const [length, places] of starts) {
    const together = new Float64Array(places.length * length);
    places.forEach((place, i) => together.set(samples.subarray(place, place + length), i * length));
    transform(together, length);
    places.forEach((place, i) => samples.set(together.subarray(i * length, (i + 1) * length), place));
  }
}

/** Factor of (c/Δ)² in the rate: a coefficient of half a step costs half a bit. */
const KNEE = 4;

/** The logarithm of the product is taken above this, before the product overflows. */
const LARGE = 1e200;

/**
 * Estimated rate in bits of the coefficients of each block: Σ ½·log₂(1 + 4·(c/Δ)²), which is the rate of a Gaussian
 * source at high rate, and nearly 0 for coefficients that the quantizer sets to 0.
 *
 * @param coefficients - coefficients, block after block
 * @param length - coefficients of a block
 * @param step - Δ
 */
export function blockRates(coefficients: Float64Array, length: number, step: number): Float64Array {
  const rates = new Float64Array(coefficients.length / length);
  const scale = KNEE / (step * step);
  for (let block = 0; block < rates.length; block++) {
    let product = 1;
    let logarithm = 0;
    for (let i = block * length; i < (block + 1) * length; i++) {
      product *= 1 + coefficients[i]! * coefficients[i]! * scale;
      if (product > LARGE) {
        logarithm += Math.log2(product);
        product = 1;
      }
    }
    rates[block] = 0.5 * (logarithm + Math.log2(product));
  }
  return rates;
}
