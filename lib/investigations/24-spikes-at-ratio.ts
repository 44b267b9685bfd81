import type { Curve } from '../results/results';
import type { MedianSpikeMeasure, PooledSpikeMeasure } from '../results/curve-details';

/**
 * A spike measure of a codec at a compression ratio, interpolated linearly over the logarithm of the ratio.
 *
 * @param measure - default: F1 with the original's threshold. A codec must not be ranked by a measure that
 *   its `optimizes` lists
 * @returns undefined outside of the operating points, and where they do not have the measure
 */
export function spikesAt(
  { points }: Pick<Curve, 'points'>,
  compressionRatio: number,
  measure: PooledSpikeMeasure | MedianSpikeMeasure = 'spikeF1',
): number | undefined {
  const inOrder = [...points].sort((a, b) => a.compressionRatio - b.compressionRatio);
  for (let i = 1; i < inOrder.length; i++) {
    const [low, high] = [inOrder[i - 1]!, inOrder[i]!];
    if (compressionRatio < low.compressionRatio || compressionRatio > high.compressionRatio) continue;
    const [below, above] = [low[measure] ?? undefined, high[measure] ?? undefined];
    if (below === undefined || above === undefined) return undefined;
    const share =
      Math.log(compressionRatio / low.compressionRatio) /
      Math.log(high.compressionRatio / low.compressionRatio);
    return below + share * (above - below);
  }
  return undefined;
}
