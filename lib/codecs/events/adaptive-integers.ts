/**
 * Integers as decisions whose probabilities follow what was coded before. All arithmetic is on integers.
 */
import { PROBABILITY_ONE, type BinaryCoder } from '../../coding/entropy/range-coder';

/** Decisions that are remembered; older ones fade. */
const MEMORY = 255;

/**
 * Probabilities of a decision lie between these. So every decision costs something, and a few bytes cannot claim
 * millions of events.
 */
const LEAST_PROBABILITY = PROBABILITY_ONE / 64;
const LARGEST_PROBABILITY = PROBABILITY_ONE - LEAST_PROBABILITY;

/** The probability of one decision (R. E. Krichevsky and V. K. Trofimov, IEEE Transactions on Information Theory 27, 1981). */
export class AdaptiveBit {
  private ones = 0;
  private all = 0;

  /** Codes a decision; a decoder ignores the bit that it is given. */
  code(coder: BinaryCoder, bit: number): number {
    const counted = Math.floor((PROBABILITY_ONE * (2 * this.ones + 1)) / (2 * this.all + 2));
    const probability = Math.min(LARGEST_PROBABILITY, Math.max(LEAST_PROBABILITY, counted));
    const found = coder.code(bit, probability);
    this.ones += found;
    if (++this.all === MEMORY) {
      this.ones >>= 1;
      this.all >>= 1;
    }
    return found;
  }
}

/** Integers 0 … 2^bits − 1, the highest bit first; each decision knows the bits before it. */
export class AdaptiveSymbol {
  private readonly nodes: readonly AdaptiveBit[];

  constructor(private readonly bits: number) {
    this.nodes = Array.from({ length: 2 ** bits }, () => new AdaptiveBit());
  }

  code(coder: BinaryCoder, value: number): number {
    let node = 1;
    for (let i = this.bits - 1; i >= 0; i--) {
      node = 2 * node + this.nodes[node]!.code(coder, (value >> i) & 1);
    }
    return node - 2 ** this.bits;
  }
}

/** Decisions of a count that have a probability of their own. */
const COUNTED = 6;

/** Small integers of any sign: a magnitude in ones that a zero ends, and a sign that costs a bit. */
export class AdaptiveInteger {
  private readonly more = Array.from({ length: COUNTED }, () => new AdaptiveBit());

  /** @param most - largest magnitude; a decoder finds no larger one */
  constructor(private readonly most: number) {}

  code(coder: BinaryCoder, value: number): number {
    const wanted = Math.abs(value);
    let magnitude = 0;
    while (
      magnitude < this.most &&
      this.more[Math.min(magnitude, COUNTED - 1)]!.code(coder, magnitude < wanted ? 1 : 0) === 1
    ) {
      magnitude++;
    }
    if (magnitude === 0) return 0;
    return coder.codeBits(value < 0 ? 1 : 0, 1) === 1 ? -magnitude : magnitude;
  }
}

/** Largest number of bits of an integer of {@link codeLength}. */
const LENGTH_BITS = 5;

/** Codes an integer of 0 or more, below 2³⁰: the number of its bits, and then those below the highest. */
export function codeCount(coder: BinaryCoder, count: number): number {
  const bits = coder.codeBits(32 - Math.clz32(count), LENGTH_BITS);
  if (bits < 2) return bits;
  return codePlain(coder, count - 2 ** (bits - 1), bits - 1) + 2 ** (bits - 1);
}

/** Codes the lowest `bits` bits of an integer, 0 … 30 of them. */
export function codePlain(coder: BinaryCoder, value: number, bits: number): number {
  if (bits <= 15) return coder.codeBits(value, bits);
  const upper = coder.codeBits(value >>> 15, bits - 15);
  return upper * 2 ** 15 + coder.codeBits(value & (2 ** 15 - 1), 15);
}
