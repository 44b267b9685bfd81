import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { listenToWarnings } from '../../lib/files/warnings';
import { hashCurves } from '../../lib/results/results';
import {
  hashFile,
  ProvenanceError,
  ChangedOutputError,
  readProvenance,
  requireAsSaved,
  savedProblems,
  writeProvenance,
  type NotebookRecord,
  type Provenance,
} from '../../tools/reproduce/provenance';

const root = mkdtempSync(join(tmpdir(), 'provenance-'));
after(() => rmSync(root, { recursive: true }));
let folder = '';
let number = 0;
let warnings: string[] = [];
const newFolder = (): void => {
  folder = join(root, String(number++));
  mkdirSync(folder);
  warnings = [];
};
beforeEach(newFolder);
listenToWarnings((text) => warnings.push(text));
after(() => listenToWarnings(undefined));

const record = (outputs: Record<string, string>): NotebookRecord =>
  ({ inputs: {}, outputs, executed: '', curves: hashCurves([]) }) as unknown as NotebookRecord;

test('a provenance that names a file outside of its folder is refused before anything is removed', () => {
  for (const name of [
    '../outside.svg',
    '/etc/outside',
    'sub/file.svg',
    'sub\\file.svg',
    '..',
    '.',
    '.hidden',
    '',
  ]) {
    const strays: Provenance[] = [
      { notebooks: { '01-a.ipynb': record({ [name]: 'x' }) }, shared: {} },
      { notebooks: {}, shared: { [name]: 'x' } },
      { notebooks: { [name]: record({}) }, shared: {} },
    ];
    for (const provenance of strays) {
      writeProvenance(folder, provenance);
      assert.throws(
        () => readProvenance(folder),
        (error: Error) =>
          error instanceof ProvenanceError && /provenance\.json names .*restore it/.test(error.message),
      );
    }
  }
});

test('a provenance of another shape is as good as none, and that is said with its name', () => {
  for (const text of [
    '',
    '{',
    '[]',
    'null',
    '3',
    '{}',
    '{"notebooks":{}}',
    '{"notebooks":[],"shared":{}}',
    '{"notebooks":{"a":null},"shared":{}}',
    '{"notebooks":{"a":{}},"shared":{}}',
  ]) {
    newFolder();
    writeFileSync(join(folder, 'provenance.json'), text);
    assert.deepEqual(readProvenance(folder), { notebooks: {}, shared: {} });
    assert.equal(warnings.length, 1, text);
    assert.ok(warnings[0]!.includes(join(folder, 'provenance.json')));
  }
});

test('a figure with one bit changed, and one that is gone, are named', () => {
  writeFileSync(join(folder, 'a.svg'), '<svg/>');
  writeFileSync(join(folder, 'b.svg'), '<svg/>');
  const kept = record({
    'a.svg': hashFile(join(folder, 'a.svg'))!,
    'b.svg': hashFile(join(folder, 'b.svg'))!,
  });
  assert.deepEqual(savedProblems(folder, '01-a.ipynb', kept), []);
  writeFileSync(join(folder, 'a.svg'), '<svg.>');
  rmSync(join(folder, 'b.svg'));
  assert.deepEqual(savedProblems(folder, '01-a.ipynb', kept), ['a.svg has been changed', 'b.svg is missing']);
});

test('a file that a notebook saved is taken as it was saved alone; of others nothing is known', () => {
  const [path, other] = [join(folder, 'a.json'), join(folder, 'other.json')];
  writeFileSync(path, '{"name":"a"}');
  writeFileSync(other, '{}');
  writeProvenance(folder, { notebooks: { '01-a.ipynb': record({ 'a.json': hashFile(path)! }) }, shared: {} });
  requireAsSaved(path);
  requireAsSaved(other);
  writeFileSync(path, '{"name":"b"}');
  assert.throws(
    () => requireAsSaved(path),
    (error: Error) => error instanceof ChangedOutputError && error.message.includes('--only 01-a'),
  );
  requireAsSaved(other);
});
