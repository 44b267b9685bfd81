/**
 * Which channels a channel is worth being predicted from. Encoders choose; decoders are told.
 */

/** Channels before a channel that are tried. */
const TRIED = 32;
/** Samples that are looked at. */
const LOOKED_AT = 2048;
/** Bits that a source must save over the channel, its number and its weights included. */
const LEAST_SAVING = 60;

/** Takes off what the two samples before tell, roughly: what is left is nearly white. */
function whitened(codes: Uint16Array): Float64Array {
  const length = Math.min(codes.length, LOOKED_AT);
  const residual = new Float64Array(length);
  for (let i = 2; i < length; i++) residual[i] = codes[i]! - 1.6 * codes[i - 1]! + 0.7 * codes[i - 2]!;
  let mean = 0;
  for (let i = 2; i < length; i++) mean += residual[i]!;
  mean /= Math.max(1, length - 2);
  let energy = 0;
  for (let i = 2; i < length; i++) {
    residual[i]! -= mean;
    energy += residual[i]! * residual[i]!;
  }
  const scale = energy > 0 ? 1 / Math.sqrt(energy) : 0;
  for (let i = 0; i < length; i++) residual[i]! *= scale;
  return residual;
}

/**
 * For each channel the channels before it that tell most about it.
 *
 * @param most - sources of a channel at most
 */
export function sourcesOf(channels: readonly Uint16Array[], most: number): number[][] {
  const residuals = channels.length > 1 ? channels.map(whitened) : [];
  const samples = channels[0]?.length ?? 0;
  return channels.map((_, c) => {
    const found: { source: number; square: number }[] = [];
    for (let source = Math.max(0, c - TRIED); source < c; source++) {
      const [a, b] = [residuals[c]!, residuals[source]!];
      let correlation = 0;
      for (let i = 2; i < a.length; i++) correlation += a[i]! * b[i]!;
      const square = Math.min(correlation * correlation, 1 - 1e-9);
      if (-0.5 * samples * Math.log2(1 - square) > LEAST_SAVING) found.push({ source, square });
    }
    found.sort((a, b) => b.square - a.square || b.source - a.source);
    return found.slice(0, most).map(({ source }) => source);
  });
}
