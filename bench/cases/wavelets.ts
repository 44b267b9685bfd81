/** Bench cases of wavelet transforms of one signal, by filters and by lifting. */
import { LiftingTransform, type LiftingWavelet } from '../../lib/kernels/lifting';
import type { FloatType } from '../../lib/kernels/runtime/memory';
import { WaveletTransform, type WaveletBand, type WaveletBorder } from '../../lib/kernels/wavelet';
import { waveletFilters } from '../../lib/kernels/filters/wavelet-filters';
import { benchSignal, SIGNAL_LENGTH, VIEWS, type BenchCase } from '../case';

const LEVELS = 6;
const TYPES = ['float32', 'float64'] as const;
const TARGETS: Readonly<Record<FloatType, number>> = { float32: 5, float64: 2.5 };

/** PyWavelets' names of the borders. */
const MODES: Readonly<Record<WaveletBorder, string>> = { periodic: 'periodization', symmetric: 'symmetric' };

/** Number of coefficients at each end of a band that depend on the continuation of the signal. */
const MARGIN = 8;

/** Members that all cases here share. PyWavelets has the taps of some filters to only twelve digits. */
function factsOf(
  type: FloatType,
): Pick<BenchCase, 'type' | 'samples' | 'size' | 'tolerance'> & { type: FloatType } {
  const tolerance = type === 'float32' ? 1e-5 : 1e-11;
  return { type, samples: SIGNAL_LENGTH, size: `${SIGNAL_LENGTH} samples, ${LEVELS} levels`, tolerance };
}

function decomposition(wavelet: string, border: WaveletBorder, type: FloatType): BenchCase {
  return {
    ...factsOf(type),
    kernel: `wavelet transform ${wavelet}, ${border}`,
    peer: 'pywt.wavedec',
    peerFunction: 'wavelet_decomposition',
    parameters: { wavelet, mode: MODES[border], levels: LEVELS },
    target: TARGETS[type],
    prepare() {
      const values = VIEWS[type].from(benchSignal(SIGNAL_LENGTH));
      const plan = new WaveletTransform(waveletFilters(wavelet), border, LEVELS, type);
      const coefficients = new VIEWS[type](plan.coefficientCount(SIGNAL_LENGTH));
      return {
        inputs: [{ values, shape: [SIGNAL_LENGTH] }],
        run: () => plan.forward(values as never, coefficients as never),
        result: () => coefficients,
        release: () => plan.release(),
      };
    },
  };
}

function reconstruction(wavelet: string, border: WaveletBorder, type: FloatType): BenchCase {
  return {
    ...factsOf(type),
    kernel: `inverse wavelet transform ${wavelet}, ${border}`,
    peer: 'pywt.waverec',
    peerFunction: 'wavelet_reconstruction',
    parameters: { wavelet, mode: MODES[border], levels: LEVELS },
    target: null,
    prepare() {
      const values = VIEWS[type].from(benchSignal(SIGNAL_LENGTH));
      const plan = new WaveletTransform(waveletFilters(wavelet), border, LEVELS, type);
      const coefficients = new VIEWS[type](plan.coefficientCount(SIGNAL_LENGTH));
      plan.forward(values as never, coefficients as never);
      const signal = new VIEWS[type](SIGNAL_LENGTH);
      return {
        inputs: [{ values, shape: [SIGNAL_LENGTH] }],
        run: () => plan.inverse(coefficients as never, signal as never),
        result: () => signal,
        release: () => plan.release(),
      };
    },
  };
}

/** Against the same wavelet by filters, with periodic borders: what depends on the borders is left out. */
function lifting(wavelet: LiftingWavelet, peerWavelet: string, type: FloatType): BenchCase {
  return {
    ...factsOf(type),
    kernel: `lifting ${wavelet}`,
    peer: `pywt.wavedec, ${peerWavelet}`,
    peerFunction: 'lifted',
    parameters: { wavelet: peerWavelet, levels: LEVELS, margin: MARGIN },
    target: null,
    prepare() {
      const values = VIEWS[type].from(benchSignal(SIGNAL_LENGTH));
      const plan = new LiftingTransform(wavelet, LEVELS, type);
      const coefficients = new VIEWS[type](SIGNAL_LENGTH);
      return {
        inputs: [{ values, shape: [SIGNAL_LENGTH] }],
        run: () => plan.forward(values as never, coefficients as never),
        result: () => withoutMargins(coefficients, plan.bands(SIGNAL_LENGTH)),
        release: () => plan.release(),
      };
    },
  };
}

function withoutMargins(coefficients: Float32Array | Float64Array, bands: readonly WaveletBand[]): number[] {
  return bands.flatMap(({ offset, length }) => [
    ...coefficients.subarray(offset + MARGIN, offset + length - MARGIN),
  ]);
}

const liftedIntegers: BenchCase = {
  kernel: 'lifting 5/3 of integers',
  type: 'int32',
  size: `${SIGNAL_LENGTH} samples, ${LEVELS} levels`,
  peer: 'NumPy, slices',
  peerFunction: 'lifted_integers',
  parameters: { levels: LEVELS },
  samples: SIGNAL_LENGTH,
  target: null,
  tolerance: 0,
  prepare() {
    const values = Int32Array.from(benchSignal(SIGNAL_LENGTH));
    const plan = new LiftingTransform('5/3', LEVELS, 'int32');
    const coefficients = new Int32Array(SIGNAL_LENGTH);
    return {
      inputs: [{ values, shape: [SIGNAL_LENGTH] }],
      run: () => plan.forward(values, coefficients),
      result: () => coefficients,
      release: () => plan.release(),
    };
  },
};

export const waveletCases: readonly BenchCase[] = [
  ...['db4', 'sym8', 'bior4.4'].flatMap((wavelet) =>
    TYPES.map((type) => decomposition(wavelet, 'periodic', type)),
  ),
  ...TYPES.map((type) => decomposition('sym8', 'symmetric', type)),
  ...TYPES.map((type) => reconstruction('sym8', 'periodic', type)),
  ...TYPES.map((type) => lifting('5/3', 'bior2.2', type)),
  ...TYPES.map((type) => lifting('9/7', 'bior4.4', type)),
  liftedIntegers,
];
