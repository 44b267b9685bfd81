/**
 * The order in which coefficients are coded: hop by hop through time, in each from low to high frequency.
 */
import type { CoefficientLayout } from '../layout';

/** Hops until the last coefficient of the longest subband. */
export function hopsOf({ subbands, hop }: CoefficientLayout): number {
  let hops = 0;
  for (const { length, timeStep } of subbands) hops = Math.max(hops, Math.ceil((length * timeStep) / hop));
  return hops;
}

/** One more than the number of the highest subband that is not all zero. */
export function activeSubbands({ subbands }: CoefficientLayout, quantized: Int32Array): number {
  for (let k = subbands.length - 1; k >= 0; k--) {
    const { offset, length } = subbands[k]!;
    for (let i = offset; i < offset + length; i++) if (quantized[i] !== 0) return k + 1;
  }
  return 0;
}

/** A walk through coefficients in the order of coding. */
export interface CodingOrder {
  /** Index of each coefficient in the flat array. */
  readonly positions: Int32Array;
  /** Subband of each. */
  readonly subbands: Uint16Array;
  /** Where each hop starts in these arrays. */
  readonly hopStarts: Int32Array;
}

/** Latest order of each layout, because encoders ask for it several times. */
const latest = new WeakMap<CoefficientLayout, { readonly active: number; readonly order: CodingOrder }>();

/** The order of the first `active` subbands. */
export function codingOrder(layout: CoefficientLayout, active: number): CodingOrder {
  const known = latest.get(layout);
  if (known?.active === active) return known.order;
  const order = walk(layout, active);
  latest.set(layout, { active, order });
  return order;
}

function walk(layout: CoefficientLayout, active: number): CodingOrder {
  const { hop } = layout;
  const coded = layout.subbands.slice(0, active);
  const count = coded.reduce((sum, { length }) => sum + length, 0);
  const hops = hopsOf(layout);
  const positions = new Int32Array(count);
  const subbands = new Uint16Array(count);
  const hopStarts = new Int32Array(hops);
  const offsets = Int32Array.from(coded, ({ offset }) => offset);
  const lengths = Int32Array.from(coded, ({ length }) => length);
  const perHop = Int32Array.from(coded, ({ timeStep }) => hop / timeStep);
  let i = 0;
  for (let h = 0; h < hops; h++) {
    hopStarts[h] = i;
    for (let k = 0; k < active; k++) {
      const start = h * perHop[k]!;
      const end = Math.min(start + perHop[k]!, lengths[k]!);
      for (let t = start; t < end; t++, i++) {
        positions[i] = offsets[k]! + t;
        subbands[i] = k;
      }
    }
  }
  return { positions, subbands, hopStarts };
}
