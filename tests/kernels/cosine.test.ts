import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BlockCosineTransform } from '../../lib/kernels/cosine';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';

const skip = !simdAvailable && 'SIMD WebAssembly is switched off or cannot run here';

/** Largest difference; signs of zeros do not count. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

const sizes = fc.record({ levels: fc.integer({ min: 1, max: 11 }), blocks: fc.nat(9), seed: fc.integer() });

function signalOf(length: number, seed: number): Float64Array {
  return new Float64Array(length).map((_, i) => Math.sin(i * i + seed) * 500);
}

test(
  'in double precision the kernel gives the numbers of the reference exactly, and leaks nothing',
  { skip },
  () => {
    const before = kernelMemory.allocatedBytes;
    fc.assert(
      fc.property(sizes, ({ levels, blocks, seed }) => {
        const length = 2 ** levels;
        const signal = signalOf(length * blocks, seed);
        const reference = new BlockCosineTransform(length, 'float64', false);
        const kernel = new BlockCosineTransform(length, 'float64', true);
        const subbands = reference.toSubbands(signal);
        assert.equal(difference(kernel.toSubbands(signal), subbands), 0);
        assert.equal(difference(kernel.fromSubbands(subbands), reference.fromSubbands(subbands)), 0);
        const [expected, found] = [new Float64Array(signal.length), new Float64Array(signal.length)];
        reference.forward(signal, expected);
        kernel.forward(signal, found);
        assert.equal(difference(found, expected), 0);
        reference.inverse(expected, expected);
        kernel.inverse(found, found);
        assert.equal(difference(found, expected), 0);
        kernel.release();
      }),
    );
    assert.equal(kernelMemory.allocatedBytes, before);
  },
);

test(
  'signals of more blocks than are transformed at once give the same numbers, in no more memory',
  { skip },
  () => {
    const length = 256;
    const kernel = new BlockCosineTransform(length, 'float64', true);
    const reference = new BlockCosineTransform(length, 'float64', false);
    const short = signalOf(2 ** 20, 3);
    kernel.fromSubbands(kernel.toSubbands(short));
    const size = kernelMemory.sizeBytes;
    const signal = signalOf(2 ** 21 + 3 * length, 4);
    const subbands = kernel.toSubbands(signal);
    assert.equal(difference(subbands, reference.toSubbands(signal)), 0);
    assert.equal(difference(kernel.fromSubbands(subbands), reference.fromSubbands(subbands)), 0);
    assert.equal(kernelMemory.sizeBytes, size);
    kernel.release();
  },
);

test(
  'in single precision the kernel agrees with the reference to 6 digits of the largest value',
  { skip },
  () => {
    fc.assert(
      fc.property(sizes, ({ levels, blocks, seed }) => {
        const length = 2 ** levels;
        const signal = signalOf(length * blocks, seed);
        const reference = new BlockCosineTransform(length, 'float64');
        const kernel = new BlockCosineTransform(length, 'float32', true);
        const tolerance = 1e-6 * 500 * Math.sqrt(length);
        const subbands = reference.toSubbands(signal);
        const found = kernel.toSubbands(Float32Array.from(signal));
        assert.ok(difference(found, subbands) <= tolerance);
        assert.ok(difference(kernel.fromSubbands(found), signal) <= tolerance);
        const blocksFound = new Float32Array(signal.length);
        const expected = new Float64Array(signal.length);
        kernel.forward(Float32Array.from(signal), blocksFound);
        reference.forward(signal, expected);
        assert.ok(difference(blocksFound, expected) <= tolerance);
        kernel.inverse(blocksFound, blocksFound);
        assert.ok(difference(blocksFound, signal) <= tolerance);
        reference.release();
        kernel.release();
      }),
    );
  },
);

for (const type of ['float32', 'float64'] as const) {
  test(`the plain version works in ${type} too`, () => {
    const View = type === 'float32' ? Float32Array : Float64Array;
    const plan = new BlockCosineTransform(16, type, false);
    const signal = View.from(signalOf(48, 1));
    const subbands = plan.toSubbands(signal as never) as Float32Array | Float64Array;
    assert.ok(subbands instanceof View);
    assert.ok(difference(plan.fromSubbands(subbands as never), signal) < 1e-3);
    const blocks = new View(48);
    plan.forward(signal as never, blocks as never);
    assert.ok(difference([blocks[17]!], [subbands[3 + 1]!]) === 0);
    plan.inverse(blocks as never, blocks as never);
    assert.ok(difference(blocks, signal) < 1e-3);
  });
}

test('blocks in the memory of the kernels are transformed in place', () => {
  for (const simd of simdAvailable ? [false, true] : [false]) {
    const plan = new BlockCosineTransform(32, 'float32', simd);
    const signal = Float32Array.from(signalOf(32 * 12, 5));
    const expected = new Float32Array(signal.length);
    plan.forward(signal, expected);
    const array = kernelMemory.copyOf('float32', signal);
    plan.forwardInPlace(array);
    assert.equal(difference(array.view, expected), 0);
    array.release();
    const part = kernelMemory.allocate('float32', 32 * 3);
    assert.throws(() => plan.forwardInPlace(part), { name: 'BlockLengthError' });
    part.release();
    plan.release();
  }
});

test('lengths that are no power of two, and parts of blocks, are refused by name', () => {
  assert.throws(() => new BlockCosineTransform(12, 'float64'), { name: 'TransformLengthError' });
  const plan = new BlockCosineTransform(16, 'float64');
  assert.throws(() => plan.toSubbands(new Float64Array(17)), { name: 'BlockLengthError' });
  assert.throws(() => plan.fromSubbands(new Float64Array(15)), { name: 'BlockLengthError' });
  assert.throws(() => plan.forward(new Float64Array(16), new Float64Array(32)), { name: 'BlockLengthError' });
  plan.release();
});
