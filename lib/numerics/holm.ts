/**
 * Probabilities of several tests, corrected so that any false finding among all of them is as rare as one test promises
 * (S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979).
 *
 * @param probabilities - of each test, 0…1, independent or not
 * @returns corrected probabilities in the same order, at most 1
 */
export function holmCorrected(probabilities: readonly number[]): number[] {
  const order = probabilities.map((_, index) => index).sort((a, b) => probabilities[a]! - probabilities[b]!);
  const corrected = new Array<number>(probabilities.length);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (order.length - rank) * probabilities[index]!));
    corrected[index] = largest;
  });
  return corrected;
}
