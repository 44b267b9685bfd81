/**
 * Weights of frequencies by name, and the bases that can have them.
 */
import { BasisParameterError, isAdaptive, type AnyBasis } from '../bases/basis';
import { hasFrequencyBands } from '../bases/parts/frequency-bands';
import {
  DECIBEL_STEP,
  MOST_DECIBEL_STEPS,
  MOST_OCTAVES,
  spikeBandBytes,
  SPIKE_WEIGHT,
} from '../bases/parts/frequency-weight';
import { bandWeighted, octaveWeighted, WEIGHT_PREFIX, weighted } from '../bases/parts/weighted';
import type { CatalogEntry } from './family';

/** Numbers of weights in the format: never given to another weight. */
export const WEIGHT_NUMBERS = { none: 0, spikes: 1, octaves: 2, spikeBand: 3 } as const;
export type WeightNumber = (typeof WEIGHT_NUMBERS)[keyof typeof WEIGHT_NUMBERS];

/** A weight that an id names. */
export interface NamedWeight {
  readonly number: Exclude<WeightNumber, 0>;
  /** Attenuation of octaves in steps of 3 dB; empty for another weight. */
  readonly octaves: readonly number[];
  /** Edges of the spike band as files hold them, where the weight is of another rate than Neuralink's. */
  readonly band?: Uint8Array;
}

/** What a decoder builds a weight with before it has read that of the file. */
export function weightOfFile(number: Exclude<WeightNumber, 0>): NamedWeight {
  return { number, octaves: [0], band: Uint8Array.of(1, 0, 2, 0) };
}

/** The weight that an id names, for recordings of a sample rate: bands are in hertz. */
export function weightAt(weight: NamedWeight, sampleRate: number): NamedWeight {
  const band = weight.number === WEIGHT_NUMBERS.spikes ? spikeBandBytes(sampleRate) : undefined;
  return band ? { number: WEIGHT_NUMBERS.spikeBand, octaves: [], band } : weight;
}

/** Families whose subbands are listed by frequency. Those of other families may be as wide, but lie elsewhere. */
const BY_FREQUENCY: readonly CatalogEntry['family'][] = ['trigonometric', 'wavelet', 'packets'];

/** How to write a weight, for errors. */
export const WEIGHTS_KNOWN =
  `"${WEIGHT_PREFIX}${SPIKE_WEIGHT.name}", or the attenuation of each octave from the highest down, in multiples of ` +
  `${DECIBEL_STEP} dB up to ${DECIBEL_STEP * MOST_DECIBEL_STEPS}: "${WEIGHT_PREFIX}12-0-0-0-6-24" (at most ${MOST_OCTAVES})`;

/** The weight that a part of an id names, such as `"weight-spikes"`; undefined when it names none. */
export function parseWeight(text: string): NamedWeight | undefined {
  if (!text.startsWith(WEIGHT_PREFIX)) return undefined;
  const name = text.slice(WEIGHT_PREFIX.length);
  if (name === SPIKE_WEIGHT.name) return { number: WEIGHT_NUMBERS.spikes, octaves: [] };
  const words = name.split('-');
  const octaves = words.map((word) => Number(word) / DECIBEL_STEP);
  const known =
    octaves.length <= MOST_OCTAVES &&
    octaves.every(
      (step, i) =>
        Number.isInteger(step) &&
        step >= 0 &&
        step <= MOST_DECIBEL_STEPS &&
        String(step * DECIBEL_STEP) === words[i],
    );
  return known ? { number: WEIGHT_NUMBERS.octaves, octaves } : undefined;
}

/**
 * Whether the subbands of a family have frequency bands.
 *
 * @param basis - one of the family
 */
export function canBeWeighted({ family }: CatalogEntry, basis: AnyBasis): boolean {
  if (!BY_FREQUENCY.includes(family) || basis.quantizesItself === true) return false;
  return isAdaptive(basis) || hasFrequencyBands(basis.layout(0));
}

/**
 * A basis of a family with a weight.
 *
 * @throws BasisParameterError when the subbands of the family have no frequency bands
 */
export function withWeight(
  entry: CatalogEntry,
  basis: AnyBasis,
  { number, octaves, band }: NamedWeight,
): AnyBasis {
  if (!canBeWeighted(entry, basis)) {
    throw new BasisParameterError(
      `${basis.id} cannot have a weight: its subbands have no frequency bands. Families of the kinds ` +
        `${BY_FREQUENCY.join(', ')} have.`,
    );
  }
  if (number === WEIGHT_NUMBERS.octaves) return octaveWeighted(basis, octaves);
  if (number === WEIGHT_NUMBERS.spikeBand) return bandWeighted(basis, band!);
  return weighted(basis, SPIKE_WEIGHT);
}
