/** Learning ended on numbers that are none (NaN) or infinite: a model of them would be taken for one. */
export class LearningFailedError extends Error {
  override readonly name = 'LearningFailedError';
}

/**
 * Makes sure that numbers are finite.
 *
 * @param what - they are, for the message: `"atoms of ica-16-symmetric"`
 * @throws LearningFailedError that names the first one that is not
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
