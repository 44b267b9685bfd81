/**
 * The classes of blocks in a file: a range code, each class told from the one before it.
 */
import { PROBABILITY_ONE, type BinaryCoder } from '../../coding/entropy/range-coder';

/** Decisions after which those of a context count half: what was long ago says less. */
const MEMORY = 255;

/**
 * Codes the classes of all blocks, bit by bit, the highest first. Each bit has a context for every class of the block
 * before and every beginning of its own; in each the ones among the decisions so far give the probability (R. E.
 * Krichevsky and V. K. Trofimov, "The performance of universal encoding", IEEE Transactions on Information Theory 27,
 * 1981).
 *
 * @param classes - those of the blocks; a decoder overwrites them
 * @param bits - of a class; 0 where there is but one, which takes no bytes
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
