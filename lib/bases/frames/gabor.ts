/**
 * Two bases of windowed cosines at once, long ones for what lasts and short ones for what does not (Gabor's atoms, in the
 * orthonormal arrangement of I. Daubechies, S. Jaffard and J.-L. Journé, "A simple Wilson orthonormal basis with
 * exponential decay", SIAM Journal on Mathematical Analysis 22, 1991; unions of them: L. Daudet and B. Torrésani, "Hybrid
 * representations for audio signals", Signal Processing 82, 2002).
 */
import { allowedParameter, powersOfTwo, type CoefficientLayout } from '../basis';
import { atom } from '../atoms';
import { ATOM_PRICES, Dictionary, PursuitBasis, type AtomSet, type Waveform } from '../parts/pursuit';
import { UniformCosineBasis } from '../parts/uniform-cosines';

/** Samples of the frames of the long cosines. */
export const LONG_FRAMES: readonly number[] = powersOfTwo(8, 11);

/** Samples of the frames of the short cosines. */
export const SHORT_FRAMES: readonly number[] = powersOfTwo(2, 7);

/** Frames of a signal from whose middle a waveform is taken. */
const WAVEFORM_FRAMES = 4;

/** Frames that a signal has at least in which an atom is described by long cosines. */
const BASIS_FRAMES = 4;

class CosineAtoms implements AtomSet {
  private readonly waveforms: readonly Waveform[];

  constructor(private readonly basis: UniformCosineBasis) {
    const { frameLength } = basis;
    const from = frameLength / 2;
    this.waveforms = Array.from({ length: frameLength }, (_, k) => ({
      values: atom(basis, WAVEFORM_FRAMES * frameLength, k, 1).slice(from, from + 2 * frameLength),
      start: from - frameLength,
    }));
  }

  layout(length: number): CoefficientLayout {
    return this.basis.layout(length);
  }

  correlate(signal: Float64Array): Float64Array {
    return this.basis.analyze(signal).values;
  }

  add(values: Float64Array, length: number): Float64Array {
    return this.basis.synthesize({ values, layout: this.layout(length) });
  }

  waveform(subband: number): Waveform {
    return this.waveforms[subband]!;
  }
}

const dictionaries = new Map<string, Dictionary>();

function dictionaryFor(long: number, short: number): Dictionary {
  const key = `${long}-${short}`;
  let dictionary = dictionaries.get(key);
  if (dictionary === undefined) {
    const basis = new UniformCosineBasis(long);
    dictionary = new Dictionary(basis, new CosineAtoms(new UniformCosineBasis(short)), long, BASIS_FRAMES);
    dictionaries.set(key, dictionary);
  }
  return dictionary;
}

/** Long cosines for everything, short ones where they pay: twice as many functions as samples. */
export class GaborBasis extends PursuitBasis {
  /**
   * @param long - samples of a frame of long cosines, one of {@link LONG_FRAMES}
   * @param short - samples of a frame of short ones, one of {@link SHORT_FRAMES}
   * @param price - bits that the position of a short cosine is taken to cost, one of `ATOM_PRICES`
   * @throws BasisParameterError
   */
  constructor(long: number, short: number, price: number) {
    allowedParameter('long frame of windowed cosines', long, LONG_FRAMES);
    allowedParameter('short frame of windowed cosines', short, SHORT_FRAMES);
    allowedParameter('price of an atom in bits', price, ATOM_PRICES);
    super({
      id: `gabor-${long}-${short}-${price}`,
      dictionary: dictionaryFor(long, short),
      price,
      delay: 2 * long - 1,
      // Long cosines twice, short ones back and forth; the pursuit itself looks at few samples.
      multiplyAddsPerSample: 2 * (Math.log2(long) + 4) + 2 * (Math.log2(short) + 4),
      losslessStep: 16,
    });
  }
}
