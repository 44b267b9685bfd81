/**
 * The frequency band of each subband of a layout.
 */
import { BasisParameterError, type CoefficientLayout } from '../basis';

/** Whether the widths of the subbands add up to half of the sample rate. Those of a frame add up to more. */
export function hasFrequencyBands({ subbands }: CoefficientLayout): boolean {
  return subbands.reduce((sum, { timeStep }) => sum + 1 / (2 * timeStep), 0) === 0.5;
}

/**
 * Edges of the subbands as fractions of the sample rate: subband k lies between entries k and k + 1. A subband with a
 * coefficient every τ samples is 1/(2τ) wide, and subbands are listed from low to high frequency; so the edges follow
 * from the layout, where there are as many coefficients as samples. All edges are dyadic and exact.
 *
 * @param id - how errors call the basis
 * @throws BasisParameterError when the widths do not add up to half of the sample rate, as those of a frame
 */
export function frequencyEdges({ subbands }: CoefficientLayout, id: string): Float64Array {
  const edges = new Float64Array(subbands.length + 1);
  subbands.forEach(({ timeStep }, k) => (edges[k + 1] = edges[k]! + 1 / (2 * timeStep)));
  if (edges[subbands.length] !== 0.5) {
    throw new BasisParameterError(
      `The subbands of ${id} have no frequency bands: their widths add up to ${edges[subbands.length]} of the sample ` +
        'rate in place of 0.5. Take block or lapped cosines, wavelets or packets.',
    );
  }
  return edges;
}
