/** Bench cases of transforms of one long signal. */
import { RealFourierPlan } from '../../lib/kernels/fourier';
import { benchSignal, VIEWS, type BenchCase } from '../case';

const LENGTH = 65_536;
const TYPES = ['float32', 'float64'] as const;

const fourier = TYPES.map((type): BenchCase => ({
  kernel: 'real FFT',
  type,
  size: `one signal of ${LENGTH}`,
  peer: 'scipy.fft.rfft',
  peerFunction: 'real_fft',
  parameters: {},
  samples: LENGTH,
  target: 0.7,
  tolerance: type === 'float32' ? 1e-5 : 1e-13,
  prepare() {
    const values = VIEWS[type].from(benchSignal(LENGTH));
    const bins = LENGTH / 2 + 1;
    const spectrum = new VIEWS[type](2 * bins);
    const plan = new RealFourierPlan(LENGTH, type);
    const [re, im] = [spectrum.subarray(0, bins), spectrum.subarray(bins)];
    return {
      inputs: [{ values, shape: [LENGTH] }],
      run: () => plan.forward(values as never, re as never, im as never),
      result: () => spectrum,
      release: () => plan.release(),
    };
  },
}));

export const longTransformCases: readonly BenchCase[] = fourier;
