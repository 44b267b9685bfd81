/**
 * A union of two bases of windowed cosines: long ones for slow waves, short ones for spikes (Gabor's atoms, in the
 * orthonormal arrangement of I. Daubechies, S. Jaffard and J.-L. Journé, "A simple Wilson orthonormal basis with
 * exponential decay", SIAM Journal on Mathematical Analysis 22, 1991; unions of them: L. Daudet and B. Torrésani,
 * "Hybrid representations for audio signals", Signal Processing 82, 2002).
 */
import { allowedParameter, powersOfTwo, type CoefficientLayout } from '../basis';
import { atom } from '../atoms';
import { ATOM_PRICES, Dictionary, PursuitBasis, type AtomSet, type Waveform } from '../parts/pursuit';
import { UniformCosineBasis } from '../parts/uniform-cosines';
import { kept } from '../../kernels/runtime/kept';

/** Samples of the frames of the long cosines. */
export const LONG_FRAMES: readonly number[] = powersOfTwo(8, 11);

/** Samples of the frames of the short cosines. */
export const SHORT_FRAMES: readonly number[] = powersOfTwo(2, 7);

/** Length, in frames, of the signal whose middle gives the waveform of an atom. */
const WAVEFORM_FRAMES = 4;

/** Least length, in frames of long cosines, of the signal in which an atom is expanded. */
const BASIS_FRAMES = 4;

class CosineAtoms implements AtomSet {
  private readonly waveforms: readonly Waveform[];

  constructor(private readonly basis: UniformCosineBasis) {
    const frameLength = basis.blockLength;
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

const dictionaryFor = kept((long: number, short: number) => {
  const atoms = new CosineAtoms(new UniformCosineBasis(short));
  return new Dictionary(new UniformCosineBasis(long), atoms, long, BASIS_FRAMES);
});

/** Long cosines for the whole signal and short ones where they save bits: twice as many functions as samples. */
export class GaborBasis extends PursuitBasis {
  /**
   * @param long - samples of a frame of long cosines, one of {@link LONG_FRAMES}
   * @param short - samples of a frame of short cosines, one of {@link SHORT_FRAMES}
   * @param price - assumed bits for the position of a short cosine, one of `ATOM_PRICES`
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
      // Long cosines twice, short ones forward and inverse. The pursuit itself touches few samples and is left out.
      multiplyAddsPerSample: 2 * (Math.log2(long) + 4) + 2 * (Math.log2(short) + 4),
    });
  }
}
