import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fullScaleOf, sharedGrids } from '../../../lib/recordings/datasets/shared-grids';
import { codesOnGrid, findDigitizer, valuesOfCodes, type Digitizer } from '../../../lib/recordings/digitizer';
import type { Channel } from '../../../lib/recordings/recording-file';

const channel = (declared?: Channel['declared']): Channel => ({
  id: '0',
  name: '0',
  kind: 'electrode',
  unit: '',
  gain: 1,
  offset: 0,
  ...(declared && { declared }),
});

const grid = (samples: Int16Array | Float32Array, type: 'int16' | 'float32'): Digitizer => {
  const found = findDigitizer(samples, type);
  assert.ok(found.kind !== 'none');
  return found;
};

test('electrodes of one step share a range, and every sample comes back from it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 3, maxLength: 30 }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.constantFrom(1, 3, 16),
      fc.integer({ min: -2, max: 2 }),
      (lists, step, offset) => {
        const samples = lists.map((list) => Int16Array.from(list, (code) => offset + step * code));
        const grids = samples.map((one) => grid(one, 'int16'));
        const shared = sharedGrids(
          samples.map(() => channel()),
          grids,
        );
        shared.forEach((one, i) => {
          const codes = codesOnGrid(one, samples[i]!);
          assert.ok(codes);
          assert.deepEqual(valuesOfCodes(one, codes, 'int16'), samples[i]);
          assert.ok(one.lowest <= grids[i]!.lowest && one.highest >= grids[i]!.highest);
        });
        for (const [i, first] of grids.entries()) {
          for (const [k, second] of grids.entries()) {
            const apart = (first.lowest - second.lowest) / first.step;
            if (
              first.kind !== 'linear' ||
              second.kind !== 'linear' ||
              first.step !== second.step ||
              apart % 1 !== 0
            )
              continue;
            // Others of the same step but between its values keep all of them apart.
            const between = grids.some(
              ({ step: other, lowest }) =>
                other === first.step && ((lowest - first.lowest) / first.step) % 1 !== 0,
            );
            if (!between) assert.equal(shared[i]!.codes, shared[k]!.codes);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('scaled floats share a range and come back bit by bit', () => {
  const scaled = (codes: readonly number[]): Float32Array => Float32Array.from(codes, (code) => code * 0.195);
  const samples = [scaled([-5, -2, 0, 3, 7, 8]), scaled([1, 2, 3, 40, 41])];
  const shared = sharedGrids(
    [channel(), channel()],
    samples.map((one) => grid(one, 'float32')),
  );
  assert.deepEqual(
    shared.map(({ codes, first }) => [codes, first]),
    [
      [47, -5],
      [47, -5],
    ],
  );
  shared.forEach((one, i) => {
    const codes = codesOnGrid(one, samples[i]!)!;
    assert.deepEqual(valuesOfCodes(one, codes, 'float32'), samples[i]);
  });
});

test('what a header declares is the range and the full scale; without it the full scale is what is used', () => {
  const samples = Int16Array.of(-7, 0, 3, 4, 9);
  const declared = { lowest: -512, highest: 511 };
  const [wide] = sharedGrids([channel(declared)], [grid(samples, 'int16')]);
  assert.deepEqual([wide!.lowest, wide!.highest, wide!.codes, wide!.bits], [-512, 511, 1024, 10]);
  assert.deepEqual(fullScaleOf([channel(declared)], [wide!], [16]), { codes: 1023, known: true });
  const [used] = sharedGrids([channel()], [grid(samples, 'int16')]);
  assert.deepEqual([used!.lowest, used!.codes], [-7, 17]);
  assert.deepEqual(fullScaleOf([channel()], [used!], [16]), { codes: 16, known: false });
});
