/**
 * The tail of a coded coefficient, which both coefficient models end with: low bits that are split off, counts beyond the
 * unary code, the sign. `docs/format.md` specifies it: a change of any line makes files undecodable.
 */
import type { BinaryCoder } from './range-coder';
import { adaptationRates } from './mixed-bit';

/** Magnitudes are counted out one by one up to here; what is above follows as an Elias gamma code. */
export const UNARY_LIMIT = 20;

/** Expected magnitude from which on the lowest bits are split off. */
const SPLIT_FROM = 3;
const MAX_SHIFT = 20;

/** Longest memory of the adaptive contexts of the tail. */
const SIGN_MEMORY = 120;
export const SIGN_RATES = adaptationRates(SIGN_MEMORY);

/** Signs have contexts of their own in the lowest subbands, whose coefficients swing slowly; the last is for the rest. */
const SIGN_SUBBANDS = 3;

/** Number of lowest bits that are split off a magnitude, 0…20, where `expected` is expected. */
export function splitBits(expected: number): number {
  if (expected < SPLIT_FROM) return 0;
  const shift = 31 - Math.clz32(((expected * 2) / SPLIT_FROM) | 0);
  return shift > MAX_SHIFT ? MAX_SHIFT : shift;
}

/** Codes or decodes tails, and keeps what it has learned of their bits. */
export class CoefficientTail {
  private readonly signProbability = new Float64Array(9 * SIGN_SUBBANDS).fill(0.5);
  private readonly signSeen = new Uint8Array(9 * SIGN_SUBBANDS);
  private readonly lowBits = new Float64Array(64).fill(0.5);
  private readonly lowBitsSeen = new Uint8Array(64);

  constructor(private readonly coder: BinaryCoder) {}

  /**
   * The rest of a magnitude after its unary count.
   *
   * @param size - the magnitude; any number for a decoder
   * @param shift - lowest bits split off, of {@link splitBits}
   * @param count - what was counted out, at most {@link UNARY_LIMIT}
   * @returns the magnitude
   */
  codeMagnitude(size: number, shift: number, count: number): number {
    const high = count === UNARY_LIMIT ? count + this.codeGamma((size >>> shift) - UNARY_LIMIT) : count;
    return shift === 0 ? high : this.codeLowBits(size, shift, high);
  }

  /**
   * The sign of a coefficient that is not zero: its contexts are the subband and the two signs before it.
   *
   * @returns whether it is negative
   */
  codeSign(value: number, k: number, before: number, twoBefore: number): boolean {
    const context =
      9 * (k < SIGN_SUBBANDS ? k : SIGN_SUBBANDS - 1) +
      3 * (before > 0 ? 2 : before < 0 ? 1 : 0) +
      (twoBefore > 0 ? 2 : twoBefore < 0 ? 1 : 0);
    return this.codeAdaptive(this.signProbability, this.signSeen, context, value < 0 ? 1 : 0) === 1;
  }

  /** The highest two of the bits split off follow the slope of the density; the others are even. */
  private codeLowBits(size: number, shift: number, high: number): number {
    const slope = Math.min(high, 7);
    const bit = this.codeAdaptive(this.lowBits, this.lowBitsSeen, slope, (size >>> (shift - 1)) & 1);
    let value = 2 * high + bit;
    if (shift === 1) return value;
    const next = 8 + 2 * slope + bit;
    value = 2 * value + this.codeAdaptive(this.lowBits, this.lowBitsSeen, next, (size >>> (shift - 2)) & 1);
    const rest = shift - 2;
    if (rest === 0) return value;
    return value * 2 ** rest + this.coder.codeBits(size & ((1 << rest) - 1), rest);
  }

  /** Elias gamma code of value + 1. */
  private codeGamma(value: number): number {
    const width = 31 - Math.clz32(value + 1);
    let coded = 0;
    while (coded < 24 && this.coder.code(coded < width ? 1 : 0, 32768) === 1) coded++;
    if (coded === 0) return 0;
    const low = this.coder.codeBits((value + 1) & ((1 << coded) - 1), coded);
    return 2 ** coded + low - 1;
  }

  private codeAdaptive(probability: Float64Array, seen: Uint8Array, context: number, bit: number): number {
    const estimate = probability[context]!;
    const coded = this.coder.code(bit, Math.min(65000, Math.max(536, (estimate * 65536) | 0)));
    const count = seen[context]!;
    probability[context] = estimate + (coded - estimate) * SIGN_RATES[count]!;
    if (count < SIGN_MEMORY - 2) seen[context] = count + 1;
    return coded;
  }
}
