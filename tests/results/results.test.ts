import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  DuplicateCurveError,
  formatResults,
  hashCurves,
  mergeCurves,
  readResults,
  readSavedResults,
  ResultsFormatError,
  writeResults,
  type Curve,
  type Results,
  type ResultsDataset,
} from '../../lib/results/results';

const folder = mkdtempSync(join(tmpdir(), 'results-'));
after(() => rmSync(folder, { recursive: true }));

const dataset: ResultsDataset = {
  name: 'test',
  label: 'a {test} of "3" recordings',
  synthetic: true,
  recordings: 3,
  samples: 30,
  wavBytes: 192,
  sha256: 'abc',
};

function curve(basis: string, notebook: string, compressedBytes = 10): Curve {
  return {
    basis,
    parameters: { block: 16 },
    family: 'cosine',
    learned: false,
    notebook,
    points: [],
    lossless: {
      compressedBytes,
      compressionRatio: 2,
      compressionRatioTenBit: 1.25,
      bitsPerSample: 8,
      meanCompressionRatio: 2,
    },
    delayMs: 1,
    multiplyAddsPerSample: 3,
  };
}

test('results that are written, read and written again are the same bytes', () => {
  const path = join(folder, 'deep', 'results.json');
  const results: Results = { dataset, curves: [curve('dct-16', '02-cosine.ipynb')] };
  writeResults(path, results);
  const first = readFileSync(path);
  const read = readResults(path)!;
  assert.deepEqual(read, results);
  writeResults(path, read);
  assert.deepEqual(readFileSync(path), first);
});

test('the order in which notebooks finish does not matter', () => {
  const parts: [string, Curve[]][] = [
    ['01-samples.ipynb', [curve('identity', '01-samples.ipynb')]],
    ['02-cosine.ipynb', [curve('dct-256', '02-cosine.ipynb'), curve('dct-16', '02-cosine.ipynb')]],
    ['10-last.ipynb', [curve('last', '10-last.ipynb')]],
  ];
  const merge = (order: readonly number[]): string =>
    formatResults(
      order.reduce<Results | undefined>(
        (results, i) => mergeCurves(results, dataset, ...parts[i]!),
        undefined,
      )!,
    );
  const text = merge([0, 1, 2]);
  for (const order of [
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
    [2, 1, 0, 1, 2],
  ]) {
    assert.equal(merge(order), text);
  }
  assert.deepEqual(
    (JSON.parse(text) as Results).curves.map(({ basis }) => basis),
    ['identity', 'dct-16', 'dct-256', 'last'],
  );
});

test('a notebook replaces all of its curves and no other', () => {
  const earlier = mergeCurves(
    mergeCurves(undefined, dataset, 'a.ipynb', [curve('one', 'a.ipynb'), curve('two', 'a.ipynb')]),
    dataset,
    'b.ipynb',
    [curve('three', 'b.ipynb')],
  );
  const now = mergeCurves(earlier, dataset, 'a.ipynb', [curve('two', 'a.ipynb', 99)]);
  assert.deepEqual(
    now.curves.map(({ basis, lossless }) => [basis, lossless?.compressedBytes]),
    [
      ['two', 99],
      ['three', 10],
    ],
  );
});

test('curves of other recordings are dropped', () => {
  const earlier = mergeCurves(undefined, dataset, 'a.ipynb', [curve('one', 'a.ipynb')]);
  const now = mergeCurves(earlier, { ...dataset, sha256: 'def' }, 'b.ipynb', [curve('two', 'b.ipynb')]);
  assert.deepEqual(
    now.curves.map(({ basis }) => basis),
    ['two'],
  );
});

test('two notebooks cannot both have a curve of one basis', () => {
  const earlier = mergeCurves(undefined, dataset, 'a.ipynb', [curve('one', 'a.ipynb')]);
  assert.throws(
    () => mergeCurves(earlier, dataset, 'b.ipynb', [curve('one', 'b.ipynb')]),
    (error: Error) => error instanceof DuplicateCurveError && /b\.ipynb and a\.ipynb/.test(error.message),
  );
});

test('a damaged results file is named, a missing one is none', () => {
  const path = join(folder, 'damaged.json');
  assert.equal(readResults(path), undefined);
  for (const text of ['', '{', 'null', '{"curves": []}', '{"dataset": {"sha256": "a"}, "curves": 3}']) {
    writeFileSync(path, text);
    assert.throws(
      () => readResults(path),
      (error: Error) => error instanceof ResultsFormatError && error.message.includes(path),
    );
  }
});

test('curves that were changed since their notebook saved them are refused, with what to do', () => {
  const path = join(folder, 'results.json');
  const provenance = join(folder, 'provenance.json');
  const curves = [curve('haar-6', '06-walsh.ipynb'), curve('dct-64', '02-cosine.ipynb')];
  writeResults(path, { dataset, curves });
  // Nothing is known of them.
  assert.deepEqual(readSavedResults(path)?.curves, curves);
  const notebooks = Object.fromEntries(
    curves.map((one) => [one.notebook, { inputs: {}, outputs: {}, executed: '', curves: hashCurves([one]) }]),
  );
  writeFileSync(provenance, JSON.stringify({ notebooks, shared: {} }));
  assert.deepEqual(readSavedResults(path)?.curves, curves);
  const whole = readFileSync(path, 'utf8');
  for (const [from, to] of [
    ['"haar-6"', '"haar-4"'],
    ['"compressedBytes": 10', '"compressedBytes": 11'],
  ] as const) {
    assert.ok(whole.includes(from));
    writeFileSync(path, whole.replace(from, to));
    assert.throws(
      () => readSavedResults(path),
      (error: Error) => error instanceof ResultsFormatError && /06-walsh.*restore/s.test(error.message),
    );
  }
  rmSync(path);
  assert.equal(readSavedResults(path), undefined);
  rmSync(provenance);
});
