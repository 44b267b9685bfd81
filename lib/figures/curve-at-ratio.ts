/** Values of curves between their operating points. */
import { monotoneCubic, valueOfCubic } from '../numerics/monotone-cubic';

/** A curve of PSNR over compression ratio: a measured curve or the bound. */
export interface PsnrPoints {
  readonly points: readonly { readonly compressionRatio: number; readonly psnr: number | null }[];
}

/**
 * PSNR of a curve at a compression ratio. Between its points, a monotone cubic over the logarithm of the
 * ratio interpolates; outside of them the result is undefined.
 */
export function psnrAt(curve: PsnrPoints, compressionRatio: number): number | undefined {
  const points = curve.points.filter((point) => point.psnr !== null);
  points.sort((a, b) => a.compressionRatio - b.compressionRatio);
  const distinct = points.filter((point, i) => point.compressionRatio !== points[i - 1]?.compressionRatio);
  const [first, last] = [distinct[0], distinct[distinct.length - 1]];
  if (
    !first ||
    !last ||
    compressionRatio < first.compressionRatio ||
    compressionRatio > last.compressionRatio
  ) {
    return undefined;
  }
  if (distinct.length === 1) return first.psnr!;
  const cubic = monotoneCubic(
    Float64Array.from(distinct, (point) => Math.log(point.compressionRatio)),
    Float64Array.from(distinct, (point) => point.psnr!),
  );
  return valueOfCubic(cubic, Math.log(compressionRatio));
}
