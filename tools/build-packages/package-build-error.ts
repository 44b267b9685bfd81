/** A package could not be built. */
export class PackageBuildError extends Error {
  override readonly name = 'PackageBuildError';
}
