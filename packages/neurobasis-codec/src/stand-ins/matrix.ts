/**
 * Stands in for ml-matrix, which the basis of independent components alone uses: a learned one, whose models the package
 * does not carry.
 */
export class Matrix {}

export function inverse(): never {
  throw new Error('A learned basis was built without its model.');
}
