/** Bench cases of the kernels that learn dictionaries and principal components. */
import { OrthogonalMatchingPursuit } from '../../lib/kernels/orthogonal-matching-pursuit';
import { principalComponents } from '../../lib/numerics/principal-components';
import { benchSignal, VIEWS, type BenchCase } from '../case';

const ATOM_LENGTH = 64;
const ATOMS = 256;
const SIGNALS = 2000;
const NONZEROS = 8;

/** Random atoms of length 1. */
function dictionary(): Float64Array {
  const noise = benchSignal(ATOMS * ATOM_LENGTH).map((value, i) => value - 400 * Math.sin(i / 37));
  for (let start = 0; start < noise.length; start += ATOM_LENGTH) {
    const atom = noise.subarray(start, start + ATOM_LENGTH);
    const norm = Math.sqrt(atom.reduce((sum, value) => sum + value * value, 0));
    for (let i = 0; i < ATOM_LENGTH; i++) atom[i] = atom[i]! / norm;
  }
  return noise;
}

const pursuits = (['float32', 'float64'] as const).map((type): BenchCase => ({
  kernel: 'Batch-OMP',
  type,
  size: `${SIGNALS} signals, ${NONZEROS} of ${ATOMS} atoms of ${ATOM_LENGTH}`,
  peer: 'sklearn orthogonal_mp_gram',
  peerFunction: 'matching_pursuit',
  parameters: { nonzeros: NONZEROS },
  samples: SIGNALS * ATOM_LENGTH,
  target: 5,
  tolerance: type === 'float32' ? 1e-3 : 1e-10,
  prepare() {
    const atoms = VIEWS[type].from(dictionary());
    const signals = VIEWS[type].from(benchSignal(SIGNALS * ATOM_LENGTH));
    const plan = new OrthogonalMatchingPursuit(atoms as never, ATOM_LENGTH, type);
    let codes = plan.code(signals as never, { nonzeros: NONZEROS });
    return {
      inputs: [
        { values: atoms, shape: [ATOMS, ATOM_LENGTH] },
        { values: signals, shape: [SIGNALS, ATOM_LENGTH] },
      ],
      run() {
        codes = plan.code(signals as never, { nonzeros: NONZEROS });
      },
      result() {
        const dense = new Float64Array(SIGNALS * ATOMS);
        codes.counts.forEach((count, signal) => {
          for (let i = signal * codes.limit; i < signal * codes.limit + count; i++) {
            dense[signal * ATOMS + codes.indices[i]!] = codes.coefficients[i]!;
          }
        });
        return dense;
      },
      release: () => plan.release(),
    };
  },
}));

const BLOCKS = 16_000;
const BLOCK_LENGTH = 256;

const components = (
  [
    ['full', 2],
    ['covariance_eigh', 0.45],
  ] as const
).map(([solver, target]): BenchCase => ({
  kernel: 'principal components',
  type: 'float64',
  size: `${BLOCKS} blocks of ${BLOCK_LENGTH}`,
  peer: `sklearn PCA, ${solver}`,
  peerFunction: 'principal_components',
  parameters: { solver },
  samples: BLOCKS * BLOCK_LENGTH,
  target,
  tolerance: 1e-10,
  prepare() {
    const blocks = benchSignal(BLOCKS * BLOCK_LENGTH);
    let found = principalComponents(blocks, BLOCK_LENGTH);
    return {
      inputs: [{ values: blocks, shape: [BLOCKS, BLOCK_LENGTH] }],
      run() {
        found = principalComponents(blocks, BLOCK_LENGTH);
      },
      result: () => found.variances,
      release() {},
    };
  },
}));

export const learningCases: readonly BenchCase[] = [...pursuits, ...components];
