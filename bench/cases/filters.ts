/** Bench cases of filters, predictors and the quantizer, which take samples one after another. */
import { AdaptivePrediction } from '../../lib/kernels/adaptive-prediction';
import { FirFilter, ZeroPhaseSections } from '../../lib/kernels/filters';
import { designButterworthBandpass } from '../../lib/kernels/iir';
import { DeadZoneQuantizer } from '../../lib/kernels/quantizer';
import { benchSignal, SIGNAL_LENGTH, VIEWS, type BenchCase } from '../case';

const TYPES = ['float32', 'float64'] as const;

const convolutions = (
  [
    [32, 'numpy.convolve', 'convolution'],
    [512, 'scipy.signal.oaconvolve', 'fast_convolution'],
  ] as const
).flatMap(([taps, peer, peerFunction]) =>
  TYPES.map((type): BenchCase => ({
    kernel: `FIR filter of ${taps} taps`,
    type,
    size: `${SIGNAL_LENGTH} samples`,
    peer,
    peerFunction,
    parameters: {},
    samples: SIGNAL_LENGTH,
    target: null,
    tolerance: type === 'float32' ? 1e-5 : 1e-13,
    prepare() {
      const signal = VIEWS[type].from(benchSignal(SIGNAL_LENGTH));
      const response = new VIEWS[type](taps);
      for (let k = 0; k < taps; k++) response[k] = Math.cos(k / 5) * Math.exp((-4 * k) / taps);
      const output = new VIEWS[type](SIGNAL_LENGTH);
      const plan = new FirFilter(response as never, type, 'same');
      return {
        inputs: [
          { values: signal, shape: [SIGNAL_LENGTH] },
          { values: response, shape: [taps] },
        ],
        run: () => plan.apply(signal as never, output as never),
        result: () => output,
        release: () => plan.release(),
      };
    },
  })),
);

/** A band-pass for spikes, on two signals side by side. */
const zeroPhase: BenchCase = {
  kernel: 'zero-phase band-pass of 4 sections',
  type: 'float64',
  size: `2 signals of ${SIGNAL_LENGTH}`,
  peer: 'scipy.signal.sosfiltfilt',
  peerFunction: 'zero_phase',
  parameters: {},
  samples: 2 * SIGNAL_LENGTH,
  target: null,
  tolerance: 1e-12,
  prepare() {
    const sections = designButterworthBandpass(4, 300, 6000, 20_000);
    const signals = benchSignal(2 * SIGNAL_LENGTH);
    const output = new Float64Array(signals.length);
    const plan = new ZeroPhaseSections(sections);
    const rows = sections.flatMap(({ b0, b1, b2, a1, a2 }) => [b0, b1, b2, 1, a1, a2]);
    return {
      inputs: [
        { values: signals, shape: [2, SIGNAL_LENGTH] },
        { values: Float64Array.from(rows), shape: [sections.length, 6] },
      ],
      run: () => plan.apply(signals, SIGNAL_LENGTH, output),
      result: () => output,
      release: () => plan.release(),
    };
  },
};

/** Fewer samples than elsewhere, because the peer takes a second for 300,000. */
const PREDICTED = 16_384;
const ORDER = 32;
const REGULARIZATION = 1;

const predictions = (
  [
    ['LMS prediction of order 32', false, 1e-8],
    ['NLMS prediction of order 32', true, 0.01],
  ] as const
).map(([kernel, normalized, step]): BenchCase => ({
  kernel,
  type: 'int32',
  size: `${PREDICTED} samples`,
  peer: 'NumPy, a loop over samples',
  peerFunction: 'adaptive_prediction',
  parameters: { order: ORDER, step, regularization: REGULARIZATION, normalized },
  samples: PREDICTED,
  target: null,
  tolerance: 0,
  prepare() {
    const signal = Int32Array.from(benchSignal(PREDICTED));
    const residual = new Int32Array(PREDICTED);
    const initial = new Float64Array(ORDER);
    const plan = new AdaptivePrediction({ initial, step, normalized, regularization: REGULARIZATION });
    return {
      inputs: [{ values: signal, shape: [PREDICTED] }],
      run: () => plan.predict(signal, residual),
      result: () => residual,
      release: () => plan.release(),
    };
  },
}));

/** Step and constants of the format. As in a transform, most coefficients are small. */
const STEP = 16;
const QUANTIZATION = { bias: 0.38, maxMagnitude: 2 ** 30 };
const RECONSTRUCTION = { step: STEP, one: 14.5, more: 0.75 };

const quantization: BenchCase = {
  kernel: 'dead-zone quantizer',
  type: 'float64',
  size: `${SIGNAL_LENGTH} coefficients`,
  peer: 'NumPy',
  peerFunction: 'quantization',
  parameters: { step: STEP, bias: QUANTIZATION.bias, most: QUANTIZATION.maxMagnitude },
  samples: SIGNAL_LENGTH,
  target: null,
  tolerance: 0,
  prepare() {
    const coefficients = benchSignal(SIGNAL_LENGTH);
    const quantized = new Int32Array(SIGNAL_LENGTH);
    const plan = new DeadZoneQuantizer(QUANTIZATION);
    return {
      inputs: [{ values: coefficients, shape: [SIGNAL_LENGTH] }],
      run: () => plan.quantize(coefficients, STEP, quantized),
      result: () => quantized,
      release: () => plan.release(),
    };
  },
};

const reconstruction: BenchCase = {
  kernel: 'dead-zone reconstruction',
  type: 'float64',
  size: `${SIGNAL_LENGTH} coefficients`,
  peer: 'NumPy',
  peerFunction: 'reconstruction',
  parameters: { ...RECONSTRUCTION },
  samples: SIGNAL_LENGTH,
  target: null,
  tolerance: 0,
  prepare() {
    const quantized = Int32Array.from(benchSignal(SIGNAL_LENGTH), (value) => value / 100);
    const coefficients = new Float64Array(SIGNAL_LENGTH);
    const plan = new DeadZoneQuantizer(QUANTIZATION);
    return {
      inputs: [{ values: quantized, shape: [SIGNAL_LENGTH] }],
      run: () => plan.reconstruct(quantized, RECONSTRUCTION, coefficients),
      result: () => coefficients,
      release: () => plan.release(),
    };
  },
};

export const filterCases: readonly BenchCase[] = [
  ...convolutions,
  zeroPhase,
  ...predictions,
  quantization,
  reconstruction,
];
