/**
 * The classes of blocks in a file: a range code in which the class before is the context of each class.
 */
import { PROBABILITY_ONE, type BinaryCoder } from '../../coding/entropy/range-coder';

/** Decisions after which the counts of a context are halved, so that old decisions weigh less. */
const MEMORY = 255;

/**
 * Codes the classes of all blocks, bit by bit, the highest first. A bit has one context for each class of the block
 * before and each prefix of its own class. The share of ones among the decisions of a context gives the probability (R.
 * E. Krichevsky and V. K. Trofimov, "The performance of universal encoding", IEEE Transactions on Information Theory
 * 27, 1981).
 *
 * @param classes - class of each block; a decoder overwrites them
 * @param bits - bits of a class; 0 if there is one class, which takes no bytes
 */
export function codeClasses(coder: BinaryCoder, classes: Uint8Array, bits: number): void {
  const count = 2 ** bits;
  const ones = new Uint8Array(count * count);
  const all = new Uint8Array(count * count);
  let before = 0;
  for (let block = 0; block < classes.length; block++) {
    let node = 1;
    for (let i = bits - 1; i >= 0; i--) {
      const context = before * count + node;
      const probability = Math.floor((PROBABILITY_ONE * (2 * ones[context]! + 1)) / (2 * all[context]! + 2));
      const bit = coder.code((classes[block]! >> i) & 1, probability);
      ones[context]! += bit;
      all[context]!++;
      if (all[context] === MEMORY) {
        ones[context]! >>= 1;
        all[context]! >>= 1;
      }
      node = 2 * node + bit;
    }
    before = node - count;
    classes[block] = before;
  }
}
