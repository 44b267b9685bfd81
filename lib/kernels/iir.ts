/**
 * Recursive (infinite impulse response) filters as cascades of second-order sections: Butterworth band-pass
 * design, and zero-phase filtering of whole signals.
 *
 * The conventions are those of `scipy.signal` (`butter(…, output='sos')`, `sosfiltfilt`), so that every number
 * can be checked against SciPy. Sources: A. V. Oppenheim and R. W. Schafer, Discrete-Time Signal Processing,
 * 3rd ed., §6.3 (transposed direct form II) and §7.2 (bilinear transform); F. Gustafsson, "Determining the
 * initial states in forward–backward filtering", IEEE Trans. Signal Processing 44 (1996).
 */

/**
 * One section with the transfer function
 * (b0 + b1·z⁻¹ + b2·z⁻²) / (1 + a1·z⁻¹ + a2·z⁻²).
 */
export interface SecondOrderSection {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** A filter was asked for that does not exist. */
export class FilterDesignError extends RangeError {
  override readonly name = 'FilterDesignError';
}

interface Complex {
  readonly re: number;
  readonly im: number;
}

/** The square root with a real part that is not negative. */
function complexSquareRoot(z: Complex): Complex {
  const modulus = Math.hypot(z.re, z.im);
  const re = Math.sqrt((modulus + z.re) / 2);
  const im = Math.sqrt((modulus - z.re) / 2);
  return { re, im: z.im < 0 ? -im : im };
}

/** Maps a pole of the analog filter to the digital one: z = (4 + s) / (4 − s) for a sample rate of 2. */
function bilinearTransform(s: Complex): Complex {
  const re = 4 - s.re;
  const squaredModulus = re * re + s.im * s.im;
  return {
    re: ((4 + s.re) * re - s.im * s.im) / squaredModulus,
    im: (s.im * re + (4 + s.re) * s.im) / squaredModulus,
  };
}

/**
 * A digital Butterworth band-pass, designed by the bilinear transform with the band edges prewarped.
 *
 * @param order - order of the low-pass prototype, even; the band-pass has twice as many poles and `order`
 *   sections, as in `scipy.signal.butter(order, [low, high], 'bandpass', fs=sampleRate, output='sos')`
 * @param lowEdge - Hz, the lower frequency where the gain is −3 dB, above 0
 * @param highEdge - Hz, the upper one, below half the sample rate
 * @param sampleRate - Hz
 * @returns the sections in SciPy's order: the poles nearest to the unit circle come last
 * @throws FilterDesignError when the order is odd or not positive, or the edges are out of order
 */
export function designButterworthBandpass(
  order: number,
  lowEdge: number,
  highEdge: number,
  sampleRate: number,
): SecondOrderSection[] {
  if (!Number.isInteger(order) || order < 2 || order % 2 !== 0) {
    throw new FilterDesignError(`The order of a Butterworth band-pass must be 2, 4, 6 …, not ${order}.`);
  }
  if (!(0 < lowEdge && lowEdge < highEdge && highEdge < sampleRate / 2)) {
    throw new FilterDesignError(
      `The band ${lowEdge}–${highEdge} Hz does not lie between 0 and half the sample rate ${sampleRate} Hz.`,
    );
  }
  const low = 4 * Math.tan((Math.PI * lowEdge) / sampleRate);
  const high = 4 * Math.tan((Math.PI * highEdge) / sampleRate);
  const bandwidth = high - low;
  const centerSquared = low * high;

  // With an even order no pole is real. The prototype's poles of the upper half-plane stand for their
  // conjugates too; each gives two poles of the band-pass, which stand for their own conjugates.
  const poles: Complex[] = [];
  // The `order` zeros at s = 0 multiply the gain by 4 each under the bilinear transform.
  let gain = Math.pow(4 * bandwidth, order);
  for (let k = 0; k < order / 2; k++) {
    const angle = (Math.PI * (2 * k + 1)) / (2 * order);
    const scaled: Complex = {
      re: (-Math.sin(angle) * bandwidth) / 2,
      im: (Math.cos(angle) * bandwidth) / 2,
    };
    const root = complexSquareRoot({
      re: scaled.re * scaled.re - scaled.im * scaled.im - centerSquared,
      im: 2 * scaled.re * scaled.im,
    });
    for (const sign of [1, -1]) {
      const s: Complex = { re: scaled.re + sign * root.re, im: scaled.im + sign * root.im };
      poles.push(bilinearTransform(s));
      // A pole and its conjugate divide it by |4 − s|².
      gain /= (4 - s.re) * (4 - s.re) + s.im * s.im;
    }
  }
  return pairIntoSections(poles, gain);
}

/**
 * Gives each pole (and its conjugate) two of the band-pass's zeros, half of which lie at 1 and half at −1. As in
 * SciPy's `zpk2sos`, the pole nearest to the unit circle chooses first, takes the nearest zeros and comes last.
 */
function pairIntoSections(poles: Complex[], gain: number): SecondOrderSection[] {
  const fromUnitCircle = (pole: Complex): number => Math.abs(1 - Math.hypot(pole.re, pole.im));
  const nearestFirst = [...poles].sort((p, q) => fromUnitCircle(p) - fromUnitCircle(q));
  let zerosAtPlusOne = poles.length;
  let zerosAtMinusOne = poles.length;
  const sections: SecondOrderSection[] = [];
  for (const pole of nearestFirst) {
    const takeZero = (): number => {
      if (zerosAtMinusOne === 0 || (pole.re > 0 && zerosAtPlusOne > 0)) {
        zerosAtPlusOne--;
        return 1;
      }
      zerosAtMinusOne--;
      return -1;
    };
    const first = takeZero();
    const second = takeZero();
    const scale = sections.length === poles.length - 1 ? gain : 1;
    sections.unshift({
      b0: scale,
      b1: -scale * (first + second),
      b2: scale * first * second,
      a1: -2 * pole.re,
      a2: pole.re * pole.re + pole.im * pole.im,
    });
  }
  return sections;
}

/** A section that passes its input unchanged; it pads an odd number of sections to whole pairs. */
const IDENTITY_SECTION: SecondOrderSection = { b0: 1, b1: 0, b2: 0, a1: 0, a2: 0 };

/** Samples between two looks at whether a filter's memory has decayed to nothing. */
const CHUNK = 1024;

/**
 * Filter states below this become 0: decaying ones would otherwise reach denormal numbers, which are slow. ADC codes
 * are of the order of 1.
 */
const NOTHING = 1e-100;

/** Two sections in a row, with the memory that each has after a long run of ones at the input of the cascade. */
interface SectionPair {
  readonly first: SecondOrderSection;
  readonly second: SecondOrderSection;
  readonly firstState: readonly [number, number];
  readonly secondState: readonly [number, number];
}

function pairSections(sections: readonly SecondOrderSection[]): SectionPair[] {
  const pairs: SectionPair[] = [];
  // The constant that reaches the section when the input of the cascade is 1.
  let constant = 1;
  const steadyState = (section: SecondOrderSection): [number, number] => {
    const { b0, b1, b2, a1, a2 } = section;
    const output = (constant * (b0 + b1 + b2)) / (1 + a1 + a2);
    const state: [number, number] = [output - b0 * constant, b2 * constant - a2 * output];
    constant = output;
    return state;
  };
  for (let i = 0; i < sections.length; i += 2) {
    const first = sections[i]!;
    const second = sections[i + 1] ?? IDENTITY_SECTION;
    const firstState = steadyState(first);
    const secondState = steadyState(second);
    pairs.push({ first, second, firstState, secondState });
  }
  return pairs;
}

/** Filters `samples` in place, from the first to the last, as if the first sample had preceded the signal forever. */
function filterForward(pair: SectionPair, samples: Float64Array, length: number, constant: number): void {
  const { b0, b1, b2, a1, a2 } = pair.first;
  const { b0: d0, b1: d1, b2: d2, a1: c1, a2: c2 } = pair.second;
  let s1 = pair.firstState[0] * constant;
  let s2 = pair.firstState[1] * constant;
  let t1 = pair.secondState[0] * constant;
  let t2 = pair.secondState[1] * constant;
  for (let start = 0; start < length; start += CHUNK) {
    const end = Math.min(start + CHUNK, length);
    for (let i = start; i < end; i++) {
      const x = samples[i]!;
      const y = b0 * x + s1;
      s1 = b1 * x + s2 - a1 * y;
      s2 = b2 * x - a2 * y;
      const z = d0 * y + t1;
      t1 = d1 * y + t2 - c1 * z;
      t2 = d2 * y - c2 * z;
      samples[i] = z;
    }
    // Under a long run of zeros the memory would linger among the denormal numbers, which many processors
    // handle a hundred times slower.
    if (Math.abs(s1) < NOTHING) s1 = 0;
    if (Math.abs(s2) < NOTHING) s2 = 0;
    if (Math.abs(t1) < NOTHING) t1 = 0;
    if (Math.abs(t2) < NOTHING) t2 = 0;
  }
}

/** The same from the last to the first; written out, since a step of ±1 as a variable makes the loop slower. */
function filterBackward(pair: SectionPair, samples: Float64Array, length: number, constant: number): void {
  const { b0, b1, b2, a1, a2 } = pair.first;
  const { b0: d0, b1: d1, b2: d2, a1: c1, a2: c2 } = pair.second;
  let s1 = pair.firstState[0] * constant;
  let s2 = pair.firstState[1] * constant;
  let t1 = pair.secondState[0] * constant;
  let t2 = pair.secondState[1] * constant;
  for (let end = length; end > 0; end -= CHUNK) {
    const start = Math.max(end - CHUNK, 0);
    for (let i = end - 1; i >= start; i--) {
      const x = samples[i]!;
      const y = b0 * x + s1;
      s1 = b1 * x + s2 - a1 * y;
      s2 = b2 * x - a2 * y;
      const z = d0 * y + t1;
      t1 = d1 * y + t2 - c1 * z;
      t2 = d2 * y - c2 * z;
      samples[i] = z;
    }
    if (Math.abs(s1) < NOTHING) s1 = 0;
    if (Math.abs(s2) < NOTHING) s2 = 0;
    if (Math.abs(t1) < NOTHING) t1 = 0;
    if (Math.abs(t2) < NOTHING) t2 = 0;
  }
}

/**
 * Filters whole signals forward and then backward, so that the phase cancels and the gain is squared (−6 dB at
 * the edges that the design puts at −3 dB): `scipy.signal.sosfiltfilt` with its default odd extension.
 *
 * The extension is 3·(2·sections + 1) samples at each end (less where trailing coefficients are zero). SciPy
 * refuses signals that are not longer than that; here the extension shrinks to one sample less than the signal,
 * as `sosfiltfilt(…, padlen=min(default, length − 1))` would do it. Nothing goes to nothing.
 *
 * An object owns its working memory, which grows to the longest signal: make one and use it many times.
 */
export class ZeroPhaseFilter {
  private readonly pairs: readonly SectionPair[];
  private readonly fullExtension: number;
  private work = new Float64Array(0);

  /** @param sections - the cascade, at least one section, e.g. of {@link designButterworthBandpass} */
  constructor(sections: readonly SecondOrderSection[]) {
    if (sections.length === 0) throw new FilterDesignError('A filter needs at least one section.');
    this.pairs = pairSections(sections);
    const withoutB2 = sections.filter((section) => section.b2 === 0).length;
    const withoutA2 = sections.filter((section) => section.a2 === 0).length;
    this.fullExtension = 3 * (2 * sections.length + 1 - Math.min(withoutB2, withoutA2));
  }

  /**
   * Filters a signal.
   *
   * @param signal - any number of samples
   * @param output - receives as many samples; may be `signal` itself
   */
  apply(signal: Float64Array, output: Float64Array): void {
    const { length } = signal;
    if (length === 0) return;
    const extension = Math.min(this.fullExtension, length - 1);
    const extended = length + 2 * extension;
    if (this.work.length < extended) this.work = new Float64Array(extended);
    const { work } = this;
    const first = signal[0]!;
    const last = signal[length - 1]!;
    for (let i = 0; i < extension; i++) {
      work[i] = 2 * first - signal[extension - i]!;
      work[extension + length + i] = 2 * last - signal[length - 2 - i]!;
    }
    work.set(signal, extension);
    const atStart = work[0]!;
    for (const pair of this.pairs) filterForward(pair, work, extended, atStart);
    const atEnd = work[extended - 1]!;
    for (const pair of this.pairs) filterBackward(pair, work, extended, atEnd);
    output.set(work.subarray(extension, extension + length));
  }
}
