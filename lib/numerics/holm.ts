/**
 * Probabilities of several tests, corrected so that any false finding among all of them is as rare as one test promises
 * (S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979).
 *
 * @param probabilities - of each test, 0…1, independent or not; null for one that could not be made, which does not count
 * @returns corrected probabilities in the same order, at most 1; null where there was none
 */
export function holmCorrected(probabilities: readonly number[]): number[];
export function holmCorrected(probabilities: readonly (number | null)[]): (number | null)[];
export function holmCorrected(probabilities: readonly (number | null)[]): (number | null)[] {
  const made = probabilities.flatMap((probability, index) =>
    probability === null ? [] : [{ probability, index }],
  );
  const corrected = probabilities.map((): number | null => null);
  let largest = 0;
  made
    .sort((a, b) => a.probability - b.probability)
    .forEach(({ probability, index }, rank) => {
      largest = Math.max(largest, Math.min(1, (made.length - rank) * probability));
      corrected[index] = largest;
    });
  return corrected;
}
