/**
 * Stands in for `lib/models`: the package carries no models.
 */

/** A file was made with a learned basis, whose numbers lie in a model file of the project. */
export class MissingModelError extends Error {
  override readonly name = 'MissingModelError';
}

function missing(basis: string): never {
  throw new MissingModelError(
    `${basis} is a learned basis, and this package has no models: decode the file with npm run decode of Neurobasis.`,
  );
}

/** No folder: the models of no dataset are here. */
export function modelsFolder(): string {
  return '';
}

export function modelLearnedOn(basis: string): never {
  return missing(basis);
}

export function modelWithHash(basis: string): never {
  return missing(basis);
}

export function requireArrays({ basis }: { readonly basis: string }): never {
  return missing(basis);
}

export function modelHashes(): string[] {
  return [];
}
