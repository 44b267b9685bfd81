/**
 * Pseudorandom numbers: the same seed gives the same numbers on every machine.
 */

/**
 * Pseudorandom numbers, uniform in [0, 1), from 32 bits of state: "mulberry32" of T. Ettinger, whose period of
 * 2^32 is ample for drawing groups.
 */
export function uniformNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Gaussian numbers of mean 0, by the method of G. E. P. Box and M. E. Muller (1958), from two uniform ones each. Codes and
 * measurements depend on the order of the products: another one changes last bits.
 *
 * @returns a number of this standard deviation
 */
export function gaussianNumbers(seed: number): (deviation: number) => number {
  const uniform = uniformNumbers(seed);
  return (deviation) => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return deviation * radius * Math.cos(2 * Math.PI * uniform());
  };
}
