/**
 * More functions than a signal has samples: an orthonormal basis that can describe everything, and atoms beside it for
 * what they describe better. Atoms are found by a matching pursuit (S. Mallat and Z. Zhang, "Matching pursuits with
 * time-frequency dictionaries", IEEE Transactions on Signal Processing 41, 1993) that takes an atom only if it saves
 * more than it costs to say which one it is.
 */
import type { Basis, CoefficientLayout, Coefficients, Subband } from '../basis';
import { bitsPerMagnitude, coefficientCost, fittingWeights } from './coefficient-cost';

/** Atoms of unit energy, each subband of them one waveform at many times. */
export interface AtomSet {
  layout(length: number): CoefficientLayout;
  /** Inner products of a signal with all atoms, as the layout says; those of atoms across its ends do not matter. */
  correlate(signal: Float64Array): Float64Array;
  /** The sum of atoms with these coefficients. A decoder depends on it. */
  add(values: Float64Array, length: number): Float64Array;
  /** The waveform of a subband; its first sample is that of number `start` for the atom of number 0. */
  waveform(subband: number): Waveform;
}

export interface Waveform {
  readonly values: Float64Array;
  readonly start: number;
}

/** Coefficients of the basis that an atom is made of, all that matter. */
interface Footprint {
  readonly subbands: Uint16Array;
  /** Numbers in their subband, if the atom is in hop 0. */
  readonly numbers: Int32Array;
  readonly values: Float64Array;
}

/** A basis, atoms, and what they have to do with each other: as long as the thread lives. */
export class Dictionary {
  private readonly footprints = new Map<number, Footprint>();

  /**
   * @param basis - orthonormal
   * @param atoms - beside it
   * @param hop - samples after which the functions of the basis are the same again
   * @param shortest - hops of a signal that the basis treats as it treats long ones
   */
  constructor(
    readonly basis: Basis,
    readonly atoms: AtomSet,
    readonly hop: number,
    private readonly shortest: number,
  ) {}

  /** @param phase - of the atom, in samples since a hop of the basis began */
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

/** What an atom has less of than this of a function of the basis, it is taken not to have. */
const NEGLIGIBLE = 0.02;

/** Atoms smaller than so many steps cannot pay. */
const LEAST_STEPS = 3;

/** Atoms smaller than so many times the root mean square of their subband are taken for noise. */
const LEAST_DEVIATIONS = 2.5;

/** Bits that an atom may be taken to cost beside its size. */
export const ATOM_PRICES: readonly number[] = [0, 8, 16, 24, 32];

/** What a {@link PursuitBasis} is made of. */
export interface PursuitParts {
  readonly id: string;
  readonly dictionary: Dictionary;
  /** Bits that an atom is taken to cost beside its size, one of {@link ATOM_PRICES}. */
  readonly price: number;
  readonly delay: number;
  readonly multiplyAddsPerSample: number;
  readonly losslessStep?: number;
}

/**
 * Signals as a sum of few atoms, of multiples of the step, and of all functions of a basis, which hold the rest.
 * So an error of the quantizer is the same in the signal as in the coefficients of the basis.
 */
export class PursuitBasis implements Basis {
  readonly id: string;
  readonly delay: number;
  /** Atoms are taken from the one that fits best of all down, at prices that the whole recording gives. */
  readonly wholeRecording = true;
  readonly multiplyAddsPerSample: number;
  readonly losslessStep?: number;
  readonly orthonormal = false;
  /** The one that holds the rest; its coefficients are the first of all. */
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
    return together(this.basis.layout(length), this.dictionary.atoms.layout(length));
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
 * The coefficients of the basis, then those of the atoms; subbands likewise, whatever the frequencies of the atoms: among
 * those of the basis, the coder would expect rare atoms to be as large as their neighbors. An empty subband, of which it
 * expects nothing, stands between.
 */
export function together(basis: CoefficientLayout, atoms: CoefficientLayout): CoefficientLayout {
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
 * Matching pursuit, from the atom that fits best to that which hardly fits; an atom is judged by what is left when its
 * turn comes.
 *
 * @param whole - the coefficients of the signal in the basis
 * @param price - bits that an atom costs beside its size
 * @returns coefficients of the atoms, multiples of the step; undefined when none pays
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
  // The signal is so short that it has another basis.
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
    // Bits that a Gaussian model of what varies anyway would save; few candidates are worth a closer look.
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

/** Atoms that might pay, those with the largest inner products first. */
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

/** Where the coefficients of an atom lie; −1 beyond the ends of the signal. */
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
