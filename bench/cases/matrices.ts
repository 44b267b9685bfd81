/** Bench cases of products with matrices as large as the data. */
import { MatrixMultiplication, OuterProductSum } from '../../lib/kernels/matrix';
import { benchSignal, VIEWS, type BenchCase } from '../case';

const ROWS = 16_000;
const COLUMNS = 256;
const PROJECTED = 32;
const TYPES = ['float32', 'float64'] as const;

const products = TYPES.map((type): BenchCase => ({
  kernel: 'projection on 32 vectors',
  type,
  size: `${ROWS} blocks of ${COLUMNS}`,
  peer: 'NumPy matrix product',
  peerFunction: 'matrix_product',
  parameters: {},
  samples: ROWS * COLUMNS,
  target: null,
  tolerance: type === 'float32' ? 1e-4 : 1e-12,
  prepare() {
    const left = VIEWS[type].from(benchSignal(ROWS * COLUMNS));
    const right = VIEWS[type].from(benchSignal(COLUMNS * PROJECTED).map((value) => value / 400));
    const product = new VIEWS[type](ROWS * PROJECTED);
    const plan = new MatrixMultiplication(right as never, COLUMNS, PROJECTED, type);
    return {
      inputs: [
        { values: left, shape: [ROWS, COLUMNS] },
        { values: right, shape: [COLUMNS, PROJECTED] },
      ],
      run: () => plan.multiply(left as never, product as never),
      result: () => product,
      release: () => plan.release(),
    };
  },
}));

const covariances = TYPES.map((type): BenchCase => ({
  kernel: 'covariance accumulation',
  type,
  size: `${ROWS} blocks of ${COLUMNS}`,
  peer: 'NumPy XᵀX',
  peerFunction: 'outer_products',
  parameters: {},
  samples: ROWS * COLUMNS,
  target: null,
  tolerance: type === 'float32' ? 1e-4 : 1e-12,
  prepare() {
    const rows = VIEWS[type].from(benchSignal(ROWS * COLUMNS));
    let sum = new Float64Array(0);
    return {
      inputs: [{ values: rows, shape: [ROWS, COLUMNS] }],
      run() {
        const accumulator = new OuterProductSum(COLUMNS, type);
        accumulator.add(rows as never);
        sum = accumulator.sum() as typeof sum;
        accumulator.release();
      },
      result: () => sum,
      release() {},
    };
  },
}));

export const matrixCases: readonly BenchCase[] = [...products, ...covariances];
