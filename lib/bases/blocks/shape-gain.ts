/**
 * Shape–gain vector quantization of a lapped transform: neighboring coefficients form a group. Its gain (length) is
 * coded like a coefficient of any other basis, its shape (direction) as a point of a pyramid (M. J. Sabin and R. M.
 * Gray, "Product code vector quantizers for waveform and voice coding", IEEE Transactions on Acoustics, Speech, and
 * Signal Processing 32, 1984; T. R. Fischer, 1986). Opus codes music this way (J.-M. Valin, G. Maxwell, T. B.
 * Terriberry and K. Vos, "High-quality, low-delay music coding in the Opus codec", 135th AES Convention, 2013).
 */
import { BitstreamError } from '../../coding/bitstream-errors';
import { Pyramid } from '../../coding/entropy/pyramid';
import { RangeDecoder, RangeEncoder } from '../../coding/entropy/range-coder';
import {
  allowedParameter,
  powersOfTwo,
  type AdaptiveBasis,
  type Basis,
  type CoefficientLayout,
  type Coefficients,
} from '../basis';
import { LappedBasis } from './lapped';
import { kept } from '../../kernels/runtime/kept';

/** Coefficients of a block. */
export const SHAPE_BLOCK_LENGTHS: readonly number[] = powersOfTwo(6, 10);

/** Coefficients of a group. */
export const GROUP_LENGTHS: readonly number[] = powersOfTwo(2, 5);

/** Most pulses of a shape. Groups of larger gain get a shape that is coarser than the step. */
const MOST_PULSES = 1024;

/** Density of shapes on the sphere of a gain, along one axis, relative to the grid of the step. */
const DENSITY = 1.1;

/** Price of a bit in squared steps (λ), as in the other rate–distortion quantizers. */
const PRICE_OF_A_BIT = 0.1;

const pyramidOf = kept((dimension: number) => new Pyramid(dimension, MOST_PULSES));

/**
 * Result of the search for one signal: the gain of each group in steps, in the order of the layout, and the pulses of
 * all groups.
 */
interface Choice {
  readonly signal: Float64Array;
  readonly step: number;
  readonly gains: Int32Array;
}

/** A lapped transform whose coefficients are coded in groups: gains are coefficients, shapes side information. */
export class ShapeGainBasis implements AdaptiveBasis {
  readonly id: string;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly quantizesItself = true;
  private readonly lapped: LappedBasis;
  private readonly pyramid: Pyramid;
  private readonly pulsesPerGain: number;
  /** Results of {@link choose} by their side information, so that the search runs once. */
  private readonly choices = new WeakMap<Uint8Array, Choice>();

  /**
   * @param blockLength - coefficients of a block of the MDCT, one of {@link SHAPE_BLOCK_LENGTHS}
   * @param groupLength - coefficients of a group, neighbors in frequency, one of {@link GROUP_LENGTHS}
   * @throws BasisParameterError when they are not
   */
  constructor(
    readonly blockLength: number,
    readonly groupLength: number,
  ) {
    allowedParameter('block length of a shape–gain quantizer', blockLength, SHAPE_BLOCK_LENGTHS);
    allowedParameter('group length of a shape–gain quantizer', groupLength, GROUP_LENGTHS);
    this.lapped = new LappedBasis(blockLength, 'sine');
    this.pyramid = pyramidOf(groupLength);
    this.id = `shapegain-${blockLength}-${groupLength}`;
    this.delay = this.lapped.delay;
    // The search for a shape visits each coefficient of a group about groupLength/2 times.
    this.multiplyAddsPerSample = this.lapped.multiplyAddsPerSample + 3 * groupLength;
    // The magnitudes of a vector of L values, length g and random direction add up to √(2L/π)·g on average.
    this.pulsesPerGain = DENSITY * Math.sqrt((2 * groupLength) / Math.PI);
  }

  choose(signal: Float64Array, step: number): Uint8Array {
    const coefficients = this.groups(signal);
    const { gains, pulses } = this.quantize(coefficients, step);
    const coder = new RangeEncoder();
    const vector = new Int32Array(this.groupLength);
    for (let group = 0; group < gains.length; group++) {
      const count = this.pulsesOf(gains[group]!);
      if (count === 0) continue;
      const start = group * this.groupLength;
      vector.set(pulses.subarray(start, start + this.groupLength));
      this.pyramid.code(coder, vector, count);
    }
    const side = coder.finish();
    this.choices.set(side, { signal, step, gains });
    return side;
  }

  chosen(side: Uint8Array, length: number): Basis {
    const layout = this.gainLayout(length);
    return {
      id: this.id,
      delay: this.delay,
      multiplyAddsPerSample: this.multiplyAddsPerSample,
      orthonormal: false,
      quantizesItself: true,
      layout: () => layout,
      analyze: (signal, step) => {
        const choice = this.choices.get(side);
        const known = choice?.signal === signal && choice.step === step;
        const gains = known ? choice.gains : this.quantize(this.groups(signal), step).gains;
        return { values: this.toLayout(gains, step), layout };
      },
      synthesize: (coefficients, step) => this.synthesize(coefficients, side, step),
    };
  }

  private synthesize({ values, layout }: Coefficients, side: Uint8Array, step: number): Float64Array {
    const { groupLength, blockLength } = this;
    const bands = blockLength / groupLength;
    const frames = values.length / bands;
    const coefficients = new Float64Array(values.length * groupLength);
    const coder = new RangeDecoder(side, 0, side.length);
    const vector = new Int32Array(groupLength);
    for (let frame = 0; frame < frames; frame++) {
      for (let band = 0; band < bands; band++) {
        const gain = Math.round(values[band * frames + frame]! / step);
        if (gain < 0) throw new BitstreamError('A gain of this .nbz file is negative.');
        const pulses = this.pulsesOf(gain);
        if (pulses === 0) continue;
        this.pyramid.code(coder, vector, pulses);
        let energy = 0;
        for (let i = 0; i < groupLength; i++) energy += vector[i]! * vector[i]!;
        const scale = (gain * step) / Math.sqrt(energy);
        for (let i = 0; i < groupLength; i++) {
          coefficients[(band * groupLength + i) * frames + frame] = vector[i]! * scale;
        }
      }
    }
    coder.finish();
    return this.lapped.synthesize({ values: coefficients, layout: this.lapped.layout(layout.signalLength) });
  }

  /** Coefficients of the lapped transform, frame by frame, from low to high frequency. */
  private groups(signal: Float64Array): Float64Array {
    const { values } = this.lapped.analyze(signal);
    const frames = values.length / this.blockLength;
    const ordered = new Float64Array(values.length);
    for (let k = 0; k < this.blockLength; k++) {
      for (let frame = 0; frame < frames; frame++) {
        ordered[frame * this.blockLength + k] = values[k * frames + frame]!;
      }
    }
    return ordered;
  }

  /**
   * Chooses for each group the gain and shape of least D + λ·R, among gain 0 and the gains near its length. R counts
   * the bits of the shape, and those of the gain under a geometric distribution about its neighbors in time and
   * frequency.
   */
  private quantize(
    coefficients: Float64Array,
    step: number,
  ): { readonly gains: Int32Array; readonly pulses: Int32Array } {
    const { groupLength, pyramid } = this;
    const bands = this.blockLength / groupLength;
    const price = PRICE_OF_A_BIT * step * step;
    const gains = new Int32Array(coefficients.length / groupLength);
    const pulses = new Int32Array(coefficients.length);
    const trial = new Int32Array(groupLength);
    for (let group = 0; group < gains.length; group++) {
      const start = group * groupLength;
      let energy = 0;
      for (let i = start; i < start + groupLength; i++) energy += coefficients[i]! * coefficients[i]!;
      const length = Math.sqrt(energy) / step;
      const highest = Math.ceil(length);
      if (highest === 0) continue;
      const expected = expectedGain(gains, group, bands);
      const none = Math.log2(1 + expected);
      const each = Math.log2((1 + expected) / expected);
      let least = energy + price * none;
      for (let gain = Math.max(1, highest - 2); gain <= highest; gain++) {
        const count = this.pulsesOf(gain);
        const product = pyramid.nearest(coefficients, start, count, trial);
        let size = 0;
        for (let i = 0; i < groupLength; i++) size += trial[i]! * trial[i]!;
        const decoded = gain * step;
        const distortion = energy - (2 * decoded * product) / Math.sqrt(size) + decoded * decoded;
        const cost = distortion + price * (none + gain * each + Math.log2(pyramid.vectors(count)));
        if (cost >= least) continue;
        least = cost;
        gains[group] = gain;
        pulses.set(trial, start);
      }
    }
    return { gains, pulses };
  }

  /** Number of pulses of a shape, by its gain. */
  private pulsesOf(gain: number): number {
    return Math.min(MOST_PULSES, Math.round(gain * this.pulsesPerGain));
  }

  private gainLayout(length: number): CoefficientLayout {
    const { blockLength, groupLength } = this;
    const frames = Math.ceil(length / blockLength);
    const bands = blockLength / groupLength;
    return {
      signalLength: length,
      coefficientCount: frames * bands,
      hop: blockLength,
      subbands: Array.from({ length: bands }, (_, band) => ({
        offset: band * frames,
        length: frames,
        timeStep: blockLength,
      })),
    };
  }

  /** Reorders gains (frame after frame, in steps) into coefficients (subband after subband). */
  private toLayout(gains: Int32Array, step: number): Float64Array {
    const bands = this.blockLength / this.groupLength;
    const frames = gains.length / bands;
    const values = new Float64Array(gains.length);
    for (let frame = 0; frame < frames; frame++) {
      for (let band = 0; band < bands; band++) {
        values[band * frames + frame] = gains[frame * bands + band]! * step;
      }
    }
    return values;
  }
}

/**
 * Expected gain of a group: mean over the same group and its two neighbors in the frame before, and over the group
 * before it in this frame. Above 0.
 */
function expectedGain(gains: Int32Array, group: number, bands: number): number {
  const band = group % bands;
  const before = group - bands;
  let sum = 0.25;
  let weight = 0.25;
  if (before >= 0) {
    sum += 2 * gains[before]!;
    weight += 2;
    if (band > 0) sum += gains[before - 1]!;
    if (band + 1 < bands) sum += gains[before + 1]!;
    weight += (band > 0 ? 1 : 0) + (band + 1 < bands ? 1 : 0);
  }
  if (band > 0) {
    sum += 2 * gains[group - 1]!;
    weight += 2;
  }
  return Math.max(0.02, sum / weight);
}
