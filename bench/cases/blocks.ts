/**
 * Transforms of blocks: about five seconds of signal, as in a recording.
 */
import { BlockCosineTransform } from '../../lib/kernels/cosine';
import { WalshTransform } from '../../lib/kernels/walsh';
import { benchSignal, VIEWS, type BenchCase } from '../case';

const SAMPLES = 98_304;

interface BlockPlan {
  run(input: never, output: never): void;
  release(): void;
}

function blockCase(
  facts: Pick<BenchCase, 'kernel' | 'type' | 'peer' | 'peerFunction' | 'target'>,
  length: number,
  createPlan: () => BlockPlan,
): BenchCase {
  const blocks = SAMPLES / length;
  return {
    ...facts,
    size: `${blocks} blocks of ${length}`,
    parameters: {},
    samples: SAMPLES,
    tolerance: facts.type === 'float32' ? 1e-5 : 1e-13,
    prepare() {
      const values = VIEWS[facts.type].from(benchSignal(SAMPLES));
      const output = new VIEWS[facts.type](SAMPLES);
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

export const blockCases: readonly BenchCase[] = [
  ...TYPES.flatMap((type) =>
    [64, 128, 256, 512, 1024].map((length) =>
      blockCase(
        {
          kernel: 'block DCT',
          type,
          peer: 'scipy.fft.dct',
          peerFunction: 'dct_blocks',
          target: type === 'float32' ? 1.5 : 1.2,
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
];
