import type { Curve } from '../results/results';

/**
 * F1 of a codec's spikes at a compression ratio: between operating points linear in the logarithm of the ratio.
 *
 * @returns undefined outside of its operating points, and where no recording has spikes
 */
export function spikesAt({ points }: Curve, compressionRatio: number): number | undefined {
  const inOrder = [...points].sort((a, b) => a.compressionRatio - b.compressionRatio);
  for (let i = 1; i < inOrder.length; i++) {
    const [low, high] = [inOrder[i - 1]!, inOrder[i]!];
    if (compressionRatio < low.compressionRatio || compressionRatio > high.compressionRatio) continue;
    if (low.spikeF1 === null || high.spikeF1 === null) return undefined;
    const share =
      Math.log(compressionRatio / low.compressionRatio) /
      Math.log(high.compressionRatio / low.compressionRatio);
    return low.spikeF1 + share * (high.spikeF1 - low.spikeF1);
  }
  return undefined;
}
