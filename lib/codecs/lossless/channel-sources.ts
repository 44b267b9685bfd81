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
 * Correlations of a channel with those before it. Four at a time, as each sum waits for its last addition: the order of
 * additions in each is that of the samples.
 */
function correlationsWith(residuals: readonly Float64Array[], channel: number, first: number): Float64Array {
  const own = residuals[channel] ?? new Float64Array(0);
  const correlations = new Float64Array(channel - first);
  let source = first;
  for (; source + 4 <= channel; source += 4) {
    const [p, q, r, s] = [
      residuals[source]!,
      residuals[source + 1]!,
      residuals[source + 2]!,
      residuals[source + 3]!,
    ];
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 2; i < own.length; i++) {
      const value = own[i]!;
      a += value * p[i]!;
      b += value * q[i]!;
      c += value * r[i]!;
      d += value * s[i]!;
    }
    correlations.set([a, b, c, d], source - first);
  }
  for (; source < channel; source++) {
    const other = residuals[source]!;
    let sum = 0;
    for (let i = 2; i < own.length; i++) sum += own[i]! * other[i]!;
    correlations[source - first] = sum;
  }
  return correlations;
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
    const first = Math.max(0, c - TRIED);
    const correlations = correlationsWith(residuals, c, first);
    for (let source = first; source < c; source++) {
      const correlation = correlations[source - first]!;
      const square = Math.min(correlation * correlation, 1 - 1e-9);
      if (-0.5 * samples * Math.log2(1 - square) > LEAST_SAVING) found.push({ source, square });
    }
    found.sort((a, b) => b.square - a.square || b.source - a.source);
    return found.slice(0, most).map(({ source }) => source);
  });
}
