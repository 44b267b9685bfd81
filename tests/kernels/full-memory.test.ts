/** Plans that fail for lack of memory must leave nothing allocated. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockCosineTransform } from '../../lib/kernels/cosine';
import { CovarianceSum } from '../../lib/kernels/covariance';
import { ComplexFourierPlan, RealFourierPlan } from '../../lib/kernels/fourier';
import { FourthCosineTransform, LappedTransform } from '../../lib/kernels/lapped';
import { LiftingTransform } from '../../lib/kernels/lifting';
import { MatrixMultiplication, OuterProductSum } from '../../lib/kernels/matrix';
import { KernelMemoryError, type KernelArray } from '../../lib/kernels/runtime/memory';
import { OrthogonalMatchingPursuit } from '../../lib/kernels/orthogonal-matching-pursuit';
import { WalshTransform } from '../../lib/kernels/walsh';
import { WaveletTransform } from '../../lib/kernels/wavelet';
import { waveletFilters } from '../../lib/kernels/filters/wavelet-filters';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';

const BLOCKS = new Float64Array(1024).map((_, i) => Math.sin(i));
const room = (length: number): Float64Array => new Float64Array(length);
const filters = waveletFilters('db4');

/** A plan, and work that makes it take all the memory it takes for blocks like these. */
interface Planned {
  release(): void;
  work?(): void;
}

const plans: Readonly<Record<string, () => Planned>> = {
  WalshTransform: () => new WalshTransform(256, 'float64'),
  BlockCosineTransform: () => {
    const plan = new BlockCosineTransform(256, 'float64');
    return { release: () => plan.release(), work: () => plan.fromSubbands(plan.toSubbands(BLOCKS)) };
  },
  'ComplexFourierPlan, one signal': () => {
    const plan = new ComplexFourierPlan(1024, 'float64');
    const [re, im] = [room(1024), room(1024)];
    return { release: () => plan.release(), work: () => plan.forward(BLOCKS, BLOCKS, re, im) };
  },
  'ComplexFourierPlan, blocks of a prime length': () => {
    const plan = new ComplexFourierPlan(127, 'float64');
    const blocks = BLOCKS.subarray(0, 4 * 127);
    const [re, im] = [room(4 * 127), room(4 * 127)];
    return { release: () => plan.release(), work: () => plan.forward(blocks, blocks, re, im) };
  },
  'RealFourierPlan, one signal': () => {
    const plan = new RealFourierPlan(1024, 'float64');
    const [re, im] = [room(513), room(513)];
    return { release: () => plan.release(), work: () => plan.forward(BLOCKS, re, im) };
  },
  'RealFourierPlan, blocks': () => {
    const plan = new RealFourierPlan(128, 'float64');
    const [re, im] = [room(8 * 65), room(8 * 65)];
    const work = (): void => {
      plan.forward(BLOCKS, re, im);
      plan.inverse(re, im, room(1024));
    };
    return { release: () => plan.release(), work };
  },
  FourthCosineTransform: () => new FourthCosineTransform(256, 'float64'),
  LappedTransform: () => new LappedTransform(256, 'sine', 'float64'),
  WaveletTransform: () => {
    const plan = new WaveletTransform(filters, 'periodic', 3, 'float64');
    const coefficients = room(1024);
    const work = (): void => {
      plan.forward(BLOCKS, coefficients);
      plan.inverse(coefficients, room(1024));
    };
    return { release: () => plan.release(), work };
  },
  LiftingTransform: () => {
    const plan = new LiftingTransform('9/7', 3, 'float64');
    return { release: () => plan.release(), work: () => plan.forward(BLOCKS, room(1024)) };
  },
  MatrixMultiplication: () => new MatrixMultiplication(BLOCKS, 32, 32, 'float64'),
  OuterProductSum: () => new OuterProductSum(32, 'float64'),
  CovarianceSum: () => new CovarianceSum(32),
  OrthogonalMatchingPursuit: () => {
    const plan = new OrthogonalMatchingPursuit(BLOCKS, 16, 'float64');
    return { release: () => plan.release(), work: () => plan.code(BLOCKS, { nonzeros: 4 }) };
  },
};

/** Makes a plan, uses it, and releases it even after an error. */
function use(create: () => Planned): void {
  const plan = create();
  try {
    plan.work?.();
  } finally {
    plan.release();
  }
}

/** Bytes before the first array. */
const UNUSED = 1024;

/** Takes all of the memory but for so many bytes, which are in one stretch. */
function fillBut(left: number): KernelArray<'uint8'> {
  return kernelMemory.allocate('uint8', kernelMemory.limitBytes - UNUSED - left);
}

/**
 * From trial to trial the free memory grows by this many bytes, later by more, so that plans fail in turn at
 * most of their allocations.
 */
const STEP = 512;

for (const [name, create] of Object.entries(plans)) {
  const skip = simdAvailable ? false : 'this engine has no SIMD WebAssembly';
  test(`${name}: wherever the memory ends, the error has its name and nothing stays behind`, { skip }, () => {
    use(create);
    assert.equal(kernelMemory.allocatedBytes, 0);
    let failures = 0;
    for (let left = 0; ; left += STEP * (1 + Math.floor(left / 2 ** 14))) {
      const ballast = fillBut(left);
      const before: number = kernelMemory.allocatedBytes;
      let failed = false;
      try {
        use(create);
      } catch (error) {
        assert.ok(error instanceof KernelMemoryError, `${error}`);
        failed = true;
      }
      assert.equal(kernelMemory.allocatedBytes, before, `with ${left} bytes left`);
      ballast.release();
      if (!failed) break;
      failures++;
    }
    assert.ok(failures > 0);
    assert.equal(kernelMemory.allocatedBytes, 0);
  });
}

test('a plan that is out of memory works once there is some', { skip: !simdAvailable }, () => {
  const plan = new LiftingTransform('9/7', 3, 'float64');
  const expected = room(1024);
  new LiftingTransform('9/7', 3, 'float64', false).forward(BLOCKS, expected);
  const output = room(1024);
  plan.forward(BLOCKS.subarray(0, 256), output.subarray(0, 256));
  let failures = 0;
  // The plan has some memory already.
  for (let left = 2 ** 14; left < 2 ** 16; left += STEP) {
    const ballast = fillBut(left);
    try {
      plan.forward(BLOCKS, output);
    } catch (error) {
      assert.ok(error instanceof KernelMemoryError);
      failures++;
    }
    ballast.release();
  }
  assert.ok(failures > 0);
  plan.forward(BLOCKS, output);
  plan.release();
  assert.deepEqual(output, expected);
});
