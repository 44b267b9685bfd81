/**
 * More functions than samples: an orthonormal basis for the whole signal, and additional atoms where they save bits. A
 * matching pursuit (S. Mallat and Z. Zhang, "Matching pursuits with time-frequency dictionaries", IEEE Transactions on
 * Signal Processing 41, 1993) finds the atoms; it takes an atom only if it saves more bits than its position costs.
 */
import type { Basis, CoefficientLayout, Coefficients, Subband } from '../basis';
import { bitsPerMagnitude, coefficientCost, fittingWeights } from './coefficient-cost';

/** Atoms of unit energy. Each subband holds the shifts of one waveform. */
export interface AtomSet {
  layout(length: number): CoefficientLayout;
  /**
   * Inner products of a signal with all atoms, in the order of the layout. Values of atoms that cross the ends of the
   * signal are not used.
   */
  correlate(signal: Float64Array): Float64Array;
  /** The sum of atoms with these coefficients. Its arithmetic is part of the format. */
  add(values: Float64Array, length: number): Float64Array;
  /** The waveform of a subband; for atom 0 its first sample lies at sample `start` of the signal. */
  waveform(subband: number): Waveform;
}

export interface Waveform {
  readonly values: Float64Array;
  readonly start: number;
}

/** The expansion of an atom in the basis, without negligible coefficients. */
interface Footprint {
  readonly subbands: Uint16Array;
  /** Index of each coefficient in its subband, for an atom in hop 0. */
  readonly numbers: Int32Array;
  readonly values: Float64Array;
}

/** A basis, additional atoms, and the expansions of the atoms in the basis; kept for the life of the thread. */
export class Dictionary {
  private readonly footprints = new Map<number, Footprint>();

  /**
   * @param basis - orthonormal
   * @param atoms - the additional atoms
   * @param hop - period of the basis in samples: its functions repeat after it
   * @param shortest - least length in hops of a signal whose basis functions equal those of long signals
   */
  constructor(
    readonly basis: Basis,
    readonly atoms: AtomSet,
    readonly hop: number,
    private readonly shortest: number,
  ) {}

  /** @param phase - offset of the atom from the start of a hop, in samples */
  footprint(subband: number, phase: number): Footprint {
    const key = subband * this.hop + phase;
    let footprint = this.footprints.get(key);
    if (footprint === undefined) this.footprints.set(key, (footprint = this.findFootprint(subband, phase)));
    return footprint;
  }

  private findFootprint(subband: number, phase: number): Footprint {
    const { hop, shortest } = this;
    const { values: waveform, start } = this.atoms.waveform(subband);
    const hops = Math.ceil((2 * waveform.length) / hop) + shortest;
    const first = hops >> 1;
    const signal = new Float64Array(hops * hop);
    signal.set(waveform, first * hop + phase + start);
    const { values, layout } = this.basis.analyze(signal, 1);
    const subbands: number[] = [];
    const numbers: number[] = [];
    const kept: number[] = [];
    layout.subbands.forEach(({ offset, length, timeStep }, k) => {
      for (let t = 0; t < length; t++) {
        const value = values[offset + t]!;
        if (Math.abs(value) < NEGLIGIBLE) continue;
        subbands.push(k);
        numbers.push(t - (first * hop) / timeStep);
        kept.push(value);
      }
    });
    return {
      subbands: Uint16Array.from(subbands),
      numbers: Int32Array.from(numbers),
      values: Float64Array.from(kept),
    };
  }
}

/** Basis coefficients of an atom below this magnitude are left out of its footprint. */
const NEGLIGIBLE = 0.02;

/** Least coefficient of an atom in steps; smaller atoms cannot save bits. */
const LEAST_STEPS = 3;

/** Least coefficient of an atom in root mean squares of its subband; smaller atoms count as noise. */
const LEAST_DEVIATIONS = 2.5;

/** Allowed prices: assumed bits for the position of an atom. */
export const ATOM_PRICES: readonly number[] = [0, 8, 16, 24, 32];

/** The parts of a {@link PursuitBasis}. */
export interface PursuitParts {
  readonly id: string;
  readonly dictionary: Dictionary;
  /** Assumed bits for the position of an atom, one of {@link ATOM_PRICES}. */
  readonly price: number;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly losslessStep?: number;
}

/**
 * Signals as a sum of few atoms and an orthonormal basis, which holds the rest. The coefficients of atoms are multiples
 * of the step, so the quantizer changes only those of the basis, and its error has the same energy in the signal.
 */
export class PursuitBasis implements Basis {
  readonly id: string;
  readonly delay: number;
  /** The best atom of the whole recording is taken first, at prices counted over the whole recording. */
  readonly wholeRecording = true;
  readonly multiplyAddsPerSample: number;
  readonly losslessStep?: number;
  readonly orthonormal = false;
  /** The orthonormal basis; its coefficients come first. */
  readonly basis: Basis;
  private readonly dictionary: Dictionary;
  private readonly price: number;

  constructor(parts: PursuitParts) {
    this.id = parts.id;
    this.delay = parts.delay;
    this.multiplyAddsPerSample = parts.multiplyAddsPerSample;
    this.losslessStep = parts.losslessStep;
    this.dictionary = parts.dictionary;
    this.basis = parts.dictionary.basis;
    this.price = parts.price;
  }

  layout(length: number): CoefficientLayout {
    return appendAtoms(this.basis.layout(length), this.dictionary.atoms.layout(length));
  }

  analyze(signal: Float64Array, step: number): Coefficients {
    const { basis } = this;
    const whole = basis.analyze(signal, step);
    const found = pursue(this.dictionary, signal, whole, step, this.price);
    const layout = this.layout(signal.length);
    const values = new Float64Array(layout.coefficientCount);
    if (found === undefined) {
      values.set(whole.values);
      return { values, layout };
    }
    const rest = this.dictionary.atoms.add(found, signal.length);
    for (let n = 0; n < signal.length; n++) rest[n] = signal[n]! - rest[n]!;
    values.set(basis.analyze(rest, step).values);
    values.set(found, whole.values.length);
    return { values, layout };
  }

  synthesize({ values, layout }: Coefficients, step: number): Float64Array {
    const { basis } = this;
    const { signalLength } = layout;
    const basisLayout = basis.layout(signalLength);
    const count = basisLayout.coefficientCount;
    const signal = basis.synthesize({ values: values.subarray(0, count), layout: basisLayout }, step);
    const ofAtoms = values.subarray(count);
    if (isZero(ofAtoms)) return signal;
    const sum = this.dictionary.atoms.add(ofAtoms, signalLength);
    for (let n = 0; n < signalLength; n++) signal[n] = signal[n]! + sum[n]!;
    return signal;
  }
}

function isZero(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) return false;
  return true;
}

/**
 * Subbands of the basis, an empty one, then those of the atoms, whatever their frequencies. The empty subband keeps the
 * coder from expecting the first atom to be as large as the last coefficients of the basis; sorted by frequency, rare
 * atoms would be expected to be as large as their neighbors.
 */
export function appendAtoms(basis: CoefficientLayout, atoms: CoefficientLayout): CoefficientLayout {
  const moved = atoms.subbands.map((band): Subband => ({
    ...band,
    offset: band.offset + basis.coefficientCount,
  }));
  return {
    signalLength: basis.signalLength,
    coefficientCount: basis.coefficientCount + atoms.coefficientCount,
    hop: Math.max(basis.hop, atoms.hop),
    subbands: [...basis.subbands, { offset: basis.coefficientCount, length: 0, timeStep: 1 }, ...moved],
  };
}

/**
 * Matching pursuit. Candidates are visited from the largest inner product down; each is judged against the residual at
 * its turn.
 *
 * @param whole - coefficients of the signal in the basis
 * @param price - assumed bits for the position of an atom
 * @returns coefficients of the atoms, multiples of the step; undefined if no atom saves bits
 */
function pursue(
  dictionary: Dictionary,
  signal: Float64Array,
  whole: Coefficients,
  step: number,
  price: number,
): Float64Array | undefined {
  const { atoms } = dictionary;
  const { subbands, hop } = whole.layout;
  // A signal this short has another basis, in which the footprints do not hold.
  if (hop !== dictionary.hop) return undefined;
  const layout = atoms.layout(signal.length);
  const correlations = atoms.correlate(signal);
  const candidates = candidatesOf(layout, correlations, step);
  if (candidates.length === 0) return undefined;
  const rest = whole.values.slice();
  const offsets = Int32Array.from(subbands, ({ offset }) => offset);
  const lengths = Int32Array.from(subbands, ({ length }) => length);
  const perHop = Int32Array.from(subbands, ({ timeStep }) => hop / timeStep);
  const slopes = bitsPerMagnitude(whole, step);
  const weights = fittingWeights(whole, step);
  const leastEvidence = 2 * Math.LN2 * price;
  const scale = 1 / step;
  const found = new Float64Array(correlations.length);
  let count = 0;
  const starts = layout.subbands.map(({ offset }) => offset);
  for (const candidate of candidates) {
    const subband = subbandOf(starts, candidate);
    const { offset, timeStep } = layout.subbands[subband]!;
    const position = (candidate - offset) * timeStep;
    const { values, start } = atoms.waveform(subband);
    if (position + start < 0 || position + start + values.length > signal.length) continue;
    const inHop = Math.floor(position / hop);
    const footprint = dictionary.footprint(subband, position - inHop * hop);
    // The basis has this function itself.
    if (footprint.values.length === 1) continue;
    const indices = indicesOf(footprint, offsets, lengths, perHop, inHop);
    let product = 0;
    let weighted = 0;
    let power = 0;
    for (let i = 0; i < indices.length; i++) {
      if (indices[i]! < 0) continue;
      const share = footprint.values[i]!;
      const evidence = weights[footprint.subbands[i]!]! * share;
      product += share * rest[indices[i]!]!;
      weighted += evidence * rest[indices[i]!]!;
      power += evidence * share;
    }
    // Cheap test by the bits saved under a Gaussian model; few candidates pass to the exact one.
    if (weighted * weighted < leastEvidence * power) continue;
    const nearest = Math.round(Math.abs(product) * scale);
    if (nearest < LEAST_STEPS) continue;
    let best = 0;
    let amplitude = 0;
    for (let magnitude = nearest - 1; magnitude <= nearest; magnitude++) {
      const size = Math.sign(product) * magnitude * step;
      let saved = -price - 2 * Math.log2(magnitude);
      for (let i = 0; i < indices.length; i++) {
        const index = indices[i]!;
        if (index < 0) continue;
        const slope = slopes[index]!;
        const value = rest[index]!;
        const less = value - size * footprint.values[i]!;
        saved += coefficientCost(value * scale, slope) - coefficientCost(less * scale, slope);
      }
      if (saved > best) {
        best = saved;
        amplitude = size;
      }
    }
    if (amplitude === 0) continue;
    count++;
    found[candidate]! += amplitude;
    for (let i = 0; i < indices.length; i++) {
      if (indices[i]! >= 0) rest[indices[i]!]! -= amplitude * footprint.values[i]!;
    }
  }
  return count > 0 ? found : undefined;
}

/** Indices of atoms that may save bits, the largest inner products first. */
function candidatesOf(layout: CoefficientLayout, correlations: Float64Array, step: number): number[] {
  const candidates: number[] = [];
  for (const { offset, length } of layout.subbands) {
    let energy = 0;
    for (let i = offset; i < offset + length; i++) energy += correlations[i]! * correlations[i]!;
    const least = Math.max(LEAST_STEPS * step, LEAST_DEVIATIONS * Math.sqrt(energy / length));
    for (let i = offset; i < offset + length; i++) if (Math.abs(correlations[i]!) > least) candidates.push(i);
  }
  return candidates.sort((a, b) => Math.abs(correlations[b]!) - Math.abs(correlations[a]!));
}

function subbandOf(starts: readonly number[], index: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Indices of the coefficients of an atom; −1 beyond the ends of the signal. */
function indicesOf(
  { subbands, numbers }: Footprint,
  offsets: Int32Array,
  lengths: Int32Array,
  perHop: Int32Array,
  inHop: number,
): Int32Array {
  const indices = new Int32Array(subbands.length);
  for (let i = 0; i < indices.length; i++) {
    const k = subbands[i]!;
    const number = numbers[i]! + inHop * perHop[k]!;
    indices[i] = number >= 0 && number < lengths[k]! ? offsets[k]! + number : -1;
  }
  return indices;
}
