/**
 * Errors of the `.nbz` format.
 */

/** The bytes are no `.nbz` file, or a damaged one, or one of an unknown version. */
export class BitstreamError extends Error {
  override readonly name = 'BitstreamError';
}

/** The header cannot hold a value. */
export class BitstreamRangeError extends RangeError {
  override readonly name = 'BitstreamRangeError';
}
