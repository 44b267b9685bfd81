import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TRELLIS } from '../../lib/coding/quantizers/trellis';
import { extendPaths, predecessorsOf } from '../../lib/kernels/reference/trellis';
import { SurvivorPaths } from '../../lib/kernels/trellis';
import { kernelMemory, simdAvailable } from '../../lib/kernels/runtime/webassembly';

const skip = simdAvailable ? false : 'SIMD WebAssembly cannot run here';

const costs = fc.tuple(fc.oneof(fc.nat(40), fc.nat(1500)), fc.nat(10_000)).map(([count, seed]) => {
  let state = seed;
  return Float32Array.from({ length: 4 * count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % 5 === 0 ? 0.5 : state / 2 ** 30;
  });
});

test('the kernel decides as the plain version does, whatever the costs', { skip }, () => {
  const [plain, simd] = [new SurvivorPaths(TRELLIS, false), new SurvivorPaths(TRELLIS, true)];
  fc.assert(
    fc.property(costs, (given) => {
      const [expected, decided] = [new Uint32Array(given.length / 4), new Uint32Array(given.length / 4)];
      assert.equal(simd.run(given, decided), plain.run(given, expected));
      assert.deepEqual(decided, expected);
    }),
  );
  const before = kernelMemory.allocatedBytes;
  new SurvivorPaths(TRELLIS).release();
  assert.equal(kernelMemory.allocatedBytes, before);
});

test('the best of all sequences is found, as trying them all finds it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { minLength: 4, maxLength: 36 }), (list) => {
      const given = Float32Array.from(list.slice(0, list.length & ~3));
      const count = given.length / 4;
      const costOf = (parities: number): number => {
        let [state, sum] = [0, 0];
        for (let i = 0; i < count; i++) {
          const parity = (parities >> i) & 1;
          sum += given[4 * i + 2 * (state & 1) + parity]!;
          state = TRELLIS.next[2 * state + parity]!;
        }
        return sum;
      };
      const least = Math.min(...Array.from({ length: 2 ** count }, (_, parities) => costOf(parities)));
      const search = new SurvivorPaths(TRELLIS);
      const decisions = new Uint32Array(count);
      let state = search.run(given, decisions);
      const { from, parity } = search.predecessors;
      let parities = 0;
      for (let i = count - 1; i >= 0; i--) {
        const entry = 2 * state + ((decisions[i]! >>> state) & 1);
        parities |= parity[entry]! << i;
        state = from[entry]!;
      }
      search.release();
      assert.equal(state, 0);
      assert.equal(costOf(parities), least);
    }),
  );
});

test('the cost of the best is taken from all, so that long sequences keep their precision', () => {
  const paths = new Float32Array(32);
  const given = new Float32Array(4 * 100).fill(3);
  extendPaths(predecessorsOf(TRELLIS), given, paths, new Uint32Array(100));
  assert.deepEqual(paths, new Float32Array(32));
});
