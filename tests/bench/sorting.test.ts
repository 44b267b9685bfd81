import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stepForRatio } from '../../bench/sorting/step-for-ratio';
import { sortingRows, sortingTable, type DecodedFile, type SortedFile } from '../../bench/sorting/summary';

const sorted = (seed: number, file: string, accuracies: number[], failed = false): SortedFile => {
  return { seed, file, sorter: 'some', accuracies, failed };
};
const decoded = (seed: number, file: string, codedBytes: number, target?: number): DecodedFile => {
  return { seed, file, codec: 'codec', samplesBytes: 100, codedBytes, ...(target && { target }) };
};

test('accuracies are means over units, changes are of the same unit, and ratios are of all bytes', () => {
  const rows = sortingRows(
    [decoded(1, 'a', 10, 5), decoded(2, 'a', 40, 5), decoded(1, 'b', 5), decoded(2, 'b', 5)],
    [
      ...[sorted(1, 'original', [1, 0.5]), sorted(2, 'original', [0.9, 0])],
      ...[sorted(1, 'a', [1, 0.5]), sorted(2, 'a', [0.8, 0.1])],
      ...[sorted(1, 'b', [0, 0], true), sorted(2, 'b', [0.8, 0.1])],
    ],
  );
  assert.deepEqual(
    rows.map(({ name, ratio }) => [name, ratio]),
    [
      ['original', 1],
      ['codec at 5', 4],
      ['codec at its lowest rate', 20],
    ],
  );
  const [original, a, b] = rows.map(({ sorters }) => sorters['some']!);
  assert.deepEqual([original!.accuracy, original!.found, original!.failed], [0.6, 2, 0]);
  assert.deepEqual([original!.change, original!.changeLower, original!.changeUpper], [0, 0, 0]);
  assert.equal(a!.change, 0);
  assert.deepEqual([a!.changeLower < 0, a!.changeUpper > 0], [true, true]);
  assert.deepEqual([b!.accuracy, b!.change, b!.failed, b!.found], [0.225, -0.375, 1, 1]);
  for (const { accuracy, lower, upper } of [original!, a!, b!])
    assert.ok(lower <= accuracy && accuracy <= upper);
  assert.match(sortingTable(rows), /^\| codec at its lowest rate \| 20.00 \| 0.225 \| −0.375 \|/m);
});

test('a file that was not sorted is an error', () => {
  assert.throws(() => sortingRows([decoded(1, 'a', 10, 5)], [sorted(1, 'original', [1])]), RangeError);
});

test('the step for a ratio is exact where ratios are a power of the step, within and beyond what was measured', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.2, max: 2, noNaN: true }),
      fc.double({ min: 1, max: 200, noNaN: true }),
      (power, step) => {
        const measured = [4, 16, 64].map((one) => ({ step: one, ratio: one ** power }));
        assert.ok(Math.abs(stepForRatio(measured, step ** power) / step - 1) < 1e-9);
      },
    ),
  );
});
