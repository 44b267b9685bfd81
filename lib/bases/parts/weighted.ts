/**
 * A basis whose errors count by their frequency. Its coefficients are those of another basis times the weight of their
 * subband, so that any quantizer gives subband k the step Δ / weight(k): perceptual coding (J. D. Johnston, "Transform
 * coding of audio signals using perceptual noise criteria", IEEE Journal on Selected Areas in Communications 6, 1988),
 * with a measure of spikes in place of hearing.
 */
import {
  isAdaptive,
  SideInformationError,
  type AdaptiveBasis,
  type AnyBasis,
  type Basis,
  type CoefficientLayout,
  type Coefficients,
} from '../basis';
import { LappedBasis } from '../blocks/lapped';
import { frequencyEdges } from './frequency-bands';
import {
  octaveBytes,
  octavesFrom,
  octaveWeight,
  spikeBandFrom,
  type FrequencyWeight,
} from './frequency-weight';

/** First part of a weight's name in ids: `"mdct-256-sine+weight-spikes"`. */
export const WEIGHT_PREFIX = 'weight-';

/** Block length of the transform by which the search of an adaptive basis sees a signal as it is weighted. */
const SEARCH_BLOCK = 256;

function idOf({ id }: Pick<Basis, 'id'>, { name }: FrequencyWeight): string {
  return `${id}+${WEIGHT_PREFIX}${name}`;
}

/** The weight of each subband. */
function subbandWeights(layout: CoefficientLayout, id: string, weight: FrequencyWeight): Float64Array {
  const edges = frequencyEdges(layout, id);
  return Float64Array.from(layout.subbands, (_, k) => weight.weightOf(edges[k]!, edges[k + 1]!));
}

/** One basis with weights. */
class WeightedBasis implements Basis {
  readonly id: string;
  readonly orthonormal = false;
  readonly delay: number;
  readonly wholeRecording: boolean;
  readonly multiplyAddsPerSample: number;
  private latest: { readonly subbands: number; readonly weights: Float64Array } | undefined;

  constructor(
    private readonly inner: Basis,
    private readonly weight: FrequencyWeight,
  ) {
    this.id = idOf(inner, weight);
    this.delay = inner.delay;
    this.wholeRecording = inner.wholeRecording === true;
    this.multiplyAddsPerSample = inner.multiplyAddsPerSample + 1;
  }

  layout(length: number): CoefficientLayout {
    return this.inner.layout(length);
  }

  analyze(signal: Float64Array, step: number): Coefficients {
    const { values, layout } = this.inner.analyze(signal, step);
    const weights = this.weights(layout);
    const weighted = new Float64Array(values.length);
    layout.subbands.forEach(({ offset, length }, k) => {
      for (let i = offset; i < offset + length; i++) weighted[i] = values[i]! * weights[k]!;
    });
    return { values: weighted, layout };
  }

  synthesize({ values, layout }: Coefficients, step: number): Float64Array {
    const weights = this.weights(layout);
    const plain = new Float64Array(values.length);
    layout.subbands.forEach(({ offset, length }, k) => {
      for (let i = offset; i < offset + length; i++) plain[i] = values[i]! / weights[k]!;
    });
    return this.inner.synthesize({ values: plain, layout }, step);
  }

  /** A short signal may have fewer subbands than a long one. */
  private weights(layout: CoefficientLayout): Float64Array {
    const { length } = layout.subbands;
    if (this.latest?.subbands !== length) {
      this.latest = { subbands: length, weights: subbandWeights(layout, this.inner.id, this.weight) };
    }
    return this.latest.weights;
  }
}

/** A family with weights; the search sees the signal as it is weighted. */
class WeightedFamily implements AdaptiveBasis {
  readonly id: string;
  readonly delay: number;
  readonly wholeRecording: boolean;
  readonly multiplyAddsPerSample: number;

  constructor(
    private readonly inner: AdaptiveBasis,
    private readonly weight: FrequencyWeight,
  ) {
    this.id = idOf(inner, weight);
    this.delay = inner.delay;
    this.wholeRecording = inner.wholeRecording === true;
    this.multiplyAddsPerSample = inner.multiplyAddsPerSample + 1;
  }

  choose(signal: Float64Array, step: number): Uint8Array {
    const lapped = new LappedBasis(SEARCH_BLOCK, 'sine');
    const seen = new WeightedBasis(lapped, this.weight).analyze(signal, step);
    return this.inner.choose(lapped.synthesize(seen), step);
  }

  chosen(side: Uint8Array, length: number): Basis {
    return new WeightedBasis(this.inner.chosen(side, length), this.weight);
  }
}

/**
 * A basis or family with weights.
 *
 * @param inner - its subbands must have frequency bands: see {@link frequencyEdges}
 */
export function weighted(inner: AnyBasis, weight: FrequencyWeight): AnyBasis {
  return isAdaptive(inner) ? new WeightedFamily(inner, weight) : new WeightedBasis(inner, weight);
}

/** A weight that files hold as side information. */
interface SaidWeight {
  /** What an encoder writes. */
  readonly said: Uint8Array;
  /** The weight that side information begins with, and what follows it. */
  readonly from: (side: Uint8Array) => { readonly weight: FrequencyWeight; readonly rest: Uint8Array };
}

/** A basis with a weight that its files hold. */
export class SaidWeighted implements AdaptiveBasis {
  readonly id: string;
  readonly delay: number;
  readonly wholeRecording: boolean;
  readonly multiplyAddsPerSample: number;

  /** @param weight - of the encoder; a decoder takes that of the file */
  constructor(
    private readonly inner: AnyBasis,
    private readonly weight: SaidWeight,
  ) {
    this.id = idOf(inner, weight.from(weight.said).weight);
    this.delay = inner.delay;
    this.wholeRecording = inner.wholeRecording === true;
    this.multiplyAddsPerSample = inner.multiplyAddsPerSample + 1;
  }

  choose(signal: Float64Array, step: number): Uint8Array {
    const { said } = this.weight;
    const basis = weighted(this.inner, this.weight.from(said).weight);
    if (!isAdaptive(basis)) return said;
    const side = basis.choose(signal, step);
    const both = new Uint8Array(said.length + side.length);
    both.set(said);
    both.set(side, said.length);
    return both;
  }

  chosen(side: Uint8Array, length: number): Basis {
    const { weight, rest } = this.weight.from(side);
    const basis = weighted(this.inner, weight);
    if (isAdaptive(basis)) return basis.chosen(rest, length);
    if (rest.length > 0) throw new SideInformationError('there is more of it than weights');
    return basis;
  }
}

/**
 * A basis with given weights of octaves.
 *
 * @param steps - see {@link octaveWeight}
 */
export function octaveWeighted(inner: AnyBasis, steps: readonly number[]): AnyBasis {
  return new SaidWeighted(inner, {
    said: octaveBytes(steps),
    from: (side) => {
      const { steps: read, rest } = octavesFrom(side);
      return { weight: octaveWeight(read), rest };
    },
  });
}

/**
 * A basis with the weight of the spike band at another rate than that of the Neuralink recordings.
 *
 * @param band - see `spikeBandBytes`
 */
export function bandWeighted(inner: AnyBasis, band: Uint8Array): AnyBasis {
  return new SaidWeighted(inner, { said: band, from: spikeBandFrom });
}
