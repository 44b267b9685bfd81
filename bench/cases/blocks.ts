/** Bench cases of block transforms, on about five seconds of signal as in a recording. */
import { BlockCosineTransform } from '../../lib/kernels/cosine';
import { FourthCosineTransform, LappedTransform } from '../../lib/kernels/lapped';
import type { FloatType } from '../../lib/kernels/runtime/memory';
import { WalshTransform } from '../../lib/kernels/walsh';
import { benchSignal, SIGNAL_LENGTH, VIEWS, type BenchCase } from '../case';

interface BlockPlan {
  run(input: never, output: never): void;
  release(): void;
}

function blockCase(
  facts: Pick<BenchCase, 'kernel' | 'peer' | 'peerFunction' | 'target'> & { readonly type: FloatType },
  length: number,
  createPlan: () => BlockPlan,
): BenchCase {
  const blocks = SIGNAL_LENGTH / length;
  return {
    ...facts,
    size: `${blocks} blocks of ${length}`,
    parameters: {},
    samples: SIGNAL_LENGTH,
    tolerance: facts.type === 'float32' ? 1e-5 : 1e-13,
    prepare() {
      const values = VIEWS[facts.type].from(benchSignal(SIGNAL_LENGTH));
      const output = new VIEWS[facts.type](SIGNAL_LENGTH);
      const plan = createPlan();
      return {
        inputs: [{ values, shape: [blocks, length] }],
        run: () => plan.run(values as never, output as never),
        result: () => output,
        release: () => plan.release(),
      };
    },
  };
}

const TYPES = ['float32', 'float64'] as const;

/** What a block DCT is to reach, by block length: SciPy has as wide vectors, so long blocks win by instructions alone. */
const COSINE_TARGETS = {
  float32: { 64: 1.5, 128: 1.5, 256: 1.25, 512: 1.2, 1024: 1.05 },
  float64: { 64: 1.2, 128: 1.2, 256: 1.15, 512: 1.1, 1024: 1 },
} as const;

export const blockCases: readonly BenchCase[] = [
  ...TYPES.flatMap((type) =>
    ([64, 128, 256, 512, 1024] as const).map((length) =>
      blockCase(
        {
          kernel: 'block DCT',
          type,
          peer: 'scipy.fft.dct',
          peerFunction: 'dct_blocks',
          target: COSINE_TARGETS[type][length],
        },
        length,
        () => {
          const plan = new BlockCosineTransform(length, type);
          return { run: (input, output) => plan.forward(input, output), release: () => plan.release() };
        },
      ),
    ),
  ),
  ...TYPES.map((type) =>
    blockCase(
      {
        kernel: 'Walsh–Hadamard',
        type,
        peer: 'NumPy matrix product',
        peerFunction: 'walsh_blocks',
        target: 3.5,
      },
      256,
      () => {
        const plan = new WalshTransform(256, type);
        return { run: (input, output) => plan.transform(input, output), release: () => plan.release() };
      },
    ),
  ),
  ...TYPES.map((type) =>
    blockCase(
      {
        kernel: 'block DCT-IV',
        type,
        peer: 'scipy.fft.dct, type 4',
        peerFunction: 'fourth_dct_blocks',
        target: null,
      },
      256,
      () => {
        const plan = new FourthCosineTransform(256, type);
        return { run: (input, output) => plan.transform(input, output), release: () => plan.release() };
      },
    ),
  ),
  ...TYPES.map((type) =>
    blockCase(
      {
        kernel: 'MDCT, sine window',
        type,
        peer: 'NumPy and scipy.fft.dct',
        peerFunction: 'lapped',
        target: null,
      },
      256,
      () => {
        const plan = new LappedTransform(256, 'sine', type);
        return { run: (input, output) => plan.forward(input, output), release: () => plan.release() };
      },
    ),
  ),
];
