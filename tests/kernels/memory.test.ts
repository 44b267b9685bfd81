import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  KernelArrayError,
  KernelMemory,
  KernelMemoryError,
  type KernelArray,
} from '../../lib/kernels/runtime/memory';

test('arrays never overlap and keep what is written to them, whatever is allocated and released between', () => {
  const action = fc.record({ release: fc.boolean(), which: fc.nat(1000), length: fc.nat(40000) });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const memory = new KernelMemory();
      const live: { array: KernelArray<'float64'>; value: number }[] = [];
      let value = 0;
      for (const { release, which, length } of actions) {
        if (release && live.length > 0) {
          live.splice(which % live.length, 1)[0]!.array.release();
        } else {
          const array = memory.allocate('float64', length);
          array.view.fill(++value);
          live.push({ array, value });
        }
        for (const { array, value } of live) {
          assert.equal(array.pointer % 64, 0);
          assert.ok(array.view.every((element) => element === value));
        }
      }
      for (const { array } of live) array.release();
      assert.equal(memory.allocatedBytes, 0);
    }),
    { numRuns: 40 },
  );
});

test('what is released is used again: a thousand rounds take no more memory than one', () => {
  const memory = new KernelMemory();
  const round = (): void => {
    const arrays = [10, 100_000, 33, 5_000].map((length) => memory.allocate('float32', length));
    for (const i of [2, 0, 3, 1]) arrays[i]!.release();
  };
  round();
  const { sizeBytes } = memory;
  for (let i = 0; i < 1000; i++) round();
  assert.equal(memory.sizeBytes, sizeBytes);
});

test('a view taken after the memory has grown shows what was written before', () => {
  const memory = new KernelMemory();
  const array = memory.copyOf('int32', [1, 2, 3]);
  const large = memory.allocate('float64', 1_000_000);
  assert.deepEqual([...array.view], [1, 2, 3]);
  assert.equal(large.view.length, 1_000_000);
});

test('a full memory says what is asked for, what is taken and what to do, and stays usable', () => {
  const memory = new KernelMemory(1_000_000);
  const array = memory.allocate('float64', 100_000);
  assert.throws(
    () => memory.allocate('float64', 100_000),
    (error: Error) => {
      assert.ok(error instanceof KernelMemoryError);
      assert.match(error.message, /800000 bytes more: 800000 of at most 1000000 are taken.*release/s);
      return true;
    },
  );
  array.release();
  memory.allocate('float64', 100_000).release();
});

test('an array can neither be used nor released after its release', () => {
  const memory = new KernelMemory();
  const array = memory.allocate('uint8', 5);
  array.release();
  assert.throws(() => array.view, KernelArrayError);
  assert.throws(() => array.pointer, KernelArrayError);
  assert.throws(() => array.release(), KernelArrayError);
});

test('work that throws gives back what it allocated and did not release, and nothing else', () => {
  const memory = new KernelMemory(1_000_000);
  const before = memory.copyOf('int32', [1, 2, 3]);
  const { allocatedBytes } = memory;
  let lost: KernelArray<'float64'> | undefined;
  assert.throws(
    () =>
      memory.allOrNothing(() => {
        memory.allocate('float64', 100).release();
        lost = memory.allocate('float64', 100);
        memory.allOrNothing(() => memory.allocate('float64', 100));
        memory.allocate('float64', 1_000_000);
      }),
    KernelMemoryError,
  );
  assert.equal(memory.allocatedBytes, allocatedBytes);
  assert.deepEqual([...before.view], [1, 2, 3]);
  assert.throws(() => lost!.view, KernelArrayError);
});

test('of what work allocates everything stays when it does not throw', () => {
  const memory = new KernelMemory();
  const arrays = memory.allOrNothing(() => [memory.copyOf('uint8', [1]), memory.copyOf('uint8', [2])]);
  assert.deepEqual(
    arrays.map(({ view }) => [...view]),
    [[1], [2]],
  );
  for (const array of arrays) array.release();
  assert.equal(memory.allocatedBytes, 0);
});
