/**
 * Expected magnitude of the next quantized coefficient, from those already coded nearby in time and frequency.
 */
import { adaptationRates } from './mixed-bit';

/** Levels of an expected magnitude: four an octave, from 2⁻¹² on. */
export const LEVELS = 64;
/** Expected magnitudes are compared in units of 2⁻¹². */
const LEVEL_SCALE = 4096;
/** Slowest adaptation of a subband's mean magnitude. */
const MEAN_MEMORY = 250;
/** Smallest mean; smaller ones would reach denormal numbers, which are slow. */
const LEAST_MEAN = 2 ** -20;
/** Weight of a subband's neighbor in the sum over lower frequencies, relative to the one above it. */
const SPREAD = 0.8;
/** Largest expected magnitude; keeps levels within 32-bit integers after a sudden burst. */
const MAX_EXPECTED = 2 ** 30;

/** How far the mean of a subband moves at its n-th visit. */
export const MEAN_RATES = adaptationRates(MEAN_MEMORY);

/** Level of an expected magnitude: 4·log₂, with two fraction bits taken from the number itself. */
export function levelOf(expected: number): number {
  const scaled = (expected * LEVEL_SCALE) | 0;
  if (scaled < 4) return scaled;
  const octave = 31 - Math.clz32(scaled);
  return Math.min(4 * (octave - 1) + ((scaled >>> (octave - 2)) & 3), LEVELS - 1);
}

/** The mean of the magnitudes of a level. */
export function meanOfLevel(level: number): number {
  const low = level < 4 ? level : (4 + (level & 3)) * 2 ** ((level >> 2) - 1);
  return (1.1 * low + 0.5) / LEVEL_SCALE;
}

/** Expectations along the order in which coefficients are coded: {@link expect}, then {@link learn}, for each. */
export class MagnitudeExpectation {
  /** Running mean of the magnitudes of the subband and those beside it. */
  smooth = 0;
  /** {@link smooth}, times the ratio of the magnitudes nearby to their expectations. */
  local = 0;
  protected readonly mean: Float64Array;
  protected readonly visits: Uint16Array;
  private ownMean = 0;
  /** Magnitudes at the frequencies below, and their expectations, fading. */
  private around = 0;
  private expectedAround = 0;

  /** @param subbands - number of subbands that are coded */
  constructor(subbands: number) {
    this.mean = new Float64Array(subbands + 1);
    this.visits = new Uint16Array(subbands);
  }

  startHop(): void {
    this.around = 0;
    this.expectedAround = 0;
  }

  /**
   * Sets {@link smooth} and {@link local} for the next coefficient.
   *
   * @param k - its subband
   * @param before - magnitude before it in the subband; 0 if there is none
   * @param twoBefore - magnitude before `before`
   */
  expect(k: number, before: number, twoBefore: number): void {
    const { mean } = this;
    const visited = this.visits[k]! > 0;
    // A subband that was never visited is expected to be like the one below.
    const ownMean = visited ? mean[k]! : k > 0 ? mean[k - 1]! : 0;
    const a = before < 0 ? -before : before;
    const b = twoBefore < 0 ? -twoBefore : twoBefore;
    const excitation = (2 * a + b + this.around + 2) / (3 * ownMean + this.expectedAround + 2);
    const smooth = visited && k > 0 ? 0.5 * ownMean + 0.25 * (mean[k - 1]! + mean[k + 1]!) : ownMean;
    this.ownMean = ownMean;
    this.smooth = smooth;
    this.local = Math.min((smooth + 0.002) * excitation, MAX_EXPECTED);
  }

  /** Updates the means with the magnitude of the coefficient that was expected last. */
  learn(k: number, size: number): void {
    const { mean, visits, ownMean } = this;
    const count = visits[k]!;
    const newMean = ownMean + (size - ownMean) * MEAN_RATES[count]!;
    mean[k] = newMean < LEAST_MEAN ? LEAST_MEAN : newMean;
    if (count < MEAN_MEMORY - 2) visits[k] = count + 1;
    const around = SPREAD * this.around + size;
    this.around = around < LEAST_MEAN ? 0 : around;
    this.expectedAround = SPREAD * this.expectedAround + ownMean;
  }
}
