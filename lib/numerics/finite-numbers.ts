/** Learning ended with NaN or infinite numbers. A model with them would look like any other until it is used. */
export class LearningFailedError extends Error {
  override readonly name = 'LearningFailedError';
}

/**
 * Makes sure that numbers are finite.
 *
 * @param what - name of the numbers in the message: `"atoms of ica-16-symmetric"`
 * @throws LearningFailedError that names the first number that is not finite
 */
export function requireFinite(values: ArrayLike<number>, what: string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    const one = values.length === 1;
    throw new LearningFailedError(
      `Learning failed: ${what} ${one ? 'is' : 'has'} ${values[i]}${one ? '' : ` as number ${i + 1} of ${values.length}`}. ` +
        'Nothing is saved. Signals without variance, or too few recordings for this basis, are the usual causes.',
    );
  }
}
